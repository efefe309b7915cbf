//! Plain Rust.

use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::huffman::coding::{self, Coding, State};
use crate::decode::huffman::layout::Mcus;

pub(super) fn decode(
    coding: &Coding,
    state: &mut State<'_>,
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
    keep: bool,
) -> Result<(), Damage> {
    coding::decode(coding, state, mcus, blocks, nonzero, keep, deposit)
}

/// As many of `bits`, from the most significant one on, as `mask` has ones: each at one of them, in order.
#[inline(always)]
fn deposit(mut bits: u64, mut mask: u64) -> u64 {
    let mut deposited = 0;
    while mask != 0 && bits != 0 {
        let highest = 1 << 63 >> mask.leading_zeros();
        deposited |= highest & (bits >> 63).wrapping_neg();
        bits <<= 1;
        mask ^= highest;
    }
    deposited
}
