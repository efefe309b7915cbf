//! Files with restart intervals: what the encoder writes, the decoder reads, and what cannot be right is refused.

use std::num::NonZeroU16;

use masthead_decode::ErrorKind;
use masthead_encode::{Coding, JpegOptions, encode_jpeg};
use masthead_picture::{Dimensions, Picture, Plane, Sampling};
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
    // The markers are 30 MCUs apart.
    for interval in [1, 7, 29] {
        let error = decode(with_interval(file.clone(), interval)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
        let row = (interval - 1) / 15;
        let expected = format!("broken JPEG: scan 1 is damaged in MCU row {row}: restart marker RST0 is missing");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_file_of_restart_markers_is_refused_at_the_first_that_is_too_many() {
    let rows = NonZeroU16::new(2);
    let options = JpegOptions::default().with_coding(Coding::Standard).with_restart_rows(rows);
    let mut file = encode_jpeg(&picture(Sampling::HALF), &options).unwrap();
    let first = file.windows(2).position(|bytes| bytes == [0xff, 0xd0]).unwrap();
    file.splice(first..first, [0xff, 0xd0].repeat(2_000_000));
    let error = decode(file).unwrap_err();
    let expected = "broken JPEG: scan 1 is damaged in MCU row 2: the data ends early";
    assert_eq!(error.to_string(), expected);
}
