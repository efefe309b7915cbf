//! Tokens to entropy-coded data, when the codes are known.

use super::bits::Bits;
use super::huffman::{Code, codes};
use super::segments;
use super::token::Token;
use super::tokens::Tokens;
use crate::tables::HuffmanTable;

/// Writes the entropy-coded data of a scan.
pub(super) struct EntropyWriter<'a> {
    codes: [[Code; 256]; 5],
    bits: Bits,
    restarts: usize,
    file: &'a mut Vec<u8>,
}

impl<'a> EntropyWriter<'a> {
    pub(super) fn new(tables: &[HuffmanTable; 4], file: &'a mut Vec<u8>) -> Self {
        Self { codes: codes(tables), bits: Bits::default(), restarts: 0, file }
    }

    pub(super) fn write(&mut self, tokens: &Tokens) {
        let mut start = 0;
        for &end in &tokens.interval_ends {
            self.put(&tokens.tokens[start..end]);
            std::mem::take(&mut self.bits).finish(self.file);
            segments::restart(self.restarts, self.file);
            self.restarts += 1;
            start = end;
        }
        self.put(&tokens.tokens[start..]);
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
