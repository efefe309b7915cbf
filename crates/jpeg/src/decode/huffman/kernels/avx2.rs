//! With the bit manipulation that came with AVX2.

use std::arch::x86_64::_pdep_u64;

use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::huffman::bits::first;
use crate::decode::huffman::coding::{self, Coding, State};
use crate::decode::huffman::layout::Mcus;

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn decode(
    coding: &Coding,
    state: &mut State<'_>,
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
    keep: bool,
) -> Result<(), Damage> {
    coding::decode(coding, state, mcus, blocks, nonzero, keep, |bits, mask| {
        _pdep_u64(first(bits, mask.count_ones()), mask)
    })
}
