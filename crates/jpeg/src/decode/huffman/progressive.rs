//! Blocks of progressive scans, but for refinements of AC coefficients (T.81, G.1.2 and G.2).

use std::sync::Arc;

use super::coding::State;
use super::layout::Mcus;
use super::tables::{DcTable, ProgressiveTable};
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::procedure::Band;
use crate::tables::ZIGZAG;

/// First scan of the DC coefficients: their differences, without the lowest `low` bits (T.81, G.1.2.1).
#[inline(always)]
pub(super) fn dc_first(
    state: &mut State<'_>,
    tables: &[Arc<DcTable>],
    low: u32,
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
) -> Result<(), Damage> {
    let mut bits = state.bits;
    for mcu in mcus.range.clone() {
        for row in mcus.rows {
            let table = &*tables[row.component];
            let predictor = &mut state.predictors[row.component & 3];
            for block in &mut blocks[row.of_mcu(mcu)] {
                bits.refill_to_32();
                let difference;
                (bits, difference) = table.difference(bits)?;
                *predictor = predictor.wrapping_add(difference);
                block[0] = (*predictor << low) as i16;
            }
        }
    }
    state.bits = bits;
    Ok(())
}

/// Refinement of the DC coefficients: bit `low` of each (T.81, G.1.2.1).
#[inline(always)]
pub(super) fn dc_refinement(state: &mut State<'_>, low: u32, mcus: &Mcus<'_>, blocks: &mut [Block]) {
    let mut bits = state.bits;
    for mcu in mcus.range.clone() {
        for row in mcus.rows {
            for block in &mut blocks[row.of_mcu(mcu)] {
                if bits.count() == 0 {
                    bits.refill();
                }
                block[0] |= (bits.take(1) as i16) << low;
            }
        }
    }
    state.bits = bits;
}

/// First scan of a band of AC coefficients, without their lowest `low` bits (T.81, G.1.2.2).
///
/// A run of ended blocks is passed over at once, so that a scan that has nothing costs nothing.
#[inline(always)]
pub(super) fn ac_first(
    state: &mut State<'_>,
    table: &ProgressiveTable,
    band: Band,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    let mut bits = state.bits;
    let mut run = state.end_of_band_run as usize;
    let count = blocks.len();
    let nonzero = &mut nonzero[..count];
    let Band { start, end, low } = band;
    let mut x = 0;
    while x < count {
        if run > 0 {
            let skipped = run.min(count - x);
            x += skipped;
            run -= skipped;
            continue;
        }
        let block = &mut blocks[x];
        let mut mask = nonzero[x];
        let mut at = start;
        while at <= end {
            bits.refill_to_32();
            let entry;
            (bits, entry) = table.next(bits)?;
            if let Some(length) = entry.end_of_band_run() {
                run = length as usize - 1;
                break;
            }
            at += entry.zeros() as usize;
            if at > end {
                return Err(Damage::ZeroRun);
            }
            let (place, bit) = (&mut block[usize::from(ZIGZAG[at & 63] & 63)], 1 << ((63 - at) & 63));
            // Bits that are shifted out are lost, as in libjpeg, where a coefficient has 16 bits, too.
            let value = entry.coefficient() << low;
            if value != 0 {
                *place = value;
                mask |= bit;
            } else if entry.coefficient() != 0 {
                *place = 0;
                mask &= !bit;
            }
            // Otherwise it is the end of a run of 16 zeros: what an earlier scan of the band left there stays, as in libjpeg.
            at += 1;
        }
        nonzero[x] = mask;
        x += 1;
    }
    state.end_of_band_run = run as u32;
    state.bits = bits;
    Ok(())
}
