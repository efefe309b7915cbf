//! Pictures of one pixel, of one row and of one column, in every layout.

use masthead_decode::{Decoder, ErrorKind, Limits};
use masthead_picture::{Interleaved, Rect};
use masthead_testdata::plain_files;

use crate::{decode, decode_window};

const COLOUR: [u8; 3] = [200, 120, 40];

#[test]
fn they_have_their_colour_in_every_pixel_and_in_every_window() {
    for size in [(1, 1), (1, 2), (2, 1), (1, 7), (9, 1), (1, 300), (300, 1), (17, 2)] {
        let files = plain_files(size, COLOUR);
        assert!(files.len() > 20, "too few layouts");
        for file in files {
            let name = format!("{}x{}, {}", size.0, size.1, file.name);
            let whole = decode(&file.bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((whole.dimensions().width(), whole.dimensions().height()), (size.0 as u32, size.1 as u32));
            let (right, bottom) = (whole.window().right(), whole.window().bottom());
            let last = Rect::from_edges(right - 1, bottom - 1, right, bottom).unwrap();
            for picture in [decode_window(&file.bytes, last).unwrap(), whole] {
                // Quantisation and the conversions of colours move a sample by this much.
                let most = if name.contains("PNG") { 0 } else { 4 };
                for pixel in picture.to_interleaved(Interleaved::Rgb).chunks_exact(3) {
                    assert!(pixel.iter().zip(COLOUR).all(|(a, b)| a.abs_diff(b) <= most), "{name}: {pixel:?}");
                }
            }
        }
    }
}

#[test]
fn they_are_too_small_unless_limits_reach_down_to_them() {
    for file in plain_files((1, 1), COLOUR) {
        let error = Decoder::new(file.bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooSmall);
        assert_eq!(error.to_string(), "image is 1x1, at least 200x100 is required", "{}", file.name);
    }
}
