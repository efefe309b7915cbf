//! What targets share changes none of them.

use masthead_resample::{
    Dimensions, Filter, Light, Pass, Plane, PlaneRows, Resampler, Resampling, SimdLevel, SourceRect, Target,
};
use masthead_testdata::Random;
use proptest::prelude::*;

pub(crate) fn plane(width: u32, height: u32, seed: u32) -> Plane {
    let samples = (0..width * height).zip(Random::new(seed.into())).map(|(i, noise)| {
        // Noise of any strength, and black and white.
        let strength = (i / 50 + seed) % 4 * 80;
        (128 + (i32::from(noise as u8) - 128) * strength as i32 / 80).clamp(0, 255) as u8
    });
    Plane::new(Dimensions::new(width, height).unwrap(), samples.collect()).unwrap()
}

fn target((left, top, width, height): (f64, f64, f64, f64), size: (u32, u32), level: u32) -> Target {
    let rect = SourceRect::new(left, top, width, height).unwrap();
    Target { rect, dimensions: Dimensions::new(size.0, size.1).unwrap(), level }
}

/// Targets of a plane of 301x203: of all levels of the pyramid up to the third, of the same rows, of the same everything, of one sample.
fn targets() -> Vec<Target> {
    let whole = (0.0, 0.0, 301.0, 203.0);
    vec![
        target(whole, (150, 101), 0),
        target(whole, (90, 60), 1),
        target(whole, (31, 20), 2),
        target(whole, (16, 9), 3),
        target((100.5, 0.0, 77.25, 203.0), (40, 101), 0),
        target(whole, (150, 101), 0),
        target((200.0, 150.0, 101.0, 53.0), (300, 160), 0),
        target((0.0, 100.0, 301.0, 100.5), (60, 20), 1),
        target(whole, (1, 1), 2),
    ]
}

#[test]
fn targets_together_are_the_same_as_each_alone() {
    let source = plane(301, 203, 5);
    let mut resampler = Resampler::new();
    for light in [Light::Linear, Light::Gamma] {
        let together = Resampling::new(source.dimensions(), &targets(), Filter::Lanczos3).unwrap();
        let together = resampler.resample_all(&together, &source, light);
        for (target, plane) in targets().iter().zip(together) {
            let alone = Resampling::new(source.dimensions(), &[*target], Filter::Lanczos3).unwrap();
            assert_eq!(resampler.resample_all(&alone, &source, light), [plane], "{light:?} {target:?}");
        }
    }
}

/// Rows in portions of any size, in buffers that are wider than they are: the targets are those of the whole plane, each handed
/// out once, by the row that is the last one it depends on.
#[test]
fn portions_make_up_the_whole() {
    let mut random = Random::new(3);
    let mut resampler = Resampler::new();
    for (width, height) in [(301, 203), (64, 64), (1, 1), (7, 2), (2, 9), (100, 33)] {
        let source = plane(width, height, 6);
        let shrunk = |target: Target| {
            let (across, down) = (f64::from(width) / 301.0, f64::from(height) / 203.0);
            let rect = target.rect;
            let rect = (rect.left() * across, rect.top() * down, rect.width() * across, rect.height() * down);
            self::target(rect, (target.dimensions.width(), target.dimensions.height()), target.level)
        };
        let targets: Vec<_> = targets().into_iter().map(shrunk).collect();
        let resampling = Resampling::new(source.dimensions(), &targets, Filter::Lanczos3).unwrap();
        let whole = resampler.resample_all(&resampling, &source, Light::Linear);
        let stride = width as usize + 5;
        let mut padded = vec![99; stride * height as usize];
        for (to, row) in padded.chunks_exact_mut(stride).zip(source.rows()) {
            to[..row.len()].copy_from_slice(row);
        }
        for most in [1, 2, 3, 8, 17, 500] {
            let memory = |samples| vec![1; samples / 2 * most as usize];
            let mut pass = resampler.pass(&resampling, Light::Linear).with_memory(memory);
            let mut taken: Vec<Option<Plane>> = vec![None; whole.len()];
            let mut top = 0;
            while top < height as usize {
                let bottom = (height as usize).min(top + random.below(most + 1) as usize);
                pass.push_rows(PlaneRows::new(&padded[top * stride..bottom * stride], width as usize, stride).unwrap());
                for (index, plane) in pass.take_finished() {
                    assert!(taken[index].replace(plane).is_none(), "target {index} twice");
                    let (_, rows) = targets[index].support(Filter::Lanczos3);
                    let last = rows.end.min(height.into());
                    assert!(last > top as i64 - 24 && last <= height.into(), "target {index} of {rows:?} at {top}");
                }
                top = bottom;
            }
            let taken: Vec<_> = taken.into_iter().map(|plane| plane.expect("every target is finished")).collect();
            assert!(taken == whole, "{width}x{height}, at most {most} rows at a time");
        }
    }
}

/// A target is there before rows come that it does not depend on.
#[test]
fn targets_are_finished_early() {
    let source = plane(301, 203, 6);
    let targets = [target((0.0, 50.0, 301.0, 60.0), (100, 20), 0), target((0.0, 0.0, 301.0, 203.0), (100, 70), 1)];
    let resampling = Resampling::new(source.dimensions(), &targets, Filter::Lanczos3).unwrap();
    let mut resampler = Resampler::new();
    let mut pass = resampler.pass(&resampling, Light::Gamma);
    let mut finished = Vec::new();
    for (y, rows) in source.as_rows().portions(1).enumerate() {
        pass.push_rows(rows);
        finished.extend(pass.take_finished().map(|(index, _)| (index, y)));
    }
    // Three target samples of 3 rows each below the last row shown, 109, but for half a sample.
    assert!(matches!(finished[..], [(0, 110..=120), (1, 195..=202)]), "{finished:?}");
}

#[test]
fn trimmed_scratch_memory_is_made_anew() {
    let source = plane(301, 203, 6);
    let resampling = Resampling::new(source.dimensions(), &targets(), Filter::Lanczos3).unwrap();
    let mut resampler = Resampler::new();
    let planes = resampler.resample_all(&resampling, &source, Light::Linear);
    resampler.trim(0);
    assert_eq!(resampler.resample_all(&resampling, &source, Light::Linear), planes);
}

/// Nothing but level 1 of the pyramid, copied: the weights one after the other in whole numbers, edges repeated.
#[test]
fn samples_of_a_level_are_weighted_sums() {
    for (width, height) in [(2, 2), (4, 8), (6, 10), (30, 6), (8, 62), (130, 70)] {
        let source = plane(width, height, 7);
        let half = target((0.0, 0.0, width.into(), height.into()), (width / 2, height / 2), 1);
        let resampling = Resampling::new(source.dimensions(), &[half], Filter::Lanczos3).unwrap();
        let half = Resampler::new().resample_all(&resampling, &source, Light::Gamma).remove(0);
        let weights = [6, -7, -20, 32, 117, 117, 32, -20, -7, 6];
        let at = |position: i64, length: u32| position.clamp(0, i64::from(length) - 1) as usize;
        for y in 0..half.height() {
            for x in 0..half.width() {
                let mut sum = 0;
                for (j, down) in weights.iter().enumerate() {
                    let row = source.row(at(2 * y as i64 + j as i64 - 4, height));
                    for (i, across) in weights.iter().enumerate() {
                        sum += down * across * i64::from(row[at(2 * x as i64 + i as i64 - 4, width)]);
                    }
                }
                // Values of 15 bits are between the two directions, and cut off at half their range beyond black and white.
                let exact = (sum as f64 / 65_536.0).clamp(0.0, 255.0);
                let sample = f64::from(half.row(y)[x]);
                assert!((sample - exact).abs() < 0.52, "{width}x{height} ({x}, {y}): {sample}, expected {exact}");
            }
        }
    }
}

#[test]
fn constants_stay_on_all_levels() {
    for sample in 0..=255 {
        let constant = Plane::filled(Dimensions::new(301, 203).unwrap(), sample);
        let resampling = Resampling::new(constant.dimensions(), &targets(), Filter::Lanczos3).unwrap();
        for light in [Light::Linear, Light::Gamma] {
            for plane in Resampler::new().resample_all(&resampling, &constant, light) {
                assert!(plane.samples().iter().all(|&s| s == sample), "{sample} {light:?}");
            }
        }
    }
}

#[test]
fn rows_that_are_not_of_the_plane_are_a_defect_of_the_caller() {
    let source = plane(301, 203, 6);
    let resampling = Resampling::new(source.dimensions(), &targets(), Filter::Lanczos3).unwrap();
    let refused = |push: &dyn Fn(&mut Pass<'_>)| {
        let mut resampler = Resampler::new();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut pass = resampler.pass(&resampling, Light::Gamma);
            push(&mut pass);
            pass.finish().len()
        }))
        .is_err()
    };
    let all = source.as_rows();
    let most = all.portions(202).next().unwrap();
    assert!(!refused(&|pass| pass.push_rows(all)));
    assert!(refused(&|pass| pass.push_rows(most)), "a row is missing");
    assert!(
        refused(&|pass| [most, most].into_iter().for_each(|rows| pass.push_rows(rows))),
        "more rows than there are"
    );
    assert!(refused(&|pass| pass.push_rows(PlaneRows::new(source.samples(), 300, 301).unwrap())), "narrower rows");
}

#[test]
fn a_plane_of_other_dimensions_is_a_defect_of_the_caller() {
    let resampling = Resampling::new(Dimensions::new(10, 10).unwrap(), &targets()[..0], Filter::Box).unwrap();
    let other = plane(10, 11, 1);
    let refused = std::panic::catch_unwind(|| Resampler::new().resample_all(&resampling, &other, Light::Gamma));
    assert!(refused.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn all_simd_levels_give_the_same_bytes(
        width in 1u32..150, height in 1u32..90, sizes in proptest::collection::vec((1u32..170, 1u32..60, 0u32..3), 1..5),
        edges in [0.0f64..1.0, 0.0..1.0, 0.01..1.0, 0.01..1.0], seed: u32, filter in 0usize..5, linear: bool,
    ) {
        let source = plane(width, height, seed);
        let (w, h) = (f64::from(width) * edges[2], f64::from(height) * edges[3]);
        let rect = (edges[0] * (f64::from(width) - w), edges[1] * (f64::from(height) - h), w, h);
        let targets: Vec<_> = sizes.iter().map(|(w, h, level)| target(rect, (*w, *h), *level)).collect();
        let light = if linear { Light::Linear } else { Light::Gamma };
        let made = |simd| {
            let resampling = Resampling::with_simd(simd, source.dimensions(), &targets, Filter::ALL[filter]).unwrap();
            Resampler::with_simd(simd).resample_all(&resampling, &source, light)
        };
        let expected = made(SimdLevel::Scalar);
        for simd in SimdLevel::all() {
            prop_assert!(made(simd) == expected, "{simd}");
        }
    }
}
