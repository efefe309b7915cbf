//! The codes of a Huffman table (T.81, annex C), and how one is found in the bits without a table for it.

use crate::decode::error::Damage;

/// The most bits of a code.
const MAX_LENGTH: usize = 16;

/// A Huffman table. Codes of a length are consecutive numbers, and longer codes are greater than shorter ones that are filled up
/// with zeros; so the least number that is no code of a length or a shorter one tells the length of a code.
#[derive(Clone)]
pub(super) struct Codes {
    /// For each length, from 1: the end of its codes (`MAXCODE + 1` of T.81, F.2.2.3), filled up with zeros to 16 bits.
    ends: [u32; MAX_LENGTH],
    /// For each length: what is to be added to a code for the index of its symbol (`VALPTR - MINCODE`).
    offsets: [i32; MAX_LENGTH],
    symbols: [u8; 256],
    /// How many codes there are.
    count: usize,
}

impl Codes {
    /// The table of so many codes of each length, and of their symbols.
    ///
    /// # Errors
    /// As libjpeg: when there are more codes than a length has, a code of ones alone, or not as many symbols as codes.
    pub(super) fn new(counts: &[u8; MAX_LENGTH], symbols: &[u8]) -> Result<Self, Damage> {
        let mut codes =
            Self { ends: [0; MAX_LENGTH], offsets: [0; MAX_LENGTH], symbols: [0; 256], count: symbols.len() };
        codes.symbols.get_mut(..symbols.len()).ok_or(Damage::HuffmanTable)?.copy_from_slice(symbols);
        let (mut code, mut index) = (0_u32, 0_u32);
        for (length, count) in (1..).zip(counts) {
            let count = u32::from(*count);
            codes.offsets[length - 1] = index as i32 - code as i32;
            code += count;
            index += count;
            if count > 0 && code >= 1 << length {
                return Err(Damage::HuffmanTable);
            }
            codes.ends[length - 1] = code << (MAX_LENGTH - length);
            code <<= 1;
        }
        if index as usize == symbols.len() { Ok(codes) } else { Err(Damage::HuffmanTable) }
    }

    /// What the codes stand for, in their order.
    pub(super) fn symbols(&self) -> &[u8] {
        &self.symbols[..self.count]
    }

    /// DECODE (T.81, F.2.2.3): the symbol of the code that the buffer begins with, and the bits of the code. `None` when it
    /// begins with none.
    #[inline]
    pub(super) fn decode(&self, buffer: u64) -> Option<(u8, u32)> {
        let bits = (buffer >> 48) as u32;
        let length = 1 + self.ends.iter().position(|end| bits < *end)?;
        let index = (bits >> (MAX_LENGTH - length)) as i32 + self.offsets[length - 1];
        Some((self.symbols[index as usize & 255], length as u32))
    }
}
