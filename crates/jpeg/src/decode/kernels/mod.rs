//! The inverse transform: coefficients to samples.
//!
//! It is the accurate integer one of the Independent JPEG Group ("islow"), after C. Loeffler, A. Ligtenberg and G. Moschytz,
//! "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989. Columns first, kept with two more bits, then rows.
//! Samples are those of libjpeg-turbo on x86-64, bit for bit, whatever the coefficients are: where they are larger than any encoder
//! makes them, numbers of 16 bits overflow and saturate at the same places. `scalar.rs` defines the results; the others give
//! the same ones. Why the loops are as they are: `notes.md`.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod scalar;

use super::coefficients::Block;

/// Factors are in parts of 2 to this power.
const FACTOR_BITS: u32 = 13;

/// The first pass leaves values multiplied by 2 to this power.
const EXTRA_BITS: u32 = 2;

/// By how many bits the sums of the first pass are shifted.
const COLUMN_SHIFT: u32 = FACTOR_BITS - EXTRA_BITS;

/// The same of the second pass: the transform makes values eight times too large.
const ROW_SHIFT: u32 = FACTOR_BITS + EXTRA_BITS + 3;

/// What stands behind the products in the paper's figure 1, multiplied out to sums of two products each, which in
/// integers changes nothing. The names of the parts are those of the source (`jidctint.c`).
mod factors {
    const FIX_0_298631336: i16 = 2446;
    const FIX_0_390180644: i16 = 3196;
    const FIX_0_541196100: i16 = 4433;
    const FIX_0_765366865: i16 = 6270;
    const FIX_0_899976223: i16 = 7373;
    const FIX_1_175875602: i16 = 9633;
    const FIX_1_501321110: i16 = 12299;
    const FIX_1_847759065: i16 = 15137;
    const FIX_1_961570560: i16 = 16069;
    const FIX_2_053119869: i16 = 16819;
    const FIX_2_562915447: i16 = 20995;
    const FIX_3_072711026: i16 = 25172;

    /// `tmp3` and `tmp2` of the even part, of coefficients 2 and 6.
    pub(super) const EVEN: [[i16; 2]; 2] =
        [[FIX_0_541196100 + FIX_0_765366865, FIX_0_541196100], [FIX_0_541196100, FIX_0_541196100 - FIX_1_847759065]];

    /// `z3` and `z4`, of the sums of coefficients 7 and 3, and 5 and 1.
    pub(super) const SUMS: [[i16; 2]; 2] =
        [[FIX_1_175875602 - FIX_1_961570560, FIX_1_175875602], [FIX_1_175875602, FIX_1_175875602 - FIX_0_390180644]];

    /// The rest of `tmp3` and `tmp0` of the odd part, of coefficients 7 and 1.
    pub(super) const OUTER: [[i16; 2]; 2] =
        [[-FIX_0_899976223, FIX_1_501321110 - FIX_0_899976223], [FIX_0_298631336 - FIX_0_899976223, -FIX_0_899976223]];

    /// The rest of `tmp2` and `tmp1` of the odd part, of coefficients 5 and 3.
    pub(super) const INNER: [[i16; 2]; 2] =
        [[-FIX_2_562915447, FIX_3_072711026 - FIX_2_562915447], [FIX_2_053119869 - FIX_2_562915447, -FIX_2_562915447]];
}

/// Whether no coefficient but the DC one has a bit.
fn is_flat(nonzero: u64) -> bool {
    nonzero << 1 == 0
}

/// The sample of a block without any other coefficient than the DC one, which has been dequantised.
fn flat(dc: i16) -> u8 {
    let column = i32::from(dc.wrapping_shl(EXTRA_BITS));
    (((column + (1 << EXTRA_BITS << 3 >> 1)) >> (EXTRA_BITS + 3)) + 128).clamp(0, 255) as u8
}

/// Eight rows of samples, each `width` long.
fn rows(samples: &mut [u8], stride: usize, width: usize) -> [&mut [u8]; 8] {
    let mut rows = samples.chunks_mut(stride);
    std::array::from_fn(|_| &mut rows.next().unwrap_or_default()[..width])
}

masthead_simd::kernels! {
    /// A row of blocks to eight rows of samples, `stride` samples from one to the next, each eight times as long as there are
    /// blocks. Coefficients are dequantised by `steps`, in natural order. `nonzero` has, for each block, the bits of
    /// its AC coefficients that are not zero, or at least that of the last: position k of the zigzag order at bit 63 - k.
    ///
    /// Coefficients and their bits are zero afterwards.
    pub(super) fn inverse_transform(
        blocks: &mut [Block],
        nonzero: &mut [u64],
        steps: &[u16; 64],
        samples: &mut [u8],
        stride: usize,
    ) => avx2, scalar;
}

#[cfg(test)]
mod tests;
