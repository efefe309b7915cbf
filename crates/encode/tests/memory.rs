//! Encoding takes what it says it will. One test alone in its process: it counts every allocation.

use masthead_encode::{PngEffort, PngOptions, encode_png, png_memory};
use masthead_picture::{ColorModel, Dimensions, Light, Picture, Plane, Sampling};
use masthead_testdata::Random;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Noise makes the largest files.
fn plane(dimensions: Dimensions) -> Plane {
    let samples = Random::new(1).take(dimensions.pixels() as usize).map(|bits| bits as u8);
    Plane::new(dimensions, samples.collect()).unwrap()
}

fn picture(model: ColorModel, dimensions: Dimensions) -> Picture {
    let chroma = || plane(Sampling::HALF.component_dimensions(dimensions));
    let full = || plane(dimensions);
    match model {
        ColorModel::Gray => Picture::gray(full()),
        ColorModel::YCbCr => Picture::ycbcr([full(), chroma(), chroma()]).unwrap(),
        ColorModel::Rgb => Picture::rgb([full(), full(), full()]).unwrap(),
        ColorModel::Rgba => Picture::rgba_from_straight([full(), full(), full(), full()], Light::Linear).unwrap(),
    }
}

#[test]
fn the_estimate_is_never_too_low() {
    for (width, height) in [(1, 1), (1, 8192), (8192, 1), (300, 100), (701, 401)] {
        let dimensions = Dimensions::new(width, height).unwrap();
        for model in [ColorModel::Gray, ColorModel::YCbCr, ColorModel::Rgb, ColorModel::Rgba] {
            for effort in [PngEffort::Fast, PngEffort::Balanced, PngEffort::Small] {
                let options = PngOptions::default().with_effort(effort);
                let estimate = png_memory(dimensions, model, &options);
                let picture = picture(model, dimensions);
                ALLOCATED.reset_peak_usage();
                let before = ALLOCATED.current_usage();
                let file = encode_png(picture, &options).unwrap();
                let peak = (ALLOCATED.peak_usage() - before) as u64;
                let what = format!("{width}x{height} {model:?} {effort:?}");
                assert!(file.len() as u64 <= estimate.file, "{what}: {estimate:?}, is {}", file.len());
                assert!(peak <= estimate.working + estimate.file, "{what}: {estimate:?}, took {peak}");
            }
        }
    }
}
