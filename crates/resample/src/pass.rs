//! One pass over a plane, whose rows come in portions.
//!
//! Rows are decoded two at a time into a ring that keeps them as long as a filter reads them. Every target makes each of its
//! rows by a vertical pass, still as wide as the plane, as soon as the rows it depends on are there; whenever [`ROWS`] of them
//! are together, the horizontal pass makes rows of the target of them. The next level of the pyramid is made in the same way,
//! and its rows go into a ring of their own.

use std::ops::Range;

use masthead_picture::{Light, Plane, PlaneRows};
use masthead_simd::SimdLevel;

use crate::horizontal::Horizontal;
use crate::kernels::{BLOCK, ROWS, Sums, interleave, sum_rows};
use crate::level::{LevelMemory, LevelPass, ROWS_TOGETHER, Waiting};
use crate::pyramid;
use crate::resampling::{Resampling, VerticalPass, union};
use crate::ring::Ring;
use crate::taps::Taps;
use crate::transfer::decode;

/// Memory that one pass leaves to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    levels: Vec<LevelMemory>,
    horizontal: Horizontal,
    offsets: Vec<usize>,
    upper: Vec<u8>,
}

impl Scratch {
    /// What it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let levels: usize = self.levels.iter().map(LevelMemory::held).sum();
        levels + self.horizontal.held() + self.upper.capacity()
    }
}

/// A pass over one plane: takes the plane's rows in any portions, from the top, and makes all targets of a [`Resampling`] of
/// them. See [`Resampler::pass`](crate::Resampler::pass).
///
/// Only the rows that filters still need are kept, so what it takes does not depend on the height of the plane.
///
/// ```
/// use masthead_resample::{Dimensions, Filter, Light, Plane, Resampler, Resampling, SourceRect, Target};
///
/// let plane = Plane::filled(Dimensions::new(300, 200).unwrap(), 77);
/// let rect = SourceRect::of(plane.dimensions());
/// let targets = [(150, 100), (30, 20)]
///     .map(|(width, height)| Target { rect, dimensions: Dimensions::new(width, height).unwrap(), level: 0 });
/// let resampling = Resampling::new(plane.dimensions(), &targets, Filter::Lanczos3)?;
///
/// let mut resampler = Resampler::new();
/// let mut pass = resampler.pass(&resampling, Light::Linear);
/// for rows in plane.as_rows().portions(16) {
///     pass.push_rows(rows);
/// }
/// assert_eq!(pass.finish(), resampler.resample_all(&resampling, &plane, Light::Linear));
/// # Ok::<(), masthead_resample::Error>(())
/// ```
pub struct Pass<'a> {
    resampling: &'a Resampling,
    levels: Vec<LevelPass<'a>>,
    engine: Engine<'a>,
    /// The rows that targets depend on, from an even one on.
    needed: Range<usize>,
    /// How many rows have come.
    rows: usize,
    /// The last of them, where it is the upper one of a pair.
    upper: &'a mut Vec<u8>,
}

impl<'a> Pass<'a> {
    /// A pass that has seen nothing yet.
    pub(crate) fn new(scratch: &'a mut Scratch, simd: SimdLevel, resampling: &'a Resampling, light: Light) -> Self {
        let needed = needed_rows(resampling);
        let Scratch { levels: memory, horizontal, offsets, upper } = scratch;
        memory.resize_with(resampling.levels.len().max(memory.len()), LevelMemory::default);
        let mut levels: Vec<LevelPass<'_>> = resampling
            .levels
            .iter()
            .zip(&needed)
            .zip(memory)
            .map(|((level, needed), memory)| LevelPass::new(level, needed.clone(), memory))
            .collect();
        for (pass, needed) in levels.iter_mut().rev().skip(1).zip(needed.iter().rev()) {
            let height = pass.level.height.div_ceil(2);
            pass.next_rows = 2 * needed.start..(2 * needed.end).min(height);
        }
        let needed = 2 * needed[0].start..(2 * needed[0].end).min(resampling.levels[0].height);
        let samples = resampling.targets.iter().map(|_| Vec::new()).collect();
        let engine = Engine { simd, light, resampling, samples, finished: Vec::new(), horizontal, offsets };
        Self { resampling, levels, engine, needed, rows: 0, upper }
    }

    /// The same pass, its targets made in what `memory` gives for so many samples each: their former contents are overwritten. What
    /// is too small grows.
    #[must_use]
    pub fn with_memory(mut self, mut memory: impl FnMut(usize) -> Vec<u8>) -> Self {
        for (samples, target) in self.engine.samples.iter_mut().zip(&self.resampling.targets) {
            *samples = memory(target.width() as usize * target.height() as usize);
            samples.clear();
        }
        self
    }

    /// Takes the next rows of the plane, of its whole width. Those that no target depends on are passed over.
    ///
    /// # Panics
    /// When they are not as wide as the plane that the resampling is for, or are more than there are left of it.
    pub fn push_rows(&mut self, rows: PlaneRows<'_>) {
        let plane = self.resampling.plane();
        let (width, height) = (plane.width() as usize, plane.height() as usize);
        assert_eq!(rows.width(), width, "rows of another width than the resampling is for");
        assert!(rows.height() <= height - self.rows, "more rows than the resampling is for");
        let first = self.rows;
        self.rows += rows.height();
        let mut y = first.max(self.needed.start);
        let end = self.rows.min(self.needed.end);
        let columns = self.resampling.levels[0].columns.clone();
        let row = |y: usize| &rows.row(y - first)[columns.clone()];
        // Meanwhile the next two rows are fetched.
        let ahead = 2 * rows.stride();
        while y < end {
            let alone = y + 1 == height;
            if y % 2 == 1 {
                let upper = std::mem::take(self.upper);
                self.push_pair(&upper, row(y), ahead);
                *self.upper = upper;
                y += 1;
            } else if y + 1 < end || alone {
                self.push_pair(row(y), row(if alone { y } else { y + 1 }), ahead);
                y += 2;
            } else {
                self.upper.clear();
                self.upper.extend_from_slice(row(y));
                y += 1;
            }
        }
    }

    fn push_pair(&mut self, upper: &[u8], lower: &[u8], ahead: usize) {
        decode(self.engine.simd, self.engine.light, upper, lower, ahead, self.levels[0].ring.push());
        self.engine.advance(&mut self.levels);
    }

    /// The targets whose last rows have been made since this was last asked, with their numbers.
    pub fn take_finished(&mut self) -> impl Iterator<Item = (usize, Plane)> {
        let Engine { finished, samples, resampling, .. } = &mut self.engine;
        finished.drain(..).map(|index| {
            let samples = std::mem::take(&mut samples[index]);
            (index, Plane::new(resampling.targets[index], samples).expect("a finished target has all its samples"))
        })
    }

    /// All targets, in their order.
    ///
    /// # Panics
    /// When rows are missing that targets depend on, or targets have been taken before.
    #[must_use]
    pub fn finish(mut self) -> Vec<Plane> {
        let mut planes: Vec<(usize, Plane)> = self.take_finished().collect();
        assert_eq!(planes.len(), self.resampling.targets.len(), "rows are missing, or targets have been taken");
        planes.sort_unstable_by_key(|&(index, _)| index);
        planes.into_iter().map(|(_, plane)| plane).collect()
    }
}

impl std::fmt::Debug for Pass<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pass").field("rows", &self.rows).field("needed", &self.needed).finish_non_exhaustive()
    }
}

/// The pairs of rows of each level that the targets depend on.
fn needed_rows(resampling: &Resampling) -> Vec<Range<usize>> {
    let mut needed = vec![0..0; resampling.levels.len()];
    for (index, level) in resampling.levels.iter().enumerate().rev() {
        let depends = |taps: &Taps, rows: Range<usize>| match rows.is_empty() {
            true => 0..0,
            false => taps.first(rows.start)..taps.end(rows.end - 1),
        };
        let own = level.vertical_passes.iter().map(|pass| depends(&pass.rows, 0..pass.rows.len()));
        let own = own.reduce(union).unwrap_or(0..0);
        needed[index] = match &level.next {
            Some(taps) => {
                let next = needed[index + 1].clone();
                union(own, depends(taps, 2 * next.start..(2 * next.end).min(taps.len())))
            }
            None => own,
        };
    }
    needed
}

/// What makes rows of what is in the rings.
struct Engine<'a> {
    simd: SimdLevel,
    light: Light,
    resampling: &'a Resampling,
    /// Of each target, as many as have been made.
    samples: Vec<Vec<u8>>,
    /// The targets that are whole.
    finished: Vec<usize>,
    horizontal: &'a mut Horizontal,
    offsets: &'a mut Vec<usize>,
}

impl Engine<'_> {
    /// Makes all that can be made now that the ring of the first of `levels` has a new pair.
    fn advance(&mut self, levels: &mut [LevelPass<'_>]) {
        let Some((pass, higher)) = levels.split_first_mut() else { return };
        for waiting in &mut pass.waiting {
            self.make_rows(&pass.ring, waiting, pass.at_once);
        }
        let Some(taps) = &pass.level.next else { return };
        while !pass.next_rows.is_empty() {
            // Two rows are a pair of the next level, unless the last one is alone.
            let Range { start: y, end } = pass.next_rows;
            let two = y..end.min(y + 2);
            if taps.end(two.end - 1) > pass.ring.end {
                break;
            }
            pass.next_rows.start = two.end;
            self.make_next_level(pass, taps, two);
            let (left, next) = (pass.level.columns.start, &mut higher[0]);
            let columns = next.level.columns.start - left / 2..next.level.columns.end - left / 2;
            let [upper, lower] = &pass.next;
            interleave(self.simd, &upper[columns.clone()], &lower[columns], next.ring.push());
            self.advance(higher);
        }
    }

    /// Makes one or two rows of the next level.
    fn make_next_level(&mut self, pass: &mut LevelPass<'_>, taps: &Taps, two: Range<usize>) {
        let Range { start: left, end: right } = pass.level.columns;
        let width = right - left;
        let (across, half) = (width.next_multiple_of(BLOCK), width.div_ceil(2).next_multiple_of(BLOCK));
        pass.ring.offsets(taps.first(two.start)..taps.end(two.end - 1), left, self.offsets);
        let sums = taps.sums(two.clone());
        let row_stride = pass.vertical.len() / 2;
        // Each row begins so far in that its samples lie on cache lines.
        sum_rows(self.simd, pass.ring.pairs, self.offsets, sums, across, row_stride, &mut pass.vertical[BLOCK..]);
        for (row, next_row) in pass.vertical.chunks_exact_mut(row_stride).zip(&mut pass.next).take(two.len()) {
            let pad = pyramid::SUPPORT;
            let (first, last) = (row[BLOCK], row[BLOCK + width - 1]);
            row[BLOCK - pad..BLOCK].fill(first);
            row[BLOCK + width..][..pad + 1].fill(last);
            let shifts: [usize; pyramid::WEIGHTS.len() / 2] = std::array::from_fn(|i| (BLOCK - pad) / 2 + i);
            let pairs = row.as_chunks::<2>().0;
            sum_rows(self.simd, pairs, &shifts, Sums::new(&[0], &pyramid::weights()), half, half, next_row);
        }
    }

    /// Makes the rows of a vertical pass that can be made from what is in the ring.
    fn make_rows(&mut self, ring: &Ring<'_>, waiting: &mut Waiting<'_>, at_once: &mut [i16]) {
        let VerticalPass { rows: taps, columns, targets } = waiting.pass;
        let wait = waiting.rows.is_some();
        let rows = waiting.rows.as_deref_mut().unwrap_or(at_once);
        while !waiting.todo.is_empty() {
            let y = waiting.todo.start;
            let all = (waiting.first + ROWS).min(waiting.todo.end);
            let together = y..(y + ROWS_TOGETHER).min(all);
            let last = if wait { together.end } else { all };
            if taps.end(last - 1) > ring.end {
                break;
            }
            waiting.todo.start = together.end;
            ring.offsets(taps.first(y)..taps.end(together.end - 1), columns.start, self.offsets);
            let width = columns.len().next_multiple_of(BLOCK);
            let sums = taps.sums(together.clone());
            let to = &mut rows[(y - waiting.first) * waiting.stride..];
            sum_rows(self.simd, ring.pairs, self.offsets, sums, width, waiting.stride, to);

            let count = together.end - waiting.first;
            if count == ROWS || waiting.todo.is_empty() {
                self.horizontal.load(self.simd, rows, waiting.stride, width);
                for (index, taps) in targets {
                    let rows = self.horizontal.resample(self.simd, self.light, columns.start, taps);
                    let samples = &mut self.samples[*index];
                    if samples.is_empty() {
                        samples.reserve_exact(taps.len() * waiting.pass.rows.len());
                    }
                    samples.extend_from_slice(&rows[..count * taps.len()]);
                }
                waiting.first = together.end;
                if waiting.todo.is_empty() {
                    self.finished.extend(targets.iter().map(|(index, _)| index));
                }
            }
        }
    }
}
