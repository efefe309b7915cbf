//! Encoding takes what it says it will.

use std::num::NonZeroU16;

use masthead_jpeg::{Coding, DeadZone, Frame, JpegOptions, Quality, Quantisation, QuantisationTables, encode, memory};
use masthead_picture::{Dimensions, Plane, Sampling};
use masthead_testdata::Random;

use crate::counted;

/// Noise makes the largest files: of all values, or of black and white, which has more bits to a coefficient.
#[derive(Clone, Copy, Debug)]
enum Noise {
    Even,
    BlackAndWhite,
}

fn plane(dimensions: Dimensions, noise: Noise) -> Plane {
    let samples = Random::new(1).take(dimensions.pixels() as usize).map(|bits| match noise {
        Noise::Even => bits as u8,
        Noise::BlackAndWhite => (bits & 1) as u8 * 255,
    });
    Plane::new(dimensions, samples.collect()).unwrap()
}

fn options() -> Vec<JpegOptions> {
    let tables = QuantisationTables::new([1; 64], [1; 64]).unwrap();
    let ones = Quantisation::Custom { tables, dead_zone: DeadZone::default() };
    let mut list = Vec::new();
    for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
        let options = JpegOptions::default().with_coding(coding);
        for quality in [1, 50, 75, 85, 86, 95, 96, 100] {
            let options = options.with_quality(Quality::new(quality).unwrap());
            list.extend([options, options.with_quantisation(Quantisation::Standard)]);
        }
        list.push(options.with_quantisation(ones));
        list.push(options.with_quality(Quality::new(30).unwrap()).with_chroma_quality(Quality::new(100)));
        list.push(options.with_restart_rows(NonZeroU16::new(1)));
    }
    list
}

pub(crate) fn the_estimate_is_never_too_low() {
    for (width, height) in [(1, 1), (1, 8192), (8192, 1), (300, 100), (701, 401)] {
        let dimensions = Dimensions::new(width, height).unwrap();
        for chroma in [None, Some(Sampling::HALF), Some(Sampling::FULL)] {
            for noise in [Noise::Even, Noise::BlackAndWhite] {
                let luma = plane(dimensions, noise);
                let of_chroma = plane(chroma.unwrap_or(Sampling::FULL).component_dimensions(dimensions), noise);
                let frame = match chroma {
                    None => Frame::gray(&luma),
                    Some(sampling) => Frame::ycbcr([&luma, &of_chroma, &of_chroma], sampling),
                };
                let frame = frame.unwrap();
                for options in options() {
                    let estimate = memory(dimensions, chroma, &options);
                    let (file, peak) = counted(|| encode(&frame, &options));
                    let what = format!("{width}x{height} {noise:?} {chroma:?} {options:?}");
                    assert!(file.len() as u64 <= estimate.file, "{what}: {estimate:?}, is {}", file.len());
                    assert!(peak <= estimate.working + estimate.file, "{what}: {estimate:?}, took {peak}");
                }
            }
        }
    }
}
