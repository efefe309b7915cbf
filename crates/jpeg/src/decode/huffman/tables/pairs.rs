//! The table for AC coefficients of sequential scans: two of them in one look-up, and the end of the block with them.

use std::array;

use super::super::bits::first;
use super::super::codes::Codes;
use super::{SLOW, extend};

/// Bits of a look-up.
const BITS: u32 = 11;

/// The bit of [`PairEntry::advance`] that says that the block ends.
pub(in crate::decode::huffman) const ENDS: usize = 128;

/// The codes for AC coefficients.
pub(in crate::decode::huffman) struct AcTable {
    entries: [PairEntry; 1 << BITS],
    pub(in crate::decode::huffman) codes: Codes,
}

/// What the next bits say of one or two coefficients.
///
/// | bits | |
/// |---|---|
/// | 0 to 5 | how many bits it takes |
/// | 6 | it is slow |
/// | 8 to 15 | how many positions of the zigzag order further the first coefficient is |
/// | 16 to 23 | the second |
/// | 24 to 30 | how many positions further the next one is looked for |
/// | 31 | there is no next one: the block ends |
/// | 32 to 47 | the first coefficient |
/// | 48 to 63 | the second |
///
/// To store both is always right: where there is no second one, it is the first again; where there is none at all, as at the end of a
/// block or of a run of 16 zeros, it is a zero.
///
/// A slow one has the length of its code in bits 0 to 5 and its symbol in bits 8 to 15, but if the code is longer than a look-up, the
/// length is 0.
#[derive(Clone, Copy)]
pub(in crate::decode::huffman) struct PairEntry(u64);

/// One symbol with the bits behind it.
#[derive(Clone, Copy)]
enum Step {
    End { length: u32 },
    Coefficient { length: u32, zeros: u32, value: i16 },
}

impl AcTable {
    pub(super) fn new(codes: Codes) -> Self {
        // The step that the buffer begins with, if it takes no more bits than are available.
        let step = |buffer: u64, available: u32| {
            let (symbol, code_length) = codes.decode(buffer)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            let length = code_length + size;
            let value = extend(first(buffer << code_length, size) as u32, size) as i16;
            let step = match (run, size) {
                (0..15, 0) => Step::End { length },
                _ => Step::Coefficient { length, zeros: run, value },
            };
            (length <= available).then_some(step)
        };
        let entries = array::from_fn(|index| {
            let buffer = (index as u64) << (64 - BITS);
            let after = |length: u32| step(buffer << length, BITS - length);
            let (mut length, one) = match step(buffer, BITS) {
                None => return PairEntry::slow(codes.decode(buffer).filter(|(_, length)| *length <= BITS)),
                Some(Step::End { length }) => return PairEntry::new(length, [(0, 0); 2], ENDS as u32),
                Some(Step::Coefficient { length, zeros, value }) => (length, (zeros, value)),
            };
            let mut two = one;
            if let Some(Step::Coefficient { length: more, zeros, value }) = after(length) {
                length += more;
                two = (one.0 + 1 + zeros, value);
            }
            match after(length) {
                Some(Step::End { length: end }) => PairEntry::new(length + end, [one, two], (two.0 + 1) | ENDS as u32),
                _ => PairEntry::new(length, [one, two], two.0 + 1),
            }
        });
        Self { entries, codes }
    }

    #[inline(always)]
    pub(in crate::decode::huffman) fn look_up(&self, buffer: u64) -> PairEntry {
        self.entries[(buffer >> (64 - BITS)) as usize]
    }
}

impl PairEntry {
    fn new(length: u32, [first, second]: [(u32, i16); 2], advance: u32) -> Self {
        let places = u64::from(length | first.0 << 8 | second.0 << 16 | advance << 24);
        Self(places | u64::from(first.1 as u16) << 32 | u64::from(second.1 as u16) << 48)
    }

    /// Of a symbol and the length of its code.
    fn slow(code: Option<(u8, u32)>) -> Self {
        let (symbol, length) = code.unwrap_or_default();
        Self(u64::from(SLOW | length | u32::from(symbol) << 8))
    }

    #[inline(always)]
    pub(in crate::decode::huffman) fn is_slow(self) -> bool {
        self.0 as u32 & SLOW != 0
    }

    /// How many bits it takes. Only the lowest 6 bits count.
    #[inline(always)]
    pub(in crate::decode::huffman) fn length(self) -> u32 {
        self.0 as u32
    }

    /// How many positions further the first coefficient is, and the coefficient.
    #[inline(always)]
    pub(in crate::decode::huffman) fn first(self) -> (usize, i16) {
        ((self.0 >> 8) as usize & 255, (self.0 >> 32) as i16)
    }

    /// How many positions further the second coefficient is, and the coefficient.
    #[inline(always)]
    pub(in crate::decode::huffman) fn second(self) -> (usize, i16) {
        ((self.0 >> 16) as usize & 255, (self.0 >> 48) as i16)
    }

    /// How many positions further the next look-up is for; with [`ENDS`] if the block ends.
    #[inline(always)]
    pub(in crate::decode::huffman) fn advance(self) -> usize {
        (self.0 >> 24) as usize & 255
    }

    /// Of a slow one: its symbol and the length of its code, if it has them.
    #[inline(always)]
    pub(in crate::decode::huffman) fn symbol(self) -> Option<(u8, u32)> {
        let length = self.0 as u32 & 63;
        (length > 0).then_some(((self.0 >> 8) as u8, length))
    }
}
