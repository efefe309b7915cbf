//! Strips: neighbouring rows of every target, which a thread makes at a time.

use std::ops::Range;

use masthead_picture::{Dimensions, Plane};

use crate::Resampling;

/// Neighbouring rows of each target of a [`Resampling`].
#[derive(Debug)]
pub struct Strip {
    rows: Vec<Range<usize>>,
    /// Of each target, as many as have been made.
    pub(crate) samples: Vec<Vec<u8>>,
}

impl Strip {
    /// Strip `index` of `count`, from the top, with nothing in it yet.
    ///
    /// # Panics
    /// When `index` is not below `count`.
    pub(crate) fn new(resampling: &Resampling, index: usize, count: usize) -> Self {
        assert!(index < count, "strip {index} of {count}");
        let rows = |target: &Dimensions| {
            let height = target.height() as usize;
            height * index / count..height * (index + 1) / count
        };
        let rows: Vec<_> = resampling.targets.iter().map(rows).collect();
        let room =
            |(rows, target): (&Range<usize>, &Dimensions)| Vec::with_capacity(rows.len() * target.width() as usize);
        let samples = rows.iter().zip(&resampling.targets).map(room).collect();
        Self { rows, samples }
    }

    /// The rows of target `index` that belong to it.
    pub(crate) fn rows(&self, index: usize) -> Range<usize> {
        self.rows[index].clone()
    }
}

impl Resampling {
    /// The targets, in their order, from all their strips, in theirs.
    ///
    /// # Panics
    /// When they are not all the strips of this resampling, in their order.
    #[must_use]
    pub fn planes(&self, strips: Vec<Strip>) -> Vec<Plane> {
        let heights: Vec<_> = self.targets.iter().map(|target| target.height() as usize).collect();
        let mut made = vec![0; heights.len()];
        for strip in &strips {
            for (made, rows) in made.iter_mut().zip(&strip.rows) {
                assert_eq!(*made, rows.start, "a strip is missing, or they are not in order");
                *made = rows.end;
            }
        }
        assert_eq!(made, heights, "a strip is missing");
        let mut strips: Vec<_> = strips.into_iter().map(|strip| strip.samples.into_iter()).collect();
        let plane = |target: &Dimensions| {
            let mut parts = strips.iter_mut().map(|samples| samples.next().expect("a strip of this resampling"));
            let mut samples = parts.next().expect("there is a strip");
            let mut rest = parts.peekable();
            if rest.peek().is_some() {
                samples.reserve_exact(target.pixels() as usize - samples.len());
                rest.for_each(|part| samples.extend(part));
            }
            Plane::new(*target, samples).expect("all strips of this resampling")
        };
        self.targets.iter().map(plane).collect()
    }
}
