use super::*;
use crate::Filter;
use masthead_picture::Transfer;
use masthead_simd::SimdLevel;
use masthead_testdata::Random;

fn noise(seed: u64) -> impl Iterator<Item = u16> {
    Random::new(seed).map(|bits| bits as u16)
}

fn samples(count: usize, seed: u64) -> Vec<u8> {
    noise(seed).take(count).map(|number| number as u8).collect()
}

/// Values as large and as small as they get.
fn values(count: usize, seed: u64) -> Vec<i16> {
    noise(seed).take(count).map(|number| number as i16).collect()
}

fn pairs(count: usize, seed: u64) -> Vec<Pair> {
    values(2 * count, seed).as_chunks().0.to_vec()
}

/// Weights whose sizes sum to less than 3: more than any filter's do.
fn weights(pairs: usize, targets: usize, seed: u64) -> Vec<Pair> {
    let most = (3 << SHIFT) / (2 * pairs) as i32;
    let weight = |number: u16| (i32::from(number as i16).clamp(-32_767, 32_767) * most.min(32_767) / 32_767) as i16;
    noise(seed).take(2 * pairs * targets).map(weight).collect::<Vec<_>>().as_chunks().0.to_vec()
}

/// The result of each level, which must be the scalar one's.
fn assert_levels_agree<T: PartialEq + std::fmt::Debug>(what: &str, run: impl Fn(SimdLevel) -> T) {
    let expected = run(SimdLevel::Scalar);
    for level in SimdLevel::all() {
        assert!(run(level) == expected, "{what}, {}", level.name());
    }
}

/// Widths around those of vectors and blocks. Slices are exactly as long as they must be: reading beyond them is a
/// panic, or an error of Miri's.
const WIDTHS: [usize; 12] = [1, 2, 15, 16, 17, 31, 63, 64, 65, 127, 130, 300];

#[test]
fn simd_levels_decode_alike() {
    let values = Values::new(|sample| Transfer::srgb().linear(sample));
    for width in WIDTHS {
        let (upper, lower) = (samples(width, 1), samples(width, 2));
        let mut decoded = vec![[0; 2]; width];
        look_up(SimdLevel::Scalar, &upper, &lower, 0, &values, &mut decoded);
        for (x, pair) in decoded.iter().enumerate() {
            let value = |sample| i32::from(Transfer::srgb().linear(sample)) - MIDDLE;
            assert_eq!(pair.map(i32::from), [value(upper[x]), value(lower[x])]);
        }
        assert_levels_agree(&format!("look_up {width}"), |level| {
            let mut pairs = vec![[0; 2]; width];
            look_up(level, &upper, &lower, width, &values, &mut pairs);
            pairs
        });
        assert_levels_agree(&format!("widen {width}"), |level| {
            let mut pairs = vec![[0; 2]; width];
            widen(level, &upper, &lower, usize::MAX, &mut pairs);
            pairs
        });
        let (upper, lower) = (self::values(width, 3), self::values(width, 4));
        assert_levels_agree(&format!("interleave {width}"), |level| {
            let mut pairs = vec![[0; 2]; width];
            interleave(level, &upper, &lower, &mut pairs);
            pairs
        });
    }
}

#[test]
fn simd_levels_sum_rows_alike() {
    for (width, count, rows) in [(32, 1, 1), (64, 3, 4), (96, 5, 3), (288, 9, 4), (416, 2, 2), (1056, 7, 4)] {
        let stride = width + 32;
        let firsts: Vec<usize> = (0..rows).map(|y| 5 + y * 3 / 2).collect();
        let support = firsts[rows - 1] - firsts[0] + count;
        let pairs = pairs(support * stride, 5);
        let offsets: Vec<usize> = (0..support).map(|row| (support - 1 - row) * stride + 32 * (row % 2)).collect();
        let weights = weights(count, rows, 6);
        assert_levels_agree(&format!("sum_rows {width} {count} {rows}"), |level| {
            let mut sums = vec![0; (rows - 1) * stride + width];
            sum_rows(level, &pairs, &offsets, Sums::new(&firsts, &weights), width, stride, &mut sums);
            sums
        });
    }
}

#[test]
fn simd_levels_sum_columns_alike() {
    for (width, count, targets) in [(16, 1, 1), (16, 16, 3), (48, 5, 64), (80, 9, 31)] {
        let stride = 2 * width + 32;
        let rows = values((ROWS - 1) * stride + 2 * width, 7);
        let columns = |level| {
            let mut columns = vec![[[0; 2]; ROWS]; width];
            to_columns(level, &rows, stride, &mut columns);
            columns
        };
        assert_levels_agree(&format!("to_columns {width}"), columns);
        let columns = columns(SimdLevel::Scalar);
        let firsts: Vec<usize> = (0..targets).map(|x| 10 + x * (width - count) / targets).collect();
        let weights = weights(count, targets, 8);
        assert_levels_agree(&format!("sum_columns {width} {count}"), |level| {
            let mut sums = vec![[0; ROWS]; targets];
            sum_columns(level, &columns, 10, Sums::new(&firsts, &weights), &mut sums);
            sums
        });
        assert_levels_agree(&format!("sum_columns_of_samples {width} {count}"), |level| {
            let mut sums = vec![[0; ROWS]; targets];
            sum_columns_of_samples(level, &columns, 10, Sums::new(&firsts, &weights), &mut sums);
            sums
        });
    }
}

#[test]
fn every_amount_of_light_has_the_same_sample() {
    let transfer = Transfer::srgb();
    let all: Vec<u16> = (0..=32_767).collect();
    for values in all.as_chunks::<ROWS>().0.as_chunks::<TILE_WIDTH>().0 {
        for level in SimdLevel::all() {
            let mut samples = [[0; ROWS]; TILE_WIDTH];
            encode(level, values, &mut samples);
            for (sample, value) in samples.as_flattened().iter().zip(values.as_flattened()) {
                assert_eq!(*sample, transfer.encode(*value), "{value} {}", level.name());
            }
        }
    }
}

#[test]
fn simd_levels_make_rows_alike() {
    let samples: Vec<[u8; ROWS]> = samples(ROWS * TILE_WIDTH, 9).as_chunks().0.to_vec();
    let columns: &[[u8; ROWS]; TILE_WIDTH] = samples.first_chunk().unwrap();
    SimdLevel::test_all(|level| {
        for stride in [TILE_WIDTH, TILE_WIDTH + 5] {
            let mut rows = vec![0; (ROWS - 1) * stride + TILE_WIDTH];
            to_rows(level, columns, stride, &mut rows);
            for (x, column) in columns.iter().enumerate() {
                for (y, sample) in column.iter().enumerate() {
                    assert_eq!(rows[y * stride + x], *sample, "({x}, {y}), {level}");
                }
            }
        }
    });
}

#[test]
fn lanczos_is_what_its_definition_says() {
    let firsts = noise(10).map(|number| -3.4 + f32::from(number) / 65_536.0);
    let steps = [1.0, 0.37, 0.0021].into_iter().chain((1..40).map(|i| 1.0 / (1.0 + i as f32 * 0.173)));
    for (first, step) in firsts.zip(steps) {
        let mut weights = vec![[0; 8]; (7.0 / step) as usize / 8 + 1];
        lanczos3(SimdLevel::Scalar, first, step, &mut weights);
        for (i, weight) in weights.as_flattened().iter().enumerate() {
            let expected = Filter::Lanczos3.weight(f64::from(first) + i as f64 * f64::from(step));
            let error = f64::from(*weight) / f64::from(1 << WEIGHT_BITS) - expected;
            assert!(error.abs() < 4e-6, "{i} {first} {step}: {error}");
        }
        assert_levels_agree("lanczos3", |level| {
            let mut weights = weights.clone();
            lanczos3(level, first, step, &mut weights);
            weights
        });
    }
}
