use masthead_picture::{ColorModel, Dimensions, Plane};

use super::*;

fn picture(width: u32, height: u32, chroma: u32) -> Picture {
    let plane = |divisor: u32, seed: u32| {
        let dimensions = Dimensions::new(width.div_ceil(divisor), height.div_ceil(divisor)).unwrap();
        let sample = |i: u32| {
            let (x, y) = (i % dimensions.width(), i / dimensions.width());
            (x * seed / 3 + y * y / 5 + (x * y * seed) % 13 * (y / 8 % 2) * 9) as u8
        };
        Plane::new(dimensions, (0..dimensions.pixels() as u32).map(sample).collect()).unwrap()
    };
    Picture::ycbcr([plane(1, 7), plane(chroma, 5), plane(chroma, 11)]).unwrap()
}

#[test]
fn other_models_are_refused() {
    let plane = Plane::filled(Dimensions::new(4, 4).unwrap(), 0);
    let rgb = Picture::rgb([plane.clone(), plane.clone(), plane]).unwrap();
    assert_eq!(encode_jpeg(&rgb, &JpegOptions::default()), Err(Error::Model(ColorModel::Rgb)));
    let wide = Picture::gray(Plane::filled(Dimensions::new(65_501, 1).unwrap(), 0));
    assert_eq!(
        encode_jpeg(&wide, &JpegOptions::default()).unwrap_err().to_string(),
        "picture is 65501x1, at most 65500x65500 can be read in a JPEG file"
    );
}

#[test]
fn all_levels_write_the_same_files() {
    for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
        let options = JpegOptions { coding, ..JpegOptions::default() };
        for (width, height) in [(1, 1), (300, 100), (257, 33), (31, 65)] {
            for chroma in [1, 2] {
                let picture = picture(width, height, chroma);
                let expected = encode_at(SimdLevel::Scalar, &picture, &options).unwrap();
                for level in SimdLevel::all() {
                    let name = level.name();
                    assert!(
                        encode_at(level, &picture, &options).unwrap() == expected,
                        "{coding:?} {width}x{height} {name}"
                    );
                }
            }
        }
    }
}

/// How many restart markers a file has after its first scan begins, and whether they are numbered in turn.
fn restarts(file: &[u8]) -> usize {
    let scan = file.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let markers = file[scan..].windows(2).filter(|pair| pair[0] == 0xff && (0xd0..=0xd7).contains(&pair[1]));
    markers.enumerate().inspect(|(i, pair)| assert_eq!(pair[1], 0xd0 + (i % 8) as u8)).count()
}

/// 10x5 MCUs of 16x16 pixels; no interval is left empty at the end of a scan.
#[test]
fn restart_markers_stand_between_intervals() {
    let rows = |rows| JpegOptions {
        coding: Coding::Standard,
        restart_rows: std::num::NonZeroU16::new(rows),
        ..JpegOptions::default()
    };
    for (interval, expected) in [(1, 4), (2, 2), (4, 1), (5, 0), (3000, 0)] {
        let file = encode_jpeg(&picture(160, 80, 2), &rows(interval)).unwrap();
        assert_eq!(restarts(&file), expected, "{interval}");
        // Ten MCUs in a row.
        assert!(
            file.windows(6)
                .any(|bytes| bytes[..4] == [0xff, 0xdd, 0, 4] && bytes[4..] == (10 * interval).to_be_bytes())
        );
    }
    // 4094 MCUs in a row of each scan: sixteen rows of them are as many as can be said.
    let wide = picture(65_500, 200, 2);
    assert_eq!(restarts(&encode_jpeg(&wide, &rows(1000)).unwrap()), 0);
    let tall = encode_jpeg(&picture(65_500, 400, 2), &rows(1000)).unwrap();
    assert_eq!(restarts(&tall), 1);
}
