//! The resampler: the kernels and the scratch memory that planes are resampled with.

use std::fmt;

use masthead_picture::{Dimensions, Light, Plane};
use masthead_simd::SimdLevel;

use crate::{Error, Filter, Resampling, SourceRect, Strip, Target, pass};

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
        let strip = self.resample_strip(resampling, source, light, 0, 1);
        resampling.planes(vec![strip])
    }

    /// Strip `index` of `count` of all targets, for [`Resampling::planes`]. The strips together are the same as
    /// [`Resampler::resample_all`].
    ///
    /// # Panics
    /// When `source` has other dimensions than the resampling is for, or `index` is not below `count`.
    pub fn resample_strip(
        &mut self,
        resampling: &Resampling,
        source: &Plane,
        light: Light,
        index: usize,
        count: usize,
    ) -> Strip {
        assert_eq!(source.dimensions(), resampling.plane(), "the resampling is for planes of other dimensions");
        let mut strip = Strip::new(resampling, index, count);
        pass::run(&mut self.scratch, self.simd, resampling, source, light, &mut strip);
        strip
    }
}
