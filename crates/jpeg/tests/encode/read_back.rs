//! Files of every size, sampling, coding and option are read back, by masthead's decoder and by libjpeg-turbo.

use std::num::NonZeroU16;

use masthead_jpeg::{Coding, DeadZone, Frame, JpegOptions, Quality, Quantisation, QuantisationTables, encode};
use masthead_picture::{Dimensions, Plane, Rect, Sampling};

use crate::stored::{check, planes, segments};

/// The dead zone of [`Quantisation::Tuned`], in hundredths of a step.
const TUNED_DEAD_ZONE: u8 = 8;

const CODINGS: [Coding; 3] = [Coding::Standard, Coding::Optimal, Coding::Progressive];

/// Smooth in places and rough in others.
fn plane(dimensions: Dimensions, seed: u32) -> Plane {
    let sample = |i: u32| {
        let (x, y) = (i % dimensions.width(), i / dimensions.width());
        let rough = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(seed * 40_503 + 1)) >> 7 & 63;
        (x * seed + y * 5 + if x / 16 % 2 == y / 16 % 2 { rough } else { 0 }).min(255) as u8
    };
    Plane::new(dimensions, (0..dimensions.pixels() as u32).map(sample).collect()).unwrap()
}

/// Planes that make a frame.
struct Picture {
    planes: Vec<Plane>,
    chroma: Option<Sampling>,
}

impl Picture {
    fn encoded(&self, options: &JpegOptions) -> Vec<u8> {
        encode(&self.frame(), options)
    }

    fn frame(&self) -> Frame<'_> {
        match (&self.planes[..], self.chroma) {
            ([luma, cb, cr], Some(chroma)) => Frame::ycbcr([luma, cb, cr], chroma).unwrap(),
            (planes, _) => Frame::gray(&planes[0]).unwrap(),
        }
    }

    fn check(&self, file: &[u8], dead_zone: u8) {
        check(file, &self.planes.iter().collect::<Vec<_>>(), dead_zone);
    }
}

/// Grey, 4:4:4 and 4:2:0.
fn pictures(width: u32, height: u32) -> [Picture; 3] {
    let dimensions = Dimensions::new(width, height).unwrap();
    let ycbcr = |sampling: Sampling| {
        let chroma = sampling.component_dimensions(dimensions);
        Picture { planes: vec![plane(dimensions, 3), plane(chroma, 2), plane(chroma, 7)], chroma: Some(sampling) }
    };
    [Picture { planes: vec![plane(dimensions, 3)], chroma: None }, ycbcr(Sampling::FULL), ycbcr(Sampling::HALF)]
}

#[test]
fn every_small_size_comes_back() {
    for (width, height) in (1..=35).flat_map(|width| (1..=35).map(move |height| (width, height))) {
        for picture in pictures(width, height) {
            let file = |coding| picture.encoded(&JpegOptions::default().with_coding(coding));
            let standard = file(Coding::Standard);
            picture.check(&standard, TUNED_DEAD_ZONE);
            for coding in CODINGS {
                let equal = planes(&file(coding)) == planes(&standard);
                assert!(equal, "{width}x{height} {coding:?} {:?}", picture.chroma);
            }
        }
    }
}

/// At the best quality steps are 1: samples differ by what integers lose.
#[test]
fn the_best_quality_keeps_samples() {
    for picture in pictures(63, 31) {
        let options = JpegOptions::default().with_quality(Quality::new(100).unwrap());
        for (read, plane) in planes(&picture.encoded(&options)).iter().zip(&picture.planes) {
            let mut samples = read.samples().iter().zip(plane.samples());
            assert!(samples.all(|(a, b)| a.abs_diff(*b) <= 2), "{:?}", picture.chroma);
        }
    }
}

#[test]
fn a_constant_stays_constant() {
    for sampling in [Sampling::FULL, Sampling::HALF] {
        let dimensions = Dimensions::new(61, 33).unwrap();
        let chroma = sampling.component_dimensions(dimensions);
        let expected = [Plane::filled(dimensions, 128), Plane::filled(chroma, 128), Plane::filled(chroma, 128)];
        let picture = Picture { planes: expected.to_vec(), chroma: Some(sampling) };
        for coding in CODINGS {
            let file = picture.encoded(&JpegOptions::default().with_coding(coding));
            assert!(planes(&file) == expected, "{coding:?}");
        }
    }
}

/// What follows the header of the only scan, without the end of the file.
fn coded(file: &[u8]) -> &[u8] {
    let header: usize = segments(file).iter().map(|(_, content)| 4 + content.len()).sum();
    &file[2 + header..file.len() - 2]
}

/// With given tables an interval is coded as if there were nothing else.
#[test]
fn restart_intervals_are_coded_like_pictures_of_their_own() {
    for picture in pictures(99, 83) {
        let mcu = if picture.chroma == Some(Sampling::HALF) { 16 } else { 8 };
        for rows in [1, 2, 3, 5, 1000] {
            let options = JpegOptions::default().with_coding(Coding::Standard);
            let mut expected = Vec::new();
            for (i, top) in (0..83).step_by(mcu * usize::from(rows)).enumerate() {
                let bottom = 83.min(top as u32 + mcu as u32 * u32::from(rows));
                let chroma = picture.chroma.unwrap_or(Sampling::FULL);
                let samplings = [Sampling::FULL, chroma, chroma];
                let planes = picture.planes.iter().zip(samplings).map(|(plane, sampling)| {
                    plane.cropped(sampling.cover(Rect::from_edges(0, top as u32, 99, bottom).unwrap())).unwrap()
                });
                let part = Picture { planes: planes.collect(), chroma: picture.chroma };
                if i > 0 {
                    expected.extend([0xff, 0xd0 + ((i - 1) % 8) as u8]);
                }
                expected.extend_from_slice(coded(&part.encoded(&options)));
            }
            let options = options.with_restart_rows(NonZeroU16::new(rows));
            assert!(coded(&picture.encoded(&options)) == expected, "{rows} {:?}", picture.chroma);
        }
    }
}

#[test]
fn options_change_what_they_say() {
    let steps = |file: &[u8], index: u8| {
        let tables = segments(file).into_iter().filter(|(marker, _)| *marker == 0xdb);
        tables.map(|(_, content)| content.to_vec()).find(|content| content[0] == index).unwrap()[1..].to_vec()
    };
    let [_, full, picture] = pictures(160, 90);
    let plain = JpegOptions::default().with_quantisation(Quantisation::Standard);
    let encoded = |options: &JpegOptions| {
        let file = picture.encoded(options);
        picture.check(&file, 10);
        file
    };
    let usual = encoded(&plain);

    let better_chroma = encoded(&plain.with_chroma_quality(Quality::new(95)));
    assert_eq!(steps(&better_chroma, 0), steps(&usual, 0));
    assert_eq!(steps(&better_chroma, 1), steps(&encoded(&plain.with_quality(Quality::new(95).unwrap())), 1));

    let (mut luma, chroma) = ([20; 64], [40; 64]);
    // In the order of a file, the sixth coefficient is the third of the first row.
    luma[2] = 90;
    let custom = |dead_zone| Quantisation::Custom {
        tables: QuantisationTables::new(luma, chroma).unwrap(),
        dead_zone: DeadZone::new(dead_zone).unwrap(),
    };
    let own = encoded(&plain.with_quality(Quality::new(50).unwrap()).with_quantisation(custom(0)));
    assert_eq!(steps(&own, 0)[..7], [20, 20, 20, 20, 20, 90, 20]);
    assert_eq!(steps(&own, 1), chroma);

    let dead = encoded(&plain.with_quality(Quality::new(50).unwrap()).with_quantisation(custom(10)));
    assert!(dead.len() < own.len());

    // K.2 begins with 17: two thirds of it, and one and a half times as much.
    let fifty = JpegOptions::default().with_quality(Quality::new(50).unwrap());
    assert_eq!(steps(&encoded(&fifty), 1)[0], 11);
    assert_eq!(steps(&full.encoded(&fifty), 1)[0], 26);
}

/// As the picture says it: more bits for more quality, fewer for tables that fit.
#[test]
fn files_become_smaller_and_better_as_they_should() {
    for picture in pictures(320, 200) {
        let size = |coding, quality| {
            let quality = Quality::new(quality).unwrap();
            picture.encoded(&JpegOptions::default().with_coding(coding).with_quality(quality)).len()
        };
        for quality in [20, 50, 85, 95] {
            assert!(size(Coding::Optimal, quality) < size(Coding::Standard, quality));
            assert!(size(Coding::Optimal, quality) < size(Coding::Optimal, quality + 5));
        }
        let error = |quality| {
            let options = JpegOptions::default().with_quality(Quality::new(quality).unwrap());
            let read = planes(&picture.encoded(&options));
            let luma = read[0].samples().iter().zip(picture.planes[0].samples());
            luma.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum::<f64>()
                / picture.frame().dimensions().pixels() as f64
        };
        let psnr = |quality| 10.0 * (255.0_f64.powi(2) / error(quality)).log10();
        assert!(psnr(85) > 30.0 && psnr(95) > psnr(85) + 3.0 && psnr(100) > 50.0, "{} {}", psnr(85), psnr(100));
    }
}

/// The same coefficients, but for single ones that it rounds otherwise, take no more bytes than jpeg-encoder's.
#[test]
fn files_are_no_larger_than_those_of_jpeg_encoder() {
    let [picture, ..] = pictures(320, 200);
    let samples = picture.planes[0].samples();
    for (coding, optimised) in [(Coding::Standard, false), (Coding::Optimal, true)] {
        for quality in [60, 85, 95] {
            let mut theirs = Vec::new();
            let mut encoder = jpeg_encoder::Encoder::new(&mut theirs, quality);
            encoder.set_optimized_huffman_tables(optimised);
            encoder.encode(samples, 320, 200, jpeg_encoder::ColorType::Luma).unwrap();
            let quality = Quality::new(quality).unwrap();
            let options = JpegOptions::default()
                .with_coding(coding)
                .with_quality(quality)
                .with_quantisation(Quantisation::Standard);
            let ours = picture.encoded(&options);
            assert!(ours.len() <= theirs.len(), "{coding:?} {quality}: {} {}", ours.len(), theirs.len());
        }
    }
}

/// Runs of more ended blocks than one symbol counts, 32767: of empty ones, and in scans that refine of such as have corrections and
/// nothing new.
#[test]
fn long_runs_of_ended_blocks_are_counted() {
    // All the same, or a chequerboard.
    for samples in [[77, 77], [150, 50]] {
        let sample = |i: u32| samples[((i + i / 1600) % 2) as usize];
        let side = Dimensions::new(1600, 1600).unwrap();
        let luma = Plane::new(side, (0..1600 * 1600).map(sample).collect()).unwrap();
        let picture = Picture { planes: vec![luma], chroma: None };
        let file = |coding| picture.encoded(&JpegOptions::default().with_coding(coding));
        assert!(planes(&file(Coding::Progressive)) == planes(&file(Coding::Standard)));
    }
}

/// Of each scan, which components it has, and its first and last coefficient.
fn scans(file: &[u8]) -> Vec<(Vec<u8>, [u8; 2])> {
    // In coded data a byte of ones is followed by zero or the number of a restart marker.
    let starts = file.windows(2).enumerate().filter(|(_, pair)| *pair == [0xff, 0xda]);
    let scan = |(at, _)| {
        let count = usize::from(file[at + 4]);
        let (components, rest) = file[at + 5..].split_at(2 * count);
        (components.iter().copied().step_by(2).collect(), [rest[0], rest[1]])
    };
    starts.map(scan).collect()
}

/// Separate scans are decoded to green by one widespread reader, and shown by Chromium when the last byte is there.
#[test]
fn files_have_one_interleaved_scan_unless_they_are_progressive() {
    assert_ne!(JpegOptions::default().coding, Coding::Progressive);
    for picture in pictures(40, 40) {
        let all: Vec<u8> = (1..).take(picture.planes.len()).collect();
        let encoded = |options: JpegOptions| scans(&picture.encoded(&options));
        let rows = NonZeroU16::new(1);
        for options in [
            JpegOptions::default(),
            JpegOptions::default().with_restart_rows(rows),
            JpegOptions::default().with_coding(Coding::Optimal),
            JpegOptions::default().with_coding(Coding::Standard),
        ] {
            assert_eq!(encoded(options), [(all.clone(), [0, 63])], "{options:?}");
        }
        // As the standard wants it: only DC coefficients may be interleaved there.
        let progressive = encoded(JpegOptions::default().with_coding(Coding::Progressive));
        assert_eq!(progressive[0], (all.clone(), [0, 0]));
        assert_eq!(progressive.len(), if all.len() == 1 { 5 } else { 9 });
        assert!(progressive[1..].iter().all(|(components, [first, _])| components.len() == 1 && *first > 0));
    }
}

/// Only the segments that a decoder needs, and the JFIF header.
#[test]
fn files_have_no_other_segments() {
    for (coding, frame) in [(Coding::Standard, 0xc0), (Coding::Optimal, 0xc0), (Coding::Progressive, 0xc2)] {
        for picture in pictures(40, 40) {
            let file = picture.encoded(&JpegOptions::default().with_coding(coding));
            let found = segments(&file);
            assert!(found.iter().all(|(marker, _)| [0xe0, 0xdb, frame, 0xc4, 0xda].contains(marker)));
            assert!(found[0].1.starts_with(b"JFIF\0"));
            assert!(file.ends_with(&[0xff, 0xd9]));
        }
    }
}
