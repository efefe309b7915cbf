use masthead_picture::{Dimensions, Plane, Sampling};

use super::*;

fn planes(width: u32, height: u32, chroma: u32) -> [Plane; 3] {
    let plane = |divisor: u32, seed: u32| {
        let dimensions = Dimensions::new(width.div_ceil(divisor), height.div_ceil(divisor)).unwrap();
        let sample = |i: u32| {
            let (x, y) = (i % dimensions.width(), i / dimensions.width());
            (x * seed / 3 + y * y / 5 + (x * y * seed) % 13 * (y / 8 % 2) * 9) as u8
        };
        Plane::new(dimensions, (0..dimensions.pixels() as u32).map(sample).collect()).unwrap()
    };
    [plane(1, 7), plane(chroma, 5), plane(chroma, 11)]
}

fn frame(planes: &[Plane; 3]) -> Frame<'_> {
    let sampling = if planes[0].dimensions() == planes[1].dimensions() { Sampling::FULL } else { Sampling::HALF };
    Frame::ycbcr(planes.each_ref(), sampling).unwrap()
}

#[test]
fn all_levels_write_the_same_files() {
    for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
        let options = JpegOptions::default().with_coding(coding);
        for (width, height) in [(1, 1), (300, 100), (257, 33), (31, 65)] {
            for chroma in [1, 2] {
                let planes = planes(width, height, chroma);
                let expected = encode_at(SimdLevel::Scalar, &frame(&planes), &options);
                for level in SimdLevel::all() {
                    let name = level.name();
                    assert!(
                        encode_at(level, &frame(&planes), &options) == expected,
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
    let rows =
        |rows| JpegOptions::default().with_coding(Coding::Standard).with_restart_rows(std::num::NonZeroU16::new(rows));
    for (interval, expected) in [(1, 4), (2, 2), (4, 1), (5, 0), (3000, 0)] {
        let file = encode(&frame(&planes(160, 80, 2)), &rows(interval));
        assert_eq!(restarts(&file), expected, "{interval}");
        // Ten MCUs in a row.
        assert!(
            file.windows(6)
                .any(|bytes| bytes[..4] == [0xff, 0xdd, 0, 4] && bytes[4..] == (10 * interval).to_be_bytes())
        );
    }
    // 4094 MCUs in a row of each scan: sixteen rows of them are as many as can be said.
    let wide = planes(65_500, 200, 2);
    assert_eq!(restarts(&encode(&frame(&wide), &rows(1000))), 0);
    let tall = encode(&frame(&planes(65_500, 400, 2)), &rows(1000));
    assert_eq!(restarts(&tall), 1);
}
