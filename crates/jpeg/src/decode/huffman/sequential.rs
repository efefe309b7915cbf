//! Blocks of sequential scans: Decode_DC_coefficient and Decode_AC_coefficients (T.81, F.2.2.1 and F.2.2.2).

use std::sync::Arc;

use super::bits::{Bits, first};
use super::coding::State;
use super::layout::Mcus;
use super::tables::{AcTable, DcTable, ENDS, PairEntry, extend};
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::tables::ZIGZAG;

/// The tables of a component.
pub(super) struct SequentialTables {
    pub(super) dc: Arc<DcTable>,
    pub(super) ac: Arc<AcTable>,
}

/// Decodes MCUs, and keeps their coefficients or not.
#[inline(always)]
pub(super) fn decode<const KEEP: bool>(
    state: &mut State<'_>,
    tables: &[SequentialTables],
    mcus: &Mcus<'_>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    let mut bits = state.bits;
    let mut unused = [0; 64];
    for mcu in mcus.range.clone() {
        for row in mcus.rows {
            let tables = &tables[row.component];
            let predictor = &mut state.predictors[row.component & 3];
            if KEEP {
                let range = row.of_mcu(mcu);
                for (block, nonzero) in blocks[range.clone()].iter_mut().zip(&mut nonzero[range]) {
                    let last;
                    (bits, last) = decode_block::<true>(bits, tables, predictor, block)?;
                    *nonzero = (u64::MAX >> 1) & (1 << 63 >> (last & 63));
                }
            } else {
                for _ in 0..row.width {
                    (bits, _) = decode_block::<false>(bits, tables, predictor, &mut unused)?;
                }
            }
        }
    }
    state.bits = bits;
    Ok(())
}

/// One block, and the position of its last coefficient in zigzag order, or a later one.
#[inline(always)]
fn decode_block<'a, const KEEP: bool>(
    mut bits: Bits<'a>,
    tables: &SequentialTables,
    predictor: &mut i32,
    block: &mut Block,
) -> Result<(Bits<'a>, usize), Damage> {
    bits.refill();
    let difference;
    (bits, difference) = tables.dc.difference(bits)?;
    // Sums that are too large for a coefficient lose their upper bits, as in libjpeg.
    *predictor = predictor.wrapping_add(difference);
    if KEEP {
        block[0] = *predictor as i16;
    }
    // A look-up takes 11 bits, a slow step 31. So 42 bits are enough for two steps, and the 56 of a refill for three. A slow one is
    // followed by a refill, whatever is left.
    if bits.count() < 42 {
        bits.refill();
    }
    let mut at = 1;
    let mut steps = 2;
    loop {
        for _ in 0..steps {
            let step;
            (bits, step) = decode_step::<KEEP>(bits, &tables.ac, at, block)?;
            match step {
                Step::Next(next) => at = next,
                Step::Slow(next) => {
                    at = next;
                    break;
                }
                Step::End(last) => return Ok((bits, last)),
            }
        }
        bits.refill();
        steps = 3;
    }
}

/// Where decoding a block goes on.
enum Step {
    /// At this position, with 11 bits less.
    Next(usize),
    /// At this position, after a refill.
    Slow(usize),
    /// In the next block; this is the position of the last coefficient.
    End(usize),
}

/// One look-up of Decode_AC_coefficients, for what stands at position `at`.
#[inline(always)]
fn decode_step<'a, const KEEP: bool>(
    mut bits: Bits<'a>,
    table: &AcTable,
    at: usize,
    block: &mut Block,
) -> Result<(Bits<'a>, Step), Damage> {
    let entry = table.look_up(bits.peek());
    if entry.is_slow() {
        let (symbol, length) = match entry.symbol() {
            Some(code) => code,
            None => table.codes.decode(bits.peek()).ok_or(Damage::Code)?,
        };
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        bits.skip(length);
        if size == 0 && run < 15 {
            return Ok((bits, Step::End(at - 1)));
        }
        let value = extend(bits.take(size), size) as i16;
        let place = at + run;
        if place > 63 {
            return Err(Damage::ZeroRun);
        }
        if KEEP {
            store(block, place, value);
        }
        return Ok((bits, if place < 63 { Step::Slow(place + 1) } else { Step::End(63) }));
    }
    let next = at + entry.advance();
    if next < 64 {
        bits.skip(entry.length());
        if KEEP {
            store_both(block, at, entry);
        }
        return Ok((bits, Step::Next(next)));
    }
    // The block is full, or ends before that: nothing of the entry belongs to the next one.
    if next == 64 || (ENDS + 1..ENDS + 64).contains(&next) {
        bits.skip(entry.length());
        if KEEP {
            store_both(block, at, entry);
        }
        return Ok((bits, Step::End(if next == 64 { 63 } else { next - ENDS - 1 })));
    }
    let (taken, last) = decode_one_by_one(bits.peek(), table, at, block)?;
    bits.skip(taken);
    Ok((bits, Step::End(last)))
}

/// Stores the coefficients of an entry, the second one first: where there is only one it is a copy of it.
#[inline(always)]
fn store_both(block: &mut Block, at: usize, entry: PairEntry) {
    let ((first_place, first), (second_place, second)) = (entry.first(), entry.second());
    store(block, at + second_place, second);
    store(block, at + first_place, first);
}

/// Stores the coefficient of a position of the zigzag order, at most 63.
#[inline(always)]
fn store(block: &mut Block, position: usize, coefficient: i16) {
    block[usize::from(ZIGZAG[position & 63] & 63)] = coefficient;
}

/// Decodes the coefficients from position `at` on one by one, of a block that ends within the bits of the buffer. Says how many bits they
/// took, and the position of the last one.
#[cold]
#[inline(never)]
fn decode_one_by_one(buffer: u64, table: &AcTable, mut at: usize, block: &mut Block) -> Result<(u32, usize), Damage> {
    let mut taken = 0;
    while at < 64 {
        let (symbol, length) = table.codes.decode(buffer << taken).ok_or(Damage::Code)?;
        taken += length;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            return Ok((taken, at - 1));
        }
        at += run;
        let place = ZIGZAG.get(at).ok_or(Damage::ZeroRun)?;
        block[usize::from(*place)] = extend(first(buffer << taken, size) as u32, size) as i16;
        taken += size;
        at += 1;
    }
    Ok((taken, 63))
}
