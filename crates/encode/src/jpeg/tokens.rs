//! What is to be coded, before the codes are known.

use super::bits::Bits;
use super::huffman::Code;
use super::markers;
use super::tables::Table;

/// A symbol with the bits that follow it: from the top, the index of its table (8 bits), the symbol (8) and the bits (16).
pub(super) type Token = u32;

/// The table of no table: its "symbols" are how many bits follow, at most 16.
pub(super) const RAW: u8 = 4;

/// The symbol of sixteen zero coefficients.
pub(super) const SIXTEEN_ZEROS: u8 = 0xf0;

/// The symbol of a block that has only zeros left.
pub(super) const END: u8 = 0x00;

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

/// The tokens of a scan, or of a part of one.
#[derive(Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// Where in the list restart intervals end; the last one does not say so.
    pub(super) ends: Vec<usize>,
}

impl Tokens {
    /// With room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { list: Vec::with_capacity(count), ends: Vec::new() }
    }

    pub(super) fn push(&mut self, token: Token) {
        self.list.push(token);
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.ends.clear();
    }

    pub(super) fn end_interval(&mut self) {
        self.ends.push(self.list.len());
    }
}

/// How often each symbol of each table is there.
pub(super) struct Counts([[u32; 256]; 5]);

impl Counts {
    pub(super) fn of(tokens: &[Token]) -> Self {
        // In turns to two counters: one that was just written has to wait before it is read.
        let mut counts = [[[0; 256]; 5]; 2];
        for pair in tokens.chunks(2) {
            for (counts, token) in counts.iter_mut().zip(pair) {
                counts.as_flattened_mut()[(token >> 16) as usize] += 1;
            }
        }
        let [mut sums, others] = counts;
        for (sum, other) in sums.as_flattened_mut().iter_mut().zip(others.as_flattened()) {
            *sum += other;
        }
        Self(sums)
    }

    /// The tables that need the fewest bits.
    pub(super) fn tables(&self) -> [Table; 4] {
        let [a, b, c, d, _] = &self.0;
        [a, b, c, d].map(Table::optimal)
    }

    /// The bytes that all tokens take with these tables, but for zeros after bytes of ones and what fills up the last byte.
    pub(super) fn bytes(&self, tables: &[Table; 4]) -> usize {
        let codes = codes(tables);
        let bits = |(count, code): (&u32, &Code)| u64::from(*count) * u64::from(code.count);
        let bits: u64 = self.0.as_flattened().iter().zip(codes.as_flattened()).map(bits).sum();
        (bits / 8) as usize
    }
}

/// The codes of four tables, and of none.
fn codes(tables: &[Table; 4]) -> [[Code; 256]; 5] {
    let raw = std::array::from_fn(|count| Code { bits: 0, count: count as u32 });
    let [a, b, c, d] = tables.each_ref().map(Table::codes);
    [a, b, c, d, raw]
}

/// Writes the coded data of a scan.
pub(super) struct Writer<'a> {
    codes: [[Code; 256]; 5],
    bits: Bits,
    restarts: usize,
    file: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(tables: &[Table; 4], file: &'a mut Vec<u8>) -> Self {
        Self { codes: codes(tables), bits: Bits::default(), restarts: 0, file }
    }

    pub(super) fn write(&mut self, tokens: &Tokens) {
        let mut start = 0;
        for &end in &tokens.ends {
            self.put(&tokens.list[start..end]);
            std::mem::take(&mut self.bits).finish(self.file);
            markers::restart(self.restarts, self.file);
            self.restarts += 1;
            start = end;
        }
        self.put(&tokens.list[start..]);
    }

    pub(super) fn finish(self) {
        self.bits.finish(self.file);
    }

    fn put(&mut self, tokens: &[Token]) {
        let codes = self.codes.as_flattened();
        let coded = |token: Token| {
            let code = codes[(token >> 16) as usize];
            (u64::from(code.bits | token & 0xffff), code.count)
        };
        let mut bits = self.bits;
        // Two at once: a code has up to 16 bits, what follows it 14.
        let (pairs, rest) = tokens.as_chunks::<2>();
        for pair in pairs {
            let ((first, first_count), (second, second_count)) = (coded(pair[0]), coded(pair[1]));
            bits = bits.put(first << second_count | second, first_count + second_count, self.file);
        }
        for token in rest {
            let (code, count) = coded(*token);
            bits = bits.put(code, count, self.file);
        }
        self.bits = bits;
    }
}
