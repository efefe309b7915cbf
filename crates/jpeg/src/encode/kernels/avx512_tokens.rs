//! The tokens of blocks for AVX-512, which can move chosen numbers of a vector together.

use std::arch::x86_64::*;

use masthead_simd::x86::{load_256, load_512, store_512};

use super::super::token::{ZRL, table, token};
use super::{Block, LONGEST_RUN, ScanBlock, Token};

/// Sixteen numbers, their upper halves zero.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_wide_16(from: &[i16; 16]) -> __m512i {
    _mm512_cvtepu16_epi32(load_256(from))
}

/// How many blocks are gone through before tokens are made of what was found.
const SEARCHED: usize = 16;

/// What was found in them: after one without meaning, [`END_POSITION`] entries a block at most. The last vector may be longer.
const FOUND: usize = 1 + SEARCHED * 64 + 16;

/// The end of a block, as a position.
const END_POSITION: u32 = 64;

/// First the coefficients that are not zero are moved together, as `table << 24 | position << 16 | value`. DC differences have
/// position 0 there, and ends of blocks [`END_POSITION`] and value 0. Then tokens are made, sixteen at a time, whatever blocks they
/// belong to.
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn tokens(blocks: &[Block], order: &[ScanBlock], predictors: &mut [i16; 3], tokens: &mut [Token]) -> usize {
    let mut found = [0; FOUND];
    let mut made = 0;
    for order in order.chunks(SEARCHED) {
        let mut count = 0;
        for &ScanBlock { index, component } in order {
            let predictor = &mut predictors[usize::from(component)];
            let before = *predictor;
            let block = index.map_or(&Block::ZERO, |index| &blocks[usize::from(index)]);
            if index.is_some() {
                *predictor = block.coefficients[0];
            }
            count += find(block, *predictor - before, component > 0, &mut found[count + 1..]);
        }
        made += make(&found, count, &mut tokens[made..]);
    }
    made
}

/// Finds what is other than zero in a block, and says how much.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn find(block: &Block, difference: i16, chroma: bool, found: &mut [u32]) -> usize {
    const POSITIONS: [[u32; 16]; 4] = {
        let mut positions = [[0; 16]; 4];
        let mut i = 0;
        while i < 64 {
            positions[i / 16][i % 16] = (i as u32) << 16;
            i += 1;
        }
        positions
    };
    let ac = u32::from(table(true, chroma)) << 24;
    let nonzero = block.nonzero & !1;
    let ends = sums(nonzero);
    found[0] = token(table(false, chroma), 0, difference as u16);
    let mut count = 1;
    for (i, values) in block.coefficients.as_chunks::<16>().0.iter().enumerate() {
        let positioned = _mm512_or_si512(load_512(&POSITIONS[i]), _mm512_set1_epi32(ac as i32));
        let values = _mm512_or_si512(load_wide_16(values), positioned);
        let together = _mm512_maskz_compress_epi32((nonzero >> (16 * i)) as u16, values);
        store_512(found[count..].first_chunk_mut::<16>().expect("room for a vector more"), together);
        count = 1 + usize::from(ends[i]);
    }
    found[count] = ac | END_POSITION << 16;
    count + usize::from(nonzero >> 63 == 0)
}

/// How many of the lowest 16, 32, 48 and 64 bits are set.
#[inline]
fn sums(bits: u64) -> [u16; 4] {
    let twos = bits - (bits >> 1 & 0x5555_5555_5555_5555);
    let fours = (twos & 0x3333_3333_3333_3333) + (twos >> 2 & 0x3333_3333_3333_3333);
    let eights = (fours + (fours >> 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let sixteens = (eights + (eights >> 8)) & 0x00ff_00ff_00ff_00ff;
    let sums = sixteens.wrapping_mul(0x0001_0001_0001_0001);
    [sums as u16, (sums >> 16) as u16, (sums >> 32) as u16, (sums >> 48) as u16]
}

/// Makes tokens of what was found, and says how many.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn make(found: &[u32; FOUND], count: usize, tokens: &mut [Token]) -> usize {
    let mut made = 0;
    for start in (0..count).step_by(16) {
        let entries = load_512(found[start + 1..].first_chunk::<16>().expect("room for a vector more"));
        let before = load_512(found[start..].first_chunk::<16>().expect("room for a vector more"));
        let position = |entries| _mm512_and_si512(entries, _mm512_set1_epi32(0xff << 16));
        // Zero for DC differences and ends of blocks.
        let is_ac = _mm512_test_epi32_mask(entries, _mm512_set1_epi32(0x3f << 16));
        let steps = _mm512_sub_epi32(position(entries), position(before));
        let runs = _mm512_maskz_sub_epi32(is_ac, steps, _mm512_set1_epi32(1 << 16));

        let values = _mm512_srai_epi32::<16>(_mm512_slli_epi32::<16>(entries));
        // The exponent of a floating-point number is the number of its bits; that of zero is the lowest.
        let exponents = _mm512_srli_epi32::<23>(_mm512_castps_si512(_mm512_cvtepi32_ps(_mm512_abs_epi32(values))));
        let sizes = _mm512_max_epi32(_mm512_sub_epi32(exponents, _mm512_set1_epi32(126)), _mm512_setzero_si512());
        let ones = _mm512_andnot_si512(_mm512_sllv_epi32(_mm512_set1_epi32(-1), sizes), _mm512_set1_epi32(-1));
        let bits = _mm512_and_si512(_mm512_add_epi32(values, _mm512_srai_epi32::<31>(values)), ones);

        let tables = _mm512_and_si512(entries, _mm512_set1_epi32(0xff << 24));
        let short_runs = _mm512_and_si512(_mm512_slli_epi32::<4>(runs), _mm512_set1_epi32(0xf0 << 16));
        let symbols = _mm512_or_si512(short_runs, _mm512_slli_epi32::<16>(sizes));
        let list = _mm512_or_si512(_mm512_or_si512(tables, symbols), bits);

        let valid = (count - start).min(16);
        let long = _mm512_cmpgt_epi32_mask(runs, _mm512_set1_epi32((LONGEST_RUN << 16) as i32));
        if u32::from(long) & ((1 << valid) - 1) == 0 {
            store_512(tokens[made..].first_chunk_mut::<16>().expect("room for a vector more"), list);
            made += valid;
            continue;
        }
        let (mut list_of, mut runs_of) = ([0; 16], [0; 16]);
        store_512(&mut list_of, list);
        store_512(&mut runs_of, runs);
        for (token_of, run) in list_of.into_iter().zip(runs_of).take(valid) {
            for _ in 0..(run >> 16) / (LONGEST_RUN + 1) {
                tokens[made] = token((token_of >> 24) as u8, ZRL, 0);
                made += 1;
            }
            tokens[made] = token_of;
            made += 1;
        }
    }
    made
}
