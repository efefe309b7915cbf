//! The ring buffer that keeps as many rows of a plane as a vertical pass reads at a time, and the memory that it is made of.

use std::ops::Range;

use crate::kernels::{BLOCK, LINE, Pair};

/// The distance between rows that are `length` long: an odd number of blocks, so that rows do not compete for the same places
/// in the cache.
pub(crate) fn stride(length: usize) -> usize {
    (length.div_ceil(BLOCK) | 1) * BLOCK
}

/// Memory that begins on a cache line, kept from one use to the next.
#[derive(Default)]
pub(crate) struct Aligned<T> {
    memory: Vec<T>,
}

impl<T: Copy> Aligned<T> {
    /// What it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.memory.capacity() * size_of::<T>()
    }

    /// So many elements, with whatever is in them.
    pub(crate) fn slice(&mut self, length: usize, filler: T) -> &mut [T] {
        let room = LINE / size_of::<T>();
        if self.memory.len() < length + room {
            // What there was goes first.
            self.memory = Vec::new();
            self.memory.reserve_exact(length + room);
            self.memory.resize(length + room, filler);
        }
        let start = self.memory.as_ptr().align_offset(LINE).min(room);
        &mut self.memory[start..][..length]
    }
}

/// Pairs of rows, each at its number modulo the ring's length.
pub(crate) struct Ring<'a> {
    pub(crate) pairs: &'a mut [Pair],
    stride: usize,
    length: usize,
    /// The column at which rows begin.
    left: usize,
    /// The number of the pair after the last.
    pub(crate) end: usize,
}

impl<'a> Ring<'a> {
    /// A ring of `length` pairs of rows from `columns`, the first of which is to be number `first`.
    pub(crate) fn new(memory: &'a mut Aligned<Pair>, columns: &Range<usize>, length: usize, first: usize) -> Self {
        let stride = stride(columns.len());
        let pairs = memory.slice(length * stride, [0; 2]);
        Self { pairs, stride, length, left: columns.start, end: first }
    }

    /// Room for the next pair.
    pub(crate) fn push(&mut self) -> &mut [Pair] {
        let slot = self.end % self.length;
        self.end += 1;
        &mut self.pairs[slot * self.stride..][..self.stride]
    }

    /// Where the pairs of these numbers lie, at `column`.
    pub(crate) fn offsets(&self, numbers: Range<usize>, column: usize, offsets: &mut Vec<usize>) {
        offsets.clear();
        offsets.extend(numbers.map(|pair| pair % self.length * self.stride + column - self.left));
    }
}
