//! The kernels for AVX2: vectors of 16 values, or of 8 pairs.

use std::arch::x86_64::*;

use masthead_simd::x86::{load_128, load_256, prefetch, store_128, store_256};

use super::{CACHED, Columns, HALF, LINE, MIDDLE, Pair, ROWS, SHIFT, Sums, TILE_WIDTH, Values, scalar};

#[inline]
#[target_feature(enable = "avx2")]
fn broadcast(weight: Pair) -> __m256i {
    _mm256_set1_epi32(i32::from(weight[0]) & 0xffff | i32::from(weight[1]) << 16)
}

/// Looking up is the same as in plain Rust: a gather is no faster than the loads it is made of.
#[target_feature(enable = "avx2")]
pub(super) fn look_up(upper: &[u8], lower: &[u8], ahead: usize, values: &Values, pairs: &mut [Pair]) {
    for ((upper, lower), pairs) in upper.chunks(LINE).zip(lower.chunks(LINE)).zip(pairs.chunks_mut(LINE)) {
        prefetch::<_MM_HINT_T1>(upper, ahead);
        prefetch::<_MM_HINT_T1>(lower, ahead);
        scalar::look_up(upper, lower, ahead, values, pairs);
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn widen(upper: &[u8], lower: &[u8], ahead: usize, pairs: &mut [Pair]) {
    let (uppers, upper_rest) = upper.as_chunks::<LINE>();
    let (lowers, lower_rest) = lower.as_chunks::<LINE>();
    for ((upper, lower), pairs) in uppers.iter().zip(lowers).zip(pairs.as_chunks_mut::<LINE>().0) {
        prefetch::<_MM_HINT_T1>(upper, ahead);
        prefetch::<_MM_HINT_T1>(lower, ahead);
        let sixteens = upper.as_chunks::<16>().0.iter().zip(lower.as_chunks::<16>().0);
        for ((upper, lower), pairs) in sixteens.zip(pairs.as_chunks_mut::<16>().0) {
            store_pairs(widened(load_128(upper)), widened(load_128(lower)), pairs);
        }
    }
    scalar::widen(upper_rest, lower_rest, ahead, &mut pairs[LINE * uppers.len()..]);
}

/// Sixteen samples to values.
#[inline]
#[target_feature(enable = "avx2")]
fn widened(samples: __m128i) -> __m256i {
    _mm256_slli_epi16::<7>(_mm256_sub_epi16(_mm256_cvtepu8_epi16(samples), _mm256_set1_epi16(128)))
}

#[target_feature(enable = "avx2")]
pub(super) fn interleave(upper: &[i16], lower: &[i16], pairs: &mut [Pair]) {
    let (uppers, upper_rest) = upper.as_chunks::<16>();
    let (lowers, lower_rest) = lower.as_chunks::<16>();
    for ((upper, lower), pairs) in uppers.iter().zip(lowers).zip(pairs.as_chunks_mut::<16>().0) {
        store_pairs(load_256(upper), load_256(lower), pairs);
    }
    scalar::interleave(upper_rest, lower_rest, &mut pairs[16 * uppers.len()..]);
}

/// Sixteen values of two rows to pairs.
#[inline]
#[target_feature(enable = "avx2")]
fn store_pairs(upper: __m256i, lower: __m256i, pairs: &mut [Pair; 16]) {
    // Unpacking works on halves of vectors: the first half of the pairs is in the lower halves of both.
    let (low, high) = (_mm256_unpacklo_epi16(upper, lower), _mm256_unpackhi_epi16(upper, lower));
    let (to, _) = pairs.as_chunks_mut::<8>();
    store_256(&mut to[0], _mm256_permute2x128_si256::<0x20>(low, high));
    store_256(&mut to[1], _mm256_permute2x128_si256::<0x31>(low, high));
}

#[target_feature(enable = "avx2")]
pub(super) fn sum_rows(pairs: &[Pair], offsets: &[usize], sums: Sums<'_>, width: usize, stride: usize, to: &mut [i16]) {
    let Some((base, _)) = sums.iter().next() else { return };
    for start in (0..width).step_by(CACHED) {
        for (y, (first, weights)) in sums.iter().enumerate() {
            let offsets = &offsets[first - base..][..weights.len()];
            let (mut column, end) = (start, width.min(start + CACHED));
            while column < end {
                let to = &mut to[y * stride + column..];
                column += match end - column {
                    64.. => sum_block::<8>(pairs, column, offsets, weights, to),
                    _ => sum_block::<4>(pairs, column, offsets, weights, to),
                };
            }
        }
    }
}

/// So many vectors of eight sums; says how many sums.
#[inline]
#[target_feature(enable = "avx2")]
fn sum_block<const VECTORS: usize>(
    pairs: &[Pair],
    column: usize,
    offsets: &[usize],
    weights: &[Pair],
    sums: &mut [i16],
) -> usize {
    let mut totals = [_mm256_set1_epi32(HALF); VECTORS];
    for (offset, weight) in offsets.iter().zip(weights) {
        let weight = broadcast(*weight);
        let pairs = &pairs[offset + column..][..8 * VECTORS];
        for (total, pairs) in totals.iter_mut().zip(pairs.as_chunks::<8>().0) {
            *total = _mm256_add_epi32(*total, _mm256_madd_epi16(load_256(pairs), weight));
        }
    }
    for (totals, sums) in totals.as_chunks::<2>().0.iter().zip(sums[..8 * VECTORS].as_chunks_mut::<16>().0) {
        store_256(sums, packed::<{ SHIFT as i32 }>(totals[0], totals[1]));
    }
    8 * VECTORS
}

/// Totals shifted to 16 bits, those that do not fit cut off.
#[inline]
#[target_feature(enable = "avx2")]
fn packed<const SHIFT: i32>(first: __m256i, second: __m256i) -> __m256i {
    let packed = _mm256_packs_epi32(_mm256_srai_epi32::<SHIFT>(first), _mm256_srai_epi32::<SHIFT>(second));
    // Packing works on halves of vectors: put the quarters in order.
    _mm256_permute4x64_epi64::<0b11_01_10_00>(packed)
}

#[target_feature(enable = "avx2")]
pub(super) fn to_columns(rows: &[i16], stride: usize, columns: &mut [Columns]) {
    for (x, columns) in columns.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        for eight in 0..ROWS / 8 {
            let row = |i: usize| rows[(8 * eight + i) * stride + 16 * x..].first_chunk::<16>().expect("a whole block");
            // Pairs of neighbouring rows, then of rows two and four apart, are brought together.
            let (a, b, c, d) = (load_256(row(0)), load_256(row(1)), load_256(row(2)), load_256(row(3)));
            let (e, f, g, h) = (load_256(row(4)), load_256(row(5)), load_256(row(6)), load_256(row(7)));
            let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
            let (ef, gh) = (_mm256_unpacklo_epi32(e, f), _mm256_unpacklo_epi32(g, h));
            let low = [_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd)];
            let high = [_mm256_unpacklo_epi64(ef, gh), _mm256_unpackhi_epi64(ef, gh)];
            store_columns(columns, 0, eight, low[0], high[0]);
            store_columns(columns, 1, eight, low[1], high[1]);
            let (ab, cd) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
            let (ef, gh) = (_mm256_unpackhi_epi32(e, f), _mm256_unpackhi_epi32(g, h));
            let low = [_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd)];
            let high = [_mm256_unpacklo_epi64(ef, gh), _mm256_unpackhi_epi64(ef, gh)];
            store_columns(columns, 2, eight, low[0], high[0]);
            store_columns(columns, 3, eight, low[1], high[1]);
        }
    }
}

/// Columns `x` and `x + 4` of eight rows, of which the upper and the lower four are given.
#[inline]
#[target_feature(enable = "avx2")]
fn store_columns(columns: &mut [Columns; 8], x: usize, eight: usize, upper: __m256i, lower: __m256i) {
    store_256(&mut columns[x].as_chunks_mut::<8>().0[eight], _mm256_permute2x128_si256::<0x20>(upper, lower));
    store_256(&mut columns[x + 4].as_chunks_mut::<8>().0[eight], _mm256_permute2x128_si256::<0x31>(upper, lower));
}

#[target_feature(enable = "avx2")]
pub(super) fn sum_columns(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u16; ROWS]]) {
    for ((first, weights), to) in sums.iter().zip(to) {
        let [a, b] = total(&columns[first - base..][..weights.len()], weights, (MIDDLE << SHIFT) + HALF);
        // Packing cuts off what is above 15 bits.
        store_256(to, _mm256_max_epi16(packed::<{ SHIFT as i32 }>(a, b), _mm256_setzero_si256()));
    }
}

#[target_feature(enable = "avx2")]
pub(super) fn sum_columns_of_samples(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u8; ROWS]]) {
    for ((first, weights), to) in sums.iter().zip(to) {
        let [a, b] = total(&columns[first - base..][..weights.len()], weights, (MIDDLE << SHIFT) + (HALF << 7));
        let values = packed::<{ SHIFT as i32 + 7 }>(a, b);
        let (low, high) = (_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
        store_128(to, _mm_packus_epi16(low, high));
    }
}

/// Looking up is the same as in plain Rust; the compiler makes vectors of the rest, which are 7 % of an enlargement.
#[target_feature(enable = "avx2")]
pub(super) fn encode(values: &[[u16; ROWS]; TILE_WIDTH], samples: &mut [[u8; ROWS]; TILE_WIDTH]) {
    scalar::encode(values, samples);
}

#[target_feature(enable = "avx2")]
pub(super) fn to_rows(columns: &[[u8; ROWS]; TILE_WIDTH], stride: usize, rows: &mut [u8]) {
    for (sixteen, columns) in columns.as_chunks::<16>().0.iter().enumerate() {
        let mut block = [_mm_setzero_si128(); 16];
        for (vector, column) in block.iter_mut().zip(columns) {
            *vector = load_128(column);
        }
        // Vectors 0 and 8, 1 and 9, ... are unpacked to vectors 0 and 1, 2 and 3, ...: a perfect shuffle of the 256 bytes,
        // and four of those are the transposition.
        for _ in 0..4 {
            let shuffled = block;
            for i in 0..8 {
                block[2 * i] = _mm_unpacklo_epi8(shuffled[i], shuffled[i + 8]);
                block[2 * i + 1] = _mm_unpackhi_epi8(shuffled[i], shuffled[i + 8]);
            }
        }
        for (row, samples) in block.into_iter().enumerate() {
            store_128(rows[row * stride + 16 * sixteen..].first_chunk_mut::<16>().expect("a whole block"), samples);
        }
    }
}

/// The compiler makes the vectors.
#[target_feature(enable = "avx2")]
pub(super) fn lanczos3(first: f32, step: f32, weights: &mut [[i32; 8]]) {
    scalar::lanczos3(first, step, weights);
}

/// The weighted columns summed, from `start`.
#[inline]
#[target_feature(enable = "avx2")]
fn total(columns: &[Columns], weights: &[Pair], start: i32) -> [__m256i; 2] {
    let mut totals = [_mm256_set1_epi32(start); 2];
    for (columns, weight) in columns.iter().zip(weights) {
        let weight = broadcast(*weight);
        for (total, pairs) in totals.iter_mut().zip(columns.as_chunks::<8>().0) {
            *total = _mm256_add_epi32(*total, _mm256_madd_epi16(load_256(pairs), weight));
        }
    }
    totals
}
