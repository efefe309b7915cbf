//! Tables for AC coefficients of progressive scans: for each code its symbol, with the bits that follow it.

use std::array;

use super::super::bits::{Bits, first};
use super::super::codes::Codes;
use super::{BITS, SLOW, extend};
use crate::decode::error::Damage;

/// The bit of an entry that says that a run of blocks ends.
const END_OF_BAND: u32 = 1 << 7;

/// The bits of an entry that say that there is a new coefficient, and that it is negative.
const NEW: u32 = 1 << 12;
const NEGATIVE: u32 = 1 << 13;

/// The codes of a scan. `E` is what they stand for: [`FirstEntry`] or [`RefinementEntry`].
pub(in crate::decode::huffman) struct ProgressiveTable<E> {
    entries: [E; 1 << BITS],
    codes: Codes,
}

/// What the next bits say: how many they are in bits 0 to 5, or that it is slow in bit 6; the rest is what the symbol means.
pub(in crate::decode::huffman) trait Entry: Copy + From<u32> + Into<u32> {
    /// How many bits follow a symbol, at most 15.
    fn following(symbol: u8) -> u32;
    /// The entry of a symbol with these bits behind it, but for its length. `None` if it means nothing.
    fn meaning(symbol: u8, following: u32) -> Option<u32>;
}

impl<E: Entry> ProgressiveTable<E> {
    pub(super) fn new(codes: Codes) -> Self {
        let entry = |buffer: u64| {
            let (symbol, length) = codes.decode(buffer)?;
            let following = E::following(symbol);
            let meaning = E::meaning(symbol, first(buffer << length, following) as u32)?;
            (length + following <= BITS).then_some(meaning | (length + following))
        };
        let entries = array::from_fn(|index| entry((index as u64) << (64 - BITS)).unwrap_or(SLOW).into());
        Self { entries, codes }
    }

    /// The next symbol and what follows it. It takes 31 bits at most.
    #[inline(always)]
    pub(in crate::decode::huffman) fn next<'a>(&self, mut bits: Bits<'a>) -> Result<(Bits<'a>, E), Damage> {
        let entry = self.entries[(bits.peek() >> (64 - BITS)) as usize];
        if entry.into() & SLOW == 0 {
            bits.skip(entry.into());
            return Ok((bits, entry));
        }
        let (symbol, length) = self.codes.decode(bits.peek()).ok_or(Damage::Code)?;
        bits.skip(length);
        let following = bits.take(E::following(symbol));
        let meaning = E::meaning(symbol, following).ok_or(Damage::Refinement)?;
        Ok((bits, meaning.into()))
    }
}

/// What the next bits of a first scan say (T.81, G.1.2.2).
///
/// | bits | |
/// |---|---|
/// | 7 | a run of blocks ends |
/// | 8 to 11 | otherwise: how many zeros come first, |
/// | 16 to 31 | and the coefficient behind them; or how many blocks end |
#[derive(Clone, Copy)]
pub(in crate::decode::huffman) struct FirstEntry(u32);

/// What the next bits of a refinement say (T.81, G.1.2.3), but for the bits of coefficients that are not new.
///
/// | bits | |
/// |---|---|
/// | 7 | a run of blocks ends |
/// | 8 to 11 | otherwise: how many zeros come first, |
/// | 12 | whether there is a coefficient behind them, |
/// | 13 | and whether it is negative |
/// | 16 to 31 | how many blocks end |
#[derive(Clone, Copy)]
pub(in crate::decode::huffman) struct RefinementEntry(u32);

impl Entry for FirstEntry {
    #[inline(always)]
    fn following(symbol: u8) -> u32 {
        match (symbol >> 4, symbol & 15) {
            (run @ 0..15, 0) => run.into(),
            (_, size) => size.into(),
        }
    }

    #[inline(always)]
    fn meaning(symbol: u8, following: u32) -> Option<u32> {
        Some(match (u32::from(symbol >> 4), u32::from(symbol & 15)) {
            (run @ 0..15, 0) => END_OF_BAND | ((1 << run) + following) << 16,
            (run, size) => run << 8 | (extend(following, size) as u32) << 16,
        })
    }
}

impl Entry for RefinementEntry {
    #[inline(always)]
    fn following(symbol: u8) -> u32 {
        match (symbol >> 4, symbol & 15) {
            (15, 0) => 0,
            (run, 0) => run.into(),
            _ => 1,
        }
    }

    #[inline(always)]
    fn meaning(symbol: u8, following: u32) -> Option<u32> {
        match (u32::from(symbol >> 4), symbol & 15) {
            (15, 0) => Some(15 << 8),
            (run, 0) => Some(END_OF_BAND | ((1 << run) + following) << 16),
            (run, 1) => Some(run << 8 | NEW | if following == 0 { NEGATIVE } else { 0 }),
            _ => None,
        }
    }
}

impl FirstEntry {
    /// How many blocks end, if any do.
    #[inline(always)]
    pub(in crate::decode::huffman) fn end_of_band_run(self) -> Option<u32> {
        (self.0 & END_OF_BAND != 0).then_some(self.0 >> 16)
    }

    /// How many zeros come before the coefficient.
    #[inline(always)]
    pub(in crate::decode::huffman) fn zeros(self) -> usize {
        self.0 as usize >> 8 & 15
    }

    /// The coefficient: zero at the end of a run of 16 zeros.
    #[inline(always)]
    pub(in crate::decode::huffman) fn coefficient(self) -> i16 {
        (self.0 >> 16) as i16
    }
}

impl RefinementEntry {
    /// How many blocks end, if any do.
    #[inline(always)]
    pub(in crate::decode::huffman) fn end_of_band_run(self) -> Option<u32> {
        (self.0 & END_OF_BAND != 0).then_some(self.0 >> 16)
    }

    /// How many coefficients that are still zero are passed over.
    #[inline(always)]
    pub(in crate::decode::huffman) fn zeros(self) -> u32 {
        self.0 >> 8 & 15
    }

    /// Whether there is a new coefficient behind them.
    #[inline(always)]
    pub(in crate::decode::huffman) fn has_coefficient(self) -> bool {
        self.0 & NEW != 0
    }

    /// Whether the new coefficient is negative.
    #[inline(always)]
    pub(in crate::decode::huffman) fn is_negative(self) -> bool {
        self.0 & NEGATIVE != 0
    }
}

impl From<u32> for FirstEntry {
    #[inline(always)]
    fn from(bits: u32) -> Self {
        Self(bits)
    }
}

impl From<FirstEntry> for u32 {
    #[inline(always)]
    fn from(entry: FirstEntry) -> Self {
        entry.0
    }
}

impl From<u32> for RefinementEntry {
    #[inline(always)]
    fn from(bits: u32) -> Self {
        Self(bits)
    }
}

impl From<RefinementEntry> for u32 {
    #[inline(always)]
    fn from(entry: RefinementEntry) -> Self {
        entry.0
    }
}
