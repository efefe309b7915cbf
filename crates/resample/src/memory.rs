//! How much memory resampling takes, told before anything is allocated. Each buffer's owner counts its own bytes.

use masthead_picture::Dimensions;

use crate::horizontal::Horizontal;
use crate::level::{LevelMemory, ROWS_TOGETHER};
use crate::pyramid::{self, HIGHEST_LEVEL};
use crate::ring::stride;
use crate::taps::Taps;
use crate::{Filter, Resampling, Target};

impl Resampling {
    /// The most memory that it takes together with the scratch memory of so many passes at a time, in bytes: for these arguments
    /// of [`Resampling::new`]. The height of the plane counts for little, weights for rows alone; the targets are not counted.
    #[must_use]
    pub fn memory(plane: Dimensions, targets: &[Target], filter: Filter, passes: usize) -> u64 {
        let highest = targets.iter().map(|target| target.level).max().unwrap_or(0).min(HIGHEST_LEVEL);
        let (mut shared, mut scratch) = (0, 0);
        for level in 0..=highest {
            let scale = f64::from(level).exp2();
            let size = |length: u32| u64::from(length.div_ceil(1 << level));
            let (width, height) = (size(plane.width()), size(plane.height()));
            let pairs = |length: f64, target: u32, whole: u64| Taps::most_pairs(length / scale, target, filter, whole);
            let stride = stride(width as usize) as u64;
            let mut ring = pyramid::WEIGHTS.len() as u64;
            for target in targets.iter().filter(|target| target.level == level) {
                let (across, down) = (target.dimensions.width(), target.dimensions.height());
                let (columns, rows) =
                    (pairs(target.rect.width, across, width), pairs(target.rect.height, down, height));
                shared += Taps::bytes(across.into(), columns) + Taps::bytes(down.into(), rows);
                scratch += LevelMemory::vertical_pass_bytes(stride);
                let reduction = target.rect.height / f64::from(down) / scale;
                let further = ((ROWS_TOGETHER - 1) as f64 * reduction / 2.0) as u64 + 2;
                ring = ring.max((rows + further).min(height.div_ceil(2)));
            }
            shared += pyramid::tap_bytes(height);
            scratch += LevelMemory::bytes(stride, ring);
        }
        let widest = targets.iter().map(|target| target.dimensions.width()).max().unwrap_or(0);
        scratch += Horizontal::bytes(plane.width().into(), widest.into()) + u64::from(plane.width());
        shared + scratch * passes as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceRect;
    use crate::pass::{Pass, Scratch};
    use masthead_picture::{Light, Plane};
    use masthead_simd::SimdLevel;

    /// What a pass over a plane so wide has taken for targets of these reductions, and what is told beforehand.
    fn taken_and_told(width: u32, reductions: &[f64], level: u32, filter: Filter) -> (u64, u64) {
        let plane = Plane::filled(Dimensions::new(width, 300).unwrap(), 9);
        let size = |samples: usize, reduction: &f64| (samples as f64 / reduction).ceil() as u32;
        let target = |reduction: &f64| Target {
            rect: SourceRect::of(plane.dimensions()),
            dimensions: Dimensions::new(size(plane.width(), reduction), size(plane.height(), reduction)).unwrap(),
            level,
        };
        let targets: Vec<_> = reductions.iter().map(target).collect();
        let resampling = Resampling::new(plane.dimensions(), &targets, filter).unwrap();
        let mut scratch = Scratch::default();
        let mut pass = Pass::new(&mut scratch, SimdLevel::detect(), &resampling, Light::Linear);
        pass.push_rows(plane.as_rows());
        assert_eq!(pass.finish().len(), targets.len());
        let told = |passes| Resampling::memory(plane.dimensions(), &targets, filter, passes);
        (scratch.bytes() as u64, told(1) - told(0))
    }

    #[test]
    fn a_pass_takes_what_is_told_beforehand() {
        for width in [1, 40, 2000] {
            for reductions in [&[1.0][..], &[0.5], &[1.3], &[2.6], &[9.0], &[1.0, 1.3], &[2.0, 2.6, 2.9], &[0.3, 9.0]] {
                for (level, filter) in [(0, Filter::Lanczos3), (0, Filter::Box), (1, Filter::Lanczos3)] {
                    let (taken, told) = taken_and_told(width, reductions, level, filter);
                    let what = format!("{reductions:?} of {width} columns, level {level}, {filter}");
                    assert!(taken <= told, "{what}: {told} told, {taken} taken");
                    assert!(told <= 2 * taken + (64 << 10), "{what}: {told} told, {taken} taken");
                }
            }
        }
    }
}
