//! Correction bits: the next bit of coefficients that earlier scans have made other than zero. They follow a symbol that comes
//! only after them (T.81, G.1.2.3), and wait for it here.

use super::token::{RAW, token};
use super::tokens::Tokens;

/// Correction bits of one block that wait for the symbol before them.
#[derive(Default)]
pub(super) struct BlockCorrections {
    /// The first is the highest.
    bits: u64,
    count: u32,
}

impl BlockCorrections {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn push(&mut self, bit: u16) {
        self.bits = self.bits << 1 | u64::from(bit);
        self.count += 1;
    }

    pub(super) fn append_to(self, tokens: &mut Tokens) {
        let mut left = self.count;
        while left > 0 {
            let count = left.min(16);
            left -= count;
            tokens.push(token(RAW, count as u8, (self.bits >> left & ((1 << count) - 1)) as u16));
        }
    }
}

/// Correction bits of the blocks that have ended since the last symbol, in words of 16 bits.
#[derive(Default)]
pub(super) struct PendingCorrections {
    words: Vec<u16>,
    /// Fewer than 16 more.
    bits: u16,
    count: u32,
}

impl PendingCorrections {
    pub(super) fn append(&mut self, block: &BlockCorrections) {
        for i in (0..block.count).rev() {
            self.bits = self.bits << 1 | (block.bits >> i & 1) as u16;
            self.count += 1;
            if self.count == 16 {
                self.words.push(self.bits);
                (self.bits, self.count) = (0, 0);
            }
        }
    }

    pub(super) fn move_to(&mut self, tokens: &mut Tokens) {
        for word in self.words.drain(..) {
            tokens.push(token(RAW, 16, word));
        }
        if self.count > 0 {
            tokens.push(token(RAW, self.count as u8, self.bits));
        }
        (self.bits, self.count) = (0, 0);
    }
}
