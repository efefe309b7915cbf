//! With the bit manipulation that AVX2 came with.

use std::arch::x86_64::_pdep_u64;
use std::sync::Arc;

use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::huffman::bits::{Bits, first};
use crate::decode::huffman::layout::{Band, Mcus};
use crate::decode::huffman::sequential::SequentialTables;
use crate::decode::huffman::tables::{DcTable, FirstEntry, ProgressiveTable, RefinementEntry};
use crate::decode::huffman::{progressive, refinement, sequential};

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn sequential(
    bits: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[SequentialTables],
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    sequential::mcus::<true>(bits, predictors, tables, mcus, blocks, nonzero)
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn skip_sequential(
    bits: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[SequentialTables],
    mcus: &Mcus<'_>,
) -> Result<(), Damage> {
    sequential::mcus::<false>(bits, predictors, tables, mcus, &mut [], &mut [])
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn dc_first(
    bits: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[Arc<DcTable>],
    low: u32,
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
) -> Result<(), Damage> {
    progressive::dc_first(bits, predictors, tables, low, mcus, blocks)
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn dc_refinement(bits: &mut Bits<'_>, low: u32, mcus: &Mcus<'_>, blocks: &mut [Block]) {
    progressive::dc_refinement(bits, low, mcus, blocks)
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn ac_first(
    bits: &mut Bits<'_>,
    end_of_band_run: &mut u32,
    table: &ProgressiveTable<FirstEntry>,
    band: Band,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    progressive::ac_first(bits, end_of_band_run, table, band, blocks, nonzero)
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,movbe,popcnt")]
pub(super) fn ac_refinement(
    bits: &mut Bits<'_>,
    end_of_band_run: &mut u32,
    table: &ProgressiveTable<RefinementEntry>,
    band: Band,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    refinement::ac_refinement(bits, end_of_band_run, table, band, blocks, nonzero, |bits, mask| {
        _pdep_u64(first(bits, mask.count_ones()), mask)
    })
}
