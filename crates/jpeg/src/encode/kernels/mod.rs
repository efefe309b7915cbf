//! The inner loops: samples to quantised coefficients, and these to tokens.
//!
//! The transform is the accurate integer one of the Independent JPEG Group ("islow"), after C. Loeffler, A. Ligtenberg and
//! G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989. Rows first, kept with two more
//! bits, then columns; the result is eight times the standard's. `scalar.rs` defines the results; the others give the same
//! ones. Why the loops are as they are: `../notes.md`.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx512_tokens;
mod scalar;

use super::quantiser::Quantiser;
use super::token::Token;

/// Blocks are transformed so many at a time, neighbours in a row: a quad.
pub(super) const QUAD: usize = 4;

/// Samples in a row of a quad.
pub(super) const QUAD_WIDTH: usize = 8 * QUAD;

/// Factors are in parts of 2 to this power.
const FACTOR_BITS: u32 = 13;

/// The first pass leaves values multiplied by 2 to this power.
const EXTRA_BITS: u32 = 2;

/// Coefficients 2 and 6 as sums of two products, of what the source calls `tmp13` and `tmp12`.
const EVEN: [[i16; 2]; 2] = [[4433 + 6270, 4433], [4433, 4433 - 15137]];

/// Coefficients 1, 3, 5 and 7 as sums of four products, of `tmp4` to `tmp7`: the factors of the source multiplied out, which
/// in integers changes nothing.
const ODD: [[i16; 4]; 4] = {
    // What stands behind z1 to z5 there.
    let (z1, z2, z3, z4, z5) = (-7373, -20995, -16069, -3196, 9633);
    [
        [z1 + z5, z4 + z5, z5, 12299 + z1 + z4 + z5],
        [z3 + z5, z2 + z5, 25172 + z2 + z3 + z5, z5],
        [z5, 16819 + z2 + z4 + z5, z2 + z5, z4 + z5],
        [2446 + z1 + z3 + z5, z5, z3 + z5, z1 + z5],
    ]
};

/// The quantised coefficients of 8x8 samples, in zigzag order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) coefficients: [i16; 64],
    /// Bit `i` says whether coefficient `i` is other than zero.
    pub(super) nonzero: u64,
}

impl Block {
    pub(super) const ZERO: Self = Self { coefficients: [0; 64], nonzero: 0 };
}

/// A block in the order of a scan.
#[derive(Clone, Copy, Default)]
pub(super) struct ScanBlock {
    /// Its index among the blocks that were transformed, or `None` for one that only fills up an MCU.
    ///
    /// Nobody sees that: flat and like the block before it, it takes fewest bits.
    pub(super) index: Option<u16>,
    /// The index of its component in the frame, of three.
    pub(super) component: u8,
}

/// The most tokens of one block: each, but for that of the end, stands for at least one coefficient.
pub(super) const MAX_BLOCK_TOKENS: usize = 64;

/// How many tokens more than needed the buffers have for the kernels.
pub(super) const SPARE_TOKENS: usize = 64;

/// Beyond runs of this many zeros a token of its own says so.
const LONGEST_RUN: u32 = 15;

masthead_simd::kernels! {
    /// Eight rows of samples to blocks, as many as there are in `blocks`. What lies `ahead` bytes further is fetched into the
    /// cache.
    pub(super) fn transform(rows: &[&[u8]; 8], ahead: usize, quantiser: &Quantiser, blocks: &mut [[Block; QUAD]])
        => avx512, avx2, scalar;

    /// Blocks to tokens (T.81, F.1.2); says how many. `predictors` has the last DC coefficient of each component. The first
    /// component is luma, the others are chroma. `tokens` has room for [`MAX_BLOCK_TOKENS`] of each block and [`SPARE_TOKENS`].
    pub(super) fn tokens(blocks: &[Block], order: &[ScanBlock], predictors: &mut [i16; 3], tokens: &mut [Token]) -> usize
        => avx512, scalar;
}

#[cfg(test)]
mod tests;
