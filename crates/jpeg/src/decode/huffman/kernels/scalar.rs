//! Plain Rust.

use std::ops::Range;
use std::sync::Arc;

use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::huffman::bits::Bits;
use crate::decode::huffman::layout::{Band, BlockRow};
use crate::decode::huffman::sequential::SequentialTables;
use crate::decode::huffman::tables::{DcTable, FirstEntry, ProgressiveTable, RefinementEntry};
use crate::decode::huffman::{progressive, refinement, sequential};

pub(super) fn sequential(
    bits: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[SequentialTables],
    rows: &[BlockRow],
    mcus: Range<usize>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    sequential::mcus::<true>(bits, predictors, tables, rows, mcus, blocks, nonzero)
}

pub(super) fn skip_sequential(
    bits: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[SequentialTables],
    rows: &[BlockRow],
    mcus: Range<usize>,
) -> Result<(), Damage> {
    sequential::mcus::<false>(bits, predictors, tables, rows, mcus, &mut [], &mut [])
}

pub(super) fn dc_first(
    bits: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[Arc<DcTable>],
    low: u32,
    rows: &[BlockRow],
    mcus: Range<usize>,
    blocks: &mut [Block],
) -> Result<(), Damage> {
    progressive::dc_first(bits, predictors, tables, low, rows, mcus, blocks)
}

pub(super) fn dc_refinement(
    bits: &mut Bits<'_>,
    low: u32,
    rows: &[BlockRow],
    mcus: Range<usize>,
    blocks: &mut [Block],
) {
    progressive::dc_refinement(bits, low, rows, mcus, blocks)
}

pub(super) fn ac_first(
    bits: &mut Bits<'_>,
    end_of_band_run: &mut u32,
    table: &ProgressiveTable<FirstEntry>,
    band: Band,
    low: u32,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    progressive::ac_first(bits, end_of_band_run, table, band, low, blocks, nonzero)
}

pub(super) fn ac_refinement(
    bits: &mut Bits<'_>,
    end_of_band_run: &mut u32,
    table: &ProgressiveTable<RefinementEntry>,
    band: Band,
    low: u32,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    refinement::ac_refinement(bits, end_of_band_run, table, band, low, blocks, nonzero, deposit)
}

/// The first bits of `bits`, from the most significant one on, at the ones of `mask`.
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
