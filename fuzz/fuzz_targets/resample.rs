//! The resampler beside its definition, and its SIMD levels beside each other, on all levels of the pyramid.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use masthead_picture::{Dimensions, Light, Plane};
use masthead_resample::{Filter, Resampler, Resampling, SimdLevel, SourceRect, Target};
use masthead_testdata::reference::{self, Interval, Part, resampled};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    width: u8,
    height: u8,
    target_width: u8,
    target_height: u8,
    /// Edges of the rectangle, in parts of what is left.
    edges: [u16; 4],
    filter: u8,
    linear: bool,
    level: u8,
    samples: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let size = |value: u8, most: u8| u32::from(value % most) + 1;
    let dimensions = Dimensions::new(size(input.width, 64), size(input.height, 64)).unwrap();
    let target = Dimensions::new(size(input.target_width, 96), size(input.target_height, 96)).unwrap();
    let count = dimensions.pixels() as usize;
    let samples: Vec<u8> = input.samples.iter().chain(&[0]).cycle().take(count).copied().collect();
    let plane = Plane::new(dimensions, samples).unwrap();

    let part = |value: u16| f64::from(value) / 65536.0;
    let [left, top, width, height] = input.edges.map(part);
    let (width, height) =
        (f64::from(dimensions.width()) * (1.0 - width), f64::from(dimensions.height()) * (1.0 - height));
    let left = left * (f64::from(dimensions.width()) - width);
    let top = top * (f64::from(dimensions.height()) - height);
    let rect = SourceRect::new(left, top, width, height).unwrap();
    let filter = Filter::ALL[usize::from(input.filter) % Filter::ALL.len()];
    let light = if input.linear { Light::Linear } else { Light::Gamma };

    let direct = Target { rect, dimensions: target, level: 0 };
    let targets = [direct, Target { level: u32::from(input.level % 4), ..direct }];
    let resampling = Resampling::new(dimensions, &targets, filter).unwrap();
    let planes = Resampler::with_simd(SimdLevel::Scalar).resample_all(&resampling, &plane, light);
    for simd in SimdLevel::all() {
        let others = Resampler::with_simd(simd).resample_all(&resampling, &plane, light);
        assert!(others == planes, "{} {rect:?} {filter} {light:?}", simd.name());
    }
    if plane.samples().iter().all(|sample| *sample == plane.samples()[0]) {
        assert!(planes.iter().all(|made| made.samples().iter().all(|sample| *sample == plane.samples()[0])));
    }
    let kernel = match filter {
        Filter::Triangle => reference::TRIANGLE,
        Filter::CatmullRom => reference::CATMULL_ROM,
        Filter::Mitchell => reference::MITCHELL,
        Filter::Lanczos3 => reference::LANCZOS3,
        // The box gives a sample on the edge between two targets to either of them: nothing to compare.
        _ => return,
    };
    let part = Part {
        horizontal: Interval { start: rect.left(), length: rect.width() },
        vertical: Interval { start: rect.top(), length: rect.height() },
        target,
    };
    let expected = reference::rounded(&resampled(&plane, &part, &kernel, light), target);
    for (sample, expected) in planes[0].samples().iter().zip(expected.samples()) {
        assert!(sample.abs_diff(*expected) <= 2, "{sample} {expected} {rect:?} {filter} {light:?}");
    }
});
