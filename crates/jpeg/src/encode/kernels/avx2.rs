//! The transform for AVX2: two blocks side by side, one in each half of the vectors.

use std::arch::x86_64::*;

use masthead_simd::Lane;
use masthead_simd::x86::{load_128, load_256, prefetch, store_128};

use super::{Block, EVEN, EXTRA_BITS, FACTOR_BITS, ODD, QUAD, QUAD_WIDTH, Quantiser};
use crate::tables::ZIGZAG;
use crate::transpose::transposed;

/// The same numbers in both halves.
#[inline]
#[target_feature(enable = "avx2")]
fn load_both<T: Lane, const N: usize>(from: &[T; N]) -> __m256i {
    _mm256_broadcastsi128_si256(load_128(from))
}

#[target_feature(enable = "avx2")]
pub(super) fn transform(rows: &[&[u8]; 8], ahead: usize, quantiser: &Quantiser, blocks: &mut [[Block; QUAD]]) {
    for (i, blocks) in blocks.iter_mut().enumerate() {
        let mut samples = [_mm256_setzero_si256(); 8];
        for (samples, row) in samples.iter_mut().zip(rows) {
            let row = row[i * QUAD_WIDTH..].first_chunk::<QUAD_WIDTH>().expect("rows are as long as the blocks");
            prefetch::<_MM_HINT_T0>(row, ahead);
            *samples = load_256(row);
        }
        // Unpacking works on halves of vectors: the lower parts of these are blocks 0 and 2, the upper ones 1 and 3.
        let [first, second, third, fourth] = blocks;
        transform_pair(columns::<false>(samples), quantiser, [first, third]);
        transform_pair(columns::<true>(samples), quantiser, [second, fourth]);
    }
}

/// The columns of two of the four blocks in eight rows, widened to 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn columns<const UPPER: bool>(rows: [__m256i; 8]) -> [__m256i; 8] {
    let mut pairs = [_mm256_setzero_si256(); 4];
    for (pair, rows) in pairs.iter_mut().zip(rows.as_chunks::<2>().0) {
        *pair = if UPPER { _mm256_unpackhi_epi8(rows[0], rows[1]) } else { _mm256_unpacklo_epi8(rows[0], rows[1]) };
    }
    let [ab, cd, ef, gh] = pairs;
    let (abcd, efgh) = (_mm256_unpacklo_epi16(ab, cd), _mm256_unpacklo_epi16(ef, gh));
    let (c01, c23) = (_mm256_unpacklo_epi32(abcd, efgh), _mm256_unpackhi_epi32(abcd, efgh));
    let (abcd, efgh) = (_mm256_unpackhi_epi16(ab, cd), _mm256_unpackhi_epi16(ef, gh));
    let (c45, c67) = (_mm256_unpacklo_epi32(abcd, efgh), _mm256_unpackhi_epi32(abcd, efgh));
    let zero = _mm256_setzero_si256();
    [
        _mm256_unpacklo_epi8(c01, zero),
        _mm256_unpackhi_epi8(c01, zero),
        _mm256_unpacklo_epi8(c23, zero),
        _mm256_unpackhi_epi8(c23, zero),
        _mm256_unpacklo_epi8(c45, zero),
        _mm256_unpackhi_epi8(c45, zero),
        _mm256_unpacklo_epi8(c67, zero),
        _mm256_unpackhi_epi8(c67, zero),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
fn transform_pair(columns: [__m256i; 8], quantiser: &Quantiser, blocks: [&mut Block; 2]) {
    let mut columns = pass::<{ EXTRA_BITS as i32 }>(columns);
    // Samples were not lowered by 128: only the sum of eight of them shows it.
    columns[0] = _mm256_sub_epi16(columns[0], _mm256_set1_epi16((8 * 128) << EXTRA_BITS));
    let mut rows = pass::<{ -(EXTRA_BITS as i32) }>(transposed(columns));
    for (i, row) in rows.iter_mut().enumerate() {
        let reciprocal = load_both(&quantiser.reciprocal.as_chunks::<8>().0[i]);
        let scale = load_both(&quantiser.scale.as_chunks::<8>().0[i]);
        let live = _mm256_subs_epu16(_mm256_abs_epi16(*row), load_both(&quantiser.dead.as_chunks::<8>().0[i]));
        let high = _mm256_mulhi_epi16(live, reciprocal);
        *row = _mm256_sign_epi16(_mm256_mulhrs_epi16(high, scale), *row);
    }
    let [first, second] = blocks;
    let zigzag = zigzag(rows);
    for (i, vector) in zigzag.into_iter().enumerate() {
        store_128(&mut first.coefficients.as_chunks_mut::<8>().0[i], _mm256_castsi256_si128(vector));
        store_128(&mut second.coefficients.as_chunks_mut::<8>().0[i], _mm256_extracti128_si256::<1>(vector));
    }
    let (mut first_zeros, mut second_zeros) = (0, 0);
    for (i, pair) in zigzag.as_chunks::<2>().0.iter().enumerate() {
        // What is cut off to 8 bits is zero only if it was before.
        let packed = _mm256_packs_epi16(pair[0], pair[1]);
        let bits = _mm256_movemask_epi8(_mm256_cmpeq_epi8(packed, _mm256_setzero_si256())) as u32;
        first_zeros |= u64::from(bits & 0xffff) << (16 * i);
        second_zeros |= u64::from(bits >> 16) << (16 * i);
    }
    (first.nonzero, second.nonzero) = (!first_zeros, !second_zeros);
}

/// One pass of the transform over eight vectors, as `scalar::pass`. Sums of 16 bits do not overflow: 64 samples, lowered by
/// 128 and with two more bits, reach -2^15 and not beyond.
#[inline]
#[target_feature(enable = "avx2")]
fn pass<const EXTRA: i32>(samples: [__m256i; 8]) -> [__m256i; 8] {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = samples;
    let outer = [_mm256_add_epi16(s0, s7), _mm256_add_epi16(s3, s4)];
    let inner = [_mm256_add_epi16(s1, s6), _mm256_add_epi16(s2, s5)];
    let sums = [_mm256_add_epi16(outer[0], outer[1]), _mm256_add_epi16(inner[0], inner[1])];
    let even = [_mm256_sub_epi16(outer[0], outer[1]), _mm256_sub_epi16(inner[0], inner[1])];
    let odd = [_mm256_sub_epi16(s3, s4), _mm256_sub_epi16(s2, s5), _mm256_sub_epi16(s1, s6), _mm256_sub_epi16(s0, s7)];
    let even = [_mm256_unpacklo_epi16(even[0], even[1]), _mm256_unpackhi_epi16(even[0], even[1])];
    let low = [_mm256_unpacklo_epi16(odd[0], odd[1]), _mm256_unpacklo_epi16(odd[2], odd[3])];
    let high = [_mm256_unpackhi_epi16(odd[0], odd[1]), _mm256_unpackhi_epi16(odd[2], odd[3])];
    [
        plain::<EXTRA>(_mm256_add_epi16(sums[0], sums[1])),
        packed::<EXTRA>(sum(low, ODD[0]), sum(high, ODD[0])),
        packed::<EXTRA>(_mm256_madd_epi16(even[0], pair(EVEN[0])), _mm256_madd_epi16(even[1], pair(EVEN[0]))),
        packed::<EXTRA>(sum(low, ODD[1]), sum(high, ODD[1])),
        plain::<EXTRA>(_mm256_sub_epi16(sums[0], sums[1])),
        packed::<EXTRA>(sum(low, ODD[2]), sum(high, ODD[2])),
        packed::<EXTRA>(_mm256_madd_epi16(even[0], pair(EVEN[1])), _mm256_madd_epi16(even[1], pair(EVEN[1]))),
        packed::<EXTRA>(sum(low, ODD[3]), sum(high, ODD[3])),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
fn pair(factors: [i16; 2]) -> __m256i {
    _mm256_set1_epi32(i32::from(factors[0]) & 0xffff | i32::from(factors[1]) << 16)
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum(values: [__m256i; 2], [a, b, c, d]: [i16; 4]) -> __m256i {
    _mm256_add_epi32(_mm256_madd_epi16(values[0], pair([a, b])), _mm256_madd_epi16(values[1], pair([c, d])))
}

#[inline]
#[target_feature(enable = "avx2")]
fn plain<const EXTRA: i32>(value: __m256i) -> __m256i {
    if EXTRA < 0 {
        let half = _mm256_set1_epi16(1 << EXTRA_BITS >> 1);
        _mm256_srai_epi16::<{ EXTRA_BITS as i32 }>(_mm256_add_epi16(value, half))
    } else {
        _mm256_slli_epi16::<{ EXTRA_BITS as i32 }>(value)
    }
}

/// Sums of products, rounded, as 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn packed<const EXTRA: i32>(low: __m256i, high: __m256i) -> __m256i {
    const FEW: i32 = FACTOR_BITS as i32 - EXTRA_BITS as i32;
    const MANY: i32 = FACTOR_BITS as i32 + EXTRA_BITS as i32;
    let half = _mm256_set1_epi32(1 << (FACTOR_BITS as i32 - EXTRA - 1));
    let (low, high) = (_mm256_add_epi32(low, half), _mm256_add_epi32(high, half));
    if EXTRA < 0 {
        _mm256_packs_epi32(_mm256_srai_epi32::<MANY>(low), _mm256_srai_epi32::<MANY>(high))
    } else {
        _mm256_packs_epi32(_mm256_srai_epi32::<FEW>(low), _mm256_srai_epi32::<FEW>(high))
    }
}

/// For each vector of eight coefficients in zigzag order: where in each row the bytes of its coefficients are, and
/// 0x80, which makes zero, for those of other rows.
const SHUFFLES: [[[u8; 16]; 8]; 8] = {
    let mut shuffles = [[[0x80; 16]; 8]; 8];
    let mut i = 0;
    while i < 64 {
        let (row, column) = (ZIGZAG[i] / 8, ZIGZAG[i] % 8);
        let shuffle = &mut shuffles[i / 8][row as usize];
        shuffle[2 * (i % 8)] = 2 * column;
        shuffle[2 * (i % 8) + 1] = 2 * column + 1;
        i += 1;
    }
    shuffles
};

/// The coefficients of both halves in zigzag order.
#[inline]
#[target_feature(enable = "avx2")]
fn zigzag(rows: [__m256i; 8]) -> [__m256i; 8] {
    [
        gathered::<0, 3>(rows, [0, 1, 2]),
        gathered::<1, 5>(rows, [0, 1, 2, 3, 4]),
        gathered::<2, 6>(rows, [1, 2, 3, 4, 5, 6]),
        gathered::<3, 4>(rows, [0, 1, 2, 3]),
        gathered::<4, 4>(rows, [4, 5, 6, 7]),
        gathered::<5, 6>(rows, [1, 2, 3, 4, 5, 6]),
        gathered::<6, 5>(rows, [3, 4, 5, 6, 7]),
        gathered::<7, 3>(rows, [5, 6, 7]),
    ]
}

/// Vector `INDEX` of the coefficients, which come from these rows.
#[inline]
#[target_feature(enable = "avx2")]
fn gathered<const INDEX: usize, const COUNT: usize>(rows: [__m256i; 8], from: [usize; COUNT]) -> __m256i {
    let mut gathered = _mm256_setzero_si256();
    for row in from {
        let part = _mm256_shuffle_epi8(rows[row], load_both(&SHUFFLES[INDEX][row]));
        gathered = _mm256_or_si256(gathered, part);
    }
    gathered
}
