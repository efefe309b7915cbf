//! A token: a Huffman symbol with the bits that follow it, before its code is known.

/// From the top, the index of the symbol's table (8 bits), the symbol (8) and the bits that follow it (16).
pub(super) type Token = u32;

/// The table of no table: its "symbols" are how many bits follow, at most 16.
pub(super) const RAW: u8 = 4;

/// The symbol of sixteen zero coefficients ("zero run length").
pub(super) const ZRL: u8 = 0xf0;

/// The symbol of a block that has only zeros left ("end of block").
pub(super) const EOB: u8 = 0x00;

/// The index of a component's DC or AC table.
pub(super) const fn table(ac: bool, chroma: bool) -> u8 {
    (chroma as u8) << 1 | ac as u8
}

#[inline(always)]
pub(super) const fn token(table: u8, symbol: u8, bits: u16) -> Token {
    (table as u32) << 24 | (symbol as u32) << 16 | bits as u32
}

/// How many bits a value needs, and what they are: those of negative values are those of the value less one (T.81, F.1.2.1).
#[inline(always)]
pub(super) fn magnitude(value: i32) -> (u8, u16) {
    const VALUES: usize = 4096;
    static MAGNITUDES: [u16; VALUES] = {
        let mut magnitudes = [0; VALUES];
        let mut i = 0;
        while i < VALUES {
            let value = i as i32 - VALUES as i32 / 2;
            let count = u32::BITS - value.unsigned_abs().leading_zeros();
            let bits = if value < 0 { value - 1 } else { value } & ((1 << count) - 1);
            magnitudes[i] = (bits << 4 | count as i32) as u16;
            i += 1;
        }
        magnitudes
    };
    // Coefficients of 8-bit samples have 10 bits and a sign, differences of DC one bit more: none is out of range.
    let found = MAGNITUDES[(value + VALUES as i32 / 2) as usize % VALUES];
    ((found & 15) as u8, found >> 4)
}
