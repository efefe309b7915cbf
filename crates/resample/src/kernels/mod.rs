//! The inner loops: sums of weighted samples.
//!
//! Samples are values of 15 bits, lowered by half of their range so that what a filter overshoots fits into an `i16` as well.
//! They are weighted in pairs, as the processors' instruction for it has them: `a * v + b * w` of two `i16` each, in 32 bits.
//! `scalar.rs` defines the results; the others give the same ones. Why the loops are as they are: `notes.md`.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;

/// Two neighbouring samples of a row or a column, or their weights.
pub(crate) type Pair = [i16; 2];

/// Weights are in parts of 2 to this power.
pub(crate) const SHIFT: u32 = 14;

/// Half of one, for rounding.
const HALF: i32 = 1 << (SHIFT - 1);

/// Before they are normalised, weights are in parts of 2 to this power.
pub(crate) const WEIGHT_BITS: u32 = 20;

/// What a value of 15 bits is lowered by: half of its range.
pub(crate) const MIDDLE: i32 = 1 << 14;

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

/// How many samples wide the kernels' steps are: buffers are that much longer than a row at most.
pub(crate) const BLOCK: usize = 32;

/// How many columns of several rows are summed before the next ones: what they are made of stays in the first-level cache.
#[cfg(target_arch = "x86_64")]
const CACHED: usize = 256;

/// How many rows are resampled horizontally at a time.
pub(crate) const ROWS: usize = 16;

/// How many columns of a target are made at a time.
pub(crate) const SPAN: usize = 64;

/// Two neighbouring columns of so many rows.
pub(crate) type Columns = [Pair; ROWS];

/// The value of each sample, less [`MIDDLE`].
pub(crate) struct Values {
    /// Of both samples of a pair, as one number.
    pairs: [[u32; 256]; 2],
    /// Low and high bytes.
    bytes: [[u8; 256]; 2],
}

impl Values {
    /// From values of 15 bits.
    pub(crate) fn new(value: impl Fn(u8) -> u16) -> Self {
        let lowered: [i16; 256] = std::array::from_fn(|sample| (i32::from(value(sample as u8)) - MIDDLE) as i16);
        let bits = lowered.map(|value| u32::from(value as u16));
        let bytes = lowered.map(i16::to_le_bytes);
        Self {
            pairs: [bits, bits.map(|bits| bits << 16)],
            bytes: [bytes.map(|bytes| bytes[0]), bytes.map(|bytes| bytes[1])],
        }
    }
}

/// Which pairs are summed for some neighbouring target samples: for each the number of the first, and the weights.
///
/// # Guarantees
/// - there are as many weights for each, and at least one.
#[derive(Clone, Copy)]
pub(crate) struct Sums<'a> {
    firsts: &'a [usize],
    weights: &'a [Pair],
    count: usize,
}

impl<'a> Sums<'a> {
    /// # Panics
    /// When there are not equally many weights for each.
    pub(crate) fn new(firsts: &'a [usize], weights: &'a [Pair]) -> Self {
        let count = weights.len() / firsts.len();
        assert!(count > 0 && count * firsts.len() == weights.len(), "{} weights", weights.len());
        Self { firsts, weights, count }
    }

    /// How many sums there are.
    pub(crate) fn len(self) -> usize {
        self.firsts.len()
    }

    /// First pair and weights of each.
    #[inline(always)]
    fn iter(self) -> impl Iterator<Item = (usize, &'a [Pair])> {
        self.firsts.iter().copied().zip(self.weights.chunks_exact(self.count))
    }
}

masthead_simd::kernels! {
    /// Two rows of samples, one above the other, to pairs of their values. What lies `ahead` bytes further is fetched into
    /// the cache.
    pub(crate) fn look_up(upper: &[u8], lower: &[u8], ahead: usize, values: &Values, pairs: &mut [Pair])
        => avx512, avx2, scalar;

    /// The same to values that are 128 times the sample.
    pub(crate) fn widen(upper: &[u8], lower: &[u8], ahead: usize, pairs: &mut [Pair])
        => avx2, scalar;

    /// Two rows of values to pairs.
    pub(crate) fn interleave(upper: &[i16], lower: &[i16], pairs: &mut [Pair])
        => avx2, scalar;

    /// Rows of sums of weighted rows of pairs, rounded. The rows of pairs lie in `pairs` at `offsets`, from the first of the
    /// first sum on. Rows of sums are `stride` apart, and `width` wide: a multiple of [`BLOCK`].
    pub(crate) fn sum_rows(pairs: &[Pair], offsets: &[usize], sums: Sums<'_>, width: usize, stride: usize, to: &mut [i16])
        => avx512, avx2, scalar;

    /// Rows of values, `stride` apart, to columns. The stride is a multiple of [`BLOCK`], and the columns of
    /// [`BLOCK`] / 2.
    pub(crate) fn transpose(rows: &[i16], stride: usize, columns: &mut [Columns])
        => avx2, scalar;

    /// The sums of weighted columns, the first of which has the number `base`, as values of 15 bits.
    pub(crate) fn sum_columns(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u16; ROWS]])
        => avx512, avx2, scalar;

    /// The same as samples: in 128ths of the values.
    pub(crate) fn sum_columns_of_samples(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u8; ROWS]])
        => avx512, avx2, scalar;

    /// The samples nearest to amounts of light.
    pub(crate) fn encode(values: &[[u16; ROWS]; SPAN], samples: &mut [[u8; ROWS]; SPAN])
        => avx512, scalar;

    /// Columns of samples to rows, `stride` apart.
    pub(crate) fn turn(columns: &[[u8; ROWS]; SPAN], stride: usize, rows: &mut [u8])
        => avx2, scalar;

    /// The weights of [`Filter::Lanczos3`](crate::Filter) at `first`, `first + step`, ..., in parts of 2 to the power of
    /// [`WEIGHT_BITS`].
    pub(crate) fn lanczos3(first: f32, step: f32, weights: &mut [[i32; 8]])
        => avx2, scalar;
}

#[cfg(test)]
mod tests {
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
    fn levels_decode_alike() {
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
            let (upper, lower) = (super::tests::values(width, 3), super::tests::values(width, 4));
            assert_levels_agree(&format!("interleave {width}"), |level| {
                let mut pairs = vec![[0; 2]; width];
                interleave(level, &upper, &lower, &mut pairs);
                pairs
            });
        }
    }

    #[test]
    fn levels_sum_rows_alike() {
        for (width, count, rows) in [(32, 1, 1), (64, 3, 4), (96, 5, 3), (288, 9, 4), (416, 2, 2), (1056, 7, 4)] {
            let stride = width + 32;
            let firsts: Vec<usize> = (0..rows).map(|y| 5 + y * 3 / 2).collect();
            let reach = firsts[rows - 1] - firsts[0] + count;
            let pairs = pairs(reach * stride, 5);
            let offsets: Vec<usize> = (0..reach).map(|row| (reach - 1 - row) * stride + 32 * (row % 2)).collect();
            let weights = weights(count, rows, 6);
            assert_levels_agree(&format!("sum_rows {width} {count} {rows}"), |level| {
                let mut sums = vec![0; (rows - 1) * stride + width];
                sum_rows(level, &pairs, &offsets, Sums::new(&firsts, &weights), width, stride, &mut sums);
                sums
            });
        }
    }

    #[test]
    fn levels_sum_columns_alike() {
        for (width, count, targets) in [(16, 1, 1), (16, 16, 3), (48, 5, 64), (80, 9, 31)] {
            let stride = 2 * width + 32;
            let rows = values((ROWS - 1) * stride + 2 * width, 7);
            let columns = |level| {
                let mut columns = vec![[[0; 2]; ROWS]; width];
                transpose(level, &rows, stride, &mut columns);
                columns
            };
            assert_levels_agree(&format!("transpose {width}"), columns);
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
        let all: Vec<u16> = (0..=masthead_picture::LINEAR_MAX).collect();
        for values in all.as_chunks::<ROWS>().0.as_chunks::<SPAN>().0 {
            for level in SimdLevel::all() {
                let mut samples = [[0; ROWS]; SPAN];
                encode(level, values, &mut samples);
                for (sample, value) in samples.as_flattened().iter().zip(values.as_flattened()) {
                    assert_eq!(*sample, transfer.encode(*value), "{value} {}", level.name());
                }
            }
        }
    }

    #[test]
    fn levels_turn_alike() {
        let samples: Vec<[u8; ROWS]> = samples(ROWS * SPAN, 9).as_chunks().0.to_vec();
        let columns: &[[u8; ROWS]; SPAN] = samples.first_chunk().unwrap();
        for stride in [SPAN, SPAN + 5] {
            for level in SimdLevel::all() {
                let mut rows = vec![0; (ROWS - 1) * stride + SPAN];
                turn(level, columns, stride, &mut rows);
                for (x, column) in columns.iter().enumerate() {
                    for (y, sample) in column.iter().enumerate() {
                        assert_eq!(rows[y * stride + x], *sample, "({x}, {y}), {}", level.name());
                    }
                }
            }
        }
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
}
