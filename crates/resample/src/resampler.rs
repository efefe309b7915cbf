//! The resampler: the kernels and the scratch memory that planes are resampled with.

use std::fmt;

use masthead_picture::{Dimensions, Light, Plane};
use masthead_simd::SimdLevel;

use crate::{Error, Filter, Pass, Resampling, SourceRect, Target, pass};

/// Resamples planes, and keeps its scratch memory from one call to the next. Not shared between threads: one each.
pub struct Resampler {
    simd: SimdLevel,
    scratch: pass::Scratch,
}

impl Default for Resampler {
    fn default() -> Self {
        Self::with_simd(SimdLevel::detect())
    }
}

impl fmt::Debug for Resampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resampler").field("simd", &self.simd).finish_non_exhaustive()
    }
}

impl Resampler {
    /// A resampler with no scratch memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A resampler that uses these kernels; for tests and benchmarks, since the results are the same.
    #[must_use]
    pub fn with_simd(simd: SimdLevel) -> Self {
        Self { simd, scratch: pass::Scratch::default() }
    }

    /// The part `rect` of `source` at the size `target`, from the plane itself: a [`Resampling`] of one target.
    ///
    /// # Errors
    /// When the rectangle lies outside the plane by more than one target sample.
    pub fn resample(
        &mut self,
        source: &Plane,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
        light: Light,
    ) -> Result<Plane, Error> {
        let target = Target { rect, dimensions: target, level: 0 };
        let resampling = Resampling::with_simd(self.simd, source.dimensions(), &[target], filter)?;
        Ok(self.resample_all(&resampling, source, light).remove(0))
    }

    /// All targets, in their order.
    ///
    /// # Panics
    /// When `source` has other dimensions than the resampling is for.
    pub fn resample_all(&mut self, resampling: &Resampling, source: &Plane, light: Light) -> Vec<Plane> {
        assert_eq!(source.dimensions(), resampling.plane(), "the resampling is for planes of other dimensions");
        let mut pass = self.pass(resampling, light);
        pass.push_rows(source.as_rows());
        pass.finish()
    }

    /// A pass over a plane that comes row by row: the targets are the same as those of [`Resampler::resample_all`], whatever the
    /// portions.
    pub fn pass<'a>(&'a mut self, resampling: &'a Resampling, light: Light) -> Pass<'a> {
        Pass::new(&mut self.scratch, self.simd, resampling, light)
    }

    /// Lets its scratch memory go when that is more than so many bytes: what a very wide plane has left.
    pub fn trim(&mut self, most: usize) {
        if self.scratch.bytes() > most {
            self.scratch = pass::Scratch::default();
        }
    }
}
