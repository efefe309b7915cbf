//! The transform for AVX-512 with VNNI: four blocks side by side, one in each quarter of the vectors.

use std::arch::x86_64::*;

use masthead_simd::x86::{load_128, load_256, load_512, prefetch, store_512};

use super::{Block, EVEN, EXTRA_BITS, FACTOR_BITS, ODD, QUAD, QUAD_WIDTH, Quantiser};
use crate::tables::ZIGZAG;

pub(super) use super::avx512_tokens::tokens;

/// Thirty-two bytes as numbers of 16 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load_wide(from: &[u8; 32]) -> __m512i {
    _mm512_cvtepu8_epi16(load_256(from))
}

/// The same numbers in all four quarters.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_all(from: &[i16; 8]) -> __m512i {
    _mm512_broadcast_i32x4(load_128(from))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx2")]
pub(super) fn transform(rows: &[&[u8]; 8], ahead: usize, quantiser: &Quantiser, blocks: &mut [[Block; QUAD]]) {
    for (i, blocks) in blocks.iter_mut().enumerate() {
        let mut samples = [_mm512_setzero_si512(); 8];
        for (samples, row) in samples.iter_mut().zip(rows) {
            let row = row[i * QUAD_WIDTH..].first_chunk().expect("rows are as long as the blocks");
            prefetch::<_MM_HINT_T0>(row, ahead);
            *samples = load_wide(row);
        }
        let mut columns = pass::<{ EXTRA_BITS as i32 }>(transposed(samples));
        // Samples were not lowered by 128: only the sum of eight of them shows it.
        columns[0] = _mm512_sub_epi16(columns[0], _mm512_set1_epi16((8 * 128) << EXTRA_BITS));
        let mut rows = pass::<{ -(EXTRA_BITS as i32) }>(transposed(columns));
        for (i, row) in rows.iter_mut().enumerate() {
            let reciprocal = load_all(&quantiser.reciprocal.as_chunks::<8>().0[i]);
            let scale = load_all(&quantiser.scale.as_chunks::<8>().0[i]);
            let live = _mm512_subs_epu16(_mm512_abs_epi16(*row), load_all(&quantiser.dead.as_chunks::<8>().0[i]));
            let high = _mm512_mulhi_epi16(live, reciprocal);
            let quotient = _mm512_mulhrs_epi16(high, scale);
            *row = _mm512_mask_sub_epi16(quotient, _mm512_movepi16_mask(*row), _mm512_setzero_si512(), quotient);
        }
        let upper = quarters([rows[0], rows[1], rows[2], rows[3]]);
        let lower = quarters([rows[4], rows[5], rows[6], rows[7]]);
        for (i, block) in blocks.iter_mut().enumerate() {
            let (halves, _) = block.coefficients.as_chunks_mut::<32>();
            block.nonzero = 0;
            for (j, half) in halves.iter_mut().enumerate() {
                let coefficients = _mm512_permutex2var_epi16(upper[i], load_512(&POSITIONS[j]), lower[i]);
                store_512(half, coefficients);
                block.nonzero |= u64::from(_mm512_test_epi16_mask(coefficients, coefficients)) << (32 * j);
            }
        }
    }
}

/// The coefficients' positions in the rows.
const POSITIONS: [[u16; 32]; 2] = {
    let mut positions = [[0; 32]; 2];
    let mut i = 0;
    while i < 64 {
        positions[i / 32][i % 32] = ZIGZAG[i] as u16;
        i += 1;
    }
    positions
};

/// The four quarters of four vectors, those of the same block together.
#[inline]
#[target_feature(enable = "avx512f")]
fn quarters([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab, cd) = (_mm512_shuffle_i32x4::<0x44>(a, b), _mm512_shuffle_i32x4::<0x44>(c, d));
    let (ab_upper, cd_upper) = (_mm512_shuffle_i32x4::<0xee>(a, b), _mm512_shuffle_i32x4::<0xee>(c, d));
    [
        _mm512_shuffle_i32x4::<0x88>(ab, cd),
        _mm512_shuffle_i32x4::<0xdd>(ab, cd),
        _mm512_shuffle_i32x4::<0x88>(ab_upper, cd_upper),
        _mm512_shuffle_i32x4::<0xdd>(ab_upper, cd_upper),
    ]
}

/// One pass of the transform over eight vectors, as `scalar::pass`; sums do not overflow, as in `avx2::pass`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn pass<const EXTRA: i32>(samples: [__m512i; 8]) -> [__m512i; 8] {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = samples;
    let outer = [_mm512_add_epi16(s0, s7), _mm512_add_epi16(s3, s4)];
    let inner = [_mm512_add_epi16(s1, s6), _mm512_add_epi16(s2, s5)];
    let sums = [_mm512_add_epi16(outer[0], outer[1]), _mm512_add_epi16(inner[0], inner[1])];
    let even = [_mm512_sub_epi16(outer[0], outer[1]), _mm512_sub_epi16(inner[0], inner[1])];
    let odd = [_mm512_sub_epi16(s3, s4), _mm512_sub_epi16(s2, s5), _mm512_sub_epi16(s1, s6), _mm512_sub_epi16(s0, s7)];
    let low_even = [_mm512_unpacklo_epi16(even[0], even[1])];
    let high_even = [_mm512_unpackhi_epi16(even[0], even[1])];
    let low = [_mm512_unpacklo_epi16(odd[0], odd[1]), _mm512_unpacklo_epi16(odd[2], odd[3])];
    let high = [_mm512_unpackhi_epi16(odd[0], odd[1]), _mm512_unpackhi_epi16(odd[2], odd[3])];
    [
        plain::<EXTRA>(_mm512_add_epi16(sums[0], sums[1])),
        weighted::<EXTRA, 2>(low, high, ODD[0].as_chunks().0),
        weighted::<EXTRA, 1>(low_even, high_even, &[EVEN[0]]),
        weighted::<EXTRA, 2>(low, high, ODD[1].as_chunks().0),
        plain::<EXTRA>(_mm512_sub_epi16(sums[0], sums[1])),
        weighted::<EXTRA, 2>(low, high, ODD[2].as_chunks().0),
        weighted::<EXTRA, 1>(low_even, high_even, &[EVEN[1]]),
        weighted::<EXTRA, 2>(low, high, ODD[3].as_chunks().0),
    ]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn plain<const EXTRA: i32>(value: __m512i) -> __m512i {
    if EXTRA < 0 {
        _mm512_srai_epi16::<EXTRA_BITS>(_mm512_add_epi16(value, _mm512_set1_epi16(1 << EXTRA_BITS >> 1)))
    } else {
        _mm512_slli_epi16::<EXTRA_BITS>(value)
    }
}

/// Sums of products, rounded, as 16 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn weighted<const EXTRA: i32, const PAIRS: usize>(
    low: [__m512i; PAIRS],
    high: [__m512i; PAIRS],
    factors: &[[i16; 2]],
) -> __m512i {
    const FEW: u32 = FACTOR_BITS - EXTRA_BITS;
    const MANY: u32 = FACTOR_BITS + EXTRA_BITS;
    let half = _mm512_set1_epi32(1 << (FACTOR_BITS as i32 - EXTRA - 1));
    let mut sums = [half; 2];
    for (i, pair) in factors.iter().enumerate() {
        let pair = _mm512_set1_epi32(i32::from(pair[0]) & 0xffff | i32::from(pair[1]) << 16);
        sums = [_mm512_dpwssd_epi32(sums[0], low[i], pair), _mm512_dpwssd_epi32(sums[1], high[i], pair)];
    }
    if EXTRA < 0 {
        _mm512_packs_epi32(_mm512_srai_epi32::<MANY>(sums[0]), _mm512_srai_epi32::<MANY>(sums[1]))
    } else {
        _mm512_packs_epi32(_mm512_srai_epi32::<FEW>(sums[0]), _mm512_srai_epi32::<FEW>(sums[1]))
    }
}

/// All quarters, each 8x8 values, as in `avx2::transposed`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn transposed(mut rows: [__m512i; 8]) -> [__m512i; 8] {
    for _ in 0..3 {
        let shuffled = rows;
        for i in 0..4 {
            rows[2 * i] = _mm512_unpacklo_epi16(shuffled[i], shuffled[i + 4]);
            rows[2 * i + 1] = _mm512_unpackhi_epi16(shuffled[i], shuffled[i + 4]);
        }
    }
    rows
}
