//! Files with restart intervals: what the encoder writes, the decoder reads, and what cannot be right is refused.

use std::num::NonZeroU16;

use masthead_decode::{Decoder, ErrorKind, Limits};
use masthead_encode::{Coding, JpegOptions, encode_jpeg};
use masthead_picture::{Dimensions, Light, Picture, Plane, Rect, Sampling};
use masthead_testdata::decode;

/// Flat in places, so that intervals have few bytes there, and rough in others.
fn picture(sampling: Sampling) -> Picture {
    let dimensions = Dimensions::new(231, 119).unwrap();
    let plane = |sampling: Sampling, seed: u32| {
        let dimensions = sampling.component_dimensions(dimensions);
        let sample = |i: u32| {
            let (x, y) = (i % dimensions.width(), i / dimensions.width());
            if x / 24 % 3 == y / 24 % 3 { ((x * seed) ^ (y * y)) as u8 } else { 90 }
        };
        Plane::new(dimensions, (0..dimensions.pixels() as u32).map(sample).collect()).unwrap()
    };
    Picture::ycbcr([plane(Sampling::FULL, 3), plane(sampling, 5), plane(sampling, 7)]).unwrap()
}

#[test]
fn every_interval_is_read_back() {
    for sampling in [Sampling::FULL, Sampling::HALF] {
        for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
            let encoded = |rows| {
                let options = JpegOptions::default().with_coding(coding).with_restart_rows(NonZeroU16::new(rows));
                encode_jpeg(&picture(sampling), &options).unwrap()
            };
            let expected = decode(encoded(0)).unwrap();
            for rows in [1, 2, 3, 4, 5, 7, 100] {
                let restarting = decode(encoded(rows)).unwrap();
                assert!(restarting == expected, "{coding:?} {sampling:?} {rows}");
            }
        }
    }
}

/// The file with another interval than it has.
fn with_interval(mut file: Vec<u8>, interval: u16) -> Vec<u8> {
    let definition = file.windows(4).position(|bytes| bytes == [0xff, 0xdd, 0, 4]).unwrap();
    file[definition + 4..][..2].copy_from_slice(&interval.to_be_bytes());
    file
}

#[test]
fn markers_that_are_not_there_are_missed() {
    let rows = NonZeroU16::new(2);
    let options = JpegOptions::default().with_coding(Coding::Standard).with_restart_rows(rows);
    let file = encode_jpeg(&picture(Sampling::HALF), &options).unwrap();
    for interval in [1, 7, 15] {
        let error = decode(with_interval(file.clone(), interval)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        assert!(error.to_string().contains("3 restart markers"), "{error}");
    }
}

/// Room before restart markers is memory: a file of nothing else is refused before it is taken.
#[test]
fn a_file_of_restart_markers_is_refused() {
    let rows = NonZeroU16::new(2);
    let options = JpegOptions::default().with_coding(Coding::Standard).with_restart_rows(rows);
    let mut file = with_interval(encode_jpeg(&picture(Sampling::HALF), &options).unwrap(), 7);
    file.truncate(file.len() - 2);
    file.extend([0xff, 0xd0].repeat(2_000_000));
    file.extend([0xff, 0xd9]);
    let limits = Limits::default().with_memory(32 << 20);
    let decoder = Decoder::new(&file, &limits).unwrap();
    let whole = Rect::of(decoder.header().stored);
    let error = decoder.decode(whole, Light::Linear).unwrap_err();
    assert!(error.to_string().contains("bytes of memory"), "{error}");
}
