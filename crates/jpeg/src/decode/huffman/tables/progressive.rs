//! The table for AC coefficients of progressive scans: for each code its symbol, with the bits that follow it.

use std::array;

use super::super::bits::{Bits, first};
use super::super::codes::Codes;
use super::{BITS, SLOW, extend};
use crate::decode::error::Damage;

/// The bit of an entry that says that a run of blocks ends.
const END_OF_BAND: u32 = 1 << 7;

/// The codes of a scan of AC coefficients.
pub(in crate::decode::huffman) struct ProgressiveTable {
    entries: [ProgressiveEntry; 1 << BITS],
    codes: Codes,
}

/// What the next bits say (T.81, G.1.2.2 and G.1.2.3), but for the bits of coefficients that are refined.
///
/// | bits | |
/// |---|---|
/// | 0 to 5 | how many bits it takes |
/// | 6 | it is slow |
/// | 7 | a run of blocks ends |
/// | 8 to 11 | otherwise: how many zeros come first, |
/// | 16 to 31 | and the coefficient behind them; or how many blocks end |
#[derive(Clone, Copy)]
pub(in crate::decode::huffman) struct ProgressiveEntry(u32);

impl ProgressiveTable {
    pub(super) fn new(codes: Codes) -> Self {
        let entry = |buffer: u64| {
            let (symbol, length) = codes.decode(buffer)?;
            let following = ProgressiveEntry::following(symbol);
            let ProgressiveEntry(entry) = ProgressiveEntry::new(symbol, first(buffer << length, following) as u32);
            (length + following <= BITS).then_some(ProgressiveEntry(entry | (length + following)))
        };
        let entries = array::from_fn(|index| entry((index as u64) << (64 - BITS)).unwrap_or(ProgressiveEntry(SLOW)));
        Self { entries, codes }
    }

    /// The next symbol and what follows it. It takes 31 bits at most.
    #[inline(always)]
    pub(in crate::decode::huffman) fn next<'a>(
        &self,
        mut bits: Bits<'a>,
    ) -> Result<(Bits<'a>, ProgressiveEntry), Damage> {
        let entry = self.entries[(bits.peek() >> (64 - BITS)) as usize];
        if entry.0 & SLOW == 0 {
            bits.skip(entry.0);
            return Ok((bits, entry));
        }
        let (symbol, length) = self.codes.decode(bits.peek()).ok_or(Damage::Code)?;
        bits.skip(length);
        let following = bits.take(ProgressiveEntry::following(symbol));
        Ok((bits, ProgressiveEntry::new(symbol, following)))
    }
}

impl ProgressiveEntry {
    /// How many bits follow a symbol, at most 15.
    #[inline(always)]
    fn following(symbol: u8) -> u32 {
        match (symbol >> 4, symbol & 15) {
            (run @ 0..15, 0) => run.into(),
            (_, size) => size.into(),
        }
    }

    /// The entry of a symbol with these bits behind it, but for its length.
    #[inline(always)]
    fn new(symbol: u8, following: u32) -> Self {
        Self(match (u32::from(symbol >> 4), u32::from(symbol & 15)) {
            (run @ 0..15, 0) => END_OF_BAND | ((1 << run) + following) << 16,
            (run, size) => run << 8 | (extend(following, size) as u32) << 16,
        })
    }

    /// How many blocks end, if any do.
    #[inline(always)]
    pub(in crate::decode::huffman) fn end_of_band_run(self) -> Option<u32> {
        (self.0 & END_OF_BAND != 0).then_some(self.0 >> 16)
    }

    /// How many zeros come before the coefficient; of a refinement, coefficients that are still zero.
    #[inline(always)]
    pub(in crate::decode::huffman) fn zeros(self) -> u32 {
        self.0 >> 8 & 15
    }

    /// The coefficient, or in a refinement the new one: zero at the end of a run of 16 zeros.
    #[inline(always)]
    pub(in crate::decode::huffman) fn coefficient(self) -> i16 {
        (self.0 >> 16) as i16
    }
}
