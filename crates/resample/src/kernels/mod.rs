//! The kernels: the inner loops of resampling, once for each set of vector instructions.
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

/// How many columns of a target are made at a time: a tile is so wide, and [`ROWS`] high.
pub(crate) const TILE_WIDTH: usize = 64;

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
    pub(crate) fn to_columns(rows: &[i16], stride: usize, columns: &mut [Columns])
        => avx2, scalar;

    /// The sums of weighted columns, the first of which has the number `base`, as values of 15 bits.
    pub(crate) fn sum_columns(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u16; ROWS]])
        => avx512, avx2, scalar;

    /// The same as samples: in 128ths of the values.
    pub(crate) fn sum_columns_of_samples(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u8; ROWS]])
        => avx512, avx2, scalar;

    /// The samples nearest to amounts of light.
    pub(crate) fn encode(values: &[[u16; ROWS]; TILE_WIDTH], samples: &mut [[u8; ROWS]; TILE_WIDTH])
        => avx512, avx2, scalar;

    /// Columns of samples to rows, `stride` apart.
    pub(crate) fn to_rows(columns: &[[u8; ROWS]; TILE_WIDTH], stride: usize, rows: &mut [u8])
        => avx2, scalar;

    /// The weights of [`Filter::Lanczos3`](crate::Filter) at `first`, `first + step`, ..., in parts of 2 to the power of
    /// [`WEIGHT_BITS`].
    pub(crate) fn lanczos3(first: f32, step: f32, weights: &mut [[i32; 8]])
        => avx2, scalar;
}

#[cfg(test)]
mod tests;
