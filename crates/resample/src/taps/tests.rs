use super::*;

/// Each target sample's weights by the number of the sample, and their sum.
fn by_sample(taps: &Taps, i: usize) -> (Vec<(usize, i32)>, i32) {
    let weights = taps.weights[i * taps.pairs..][..taps.pairs].as_flattened();
    let weights = weights.iter().map(|weight| i32::from(*weight));
    let weights: Vec<_> = (2 * taps.first(i)..).zip(weights).filter(|(_, weight)| *weight != 0).collect();
    let sum = weights.iter().map(|(_, weight)| weight).sum();
    (weights, sum)
}

#[test]
fn weights_sum_to_one_and_lie_in_the_plane() {
    for whole in [1, 2, 3, 5, 8, 61, 300] {
        for target in [1, 2, 7, 60, 500] {
            for (start, length) in [(0.0, 1.0), (0.1, 0.85), (-0.001, 1.002), (0.33, 0.5)] {
                for &filter in Filter::ALL {
                    let part = Part {
                        start: start * whole as f64,
                        length: length * whole as f64,
                        whole,
                        extent: whole as f64,
                    };
                    let taps = Taps::new(SimdLevel::Scalar, part, target, filter);
                    assert_eq!(taps.len(), target);
                    let mut before = 0;
                    for i in 0..target {
                        let (weights, sum) = by_sample(&taps, i);
                        assert_eq!(sum, 1 << SHIFT, "{filter} {part:?} {target} {i}");
                        assert!(weights.iter().all(|(sample, _)| *sample < whole), "{filter} {part:?} {target}");
                        assert!(taps.first(i) >= before && taps.end(i) <= whole.div_ceil(2));
                        before = taps.first(i);
                    }
                }
            }
        }
    }
}

#[test]
fn boxes_share_the_samples_out() {
    for whole in 1..130 {
        for target in 1..=whole {
            let part = Part { start: 0.0, length: whole as f64, whole, extent: whole as f64 };
            let taps = Taps::new(SimdLevel::Scalar, part, target, Filter::Box);
            let all: Vec<usize> = (0..target).flat_map(|i| by_sample(&taps, i).0).map(|(sample, _)| sample).collect();
            assert!(all.iter().copied().eq(0..whole), "{whole} to {target}: {all:?}");
        }
    }
}

/// Far less than one sample, in the part of the last one that lies in the plane.
#[test]
fn a_sliver_of_the_last_sample_is_the_last_sample() {
    for &filter in Filter::ALL {
        let part = Part { start: 0.015_624, length: 1e-6, whole: 1, extent: 1.0 / 64.0 };
        assert_eq!(by_sample(&Taps::new(SimdLevel::Scalar, part, 300, filter), 299).0, [(0, 1 << SHIFT)]);
    }
}

/// Of the sum up to any sample, what is lost to rounding is at most half a part.
#[test]
fn weights_are_rounded_with_their_neighbours_in_mind() {
    let part = Part { start: 3.7, length: 801.3, whole: 900, extent: 900.0 };
    let target = 211;
    let taps = Taps::new(SimdLevel::Scalar, part, target, Filter::Lanczos3);
    let reduction = part.length / target as f64;
    for i in 0..target {
        let center = part.start + (i as f64 + 0.5) * reduction;
        let weight = |sample: usize| Filter::Lanczos3.weight((sample as f64 + 0.5 - center) / reduction);
        let all: f64 = (0..part.whole).map(weight).sum();
        let (weights, _) = by_sample(&taps, i);
        let (mut sum, mut expected) = (0, 0.0);
        for sample in 0..part.whole {
            sum += weights.iter().find(|(number, _)| *number == sample).map_or(0, |(_, weight)| *weight);
            expected += weight(sample) / all * f64::from(1 << SHIFT);
            assert!((f64::from(sum) - expected).abs() < 0.6, "{i} {sample}: {sum} {expected}");
        }
    }
}

#[test]
fn a_whole_number_of_samples_is_copied() {
    let taps =
        Taps::new(SimdLevel::Scalar, Part { start: 3.0, length: 5.0, whole: 9, extent: 9.0 }, 5, Filter::Mitchell);
    for i in 0..5 {
        assert_eq!(by_sample(&taps, i).0, [(3 + i, 1 << SHIFT)]);
    }
}

#[test]
fn edges_hold_on_as_far_as_the_part_reaches() {
    let beyond = Taps::new(SimdLevel::Scalar, Part { start: -1.0, length: 8.0, whole: 7, extent: 7.0 }, 4, Filter::Box);
    // Samples -1 and 0, both of which are sample 0.
    assert_eq!(by_sample(&beyond, 0).0, [(0, 1 << SHIFT)]);
    assert_eq!(by_sample(&beyond, 1).0, [(1, 1 << 13), (2, 1 << 13)]);
    // Half of the last sample counts, but for what the part itself shows of it.
    let part = |length| Part { start: 0.0, length, whole: 4, extent: 3.5 };
    let weights = |length| by_sample(&Taps::new(SimdLevel::Scalar, part(length), 2, Filter::Triangle), 1).0;
    assert_eq!(weights(3.5), [(1, 3810), (2, 9907), (3, 2667)]);
    assert_eq!(weights(4.0), [(1, 2341), (2, 7021), (3, 7022)]);
    let every_second = Taps::every_second(-1, &[1, 3, 3, 1], 5);
    assert_eq!(by_sample(&every_second, 0).0, [(0, 8192), (1, 6144), (2, 2048)]);
    assert_eq!(by_sample(&every_second, 2).0, [(3, 2048), (4, 14_336)]);
}

#[test]
fn all_simd_levels_give_the_same_weights() {
    for (whole, target) in [(900, 211), (61, 300), (3, 7), (4000, 9)] {
        for (start, length) in [(0.0, 1.0), (0.01, 0.85), (-0.001, 1.002), (0.33, 0.5)] {
            let (start, length) = (start * whole as f64, length * whole as f64);
            let part = Part { start, length, whole, extent: whole as f64 };
            for &filter in Filter::ALL {
                let expected = Taps::new(SimdLevel::Scalar, part, target, filter);
                for simd in SimdLevel::all() {
                    assert!(Taps::new(simd, part, target, filter) == expected, "{simd} {filter} {part:?} {target}");
                }
            }
        }
    }
}
