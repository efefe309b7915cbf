//! The kernels for AVX-512 with VBMI and VNNI: vectors of 16 pairs.

use std::arch::x86_64::*;
use std::sync::LazyLock;

use masthead_picture::Transfer;
use masthead_simd::x86::{load_512, prefetch, store_128, store_256, store_512};

use super::{CACHED, Columns, HALF, MIDDLE, Pair, ROWS, SHIFT, Sums, TILE_WIDTH, Values, avx2};

#[inline]
#[target_feature(enable = "avx512f")]
fn broadcast(weight: Pair) -> __m512i {
    _mm512_set1_epi32(i32::from(weight[0]) & 0xffff | i32::from(weight[1]) << 16)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn table(bytes: &[u8; 256]) -> [__m512i; 4] {
    let (quarters, _) = bytes.as_chunks::<64>();
    [load_512(&quarters[0]), load_512(&quarters[1]), load_512(&quarters[2]), load_512(&quarters[3])]
}

/// A table of 256 bytes is four vectors: two are looked up by the low seven bits, and the highest bit chooses.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn look_up_bytes(table: &[__m512i; 4], samples: __m512i) -> __m512i {
    let low = _mm512_permutex2var_epi8(table[0], samples, table[1]);
    let high = _mm512_permutex2var_epi8(table[2], samples, table[3]);
    _mm512_mask_blend_epi8(_mm512_movepi8_mask(samples), low, high)
}

#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
pub(super) fn look_up(upper: &[u8], lower: &[u8], ahead: usize, values: &Values, pairs: &mut [Pair]) {
    let [low_bytes, high_bytes] = &values.bytes;
    let (low_bytes, high_bytes) = (table(low_bytes), table(high_bytes));
    let (upper, upper_rest) = upper.as_chunks::<64>();
    let (lower, lower_rest) = lower.as_chunks::<64>();
    let (blocks, rest) = pairs.split_at_mut((64 * upper.len()).min(pairs.len()));
    // Unpacking works on quarters of vectors. What comes out has them in order when the eighths go in like this.
    let order = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
    for ((upper, lower), pairs) in upper.iter().zip(lower).zip(blocks.as_chunks_mut::<64>().0) {
        prefetch::<_MM_HINT_T1>(upper, ahead);
        prefetch::<_MM_HINT_T1>(lower, ahead);
        let (upper, lower) = (load_512(upper), load_512(lower));
        let (upper, lower) = (_mm512_permutexvar_epi64(order, upper), _mm512_permutexvar_epi64(order, lower));
        let (ul, uh) = (look_up_bytes(&low_bytes, upper), look_up_bytes(&high_bytes, upper));
        let (ll, lh) = (look_up_bytes(&low_bytes, lower), look_up_bytes(&high_bytes, lower));
        // Eighths 0 1 2 3 of the samples, and 4 5 6 7, each widened.
        let halves = [
            [_mm512_unpacklo_epi8(ul, uh), _mm512_unpacklo_epi8(ll, lh)],
            [_mm512_unpackhi_epi8(ul, uh), _mm512_unpackhi_epi8(ll, lh)],
        ];
        let (to, _) = pairs.as_chunks_mut::<32>();
        for ([upper, lower], to) in halves.into_iter().zip(to) {
            let (low, high) = (_mm512_unpacklo_epi16(upper, lower), _mm512_unpackhi_epi16(upper, lower));
            let (to, _) = to.as_chunks_mut::<16>();
            let first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
            let second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
            store_512(&mut to[0], _mm512_permutex2var_epi64(low, first, high));
            store_512(&mut to[1], _mm512_permutex2var_epi64(low, second, high));
        }
    }
    avx2::look_up(upper_rest, lower_rest, ahead, values, rest);
}

#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
pub(super) fn sum_rows(pairs: &[Pair], offsets: &[usize], sums: Sums<'_>, width: usize, stride: usize, to: &mut [i16]) {
    let Some((base, _)) = sums.iter().next() else { return };
    for start in (0..width).step_by(CACHED) {
        for (y, (first, weights)) in sums.iter().enumerate() {
            let offsets = &offsets[first - base..][..weights.len()];
            let (mut column, end) = (start, width.min(start + CACHED));
            while column < end {
                let to = &mut to[y * stride + column..];
                column += match end - column {
                    128.. => sum_block::<8>(pairs, column, offsets, weights, to),
                    64.. => sum_block::<4>(pairs, column, offsets, weights, to),
                    _ => sum_block::<2>(pairs, column, offsets, weights, to),
                };
            }
        }
    }
}

/// So many vectors of 16 sums; says how many sums.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn sum_block<const VECTORS: usize>(
    pairs: &[Pair],
    column: usize,
    offsets: &[usize],
    weights: &[Pair],
    sums: &mut [i16],
) -> usize {
    let mut totals = [_mm512_set1_epi32(HALF); VECTORS];
    for (offset, weight) in offsets.iter().zip(weights) {
        let weight = broadcast(*weight);
        let pairs = &pairs[offset + column..][..16 * VECTORS];
        for (total, pairs) in totals.iter_mut().zip(pairs.as_chunks::<16>().0) {
            *total = _mm512_dpwssd_epi32(*total, load_512(pairs), weight);
        }
    }
    for (total, sums) in totals.into_iter().zip(sums[..16 * VECTORS].as_chunks_mut::<16>().0) {
        store_256(sums, _mm512_cvtsepi32_epi16(_mm512_srai_epi32::<SHIFT>(total)));
    }
    16 * VECTORS
}

#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
pub(super) fn sum_columns(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u16; ROWS]]) {
    for ((first, weights), to) in sums.iter().zip(to) {
        let total = total(&columns[first - base..][..weights.len()], weights, (MIDDLE << SHIFT) + HALF);
        let values = _mm512_max_epi32(_mm512_srai_epi32::<SHIFT>(total), _mm512_setzero_si512());
        store_256(to, _mm256_min_epu16(_mm512_cvtusepi32_epi16(values), _mm256_set1_epi16(i16::MAX)));
    }
}

#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
pub(super) fn sum_columns_of_samples(columns: &[Columns], base: usize, sums: Sums<'_>, to: &mut [[u8; ROWS]]) {
    for ((first, weights), to) in sums.iter().zip(to) {
        let total = total(&columns[first - base..][..weights.len()], weights, (MIDDLE << SHIFT) + (HALF << 7));
        let values = _mm512_max_epi32(_mm512_srai_epi32::<{ SHIFT + 7 }>(total), _mm512_setzero_si512());
        store_128(to, _mm512_cvtusepi32_epi8(values));
    }
}

/// The curve from amounts of light to samples, in pieces that span at most two steps: 16 amounts long in the dark, 128 above.
struct Pieces {
    dark: [[u8; 256]; 3],
    bright: [[u8; 256]; 3],
}

/// The amount of light from which on pieces are long.
const BRIGHT: u16 = 16 * 256;

static PIECES: LazyLock<Pieces> = LazyLock::new(|| Pieces { dark: pieces(16), bright: pieces(128) });

/// For each piece its first sample, and where in it the next sample begins, and the one after that: behind its end for none.
fn pieces(length: u16) -> [[u8; 256]; 3] {
    let sample = |piece: usize, i: u16| Transfer::srgb().encode(piece as u16 * length + i);
    let steps = |piece, i| sample(piece, i) - sample(piece, 0);
    let begins = |piece, step| (0..length).find(|i| steps(piece, *i) >= step).map_or(u8::MAX, |i| i as u8);
    [
        std::array::from_fn(|piece| sample(piece, 0)),
        std::array::from_fn(|piece| begins(piece, 1)),
        std::array::from_fn(|piece| begins(piece, 2)),
    ]
}

#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
pub(super) fn encode(values: &[[u16; ROWS]; TILE_WIDTH], samples: &mut [[u8; ROWS]; TILE_WIDTH]) {
    let Pieces { dark, bright } = &*PIECES;
    let dark = [table(&dark[0]), table(&dark[1]), table(&dark[2])];
    let bright = [table(&bright[0]), table(&bright[1]), table(&bright[2])];
    let one = _mm512_set1_epi8(1);
    for (values, samples) in
        values.as_flattened().as_chunks::<64>().0.iter().zip(samples.as_flattened_mut().as_chunks_mut::<64>().0)
    {
        let (values, _) = values.as_chunks::<32>();
        let (first, second) = (load_512(&values[0]), load_512(&values[1]));
        let (first, second) = (in_piece(first), in_piece(second));
        let (piece, within) = (low_bytes(first.0, second.0), low_bytes(first.1, second.1));
        let is_dark = u64::from(first.2) | u64::from(second.2) << 32;
        let of = |i: usize| (look_up_bytes(&bright[i], piece), look_up_bytes(&dark[i], piece));
        let (sample, next, after) = (of(0), of(1), of(2));
        let sample = _mm512_mask_blend_epi8(is_dark, sample.0, sample.1);
        let next = _mm512_cmpge_epu8_mask(within, _mm512_mask_blend_epi8(is_dark, next.0, next.1));
        let after = _mm512_cmpge_epu8_mask(within, _mm512_mask_blend_epi8(is_dark, after.0, after.1));
        let sample = _mm512_mask_add_epi8(sample, next, sample, one);
        store_512(samples, _mm512_mask_add_epi8(sample, after, sample, one));
    }
}

/// The piece of each amount of light, the place in it, and whether it is dark.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn in_piece(light: __m512i) -> (__m512i, __m512i, u32) {
    let is_dark = _mm512_cmplt_epu16_mask(light, _mm512_set1_epi16(BRIGHT as i16));
    let piece = _mm512_mask_blend_epi16(is_dark, _mm512_srli_epi16::<7>(light), _mm512_srli_epi16::<4>(light));
    let places = _mm512_mask_blend_epi16(is_dark, _mm512_set1_epi16(127), _mm512_set1_epi16(15));
    (piece, _mm512_and_si512(light, places), is_dark)
}

/// The low bytes of the 16-bit numbers of two vectors.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn low_bytes(first: __m512i, second: __m512i) -> __m512i {
    const EVEN: [u8; 64] = {
        let mut even = [0; 64];
        let mut i = 0;
        while i < 64 {
            even[i] = 2 * i as u8;
            i += 1;
        }
        even
    };
    _mm512_permutex2var_epi8(first, load_512(&EVEN), second)
}

/// The weighted columns summed, from `start`.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn total(columns: &[Columns], weights: &[Pair], start: i32) -> __m512i {
    let mut total = _mm512_set1_epi32(start);
    for (columns, weight) in columns.iter().zip(weights) {
        total = _mm512_dpwssd_epi32(total, load_512(columns), broadcast(*weight));
    }
    total
}
