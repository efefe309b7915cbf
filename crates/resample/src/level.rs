//! A level of the pyramid while a pass goes over it: the ring of its rows, and rows that wait for the horizontal pass.

use std::ops::Range;

use crate::kernels::{BLOCK, LINE, Pair, ROWS};
use crate::resampling::{Level, VerticalPass};
use crate::ring::{Aligned, Ring, stride};

/// How many rows of a target are made at once where there are as many: they share most of what they are made of.
pub(crate) const ROWS_TOGETHER: usize = 4;

/// By how much a row that makes one of the next level is longer than the plane is wide: a block on its left, for the weights
/// beyond its end, and on its right what fills up the last block of samples that are made, and the weights beyond that.
const MARGIN: usize = 4 * BLOCK;

/// Memory of one level of the pyramid, that one pass leaves to the next.
#[derive(Default)]
pub(crate) struct LevelMemory {
    ring: Aligned<Pair>,
    /// Two rows of this height and the next level's, with room for the weights beyond their ends.
    vertical: Aligned<i16>,
    /// Two rows of the next level.
    next: [Aligned<i16>; 2],
    /// Of each vertical pass, rows that wait for the horizontal one.
    waiting: Vec<Aligned<i16>>,
    /// Rows of a vertical pass that do not wait.
    at_once: Aligned<i16>,
}

impl LevelMemory {
    /// What it takes now, in bytes.
    pub(crate) fn held(&self) -> usize {
        let Self { ring, vertical, next, waiting, at_once } = self;
        ring.bytes() + [vertical, at_once].into_iter().chain(next).chain(waiting).map(Aligned::bytes).sum::<usize>()
    }

    /// What the ring takes, of so many pairs of rows, and the rows of the next level, in bytes, for rows `stride` apart.
    pub(crate) fn bytes(stride: u64, pairs: u64) -> u64 {
        let (pair, value) = (size_of::<Pair>() as u64, size_of::<i16>() as u64);
        pair * stride * pairs + value * (3 * stride + 2 * (MARGIN + BLOCK) as u64) + 4 * LINE as u64
    }

    /// What the rows of a vertical pass take besides, in bytes, for rows `stride` apart.
    pub(crate) fn vertical_pass_bytes(stride: u64) -> u64 {
        ROWS as u64 * stride * size_of::<i16>() as u64 + LINE as u64
    }
}

/// A level of the pyramid while the pass goes over it.
pub(crate) struct LevelPass<'a> {
    pub(crate) level: &'a Level,
    pub(crate) ring: Ring<'a>,
    pub(crate) waiting: Vec<Waiting<'a>>,
    pub(crate) at_once: &'a mut [i16],
    pub(crate) vertical: &'a mut [i16],
    pub(crate) next: [&'a mut [i16]; 2],
    /// The rows of the next level that are still to be made.
    pub(crate) next_rows: Range<usize>,
}

/// Rows of a vertical pass that wait until there are [`ROWS`] of them for the horizontal one.
pub(crate) struct Waiting<'a> {
    pub(crate) pass: &'a VerticalPass,
    /// Where they wait; `None` where the ring keeps all that [`ROWS`] rows are made of, so that all are made at once.
    pub(crate) rows: Option<&'a mut [i16]>,
    pub(crate) stride: usize,
    /// The number of the first of them.
    pub(crate) first: usize,
    /// The rows that are still to be made.
    pub(crate) todo: Range<usize>,
}

impl<'a> LevelPass<'a> {
    pub(crate) fn new(level: &'a Level, needed: Range<usize>, memory: &'a mut LevelMemory) -> Self {
        let width = level.columns.len();
        let length = ring_length(level);
        let ring = Ring::new(&mut memory.ring, &level.columns, length, needed.start);
        memory.waiting.resize_with(level.vertical_passes.len().max(memory.waiting.len()), Aligned::default);
        let mut room_at_once = 0;
        let waiting = |(pass, memory): (&'a VerticalPass, &'a mut Aligned<i16>)| {
            let stride = stride(pass.columns.len());
            let waits = pass.rows.most_together(ROWS) > length;
            if !waits {
                room_at_once = room_at_once.max(ROWS * stride);
            }
            let rows = waits.then(|| memory.slice(ROWS * stride, 0));
            Waiting { pass, rows, stride, first: 0, todo: 0..pass.rows.len() }
        };
        let waiting = level.vertical_passes.iter().zip(&mut memory.waiting).map(waiting).collect();
        let at_once = memory.at_once.slice(room_at_once, 0);
        let (room, half) = match level.next {
            Some(_) => (2 * stride(width + MARGIN), stride(width.div_ceil(2))),
            None => (0, 0),
        };
        let next = memory.next.each_mut().map(|row| row.slice(half, 0));
        Self { level, ring, waiting, at_once, vertical: memory.vertical.slice(room, 0), next, next_rows: 0..0 }
    }
}

/// How many pairs of rows the ring of a level keeps: as many as one step of each pass reads, or more where that saves memory. A
/// vertical pass whose [`ROWS`] rows can all be made of what is in the ring needs no memory of its own for rows that wait.
fn ring_length(level: &Level) -> usize {
    let together = |rows: usize| level.vertical_passes.iter().map(move |pass| pass.rows.most_together(rows));
    let next = level.next.as_ref().map_or(0, |taps| taps.most_together(2));
    let least = together(ROWS_TOGETHER).max().unwrap_or(0).max(next).max(1);
    let longer = together(ROWS).filter(|&length| length > least);
    // Two rows beside the ring take as much as a pair in it. Those of the passes that do not wait share one place.
    let cost = |length: usize| {
        let waiting = together(ROWS).filter(|&needed| needed > length).count();
        let places = waiting + usize::from(waiting < level.vertical_passes.len());
        length + ROWS / 2 * places
    };
    longer.chain([least]).min_by_key(|&length| cost(length)).unwrap_or(least)
}
