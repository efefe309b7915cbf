//! What is encoded is read back by other decoders.

use std::io::Cursor;

use masthead_encode::{JpegOptions, PngEffort, PngOptions, Quality, encode_jpeg, encode_png};
use masthead_picture::{ColorModel, Dimensions, Interleaved, Light, Picture, Plane, Sampling};
use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

/// Every shape of edge: whole blocks, odd sizes, less than a block.
const SIZES: [(u32, u32); 6] = [(64, 32), (63, 31), (17, 16), (16, 17), (3, 2), (1, 1)];

fn gradient(width: u32, height: u32, slope: (u32, u32), offset: u32) -> Plane {
    let samples =
        (0..height).flat_map(|y| (0..width).map(move |x| (offset + x * slope.0 + y * slope.1).min(255) as u8));
    Plane::new(Dimensions::new(width, height).unwrap(), samples.collect()).unwrap()
}

fn ycbcr(width: u32, height: u32, sampling: Sampling) -> Picture {
    let chroma = sampling.component_dimensions(Dimensions::new(width, height).unwrap());
    Picture::ycbcr([
        gradient(width, height, (2, 3), 20),
        gradient(chroma.width(), chroma.height(), (2, 1), 70),
        gradient(chroma.width(), chroma.height(), (1, 3), 90),
    ])
    .unwrap()
}

/// The planes of a file, as they are stored.
fn planes(file: &[u8]) -> Vec<Plane> {
    let mut decoder = JpegDecoder::new(ZCursor::new(file));
    decoder.decode_headers().unwrap();
    let mut raw = decoder.raw_output();
    let layout = raw.layout().unwrap();
    let count = raw.num_components().unwrap();
    let mut buffers: Vec<Vec<u8>> = layout[..count].iter().map(|plane| vec![0; plane.byte_size]).collect();
    raw.decode_into_planes(&mut buffers.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).unwrap();
    buffers
        .iter()
        .zip(layout)
        .map(|(buffer, plane)| {
            let rows = buffer.chunks(plane.stride).take(plane.height).flat_map(|row| &row[..plane.width]);
            let dimensions = Dimensions::new(plane.width as u32, plane.height as u32).unwrap();
            Plane::new(dimensions, rows.copied().collect()).unwrap()
        })
        .collect()
}

#[test]
fn jpeg_keeps_planes_and_sampling() {
    let best = Quality::new(100).unwrap();
    for (width, height) in SIZES {
        for optimized_tables in [false, true] {
            let options = JpegOptions { quality: best, optimized_tables };
            let gray = Picture::gray(gradient(width, height, (3, 2), 9));
            for picture in [gray, ycbcr(width, height, Sampling::FULL), ycbcr(width, height, Sampling::HALF)] {
                let read = planes(&encode_jpeg(&picture, &options).unwrap());
                assert_eq!(read.len(), picture.components().len());
                for (read, component) in read.iter().zip(picture.components()) {
                    assert_eq!(read.dimensions(), component.plane.dimensions(), "{width}x{height}");
                    for (a, b) in read.samples().iter().zip(component.plane.samples()) {
                        assert!(a.abs_diff(*b) <= 2, "{width}x{height} {:?}: {a} {b}", picture.model());
                    }
                }
            }
        }
    }
}

#[test]
fn jpeg_of_a_constant_is_constant() {
    for sampling in [Sampling::FULL, Sampling::HALF] {
        let dimensions = Dimensions::new(61, 33).unwrap();
        let chroma = sampling.component_dimensions(dimensions);
        let expected = [Plane::filled(dimensions, 128), Plane::filled(chroma, 128), Plane::filled(chroma, 128)];
        let picture = Picture::ycbcr(expected.clone()).unwrap();
        assert_eq!(planes(&encode_jpeg(&picture, &JpegOptions::default()).unwrap()), expected);
    }
}

/// Only the segments that a decoder needs, and the JFIF header.
#[test]
fn jpeg_has_no_other_segments() {
    let file = encode_jpeg(&ycbcr(40, 40, Sampling::HALF), &JpegOptions::default()).unwrap();
    let mut markers = Vec::new();
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = file[at..at + 4] else { panic!("no marker at {at}") };
        markers.push(marker);
        if marker == 0xda {
            break;
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    assert!(markers.iter().all(|marker| [0xe0, 0xdb, 0xc0, 0xc4, 0xda].contains(marker)), "{markers:x?}");
    assert_eq!(&file[6..11], b"JFIF\0");
    assert_eq!(markers.iter().filter(|marker| **marker == 0xda).count(), 1, "one interleaved scan");
}

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
                let file = encode_png(picture.clone(), &PngOptions { effort }).unwrap();
                let mut reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
                let mut read = vec![0; reader.output_buffer_size().unwrap()];
                let info = reader.next_frame(&mut read).unwrap();
                assert_eq!((info.width, info.height), (width, height));
                assert_eq!(read, pixels, "{layout:?} {width}x{height} {effort:?}");
            }
        }
    }
}
