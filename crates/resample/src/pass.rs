//! One pass over a plane, or over the part of it that a band of the targets depends on.
//!
//! Rows are decoded two at a time into a ring that keeps them as long as they are in reach. Every target makes each of its
//! rows, still as wide as the plane, as soon as the rows it depends on are there; when a batch of them is full, it is turned
//! on its side and resampled horizontally. Halved rows are made in the same way, and go into a ring of their own.

use std::ops::Range;

use masthead_picture::{Light, Plane};
use masthead_simd::SimdLevel;

use crate::curve::{decode, finish_rows};
use crate::halve;
use crate::kernels::{BLOCK, LINE, Pair, ROWS, Sums, interleave, sum_rows, transpose};
use crate::resampling::{Band, Level, Resampling, Strip, union};
use crate::ring::{Aligned, Ring, stride};
use crate::taps::Taps;

/// How many rows of a target are made at once where there are as many: they share most of what they are made of.
pub(crate) const TOGETHER: usize = 4;

/// By how much a row that is halved is longer than the plane is wide: a block on its left, for the weights beyond its end, and
/// on its right what fills up the last block of halved samples, and the weights beyond that.
const MARGIN: usize = 4 * BLOCK;

/// Memory that one pass leaves to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    stages: Vec<Memory>,
    finish: Finish,
}

/// That of one level.
#[derive(Default)]
struct Memory {
    ring: Aligned<Pair>,
    /// One row, filtered vertically, with room for the weights beyond its ends.
    vertical: Aligned<i16>,
    /// Two halved rows.
    halves: [Aligned<i16>; 2],
    batches: Vec<Aligned<i16>>,
}

/// What makes rows of targets of a full batch.
#[derive(Default)]
struct Finish {
    /// Columns of a whole batch.
    columns: Aligned<Pair>,
    rows: Aligned<u8>,
    offsets: Vec<usize>,
}

/// Makes the rows of `band` from `source`.
pub(crate) fn run(
    scratch: &mut Scratch,
    simd: SimdLevel,
    resampling: &Resampling,
    source: &Plane,
    light: Light,
    band: &mut Band,
) {
    let needed = needed_rows(resampling, band);
    scratch.stages.resize_with(resampling.levels.len().max(scratch.stages.len()), Memory::default);
    let mut stages: Vec<Stage<'_>> = resampling
        .levels
        .iter()
        .zip(&needed)
        .zip(&mut scratch.stages)
        .map(|((level, needed), memory)| Stage::new(level, needed.clone(), memory, band))
        .collect();
    for (stage, needed) in stages.iter_mut().rev().skip(1).zip(needed.iter().rev()) {
        let height = stage.level.height.div_ceil(2);
        stage.halved_rows = 2 * needed.start..(2 * needed.end).min(height);
    }
    let columns = resampling.levels[0].columns.clone();
    let mut pass = Pass { simd, light, band, finish: &mut scratch.finish };
    for pair in needed[0].clone() {
        let upper = source.row(2 * pair);
        let lower = if 2 * pair + 1 < source.height() { source.row(2 * pair + 1) } else { upper };
        let (upper, lower) = (&upper[columns.clone()], &lower[columns.clone()]);
        // Meanwhile the next two rows are fetched.
        decode(simd, light, upper, lower, 2 * source.width(), stages[0].ring.push());
        pass.advance(&mut stages);
    }
}

/// The pairs of rows of each level that the band depends on.
fn needed_rows(resampling: &Resampling, band: &Band) -> Vec<Range<usize>> {
    let mut needed = vec![0..0; resampling.levels.len()];
    for (index, level) in resampling.levels.iter().enumerate().rev() {
        let depends = |taps: &Taps, rows: Range<usize>| match rows.is_empty() {
            true => 0..0,
            false => taps.first(rows.start)..taps.end(rows.end - 1),
        };
        let own = level.strips.iter().map(|strip| depends(&strip.rows, band.rows(strip.targets[0].0)));
        let own = own.reduce(union).unwrap_or(0..0);
        needed[index] = match &level.halving {
            Some(halving) => {
                let deeper = needed[index + 1].clone();
                union(own, depends(halving, 2 * deeper.start..(2 * deeper.end).min(halving.len())))
            }
            None => own,
        };
    }
    needed
}

/// A level at work.
struct Stage<'a> {
    level: &'a Level,
    ring: Ring<'a>,
    strips: Vec<Batch<'a>>,
    vertical: &'a mut [i16],
    halves: [&'a mut [i16]; 2],
    /// The rows of the next level that are still to be made.
    halved_rows: Range<usize>,
}

/// Rows of a strip that wait until there are enough of them.
struct Batch<'a> {
    strip: &'a Strip,
    rows: &'a mut [i16],
    stride: usize,
    /// The number of the first of them.
    first: usize,
    /// The rows that are still to be made.
    todo: Range<usize>,
}

/// What a ring of `pairs` pairs of rows takes, and the rows that are halved, in bytes, for rows `stride` apart.
pub(crate) fn stage_bytes(stride: u64, pairs: u64) -> u64 {
    let (pair, value) = (size_of::<Pair>() as u64, size_of::<i16>() as u64);
    pair * stride * pairs + value * (3 * stride + 2 * (MARGIN + BLOCK) as u64) + 4 * LINE as u64
}

/// What the rows of a strip take, in bytes, for rows `stride` apart.
pub(crate) fn batch_bytes(stride: u64) -> u64 {
    ROWS as u64 * stride * size_of::<i16>() as u64 + LINE as u64
}

/// What it takes to make targets of full batches, in bytes, for planes and targets so wide.
pub(crate) fn finish_bytes(plane: u64, target: u64) -> u64 {
    (plane / 2 + BLOCK as u64) * (ROWS * size_of::<Pair>()) as u64 + ROWS as u64 * target + 2 * LINE as u64
}

impl<'a> Stage<'a> {
    fn new(level: &'a Level, needed: Range<usize>, memory: &'a mut Memory, band: &Band) -> Self {
        let width = level.columns.len();
        let halving = level.halving.as_ref().map_or(0, |taps| taps.most_together(2));
        let strips = level.strips.iter().map(|strip| strip.rows.most_together(TOGETHER));
        let length = strips.max().unwrap_or(0).max(halving).max(1);
        let ring = Ring::new(&mut memory.ring, &level.columns, length, needed.start);
        memory.batches.resize_with(level.strips.len().max(memory.batches.len()), Aligned::default);
        let batch = |(strip, memory): (&'a Strip, &'a mut Aligned<i16>)| {
            let stride = stride(strip.columns.len());
            let todo = band.rows(strip.targets[0].0);
            Batch { strip, rows: memory.slice(ROWS * stride, 0), stride, first: todo.start, todo }
        };
        let strips = level.strips.iter().zip(&mut memory.batches).map(batch).collect();
        let (room, half) = match level.halving {
            Some(_) => (2 * stride(width + MARGIN), stride(width.div_ceil(2))),
            None => (0, 0),
        };
        let halves = memory.halves.each_mut().map(|half_row| half_row.slice(half, 0));
        Self { level, ring, strips, vertical: memory.vertical.slice(room, 0), halves, halved_rows: 0..0 }
    }
}

struct Pass<'a> {
    simd: SimdLevel,
    light: Light,
    band: &'a mut Band,
    finish: &'a mut Finish,
}

impl Pass<'_> {
    /// Makes all that can be made now that the ring of the first of `stages` has a new pair.
    fn advance(&mut self, stages: &mut [Stage<'_>]) {
        let Some((stage, deeper)) = stages.split_first_mut() else { return };
        for batch in &mut stage.strips {
            self.make_rows(&stage.ring, batch);
        }
        let Some(halving) = &stage.level.halving else { return };
        while !stage.halved_rows.is_empty() {
            // Two rows are a pair of the next level, unless the last one is alone.
            let Range { start: y, end } = stage.halved_rows;
            let two = y..end.min(y + 2);
            if halving.end(two.end - 1) > stage.ring.end {
                break;
            }
            stage.halved_rows.start = two.end;
            let Range { start: left, end: right } = stage.level.columns;
            let width = right - left;
            let (across, half) = (width.next_multiple_of(BLOCK), width.div_ceil(2).next_multiple_of(BLOCK));
            let offsets = &mut self.finish.offsets;
            stage.ring.offsets(halving.first(y)..halving.end(two.end - 1), left, offsets);
            let sums = halving.sums(two.clone());
            let vertical = &mut *stage.vertical;
            let row_stride = vertical.len() / 2;
            // Each row begins so far in that its samples lie on cache lines.
            sum_rows(self.simd, stage.ring.pairs, offsets, sums, across, row_stride, &mut vertical[BLOCK..]);
            for (row, half_row) in vertical.chunks_exact_mut(row_stride).zip(&mut stage.halves).take(two.len()) {
                let pad = halve::REACH;
                let (first, last) = (row[BLOCK], row[BLOCK + width - 1]);
                row[BLOCK - pad..BLOCK].fill(first);
                row[BLOCK + width..][..pad + 1].fill(last);
                let shifts: [usize; halve::WEIGHTS.len() / 2] = std::array::from_fn(|i| (BLOCK - pad) / 2 + i);
                let pairs = row.as_chunks::<2>().0;
                sum_rows(self.simd, pairs, &shifts, Sums::new(&[0], &halve::weights()), half, half, half_row);
            }
            let next = &mut deeper[0];
            let columns = next.level.columns.start - left / 2..next.level.columns.end - left / 2;
            let [upper, lower] = &stage.halves;
            interleave(self.simd, &upper[columns.clone()], &lower[columns], next.ring.push());
            self.advance(deeper);
        }
    }

    /// Makes the rows of a strip that can be made from what is in the ring.
    fn make_rows(&mut self, ring: &Ring<'_>, batch: &mut Batch<'_>) {
        let Strip { rows: taps, columns, targets } = batch.strip;
        while !batch.todo.is_empty() {
            let y = batch.todo.start;
            let together = y..(y + TOGETHER).min(batch.first + ROWS).min(batch.todo.end);
            if taps.end(together.end - 1) > ring.end {
                break;
            }
            batch.todo.start = together.end;
            let Finish { columns: turned, rows: finished, offsets } = &mut *self.finish;
            ring.offsets(taps.first(y)..taps.end(together.end - 1), columns.start, offsets);
            let width = columns.len().next_multiple_of(BLOCK);
            let sums = taps.sums(together.clone());
            let rows = &mut batch.rows[(y - batch.first) * batch.stride..];
            sum_rows(self.simd, ring.pairs, offsets, sums, width, batch.stride, rows);

            let count = together.end - batch.first;
            if count == ROWS || batch.todo.is_empty() {
                let (turned, _) = turned.slice(width / 2 * ROWS, [0; 2]).as_chunks_mut::<ROWS>();
                transpose(self.simd, batch.rows, batch.stride, turned);
                for (index, taps) in targets {
                    let rows = finished.slice(ROWS * taps.len(), 0);
                    finish_rows(self.simd, self.light, turned, columns.start / 2, taps, rows);
                    self.band.samples[*index].extend_from_slice(&rows[..count * taps.len()]);
                }
                batch.first = together.end;
            }
        }
    }
}
