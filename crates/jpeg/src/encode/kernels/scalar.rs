//! The kernels in plain Rust: the definition of the results.

use super::super::token::{EOB, ZRL, magnitude, table, token};
use super::{
    Block, EVEN, EXTRA_BITS, FACTOR_BITS, LONGEST_RUN, MAX_BLOCK_TOKENS, ODD, QUAD, Quantiser, ScanBlock, Token,
};
use crate::tables::ZIGZAG;

pub(super) fn transform(rows: &[&[u8]; 8], _ahead: usize, quantiser: &Quantiser, blocks: &mut [[Block; QUAD]]) {
    for (i, block) in blocks.as_flattened_mut().iter_mut().enumerate() {
        let mut values = [[0; 8]; 8];
        for (values, row) in values.iter_mut().zip(rows) {
            let mut samples = [0; 8];
            for (sample, byte) in samples.iter_mut().zip(&row[8 * i..]) {
                *sample = i32::from(*byte) - 128;
            }
            *values = pass::<{ EXTRA_BITS as i32 }>(samples);
        }
        for column in 0..8 {
            let sums = pass::<{ -(EXTRA_BITS as i32) }>(values.map(|row| row[column]));
            for (row, sum) in values.iter_mut().zip(sums) {
                row[column] = sum;
            }
        }
        *block = quantised(values.as_flattened(), quantiser);
    }
}

/// Eight samples to eight coefficients, multiplied by `sqrt(8)` and 2 to the power of `EXTRA`.
fn pass<const EXTRA: i32>(samples: [i32; 8]) -> [i32; 8] {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = samples;
    let (outer, inner) = ([s0 + s7, s3 + s4], [s1 + s6, s2 + s5]);
    let sums = [outer[0] + outer[1], inner[0] + inner[1]];
    let even = [outer[0] - outer[1], inner[0] - inner[1]];
    let odd = [s3 - s4, s2 - s5, s1 - s6, s0 - s7];

    let plain = |value: i32| if EXTRA < 0 { (value + (1 << -EXTRA >> 1)) >> -EXTRA } else { value << EXTRA };
    let weighted = |values: &[i32], factors: &[i16]| {
        let shift = FACTOR_BITS as i32 - EXTRA;
        let products = values.iter().zip(factors).map(|(value, factor)| value * i32::from(*factor));
        (products.sum::<i32>() + (1 << (shift - 1))) >> shift
    };
    [
        plain(sums[0] + sums[1]),
        weighted(&odd, &ODD[0]),
        weighted(&even, &EVEN[0]),
        weighted(&odd, &ODD[1]),
        plain(sums[0] - sums[1]),
        weighted(&odd, &ODD[2]),
        weighted(&even, &EVEN[1]),
        weighted(&odd, &ODD[3]),
    ]
}

fn quantised(values: &[i32], quantiser: &Quantiser) -> Block {
    let mut block = Block::ZERO;
    for (i, position) in ZIGZAG.into_iter().map(usize::from).enumerate() {
        let live = (values[position].abs() - i32::from(quantiser.dead[position])).max(0);
        let high = (live * i32::from(quantiser.reciprocal[position])) >> 16;
        let quotient = ((high * i32::from(quantiser.scale[position]) + (1 << 14)) >> 15) as i16;
        block.coefficients[i] = if values[position] < 0 { -quotient } else { quotient };
        block.nonzero |= u64::from(quotient != 0) << i;
    }
    block
}

#[inline]
pub(super) fn tokens(blocks: &[Block], order: &[ScanBlock], predictors: &mut [i16; 3], tokens: &mut [Token]) -> usize {
    let mut count = 0;
    for &ScanBlock { index, component } in order {
        let predictor = &mut predictors[usize::from(component)];
        let before = *predictor;
        let block = index.map_or(&Block::ZERO, |index| &blocks[usize::from(index)]);
        if index.is_some() {
            *predictor = block.coefficients[0];
        }
        let tokens = tokens[count..].first_chunk_mut().expect("room for the tokens of all blocks");
        count += block_tokens(block, i32::from(*predictor) - i32::from(before), component > 0, tokens);
    }
    count
}

#[inline(always)]
fn block_tokens(block: &Block, difference: i32, chroma: bool, tokens: &mut [Token; MAX_BLOCK_TOKENS]) -> usize {
    let (dc, ac) = (table(false, chroma), table(true, chroma));
    let mut count = 0;
    let mut push = |token| {
        tokens[count % MAX_BLOCK_TOKENS] = token;
        count += 1;
    };
    let (size, bits) = magnitude(difference);
    push(token(dc, size, bits));
    let mut next = 1;
    let mut nonzero = block.nonzero & !1;
    while nonzero != 0 {
        let at = nonzero.trailing_zeros();
        nonzero &= nonzero - 1;
        let mut run = at - next;
        while run > LONGEST_RUN {
            push(token(ac, ZRL, 0));
            run -= LONGEST_RUN + 1;
        }
        let (size, bits) = magnitude(block.coefficients[at as usize % 64].into());
        push(token(ac, (run as u8) << 4 | size, bits));
        next = at + 1;
    }
    if next < 64 {
        push(token(ac, EOB, 0));
    }
    count
}
