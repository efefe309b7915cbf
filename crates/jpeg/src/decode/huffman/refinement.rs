//! Refinement of AC coefficients (T.81, G.1.2.3).

use super::bits::Bits;
use super::coding::State;
use super::tables::ProgressiveTable;
use crate::decode::coefficients::Block;
use crate::decode::error::Damage;
use crate::decode::procedure::Band;
use crate::tables::ZIGZAG;

/// Refinement of a band of AC coefficients: bit `low` of those that are not zero, and those that become 1 or -1 with it.
///
/// The coefficients themselves are not looked at: `nonzero` says which are zero, and only those that change are touched.
///
/// For `deposit` see [`decode`](super::coding::decode).
#[inline(always)]
pub(super) fn ac_refinement(
    state: &mut State<'_>,
    table: &ProgressiveTable,
    band: Band,
    blocks: &mut [Block],
    nonzero: &mut [u64],
    deposit: impl Fn(u64, u64) -> u64,
) -> Result<(), Damage> {
    let mut bits = state.bits;
    let mut run = state.end_of_band_run;
    let one = 1 << band.low;
    let band = band.mask();
    for (block, nonzero) in blocks.iter_mut().zip(nonzero) {
        let old = *nonzero & band;
        if run > 0 && old == 0 {
            run -= 1;
            continue;
        }
        let mut new = 0;
        // The positions of the band that are still to come.
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
                let coefficient = entry.coefficient();
                let zeros = rest & !old;
                let count = zeros.count_ones();
                if entry.zeros() >= count {
                    // As libjpeg: a run of 16 zeros ends the block where there are fewer. A new coefficient has no place there.
                    match coefficient {
                        0 => {}
                        -1 | 1 => return Err(Damage::ZeroRun),
                        _ => return Err(Damage::Refinement),
                    }
                    if rest & old != 0 {
                        bits = correct(bits, rest & old, block, one, &deposit);
                    }
                    break;
                }
                // The place behind so many zeros, from the left; and what is corrected on the way there.
                let bit = deposit(1 << 63 >> entry.zeros(), zeros);
                let before = rest & !(bit | (bit - 1)) & old;
                rest &= bit - 1;
                if before != 0 {
                    bits = correct(bits, before, block, one, &deposit);
                }
                if coefficient != 0 {
                    if coefficient.unsigned_abs() != 1 {
                        return Err(Damage::Refinement);
                    }
                    block[place(bit)] = coefficient * one;
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
    state.end_of_band_run = run;
    state.bits = bits;
    Ok(())
}

/// The place in a block of the first position in a mask.
#[inline(always)]
fn place(mask: u64) -> usize {
    usize::from(ZIGZAG[(mask.leading_zeros() & 63) as usize] & 63)
}

/// Correction bits (T.81, G.1.2.3), one for each coefficient of the mask: whether `one` is added to its magnitude.
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
        // More than are sure to be there: the first 32 one by one.
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

/// Adds `one` to the magnitude of a coefficient; nothing if it has that bit from an earlier scan of the same band, as in libjpeg.
#[inline(always)]
fn correct_one(block: &mut Block, bit: u64, one: i16) {
    let coefficient = &mut block[place(bit)];
    *coefficient = coefficient.wrapping_add((*coefficient >> 15 | 1) * (one & !*coefficient));
}
