//! What a scan has of the coefficients, and how that is decoded.

use std::sync::Arc;

use super::bits::Bits;
use super::layout::Mcus;
use super::progressive::{ac_first, dc_first, dc_refinement};
use super::refinement::ac_refinement;
use super::sequential::{self, SequentialTables};
use super::tables::{DcTable, ProgressiveTable, Tables};
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::frame::Frame;
use crate::decode::procedure::{Band, Procedure};
use crate::decode::scan_header::ScanHeader;

/// What a scan has of the coefficients, and the tables of its codes.
pub(super) enum Coding {
    /// All of them.
    Sequential { tables: Vec<SequentialTables> },
    /// DC coefficients without their lowest `low` bits.
    DcFirst { tables: Vec<Arc<DcTable>>, low: u32 },
    /// Bit `low` of DC coefficients.
    DcRefinement { low: u32 },
    /// AC coefficients, without their lowest bits.
    AcFirst { table: Arc<ProgressiveTable>, band: Band },
    /// One more bit of AC coefficients.
    AcRefinement { table: Arc<ProgressiveTable>, band: Band },
}

/// What one MCU leaves to the next.
pub(super) struct State<'a> {
    pub(super) bits: Bits<'a>,
    /// The last DC coefficient of each component: `PRED` of T.81.
    pub(super) predictors: [i32; 4],
    /// How many of the next blocks have nothing more in the band of the scan: `EOBRUN` of T.81.
    pub(super) end_of_band_run: u32,
}

impl<'a> State<'a> {
    /// Before the first MCU of a scan, or behind a restart marker.
    pub(super) fn new(bits: Bits<'a>) -> Self {
        Self { bits, predictors: [0; 4], end_of_band_run: 0 }
    }
}

impl Coding {
    /// What a scan of this header has.
    ///
    /// # Errors
    /// [`Damage::HuffmanTable`].
    pub(super) fn new(frame: &Frame, header: &ScanHeader, tables: &mut Tables<'_>) -> Result<Self, Damage> {
        let ac = header.components[0].ac;
        Ok(match Procedure::new(frame, header) {
            Procedure::Sequential => {
                let mut of_components = Vec::with_capacity(header.components.len());
                for component in &header.components {
                    let (dc, ac) = (tables.dc(component.dc)?, tables.sequential_ac(component.ac)?);
                    of_components.push(SequentialTables { dc, ac });
                }
                Self::Sequential { tables: of_components }
            }
            Procedure::DcFirst { low } => {
                let mut of_components = Vec::with_capacity(header.components.len());
                for component in &header.components {
                    of_components.push(tables.dc(component.dc)?);
                }
                Self::DcFirst { tables: of_components, low }
            }
            Procedure::DcRefinement { low } => Self::DcRefinement { low },
            Procedure::AcFirst(band) => Self::AcFirst { table: tables.progressive_ac(ac)?, band },
            Procedure::AcRefinement(band) => Self::AcRefinement { table: tables.progressive_ac(ac)?, band },
        })
    }
}

/// Decodes MCUs between which there is no restart marker, and adds what the scan has of them to `blocks` and `nonzero`, which are those of
/// the MCU row. Without `keep`, a sequential scan does not.
///
/// `deposit` takes as many bits of the first number, from the most significant one on, as the second has ones, and puts each at one of
/// them, in order.
#[inline(always)]
pub(super) fn decode(
    coding: &Coding,
    state: &mut State<'_>,
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
    keep: bool,
    deposit: impl Fn(u64, u64) -> u64,
) -> Result<(), Damage> {
    match coding {
        Coding::Sequential { tables } if keep => sequential::decode::<true>(state, tables, mcus, blocks, nonzero),
        Coding::Sequential { tables } => sequential::decode::<false>(state, tables, mcus, blocks, nonzero),
        Coding::DcFirst { tables, low } => dc_first(state, tables, *low, mcus, blocks),
        Coding::DcRefinement { low } => {
            dc_refinement(state, *low, mcus, blocks);
            Ok(())
        }
        Coding::AcFirst { table, band } => {
            let range = mcus.single_blocks();
            ac_first(state, table, *band, &mut blocks[range.clone()], &mut nonzero[range])
        }
        Coding::AcRefinement { table, band } => {
            let range = mcus.single_blocks();
            ac_refinement(state, table, *band, &mut blocks[range.clone()], &mut nonzero[range], deposit)
        }
    }
}
