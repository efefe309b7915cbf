//! The engine on values of 15 bits: for linear light, and for enlargements in gamma light, whose overshoot `u8` samples
//! would cut off between the two passes.
//!
//! Source rows are decoded to values when they are first needed and kept in a ring as long as they are, so there is no
//! plane of values the size of the source. Each target row is a weighted sum of rows of the ring. Eight of them are
//! interleaved, so that a target column is a weighted sum of vectors, and summed horizontally. All of it stays in the
//! second-level cache.

use std::fmt;
use std::ops::Range;

use masthead_picture::{Dimensions, Light, Plane};

use crate::curve::Curve;
use crate::kernels::{LANES, Taps, interleave, sum_columns, sum_rows};
use crate::level::Level;
use crate::{Filter, SourceRect};

/// Scratch memory.
pub(crate) struct Engine {
    level: Level,
    ring: Vec<f32>,
    rows: Vec<f32>,
    columns: Vec<[f32; LANES]>,
    sums: Vec<[u16; LANES]>,
}

impl Default for Engine {
    fn default() -> Self {
        let level = Level::detect();
        Self { level, ring: Vec::new(), rows: Vec::new(), columns: Vec::new(), sums: Vec::new() }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) fn resample(
        &mut self,
        source: &Plane,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
        light: Light,
    ) -> Plane {
        let curve = Curve::new(light);
        let row_taps = taps(rect.top, rect.height, target.height(), filter, source.height());
        let mut column_taps = taps(rect.left, rect.width, target.width(), filter, source.width());
        let columns = used(&column_taps);
        for taps in &mut column_taps {
            taps.first -= columns.start;
        }
        let width = columns.len();
        let mut ring = Ring::new(&mut self.ring, columns, &row_taps);
        self.rows.resize(width * LANES, 0.0);
        self.columns.resize(width, [0.0; LANES]);
        self.sums.resize(column_taps.len(), [0; LANES]);

        let mut plane = Plane::filled(target, 0);
        let row_length = plane.width();
        let batches = plane.samples_mut().chunks_mut(LANES * row_length).zip(row_taps.chunks(LANES));
        for (samples, row_taps) in batches {
            for (row, taps) in self.rows.chunks_exact_mut(width).zip(row_taps) {
                sum_rows(self.level, &ring.rows(source, taps, &curve, self.level), &taps.weights, row);
            }
            interleave(self.level, &self.rows, &mut self.columns);
            sum_columns(self.level, &self.columns, &column_taps, curve.most().into(), &mut self.sums);
            for (lane, row) in samples.chunks_exact_mut(row_length).enumerate() {
                curve.encode(self.sums.iter().map(|sums| sums[lane]), row);
            }
        }
        plane
    }

    /// The most scratch memory, in bytes.
    pub(crate) fn scratch(rect: SourceRect, target: Dimensions, filter: Filter, plane: Dimensions) -> u64 {
        let (width, height) = (u64::from(target.width()), u64::from(target.height()));
        let count = |length: f64, target: u64| 2.0 * filter.support() * (length / target as f64).max(1.0) + 2.0;
        let columns = ((rect.width + count(rect.width, width)) as u64).clamp(1, plane.width().into());
        let ring = (count(rect.height, height) as u64).min(plane.height().into());
        let lanes = LANES as u64;
        let taps = (4 * count(rect.width, width) as u64 + 48) * width + (4 * ring + 48) * height;
        4 * columns * (ring + 2 * lanes) + 2 * width * lanes + taps
    }
}

/// The weights of the samples of a plane for each sample of a target, normalised to one. What is beyond the plane is left
/// out. From one target to the next, neither the first nor the last sample goes back.
fn taps(start: f64, length: f64, target: u32, filter: Filter, whole: usize) -> Vec<Taps> {
    if length == f64::from(target) && start.fract() == 0.0 && start >= 0.0 {
        let first = start as usize;
        return (first..first + target as usize).map(|first| Taps { first, weights: vec![1.0] }).collect();
    }
    let reduction = length / f64::from(target);
    let scale = reduction.max(1.0);
    let reach = filter.support() * scale;
    (0..target)
        .map(|i| {
            let center = start + (f64::from(i) + 0.5) * reduction;
            // Weights of zero are kept at both ends: first and last samples never go back from one target to the next.
            let within = (center - reach).max(0.0) as usize..((center + reach).ceil() as usize).min(whole);
            let first = within.start.min(whole - 1);
            let weights: Vec<f64> =
                (first..within.end.max(first + 1)).map(|j| filter.weight((j as f64 + 0.5 - center) / scale)).collect();
            let sum: f64 = weights.iter().sum();
            let nearest = (center.max(0.0) as usize).clamp(first, first + weights.len() - 1) - first;
            let weights = weights.iter().enumerate().map(|(j, weight)| match sum {
                // The box of an enlargement may fall between two samples.
                0.0 => f32::from(u8::from(j == nearest)),
                _ => (weight / sum) as f32,
            });
            Taps { first, weights: weights.collect() }
        })
        .collect()
}

/// The samples that have a weight.
fn used(taps: &[Taps]) -> Range<usize> {
    let start = taps.iter().map(|taps| taps.first).min().unwrap_or(0);
    let end = taps.iter().map(|taps| taps.first + taps.weights.len()).max().unwrap_or(0);
    start..end
}

/// The decoded source rows that are in reach, each at its number modulo the ring's length.
struct Ring<'a> {
    values: &'a mut [f32],
    columns: Range<usize>,
    length: usize,
    /// The first row that has not been decoded.
    next: usize,
}

impl<'a> Ring<'a> {
    fn new(memory: &'a mut Vec<f32>, columns: Range<usize>, taps: &[Taps]) -> Self {
        let length = taps.iter().map(|taps| taps.weights.len()).max().unwrap_or(1);
        let size = length * columns.len();
        if memory.len() < size {
            memory.reserve_exact(size - memory.len());
            memory.resize(size, 0.0);
        }
        Self { values: &mut memory[..size], columns, length, next: 0 }
    }

    /// The rows that have a weight. Neither the first nor the last of them may lie before those of an earlier call.
    fn rows(&mut self, source: &Plane, taps: &Taps, curve: &Curve, level: Level) -> Vec<&[f32]> {
        let wanted = taps.first..taps.first + taps.weights.len();
        let width = self.columns.len();
        for y in self.next.max(wanted.start)..wanted.end {
            let values = &mut self.values[y % self.length * width..][..width];
            curve.decode(level, &source.row(y)[self.columns.clone()], values);
        }
        self.next = self.next.max(wanted.end);
        wanted.map(|y| &self.values[y % self.length * width..][..width]).collect()
    }
}
