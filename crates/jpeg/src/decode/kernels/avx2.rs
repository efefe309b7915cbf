//! The inverse transform for AVX2: two blocks side by side, one in each half of the vectors.

use std::arch::x86_64::*;

use masthead_simd::x86::{load_128, store_128, store_256};

use super::factors::{EVEN, INNER, OUTER, SUMS};
use super::{Block, COLUMN_SHIFT, EXTRA_BITS, FACTOR_BITS, ROW_SHIFT, flat, is_flat, rows, scalar};
use crate::transpose::transposed;

/// The bits of `nonzero` behind the first ten coefficients, which are in the upper left 4x4.
const BEHIND_LOW: u64 = (1 << (63 - 9)) - 1;

/// The odd part of coefficients 1 and 3 when 5 and 7 are zero: what is added to and subtracted from the four sums of the even one.
const ODD_OF_TWO: [[i16; 2]; 4] = [
    [OUTER[0][1] + SUMS[1][1], SUMS[1][0]],
    [SUMS[0][1], INNER[0][1] + SUMS[0][0]],
    [SUMS[1][1], INNER[1][1] + SUMS[1][0]],
    [OUTER[1][1] + SUMS[0][1], SUMS[0][0]],
];

#[target_feature(enable = "avx2")]
pub(super) fn inverse_transform(
    blocks: &mut [Block],
    nonzero: &mut [u64],
    steps: &[u16; 64],
    samples: &mut [u8],
    stride: usize,
) {
    let mut rows = rows(samples, stride, 8 * blocks.len());
    let (pairs, last) = blocks.as_chunks_mut::<2>();
    let (pairs_nonzero, last_nonzero) = nonzero.as_chunks_mut::<2>();
    for (i, (pair, nonzero)) in pairs.iter_mut().zip(pairs_nonzero).enumerate() {
        let made = transform_pair(pair, nonzero, steps);
        for (row, samples) in rows.iter_mut().zip(made) {
            store_128(row[16 * i..].first_chunk_mut::<16>().expect("rows are as long as the blocks"), samples);
        }
    }
    if let ([last], [nonzero]) = (last, last_nonzero) {
        let mut pair = [*last, [0; 64]];
        let made = transform_pair(&mut pair, &mut [*nonzero, 0], steps);
        (*last, *nonzero) = ([0; 64], 0);
        for (row, samples) in rows.iter_mut().zip(made) {
            *row.last_chunk_mut().expect("rows are as long as the blocks") = _mm_cvtsi128_si64(samples).to_le_bytes();
        }
    }
}

/// Eight rows of the samples of two blocks, which are zero afterwards.
#[inline]
#[target_feature(enable = "avx2")]
fn transform_pair(pair: &mut [Block; 2], nonzero: &mut [u64; 2], steps: &[u16; 64]) -> [__m128i; 8] {
    let both = nonzero[0] | nonzero[1];
    *nonzero = [0; 2];
    if is_flat(both) {
        let [first, second] = pair.each_mut().map(|block| {
            let dc = std::mem::take(&mut block[0]);
            i64::from_le_bytes([flat(dc.wrapping_mul(steps[0] as i16)); 8])
        });
        return [_mm_set_epi64x(second, first); 8];
    }
    let first = dequantised(pair, steps, 0);
    if overflows(first) {
        return transform_large(pair, steps);
    }
    if both & BEHIND_LOW == 0 {
        let mut rows = [first; 4];
        for (y, row) in rows.iter_mut().enumerate().skip(1) {
            *row = dequantised(pair, steps, y);
        }
        for block in pair {
            clear(block.first_chunk_mut::<32>().expect("a block has 64"));
        }
        samples(pass_low::<{ ROW_SHIFT as i32 }>(columns_low(rows)))
    } else {
        let mut rows = [first; 8];
        for (y, row) in rows.iter_mut().enumerate().skip(1) {
            *row = dequantised(pair, steps, y);
        }
        for block in pair {
            clear(block);
        }
        let columns = transposed(pass::<{ COLUMN_SHIFT as i32 }>(rows));
        samples(pass::<{ ROW_SHIFT as i32 }>(columns))
    }
}

/// Row `y` of both blocks, dequantised.
#[inline]
#[target_feature(enable = "avx2")]
fn dequantised(pair: &[Block; 2], steps: &[u16; 64], y: usize) -> __m256i {
    let [first, second] = pair.each_ref().map(|block| load_128(&block.as_chunks::<8>().0[y]));
    let steps = _mm256_broadcastsi128_si256(load_128(&steps.as_chunks::<8>().0[y]));
    _mm256_mullo_epi16(_mm256_inserti128_si256::<1>(_mm256_castsi128_si256(first), second), steps)
}

#[inline]
#[target_feature(enable = "avx2")]
fn clear<const N: usize>(coefficients: &mut [i16; N]) {
    for vector in coefficients.as_chunks_mut::<16>().0 {
        store_256(vector, _mm256_setzero_si256());
    }
}

/// Whether any value of a first row is so large that it matters that libjpeg-turbo has a shortcut for blocks of one row, where the
/// first pass overflows instead of saturating.
#[inline]
#[target_feature(enable = "avx2")]
fn overflows(row: __m256i) -> bool {
    const BITS: i32 = EXTRA_BITS as i32;
    let back = _mm256_srai_epi16::<BITS>(_mm256_slli_epi16::<BITS>(row));
    _mm256_movemask_epi8(_mm256_cmpeq_epi16(row, back)) != -1
}

/// No encoder makes such blocks.
#[cold]
#[target_feature(enable = "avx2")]
fn transform_large(pair: &mut [Block; 2], steps: &[u16; 64]) -> [__m128i; 8] {
    let made = pair.each_ref().map(|block| scalar::transformed(block, steps));
    *pair = [[0; 64]; 2];
    std::array::from_fn(|y| load_128(&[made[0][y], made[1][y]]))
}

#[inline]
#[target_feature(enable = "avx2")]
fn pair([a, b]: [i16; 2]) -> __m256i {
    _mm256_set1_epi32(i32::from(a) & 0xffff | i32::from(b) << 16)
}

/// Sums of 32 bits: those of the lower four numbers in each half of a vector, and those of the upper four.
type Wide = [__m256i; 2];

#[inline]
#[target_feature(enable = "avx2")]
fn interleaved(a: __m256i, b: __m256i) -> Wide {
    [_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)]
}

/// Sums of two products each.
#[inline]
#[target_feature(enable = "avx2")]
fn weighted<const N: usize>(values: [__m256i; N], factors: [i16; 2]) -> [__m256i; N] {
    values.map(|value| _mm256_madd_epi16(value, pair(factors)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum<const N: usize>(a: [__m256i; N], b: [__m256i; N]) -> [__m256i; N] {
    let mut sums = a;
    for (sum, b) in sums.iter_mut().zip(b) {
        *sum = _mm256_add_epi32(*sum, b);
    }
    sums
}

#[inline]
#[target_feature(enable = "avx2")]
fn difference<const N: usize>(a: [__m256i; N], b: [__m256i; N]) -> [__m256i; N] {
    let mut differences = a;
    for (difference, b) in differences.iter_mut().zip(b) {
        *difference = _mm256_sub_epi32(*difference, b);
    }
    differences
}

/// What makes a shift to the right by `SHIFT` round.
#[inline]
#[target_feature(enable = "avx2")]
fn half<const SHIFT: i32>() -> __m256i {
    _mm256_set1_epi32(1 << SHIFT >> 1)
}

/// The values of both ends, from sums of the even and the odd part: the even one has been rounded.
#[inline]
#[target_feature(enable = "avx2")]
fn ends<const SHIFT: i32>(even: Wide, odd: Wide) -> [__m256i; 2] {
    let [first, last] = [sum(even, odd), difference(even, odd)];
    [
        _mm256_packs_epi32(_mm256_srai_epi32::<SHIFT>(first[0]), _mm256_srai_epi32::<SHIFT>(first[1])),
        _mm256_packs_epi32(_mm256_srai_epi32::<SHIFT>(last[0]), _mm256_srai_epi32::<SHIFT>(last[1])),
    ]
}

/// One pass of the transform over eight vectors, as `scalar::pass`.
#[inline]
#[target_feature(enable = "avx2")]
fn pass<const SHIFT: i32>(coefficients: [__m256i; 8]) -> [__m256i; 8] {
    let [c0, c1, c2, c3, c4, c5, c6, c7] = coefficients;
    let plain = [_mm256_add_epi16(c0, c4), _mm256_sub_epi16(c0, c4)];
    let zero = _mm256_setzero_si256();
    // In the upper half of a number of 32 bits it has been shifted by 16.
    const BACK: i32 = 16 - FACTOR_BITS as i32;
    let plain = plain.map(|value| {
        interleaved(zero, value).map(|value| _mm256_add_epi32(_mm256_srai_epi32::<BACK>(value), half::<SHIFT>()))
    });
    let turned = interleaved(c2, c6);
    let turned = [weighted(turned, EVEN[0]), weighted(turned, EVEN[1])];
    let even = [
        sum(plain[0], turned[0]),
        sum(plain[1], turned[1]),
        difference(plain[1], turned[1]),
        difference(plain[0], turned[0]),
    ];

    let sums = interleaved(_mm256_add_epi16(c7, c3), _mm256_add_epi16(c5, c1));
    let sums = [weighted(sums, SUMS[0]), weighted(sums, SUMS[1])];
    let (outer, inner) = (interleaved(c7, c1), interleaved(c5, c3));
    let [v0, v7] = ends::<SHIFT>(even[0], sum(weighted(outer, OUTER[0]), sums[1]));
    let [v1, v6] = ends::<SHIFT>(even[1], sum(weighted(inner, INNER[0]), sums[0]));
    let [v2, v5] = ends::<SHIFT>(even[2], sum(weighted(inner, INNER[1]), sums[1]));
    let [v3, v4] = ends::<SHIFT>(even[3], sum(weighted(outer, OUTER[1]), sums[0]));
    [v0, v1, v2, v3, v4, v5, v6, v7]
}

/// The four sums of the even part, rounded, of coefficients 0 and 2, when 4 and 6 are zero.
#[inline]
#[target_feature(enable = "avx2")]
fn even_low<const SHIFT: i32, const N: usize>(values: [__m256i; N]) -> [[__m256i; N]; 4] {
    const ONE: i16 = 1 << FACTOR_BITS;
    let rounding = [half::<SHIFT>(); N];
    [EVEN[0][0], EVEN[1][0], -EVEN[1][0], -EVEN[0][0]].map(|factor| sum(weighted(values, [ONE, factor]), rounding))
}

/// [`pass`] of vectors of which the last four are zero.
#[inline]
#[target_feature(enable = "avx2")]
fn pass_low<const SHIFT: i32>([c0, c1, c2, c3]: [__m256i; 4]) -> [__m256i; 8] {
    let even = even_low::<SHIFT, 2>(interleaved(c0, c2));
    let odd = interleaved(c1, c3);
    let [v0, v7] = ends::<SHIFT>(even[0], weighted(odd, ODD_OF_TWO[0]));
    let [v1, v6] = ends::<SHIFT>(even[1], weighted(odd, ODD_OF_TWO[1]));
    let [v2, v5] = ends::<SHIFT>(even[2], weighted(odd, ODD_OF_TWO[2]));
    let [v3, v4] = ends::<SHIFT>(even[3], weighted(odd, ODD_OF_TWO[3]));
    [v0, v1, v2, v3, v4, v5, v6, v7]
}

/// The first pass of rows of which only the first four numbers are not zero, and its first four columns.
#[inline]
#[target_feature(enable = "avx2")]
fn columns_low([r0, r1, r2, r3]: [__m256i; 4]) -> [__m256i; 4] {
    const SHIFT: i32 = COLUMN_SHIFT as i32;
    let even = even_low::<SHIFT, 1>([_mm256_unpacklo_epi16(r0, r2)]).as_flattened().as_chunks::<4>().0[0];
    let odd = [_mm256_unpacklo_epi16(r1, r3)];
    let odd = ODD_OF_TWO.map(|factors| weighted(odd, factors)[0]);
    let (first, last) = (sum(even, odd), difference(even, odd));
    // Rows 0 and 4, 1 and 5, 2 and 6, 3 and 7.
    let mut rows = [_mm256_setzero_si256(); 4];
    for (i, row) in rows.iter_mut().enumerate() {
        *row = _mm256_packs_epi32(_mm256_srai_epi32::<SHIFT>(first[i]), _mm256_srai_epi32::<SHIFT>(last[3 - i]));
    }
    let [ab, cd] = [interleaved(rows[0], rows[1]), interleaved(rows[2], rows[3])];
    let upper = [_mm256_unpacklo_epi32(ab[0], cd[0]), _mm256_unpackhi_epi32(ab[0], cd[0])];
    let lower = [_mm256_unpacklo_epi32(ab[1], cd[1]), _mm256_unpackhi_epi32(ab[1], cd[1])];
    [
        _mm256_unpacklo_epi64(upper[0], lower[0]),
        _mm256_unpackhi_epi64(upper[0], lower[0]),
        _mm256_unpacklo_epi64(upper[1], lower[1]),
        _mm256_unpackhi_epi64(upper[1], lower[1]),
    ]
}

/// Columns of values, around zero, to rows of the samples of both blocks.
#[inline]
#[target_feature(enable = "avx2")]
fn samples([c0, c1, c2, c3, c4, c5, c6, c7]: [__m256i; 8]) -> [__m128i; 8] {
    // Three shuffles of bytes, as in `transposed`.
    let [c02, c13] = [packed(c0, c2), packed(c1, c3)];
    let [c46, c57] = [packed(c4, c6), packed(c5, c7)];
    let (c01, c23) = (_mm256_unpacklo_epi8(c02, c13), _mm256_unpackhi_epi8(c02, c13));
    let (c45, c67) = (_mm256_unpacklo_epi8(c46, c57), _mm256_unpackhi_epi8(c46, c57));
    let (left0123, left4567) = (_mm256_unpacklo_epi16(c01, c23), _mm256_unpackhi_epi16(c01, c23));
    let (right0123, right4567) = (_mm256_unpacklo_epi16(c45, c67), _mm256_unpackhi_epi16(c45, c67));
    let [r0, r1] = neighbours(_mm256_unpacklo_epi32(left0123, right0123));
    let [r2, r3] = neighbours(_mm256_unpackhi_epi32(left0123, right0123));
    let [r4, r5] = neighbours(_mm256_unpacklo_epi32(left4567, right4567));
    let [r6, r7] = neighbours(_mm256_unpackhi_epi32(left4567, right4567));
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

/// Two columns of values to bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn packed(a: __m256i, b: __m256i) -> __m256i {
    _mm256_xor_si256(_mm256_packs_epi16(a, b), _mm256_set1_epi8(-128))
}

/// Two rows of both blocks, those of the same row together.
#[inline]
#[target_feature(enable = "avx2")]
fn neighbours(rows: __m256i) -> [__m128i; 2] {
    let rows = _mm256_permute4x64_epi64::<0b11_01_10_00>(rows);
    [_mm256_castsi256_si128(rows), _mm256_extracti128_si256::<1>(rows)]
}
