//! PNG files are read back as they were.

use std::io::Cursor;

use masthead_encode::{PngEffort, PngOptions, encode_png};
use masthead_picture::{ColorModel, Dimensions, Interleaved, Light, Picture};

/// Whole blocks of other formats, odd sizes, a single pixel.
const SIZES: [(u32, u32); 6] = [(64, 32), (63, 31), (17, 16), (16, 17), (3, 2), (1, 1)];

#[test]
fn png_is_lossless() {
    for (width, height) in SIZES {
        let dimensions = Dimensions::new(width, height).unwrap();
        for (layout, model) in [
            (Interleaved::Gray, ColorModel::Gray),
            (Interleaved::Rgb, ColorModel::Rgb),
            (Interleaved::Rgba, ColorModel::Rgba),
        ] {
            let length = dimensions.pixels() as usize * layout.channels();
            // Alpha of 255 and 0 only: between them premultiplying rounds.
            let mut pixels: Vec<u8> = (0..length).map(|i| (i * 37 % 256) as u8).collect();
            if layout == Interleaved::Rgba {
                for (i, pixel) in pixels.chunks_exact_mut(4).enumerate() {
                    if i % 3 == 0 { pixel.fill(0) } else { pixel[3] = 255 }
                }
            }
            let picture = Picture::from_interleaved_in(&pixels, dimensions, layout, Light::Linear).unwrap();
            assert_eq!(picture.model(), model);
            for effort in [PngEffort::Fast, PngEffort::Balanced, PngEffort::Small] {
                let file = encode_png(picture.clone(), &PngOptions::default().with_effort(effort)).unwrap();
                let mut reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
                let mut read = vec![0; reader.output_buffer_size().unwrap()];
                let info = reader.next_frame(&mut read).unwrap();
                assert_eq!((info.width, info.height), (width, height));
                assert_eq!(read, pixels, "{layout:?} {width}x{height} {effort:?}");
            }
        }
    }
}
