//! The resampler beside its definition.

use masthead_resample::{Dimensions, Filter, Light, Plane, Resampler, SourceRect};
use masthead_testdata::Random;
use masthead_testdata::reference::{self, Interval, Kernel, Part, resampled};
use proptest::prelude::*;

fn scene(width: u32, height: u32, seed: u32) -> Plane {
    let samples = (0..width * height).zip(Random::new(seed.into())).map(|(i, noise)| {
        let (x, y) = (i % width, i / width);
        // A gradient, blocks of black and white, and noise.
        let base = if (x / 7 + y / 5) % 3 == 0 { ((x / 3 + y / 4) % 2) * 255 } else { (x * 255) / width };
        (base as i32 + (noise % 32) as i32 - 16).clamp(0, 255) as u8
    });
    Plane::new(Dimensions::new(width, height).unwrap(), samples.collect()).unwrap()
}

fn kernel(filter: Filter) -> Kernel {
    match filter {
        Filter::Box => reference::BOX,
        Filter::Triangle => reference::TRIANGLE,
        Filter::CatmullRom => reference::CATMULL_ROM,
        Filter::Mitchell => reference::MITCHELL,
        Filter::Lanczos3 => reference::LANCZOS3,
        filter => panic!("the reference has no {filter}"),
    }
}

/// The largest and the mean difference from the reference, whose samples are rounded.
fn difference(source: &Plane, rect: SourceRect, target: Dimensions, filter: Filter, light: Light) -> (u8, f64) {
    let result = Resampler::new().resample(source, rect, target, filter, light).unwrap();
    let part = Part {
        horizontal: Interval { start: rect.left(), length: rect.width() },
        vertical: Interval { start: rect.top(), length: rect.height() },
        target,
    };
    let expected = reference::rounded(&resampled(source, &part, &kernel(filter), light), target);
    let differences = result.samples().iter().zip(expected.samples()).map(|(a, b)| a.abs_diff(*b));
    let sum: f64 = differences.clone().map(f64::from).sum();
    (differences.max().unwrap(), sum / expected.samples().len() as f64)
}

/// The box is left out: a sample on the edge between two targets may fall to either of them, by a rounding.
const CONTINUOUS: [Filter; 4] = [Filter::Triangle, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3];

#[test]
fn the_box_averages_whole_blocks() {
    let source = scene(320, 160, 7);
    for (width, height) in [(160, 80), (64, 40)] {
        let target = Dimensions::new(width, height).unwrap();
        for light in [Light::Gamma, Light::Linear] {
            let (most, _) = difference(&source, SourceRect::of(source.dimensions()), target, Filter::Box, light);
            assert!(most <= 1, "{light:?} {target}: {most}");
        }
    }
}

#[test]
fn filters_agree_with_the_reference_up_and_down() {
    let source = scene(320, 160, 7);
    let rects = [
        SourceRect::of(source.dimensions()),
        SourceRect::new(10.25, 3.5, 290.5, 100.75).unwrap(),
        SourceRect::new(0.0, 26.0 + 2.0 / 3.0, 320.0, 320.0 / 3.0).unwrap(),
    ];
    for (width, height) in [(100, 33), (320, 107), (75, 40), (640, 200), (1, 1), (3, 160)] {
        let target = Dimensions::new(width, height).unwrap();
        for rect in rects {
            for filter in CONTINUOUS {
                for light in [Light::Gamma, Light::Linear] {
                    let (most, mean) = difference(&source, rect, target, filter, light);
                    // A mean of a few samples says nothing.
                    let mean = if target.pixels() < 1000 { 0.0 } else { mean };
                    assert!(most <= 2 && mean < 0.02, "{filter} {light:?} {width}x{height}: {most} {mean}");
                }
            }
        }
    }
}

/// Luma of a photograph, with everything that is dark or bright in it.
fn photograph() -> Plane {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/camera.png");
    let mut reader =
        png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).unwrap())).read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut samples).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Grayscale);
    Plane::new(Dimensions::new(frame.width, frame.height).unwrap(), samples).unwrap()
}

#[test]
fn a_photograph_is_within_a_fiftieth_of_a_step() {
    let photograph = photograph();
    for (width, height) in [(281, 170), (375, 125), (700, 233)] {
        let target = Dimensions::new(width, height).unwrap();
        let rect = SourceRect::new(0.0, 100.0, 512.0, 512.0 * f64::from(height) / f64::from(width)).unwrap();
        for light in [Light::Gamma, Light::Linear] {
            let (most, mean) = difference(&photograph, rect, target, Filter::Lanczos3, light);
            assert!(most <= 2 && mean < 0.02, "{light:?} {target}: {most} {mean}");
        }
    }
}

/// fast_image_resize rounds to samples and cuts off between the two directions, so it is a little further away.
#[test]
fn a_published_resizer_comes_to_the_same() {
    use fast_image_resize::images::{TypedImage, TypedImageRef};
    use fast_image_resize::pixels::U8;
    use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

    let photograph = photograph();
    let pixels: Vec<U8> = photograph.samples().iter().copied().map(U8::new).collect();
    let source = TypedImageRef::new(512, 512, &pixels).unwrap();
    for (width, height) in [(281, 170), (700, 233)] {
        let mut theirs = vec![U8::new(0); (width * height) as usize];
        let mut target = TypedImage::from_pixels_slice(width, height, &mut theirs).unwrap();
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
        Resizer::new().resize_typed(&source, &mut target, &options).unwrap();
        let dimensions = Dimensions::new(width, height).unwrap();
        let rect = SourceRect::of(photograph.dimensions());
        let ours = Resampler::new().resample(&photograph, rect, dimensions, Filter::Lanczos3, Light::Gamma).unwrap();
        let differences: Vec<u8> = ours.samples().iter().zip(&theirs).map(|(a, b)| a.abs_diff(b.0)).collect();
        let mean = differences.iter().map(|d| f64::from(*d)).sum::<f64>() / differences.len() as f64;
        assert!(mean < 0.25, "{dimensions}: {mean}");
        let far = differences.iter().filter(|difference| **difference > 2).count();
        assert!(far * 200 < differences.len(), "{dimensions}: {far} of {}", differences.len());
    }
}

/// Wide enough for several blocks of columns, tall enough for several batches of rows, and odd in both directions.
#[test]
fn blocks_and_batches_leave_no_seams() {
    let source = scene(2203, 1001, 3);
    let target = Dimensions::new(309, 701).unwrap();
    let rect = SourceRect::new(0.5, 0.25, 2199.0, 999.5).unwrap();
    for light in [Light::Gamma, Light::Linear] {
        let (most, mean) = difference(&source, rect, target, Filter::Lanczos3, light);
        assert!(most <= 2 && mean < 0.02, "{light:?}: {most} {mean}");
    }
}

#[test]
fn constants_stay_constant() {
    let source = |sample| Plane::filled(Dimensions::new(97, 61).unwrap(), sample);
    let rect = SourceRect::new(1.3, 2.7, 90.1, 55.5).unwrap();
    let mut resampler = Resampler::new();
    for (width, height) in [(31, 11), (97, 61), (200, 130)] {
        let target = Dimensions::new(width, height).unwrap();
        for sample in 0..=255 {
            for light in [Light::Linear, Light::Gamma] {
                let plane = resampler.resample(&source(sample), rect, target, Filter::Lanczos3, light).unwrap();
                assert!(plane.samples().iter().all(|&s| s == sample), "{sample} {light:?} {target}");
            }
        }
    }
}

/// Enlarged from a quarter of a sample on, some taps are exactly zero. What another plane left in the scratch memory must
/// not show, whatever is asked for first.
#[test]
fn scratch_memory_never_shows() {
    let dimensions = Dimensions::new(200, 133).unwrap();
    let target = Dimensions::new(400, 261).unwrap();
    let rect = SourceRect::new(0.0, 1.25, 200.0, 130.5).unwrap();
    let mut used = Resampler::new();
    for &filter in Filter::ALL {
        for light in [Light::Linear, Light::Gamma] {
            used.resample(&Plane::filled(dimensions, 255), rect, target, filter, light).unwrap();
            let constant = used.resample(&Plane::filled(dimensions, 128), rect, target, filter, light).unwrap();
            assert!(constant.samples().iter().all(|&sample| sample == 128), "{filter} {light:?}");
            let source = scene(200, 133, 4);
            let fresh = Resampler::new().resample(&source, rect, target, filter, light).unwrap();
            assert_eq!(used.resample(&source, rect, target, filter, light).unwrap(), fresh, "{filter} {light:?}");
        }
    }
}

/// A rectangle that reaches beyond the plane sees the edge samples hold on.
#[test]
fn edges_hold_on_for_one_target_sample() {
    let source = scene(60, 31, 5);
    let target = Dimensions::new(20, 8).unwrap();
    let rect = SourceRect::new(0.0, 0.0, 60.0, 32.0).unwrap();
    let mut padded = source.samples().to_vec();
    padded.extend_from_slice(source.row(30));
    let padded = Plane::new(Dimensions::new(60, 32).unwrap(), padded).unwrap();
    let mut resampler = Resampler::new();
    for light in [Light::Linear, Light::Gamma] {
        let result = resampler.resample(&source, rect, target, Filter::Lanczos3, light).unwrap();
        let expected = resampler.resample(&padded, rect, target, Filter::Lanczos3, light).unwrap();
        assert_eq!(result, expected);
    }
    let far = SourceRect::new(0.0, 0.0, 60.0, 40.0).unwrap();
    let error = resampler.resample(&source, far, target, Filter::Lanczos3, Light::Gamma).unwrap_err();
    assert_eq!(
        error.to_string(),
        "source rectangle 60x40+0+0 lies outside the 60x31 plane by more than one target sample"
    );
}

#[test]
fn rectangles_are_finite_and_not_empty() {
    assert!(SourceRect::new(0.0, 0.0, 0.0, 1.0).is_none());
    assert!(SourceRect::new(0.0, 0.0, 1.0, -1.0).is_none());
    assert!(SourceRect::new(f64::NAN, 0.0, 1.0, 1.0).is_none());
    assert!(SourceRect::new(0.0, f64::INFINITY, 1.0, 1.0).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn any_rectangle_of_any_plane(
        width in 1u32..60, height in 1u32..60, target_width in 1u32..80, target_height in 1u32..80,
        edges in [0.0f64..1.0, 0.0..1.0, 0.01..1.0, 0.01..1.0], seed: u32, filter in 0usize..4, linear: bool,
    ) {
        let source = scene(width, height, seed);
        let (w, h) = (f64::from(width) * edges[2], f64::from(height) * edges[3]);
        let rect = SourceRect::new(edges[0] * (f64::from(width) - w), edges[1] * (f64::from(height) - h), w, h).unwrap();
        let target = Dimensions::new(target_width, target_height).unwrap();
        let filter = CONTINUOUS[filter];
        let light = if linear { Light::Linear } else { Light::Gamma };
        let (most, _) = difference(&source, rect, target, filter, light);
        prop_assert!(most <= 2, "{filter} {light:?} {most}");
    }
}
