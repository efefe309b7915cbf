//! Refinement of AC coefficients (T.81, G.1.2.3).

use super::bits::Bits;
use super::layout::Band;
use super::tables::{ProgressiveTable, RefinementEntry};
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::tables::ZIGZAG;

/// One more bit of the AC coefficients of a band: bit `low`.
///
/// `deposit` puts the lowest bits of the first number at the ones of the second, in order (PDEP).
#[inline(always)]
pub(super) fn ac_refinement(
    reader: &mut Bits<'_>,
    end_of_band_run: &mut u32,
    table: &ProgressiveTable<RefinementEntry>,
    band: Band,
    low: u32,
    blocks: &mut [Block],
    nonzero: &mut [u64],
    deposit: impl Fn(u64, u64) -> u64,
) -> Result<(), Damage> {
    let mut bits = *reader;
    let mut run = *end_of_band_run;
    let one = 1 << low;
    let band = band.mask();
    for (block, nonzero) in blocks.iter_mut().zip(nonzero) {
        let old = *nonzero & band;
        if run > 0 && old == 0 {
            run -= 1;
            continue;
        }
        let mut new = 0;
        // The positions that are still to come.
        let mut rest = band;
        if run == 0 {
            while rest != 0 {
                bits.refill_to_32();
                let entry;
                (bits, entry) = table.next(bits)?;
                if let Some(length) = entry.end_of_band_run() {
                    run = length;
                    break;
                }
                let zeros = rest & !old;
                let count = zeros.count_ones();
                if entry.zeros() >= count {
                    if entry.has_coefficient() {
                        return Err(Damage::ZeroRun);
                    }
                    if rest & old != 0 {
                        bits = correct(bits, rest & old, block, one, &deposit);
                    }
                    break;
                }
                let bit = deposit(1 << 63 >> entry.zeros(), zeros);
                let before = rest & !(bit | (bit - 1)) & old;
                rest &= bit - 1;
                if before != 0 {
                    bits = correct(bits, before, block, one, &deposit);
                }
                if entry.has_coefficient() {
                    block[place(bit)] = if entry.is_negative() { -one } else { one };
                    new |= bit;
                }
            }
        }
        if run > 0 {
            if rest & old != 0 {
                bits = correct(bits, rest & old, block, one, &deposit);
            }
            run -= 1;
        }
        *nonzero |= new;
    }
    *end_of_band_run = run;
    *reader = bits;
    Ok(())
}

/// The place in a block of the first position in a mask.
#[inline(always)]
fn place(mask: u64) -> usize {
    usize::from(ZIGZAG[(mask.leading_zeros() & 63) as usize] & 63)
}

/// One bit for each coefficient of the mask: whether its magnitude becomes greater by `one`.
#[inline(always)]
fn correct<'a>(
    mut bits: Bits<'a>,
    mut mask: u64,
    block: &mut Block,
    one: i16,
    deposit: &impl Fn(u64, u64) -> u64,
) -> Bits<'a> {
    let mut count = mask.count_ones();
    if bits.count() < count {
        bits.refill();
    }
    if count > 56 {
        // More than there may be: the first 32, one by one.
        let corrections = bits.take(32);
        bits.refill();
        for index in (0..32).rev() {
            let bit = 1 << (63 - mask.leading_zeros());
            if corrections >> index & 1 != 0 {
                correct_one(block, bit, one);
            }
            mask ^= bit;
        }
        count -= 32;
    }
    let mut corrected = deposit(bits.peek(), mask);
    bits.skip(count);
    while corrected != 0 {
        let bit = 1 << (63 - corrected.leading_zeros());
        correct_one(block, bit, one);
        corrected ^= bit;
    }
    bits
}

#[inline(always)]
fn correct_one(block: &mut Block, bit: u64, one: i16) {
    let coefficient = &mut block[place(bit)];
    *coefficient = coefficient.wrapping_add((*coefficient >> 15 | 1) * one);
}
