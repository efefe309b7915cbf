//! The loops over the blocks of an MCU row, for each SIMD level.
//!
//! All levels have the same code, which stands in `sequential`, `progressive` and `refinement`. With the bit manipulation of the AVX2
//! level the compiler makes one instruction of a shift by a variable count, of a count of zeros, and of a load with a byte swap.
//! Only PDEP has to be named.

use std::sync::Arc;

use super::bits::Bits;
use super::layout::{Band, Mcus};
use super::sequential::SequentialTables;
use super::tables::{DcTable, FirstEntry, ProgressiveTable, RefinementEntry};
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;

#[cfg(target_arch = "x86_64")]
mod avx2;
mod scalar;

masthead_simd::kernels! {
    /// MCUs of a sequential scan.
    pub(super) fn sequential(
        bits: &mut Bits<'_>,
        predictors: &mut [i32; 4],
        tables: &[SequentialTables],
        mcus: &Mcus<'_>,
        blocks: &mut [Block],
        nonzero: &mut [u64],
    ) -> Result<(), Damage> => avx2, scalar;

    /// The same, without their coefficients.
    pub(super) fn skip_sequential(
        bits: &mut Bits<'_>,
        predictors: &mut [i32; 4],
        tables: &[SequentialTables],
        mcus: &Mcus<'_>,
    ) -> Result<(), Damage> => avx2, scalar;

    /// MCUs of a first scan of DC coefficients.
    pub(super) fn dc_first(
        bits: &mut Bits<'_>,
        predictors: &mut [i32; 4],
        tables: &[Arc<DcTable>],
        low: u32,
        mcus: &Mcus<'_>,
        blocks: &mut [Block],
    ) -> Result<(), Damage> => avx2, scalar;

    /// MCUs of a refinement of DC coefficients.
    pub(super) fn dc_refinement(
        bits: &mut Bits<'_>,
        low: u32,
        mcus: &Mcus<'_>,
        blocks: &mut [Block],
    ) => avx2, scalar;

    /// Blocks of a first scan of AC coefficients.
    pub(super) fn ac_first(
        bits: &mut Bits<'_>,
        end_of_band_run: &mut u32,
        table: &ProgressiveTable<FirstEntry>,
        band: Band,
        blocks: &mut [Block],
        nonzero: &mut [u64],
    ) -> Result<(), Damage> => avx2, scalar;

    /// Blocks of a refinement of AC coefficients.
    pub(super) fn ac_refinement(
        bits: &mut Bits<'_>,
        end_of_band_run: &mut u32,
        table: &ProgressiveTable<RefinementEntry>,
        band: Band,
        blocks: &mut [Block],
        nonzero: &mut [u64],
    ) -> Result<(), Damage> => avx2, scalar;
}
