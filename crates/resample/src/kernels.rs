//! The inner loops over rows of `f32` values. The only file of this crate with unsafe code: the calls of the copies that
//! are compiled for AVX2.
//!
//! Values are whole numbers of at most 15 bits and weights sum to one, so `f32` carries them with eight bits to spare.

use crate::level::Level;

/// Rows that are resampled horizontally at a time, and values in a vector of AVX2.
pub(crate) const LANES: usize = 8;

/// The weights of consecutive samples, the first of which is sample `first`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taps {
    pub(crate) first: usize,
    pub(crate) weights: Vec<f32>,
}

/// Columns that are summed at a time: the sums stay in the first-level cache.
const BLOCK: usize = 512;

/// A function that calls `$body` as it is compiled for the processor's vectors.
macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident = $body:ident($($argument:ident : $type:ty),*)) => {
        $(#[$doc])*
        pub(crate) fn $name(level: Level, $($argument: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2($($argument: $type),*) {
                $body($($argument),*);
            }
            match level {
                Level::Baseline => $body($($argument),*),
                // SAFETY: a `Level::Avx2` exists only on a processor that has AVX2.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                Level::Avx2(_) => unsafe { avx2($($argument),*) },
            }
        }
    };
}

kernel! {
    /// Each column of `rows` summed with `weights`. There are as many weights as rows, and no row is shorter than `sums`.
    sum_rows = sum_rows_body(rows: &[&[f32]], weights: &[f32], sums: &mut [f32])
}

#[inline(always)]
fn sum_rows_body(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
        let columns = block * BLOCK..block * BLOCK + sums.len();
        sums.fill(0.0);
        // Four rows a round: the sums are loaded and stored a quarter as often.
        let (fours, rest) = rows.as_chunks::<4>();
        let (four_weights, rest_weights) = weights.as_chunks::<4>();
        for (rows, weights) in fours.iter().zip(four_weights) {
            let [a, b, c, d] = rows.map(|row| &row[columns.clone()]);
            for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum += (a * weights[0] + b * weights[1]) + (c * weights[2] + d * weights[3]);
            }
        }
        for (row, weight) in rest.iter().zip(rest_weights) {
            for (sum, value) in sums.iter_mut().zip(&row[columns.clone()]) {
                *sum += value * weight;
            }
        }
    }
}

kernel! {
    /// Eight rows, one after the other in `rows`, to one row of columns of eight.
    interleave = interleave_body(rows: &[f32], columns: &mut [[f32; LANES]])
}

#[inline(always)]
fn interleave_body(rows: &[f32], columns: &mut [[f32; LANES]]) {
    let width = columns.len();
    let rows: [&[f32]; LANES] = std::array::from_fn(|lane| &rows[lane * width..][..width]);
    for (x, column) in columns.iter_mut().enumerate() {
        *column = std::array::from_fn(|lane| rows[lane][x]);
    }
}

kernel! {
    /// For each of `taps`, the columns it names summed with its weights, rounded to nearest and cut off at 0 and `most`.
    sum_columns = sum_columns_body(columns: &[[f32; LANES]], taps: &[Taps], most: f32, sums: &mut [[u16; LANES]])
}

#[inline(always)]
fn sum_columns_body(columns: &[[f32; LANES]], taps: &[Taps], most: f32, sums: &mut [[u16; LANES]]) {
    for (sum, Taps { first, weights }) in sums.iter_mut().zip(taps) {
        let columns = &columns[*first..][..weights.len()];
        // Two totals: an addition need not wait for the one before.
        let (mut even, mut odd) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        let (pairs, rest) = columns.as_chunks::<2>();
        let (pair_weights, rest_weights) = weights.as_chunks::<2>();
        for ([a, b], [wa, wb]) in pairs.iter().zip(pair_weights) {
            for lane in 0..LANES {
                even[lane] += a[lane] * wa;
                odd[lane] += b[lane] * wb;
            }
        }
        if let ([column], [weight]) = (rest, rest_weights) {
            for lane in 0..LANES {
                even[lane] += column[lane] * weight;
            }
        }
        *sum = std::array::from_fn(|lane| rounded(even[lane] + odd[lane], most));
    }
}

kernel! {
    /// Three pairs of rows, the innermost first, summed with a weight for each pair.
    sum_pairs = sum_pairs_body(pairs: [[&[f32]; 2]; 3], weights: [f32; 3], sums: &mut [f32])
}

#[inline(always)]
fn sum_pairs_body(pairs: [[&[f32]; 2]; 3], weights: [f32; 3], sums: &mut [f32]) {
    let [[c, d], [b, e], [a, f]] = pairs.map(|pair| pair.map(|row| &row[..sums.len()]));
    for (i, sum) in sums.iter_mut().enumerate() {
        *sum = weights[0] * (c[i] + d[i]) + weights[1] * (b[i] + e[i]) + weights[2] * (a[i] + f[i]);
    }
}

kernel! {
    /// Every second sum of six values of a row, weighted as pairs from the innermost outwards, times `scale`, rounded to
    /// nearest and cut off at 0 and `most`. The row has four values more than twice as many as there are sums.
    sum_every_second = sum_every_second_body(row: &[f32], weights: [f32; 3], scale: f32, most: f32, sums: &mut [u16])
}

#[inline(always)]
fn sum_every_second_body(row: &[f32], weights: [f32; 3], scale: f32, most: f32, sums: &mut [u16]) {
    let pairs = &row.as_chunks::<2>().0[..sums.len() + 2];
    let (first, second, third) = (&pairs[..sums.len()], &pairs[1..=sums.len()], &pairs[2..]);
    for (((sum, [a, b]), [c, d]), [e, f]) in sums.iter_mut().zip(first).zip(second).zip(third) {
        let value = weights[0] * (c + d) + weights[1] * (b + e) + weights[2] * (a + f);
        *sum = rounded(value * scale, most);
    }
}

/// The whole number nearest to `value` (of two the even one), cut off at 0 and `most`, which is below 2^16.
///
/// Added to 2^23 a number is rounded to its last bit, which then is worth one; a cast would not be vectorised.
#[inline(always)]
fn rounded(value: f32, most: f32) -> u16 {
    const UNIT: f32 = (1 << 23) as f32;
    (value.clamp(0.0, most) + UNIT).to_bits() as u16
}

kernel! {
    /// Each sample times `scale`.
    scale_samples = scale_samples_body(samples: &[u8], scale: f32, values: &mut [f32])
}

#[inline(always)]
fn scale_samples_body(samples: &[u8], scale: f32, values: &mut [f32]) {
    for (value, sample) in values.iter_mut().zip(samples) {
        *value = f32::from(*sample) * scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 17) as f32
            })
            .collect()
    }

    /// The results of each level, which must be the baseline's.
    fn assert_levels_agree<T: PartialEq + std::fmt::Debug>(run: impl Fn(Level) -> T) {
        let baseline = run(Level::Baseline);
        for level in Level::all() {
            assert_eq!(run(level), baseline, "{level:?}");
        }
    }

    #[test]
    fn levels_agree_to_the_last_bit() {
        for width in [1, 7, 8, 31, 511, 512, 513, 1200] {
            for count in [1, 2, 4, 7, 19] {
                let rows: Vec<_> = (0..count).map(|i| values(width, i)).collect();
                let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
                let weights: Vec<f32> = (0..count).map(|i| 0.7 / (i + 1) as f32 - 0.1).collect();
                assert_levels_agree(|level| {
                    let mut sums = vec![0.0; width];
                    sum_rows(level, &rows, &weights, &mut sums);
                    sums
                });
                let taps: Vec<Taps> = (0..width)
                    .map(|i| Taps { first: i, weights: weights[..weights.len().min(width - i)].to_vec() })
                    .collect();
                let eight = values(LANES * width, count);
                assert_levels_agree(|level| {
                    let mut columns = vec![[0.0; LANES]; width];
                    interleave(level, &eight, &mut columns);
                    let mut sums = vec![[0; LANES]; width];
                    sum_columns(level, &columns, &taps, 32_767.0, &mut sums);
                    sums
                });
            }
            let rows: [Vec<f32>; 6] = std::array::from_fn(|i| values(width, i as u32));
            let pairs = [[2, 3], [1, 4], [0, 5]].map(|pair| pair.map(|i: usize| rows[i].as_slice()));
            assert_levels_agree(|level| {
                let mut sums = vec![0.0; width];
                sum_pairs(level, pairs, [59.0, 13.0, -8.0], &mut sums);
                sums
            });
            let row = values(2 * width + 4, 9);
            assert_levels_agree(|level| {
                let mut sums = vec![0; width];
                sum_every_second(level, &row, [0.4, 0.2, -0.1], 1.0, 32_767.0, &mut sums);
                sums
            });
            let samples: Vec<u8> = (0..width).map(|i| (i * 37 % 256) as u8).collect();
            assert_levels_agree(|level| {
                let mut values = vec![0.0; width];
                scale_samples(level, &samples, 128.0, &mut values);
                values
            });
        }
    }

    #[test]
    fn values_are_rounded_and_cut_off() {
        let expected = [(-3.0, 0), (0.49, 0), (1.5, 2), (2.5, 2), (32_766.6, 32_767), (1e9, 32_767)];
        for (value, expected) in expected {
            assert_eq!(rounded(value, 32_767.0), expected, "{value}");
        }
    }

    #[test]
    fn rows_become_columns() {
        let rows: Vec<f32> = (0..LANES * 3).map(|i| i as f32).collect();
        let mut columns = [[0.0; LANES]; 3];
        interleave(Level::detect(), &rows, &mut columns);
        assert_eq!(columns[1], [1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 19.0, 22.0]);
    }
}
