//! The table for differences of DC coefficients.

use std::array;

use super::super::bits::{Bits, first};
use super::super::codes::Codes;
use super::{BITS, SLOW, extend};
use crate::decode::error::Damage;

/// The codes for differences of DC coefficients.
pub(in crate::decode::huffman) struct DcTable {
    entries: [DcEntry; 1 << BITS],
    codes: Codes,
}

/// What the next bits say of a difference.
///
/// | bits | |
/// |---|---|
/// | 0 to 5 | the length of the code and of the bits behind it |
/// | 6 | it is slow |
/// | 8 to 12 | the length of the code |
/// | 16 to 19 | how many bits are behind it |
#[derive(Clone, Copy)]
struct DcEntry(u32);

impl DcTable {
    /// # Errors
    /// As libjpeg: [`Damage::HuffmanTable`] for a difference of more than 15 bits.
    pub(super) fn new(codes: Codes) -> Result<Self, Damage> {
        if codes.symbols().iter().any(|size| *size > 15) {
            return Err(Damage::HuffmanTable);
        }
        let entries = array::from_fn(|index| match codes.decode((index as u64) << (64 - BITS)) {
            Some((size, length)) if length <= BITS => {
                let size = u32::from(size);
                DcEntry((length + size) | length << 8 | size << 16)
            }
            _ => DcEntry(SLOW),
        });
        Ok(Self { entries, codes })
    }

    /// Decode_DC_coefficient, but for the addition: the next difference (T.81, F.2.2.1). It takes 31 bits at most.
    #[inline(always)]
    pub(in crate::decode::huffman) fn difference<'a>(&self, mut bits: Bits<'a>) -> Result<(Bits<'a>, i32), Damage> {
        let DcEntry(entry) = self.entries[(bits.peek() >> (64 - BITS)) as usize];
        if entry & SLOW == 0 {
            // One shift leads to the next code, which need not wait for the value.
            let (length, size) = (entry >> 8 & 31, entry >> 16 & 15);
            let value = first(bits.peek() << length, size) as u32;
            bits.skip(entry);
            Ok((bits, extend(value, size)))
        } else {
            let (size, length) = self.codes.decode(bits.peek()).ok_or(Damage::Code)?;
            bits.skip(length);
            let value = bits.take(size.into());
            Ok((bits, extend(value, size.into())))
        }
    }
}
