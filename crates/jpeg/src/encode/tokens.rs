//! The tokens of a scan, and how often each symbol is among them.

use super::huffman::{Code, codes};
use super::token::Token;
use crate::tables::HuffmanTable;

/// Room for more tokens than this is taken when they come: it is 768 MiB, enough for 8192x8192 pixels of 4:4:4.
pub(super) const MAX_RESERVED: usize = 3 << 26;

/// The tokens of a scan, or of a part of one.
#[derive(Default)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    /// Where among them restart intervals end; that of the last one is not there.
    pub(super) interval_ends: Vec<usize>,
}

impl Tokens {
    /// With room for so many, up to [`MAX_RESERVED`].
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { tokens: Vec::with_capacity(count.min(MAX_RESERVED)), interval_ends: Vec::new() }
    }

    pub(super) fn push(&mut self, token: Token) {
        self.tokens.push(token);
    }

    pub(super) fn clear(&mut self) {
        self.tokens.clear();
        self.interval_ends.clear();
    }

    pub(super) fn end_interval(&mut self) {
        self.interval_ends.push(self.tokens.len());
    }
}

/// How often each symbol of each table is there.
pub(super) struct SymbolCounts([[u32; 256]; 5]);

impl SymbolCounts {
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
    pub(super) fn optimal_tables(&self) -> [HuffmanTable; 4] {
        let [a, b, c, d, _] = &self.0;
        [a, b, c, d].map(HuffmanTable::optimal)
    }

    /// The bytes that all tokens take with these tables, but for zeros after bytes of ones and what fills up the last byte.
    pub(super) fn bytes(&self, tables: &[HuffmanTable; 4]) -> usize {
        let codes = codes(tables);
        let bits = |(count, code): (&u32, &Code)| u64::from(*count) * u64::from(code.count);
        let bits: u64 = self.0.as_flattened().iter().zip(codes.as_flattened()).map(bits).sum();
        (bits / 8) as usize
    }
}
