//! Blocks of sequential scans: Decode_DC_coefficient and Decode_AC_coefficients (T.81, F.2.2.1 and F.2.2.2).

use std::ops::Range;
use std::sync::Arc;

use super::bits::{Bits, first};
use super::layout::BlockRow;
use super::tables::{AcTable, DcTable, ENDS, extend};
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
pub(super) fn mcus<const KEEP: bool>(
    reader: &mut Bits<'_>,
    predictors: &mut [i32; 4],
    tables: &[SequentialTables],
    rows: &[BlockRow],
    mcus: Range<usize>,
    blocks: &mut [Block],
    nonzero: &mut [u64],
) -> Result<(), Damage> {
    let mut bits = *reader;
    let mut unused = [0; 64];
    for mcu in mcus {
        for row in rows {
            let tables = &tables[row.component];
            let predictor = &mut predictors[row.component & 3];
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
    *reader = bits;
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
    *predictor = predictor.wrapping_add(difference);
    if bits.count() < 42 {
        bits.refill();
    }
    if KEEP {
        block[0] = *predictor as i16;
    }

    let mut at = 1;
    macro_rules! step { ($l:lifetime) => {{
            let entry = tables.ac.look_up(bits.peek());
            if !entry.is_slow() {
                let next = at + entry.advance();
                if next < 64 {
                    bits.skip(entry.length());
                    if KEEP {
                        block[usize::from(ZIGZAG[(at + entry.second().0) & 63] & 63)] = entry.second().1;
                        block[usize::from(ZIGZAG[(at + entry.first().0) & 63] & 63)] = entry.first().1;
                    }
                    at = next;
                } else {
                    if next > 64 && !(ENDS + 1..ENDS + 64).contains(&next) {
                        let (taken, last) = decode_plainly(bits.peek(), &tables.ac, at, block)?;
                        bits.skip(taken);
                        return Ok((bits, last));
                    }
                    bits.skip(entry.length());
                    if KEEP {
                        block[usize::from(ZIGZAG[(at + entry.second().0) & 63] & 63)] = entry.second().1;
                        block[usize::from(ZIGZAG[(at + entry.first().0) & 63] & 63)] = entry.first().1;
                    }
                    return Ok((bits, if next == 64 { 63 } else { next - ENDS - 1 }));
                }
            } else {
                let (symbol, length) = match entry.symbol() {
                    Some(found) => found,
                    None => tables.ac.codes.decode(bits.peek()).ok_or(Damage::Code)?,
                };
                let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
                bits.skip(length);
                if size == 0 && run < 15 {
                    return Ok((bits, at - 1));
                }
                at += run;
                if at > 63 {
                    return Err(Damage::ZeroRun);
                }
                let value = bits.take(size);
                if KEEP {
                    block[usize::from(ZIGZAG[at] & 63)] = extend(value, size) as i16;
                }
                at += 1;
                if at > 63 {
                    return Ok((bits, 63));
                }
                bits.refill();
                continue $l;
            }
        }};
    }
    'a: loop {
        step!('a);
        step!('a);
        break;
    }
    'l: loop {
        bits.refill();
        step!('l);
        step!('l);
        step!('l);
    }
}

/// Decodes the coefficients from position `at` on one by one, of a block that ends within the bits of the buffer. Says how many bits they
/// took, and the position of the last one.
#[cold]
#[inline(never)]
fn decode_plainly(buffer: u64, table: &AcTable, mut at: usize, block: &mut Block) -> Result<(u32, usize), Damage> {
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
