//! The weights of one direction: which samples of a plane make a sample of the target, and with what weight.
//!
//! Weights are whole numbers that sum exactly to 2^14, so that constants stay constant. Each is what the sum up to it,
//! rounded, gains by it: the error of one weight is made up for by the next, and an error shows only as far as neighbouring
//! samples differ, however many weights there are.

use std::ops::Range;

use masthead_simd::SimdLevel;

use crate::Filter;
use crate::kernels::{Pair, SHIFT, Sums, WEIGHT_BITS, lanczos3};

/// By how much a part that ends on the plane's edge may miss it, through rounding.
pub(crate) const SLACK: f64 = 1e-6;

/// The part of a row or column of samples that a target shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    /// In samples, as is `length`. Not far outside the plane.
    pub(crate) start: f64,
    /// Above 0.
    pub(crate) length: f64,
    /// How many samples the plane has.
    pub(crate) whole: usize,
    /// The length of the plane. Where an odd number of samples made the next level, the last sample lies in it only in part.
    pub(crate) extent: f64,
}

/// Weights for the samples of one direction of a target. Samples of the plane are weighted in pairs: 0 and 1, 2 and 3, ...
///
/// # Guarantees
/// - there are as many pairs for each target sample, and all of them lie in the plane, but that the last one of an odd
///   number of samples has a weight of 0 for the sample that is not there;
/// - from one target sample to the next, the first pair does not go back;
/// - the weights of a target sample sum to 2^14.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taps {
    firsts: Vec<usize>,
    pairs: usize,
    weights: Vec<Pair>,
}

impl Taps {
    /// The weights of a filter. Those of samples beyond the plane are left out, except that the plane's edge samples hold
    /// on as far as the part itself reaches beyond the plane.
    pub(crate) fn new(simd: SimdLevel, part: Part, target: usize, filter: Filter) -> Self {
        let Part { start, length, whole, extent } = part;
        if length == target as f64 && start.fract() == 0.0 {
            let first = start as i64;
            return Self::from_fn(whole, target, 1, |i, taps| taps.set(first + i as i64, &[1]));
        }
        let reduction = length / target as f64;
        let scale = reduction.max(1.0);
        let step = 1.0 / scale;
        let support = support(filter, reduction);
        let least = floor(start + SLACK).min(0);
        let most = ceil(start + length - SLACK).max(whole as i64);
        let count = most_samples(reduction, filter);
        // How much of the plane's last sample counts.
        let last = (extent.max(start + length - SLACK) - (whole - 1) as f64).min(1.0) as f32;
        let mut weights = Weights::default();
        Self::from_fn(whole, target, count as usize, |i, taps| {
            let center = start + (i as f64 + 0.5) * reduction;
            let (lower, upper) = match filter {
                // Where one box ends the next begins, to the last bit: no sample is lost, and none counts twice.
                Filter::Box if reduction > 1.0 => (start + i as f64 * reduction, start + (i + 1) as f64 * reduction),
                _ => (center - support, center + support),
            };
            let first = ceil(lower - 0.5).clamp(least, most - 1);
            let end = ceil(upper - 0.5).min(first + count).clamp(first + 1, most);
            let weights = weights.of(simd, filter, (first as f64 + 0.5 - center) * step, step, end - first);
            if end == whole as i64
                && let Some(weight) = weights.last_mut()
            {
                *weight = (*weight as f32 * last) as i32;
            }
            taps.set(first, weights);
        })
    }

    /// The same weights for each target sample, two samples further from one to the next; the first begin at sample
    /// `first`. Beyond the plane its edge samples hold on.
    pub(crate) fn every_second(first: i64, weights: &[i32], whole: usize) -> Self {
        Self::from_fn(whole, whole.div_ceil(2), weights.len(), |i, taps| taps.set(first + 2 * i as i64, weights))
    }

    /// Weights that `set` gives for each of `count` target samples, at most `most` of them each.
    fn from_fn(whole: usize, count: usize, most: usize, mut set: impl FnMut(usize, &mut TargetTaps<'_>)) -> Self {
        let pairs = (most / 2 + 1).min(whole.div_ceil(2));
        let mut taps = Self { firsts: Vec::with_capacity(count), pairs, weights: vec![[0; 2]; count * pairs] };
        for (i, weights) in taps.weights.chunks_exact_mut(pairs).enumerate() {
            let mut made = TargetTaps { whole, first: 0, weights: weights.as_flattened_mut() };
            set(i, &mut made);
            taps.firsts.push(made.first);
        }
        taps
    }

    /// The most pairs that a sample depends on of a target of `target` samples, of a part so long.
    pub(crate) fn most_pairs(length: f64, target: u32, filter: Filter, whole: u64) -> u64 {
        (most_samples(length / f64::from(target), filter) as u64 / 2 + 1).min(whole.div_ceil(2))
    }

    /// What the weights of so many target samples take, in bytes.
    pub(crate) fn bytes(count: u64, pairs: u64) -> u64 {
        (pairs * size_of::<Pair>() as u64 + size_of::<usize>() as u64) * count
    }

    /// How many target samples there are.
    pub(crate) fn len(&self) -> usize {
        self.firsts.len()
    }

    /// The most pairs that so many neighbouring target samples depend on.
    pub(crate) fn most_together(&self, count: usize) -> usize {
        let ends = self.firsts.iter().skip(count - 1).chain(self.firsts.last()).map(|first| first + self.pairs);
        self.firsts.iter().zip(ends).map(|(first, end)| end - first).max().unwrap_or(0)
    }

    /// The first pair that target sample `i` depends on.
    pub(crate) fn first(&self, i: usize) -> usize {
        self.firsts[i]
    }

    /// The pair after the last that target sample `i` depends on.
    pub(crate) fn end(&self, i: usize) -> usize {
        self.firsts[i] + self.pairs
    }

    /// What is summed for some of the target samples: at least one.
    pub(crate) fn sums(&self, targets: Range<usize>) -> Sums<'_> {
        let weights = targets.start * self.pairs..targets.end * self.pairs;
        Sums::new(&self.firsts[targets], &self.weights[weights])
    }
}

/// The weights of one target sample while they are made.
struct TargetTaps<'a> {
    whole: usize,
    first: usize,
    weights: &'a mut [i16],
}

impl TargetTaps<'_> {
    /// These weights, not yet normalised, for the samples from `start` on.
    fn set(&mut self, start: i64, weights: &[i32]) {
        let last = self.whole as i64 - 1;
        let sample = |i: usize| (start + i as i64).clamp(0, last) as usize;
        self.first = (sample(0) / 2).min(self.whole.div_ceil(2) - self.weights.len() / 2);
        // A fraction of so many bits: a sum of 2^36 of them is normalised without a mistake.
        const BITS: u32 = 60;
        let one = (1 << BITS) / weights.iter().map(|weight| i64::from(*weight)).sum::<i64>();
        let (mut sum, mut rounded) = (0, 0);
        let mut normalised = |weight: i32| {
            sum += i64::from(weight);
            let next = (sum * one + (1 << (BITS - SHIFT - 1))) >> (BITS - SHIFT);
            (next - std::mem::replace(&mut rounded, next)) as i16
        };
        if start >= 0 && start + weights.len() as i64 <= last + 1 {
            let offset = sample(0) - 2 * self.first;
            for (to, weight) in self.weights[offset..][..weights.len()].iter_mut().zip(weights) {
                *to = normalised(*weight);
            }
        } else {
            for (i, weight) in weights.iter().enumerate() {
                self.weights[sample(i) - 2 * self.first] += normalised(*weight);
            }
        }
    }
}

/// Weights of a filter, not normalised, and the memory for them.
#[derive(Default)]
struct Weights {
    eights: Vec<[i32; 8]>,
}

impl Weights {
    /// The weights at `first`, `first + step`, ...: `count` of them.
    fn of(&mut self, simd: SimdLevel, filter: Filter, first: f64, step: f64, count: i64) -> &mut [i32] {
        let count = count as usize;
        self.eights.resize(count.div_ceil(8), [0; 8]);
        match filter {
            Filter::Box => self.eights.fill([1 << WEIGHT_BITS; 8]),
            Filter::Lanczos3 => lanczos3(simd, first as f32, step as f32, &mut self.eights),
            _ => {
                for (i, weight) in self.eights.as_flattened_mut()[..count].iter_mut().enumerate() {
                    let exact = filter.weight(first + i as f64 * step) * f64::from(1 << WEIGHT_BITS);
                    *weight = exact.round() as i32;
                }
            }
        }
        &mut self.eights.as_flattened_mut()[..count]
    }
}

/// How far from its centre the samples lie that one of a target depends on, for so many of them to one of the target.
pub(crate) fn support(filter: Filter, reduction: f64) -> f64 {
    filter.support() * reduction.max(1.0)
}

/// The most samples that one of a target depends on.
fn most_samples(reduction: f64, filter: Filter) -> i64 {
    // The edges of boxes are rounded one by one.
    ceil(2.0 * support(filter, reduction)) + i64::from(filter == Filter::Box)
}

/// The whole number below: what the compiler makes a call of where it may not use SSE4.
fn floor(value: f64) -> i64 {
    value as i64 - i64::from(value < (value as i64) as f64)
}

/// The whole number above.
fn ceil(value: f64) -> i64 {
    -floor(-value)
}

#[cfg(test)]
mod tests;
