//! What resamples.

use std::fmt;

use masthead_picture::{Dimensions, Light, Plane};
use masthead_simd::SimdLevel;

use crate::{Band, Error, Filter, Resampling, SourceRect, Target, pass};

/// Resamples planes, and keeps its scratch memory from one call to the next. Not shared between threads: one each.
pub struct Resampler {
    simd: SimdLevel,
    scratch: pass::Scratch,
}

impl Default for Resampler {
    fn default() -> Self {
        Self::with_level(SimdLevel::detect())
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
    pub fn with_level(level: SimdLevel) -> Self {
        Self { simd: level, scratch: pass::Scratch::default() }
    }

    /// The part `rect` of `source` at the size `target`, not halved: a [`Resampling`] of one target.
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
        let target = Target { rect, dimensions: target, halvings: 0 };
        let resampling = Resampling::new(source.dimensions(), &[target], filter)?;
        Ok(self.resample_all(&resampling, source, light).remove(0))
    }

    /// All targets, in their order.
    ///
    /// # Panics
    /// When `source` has other dimensions than the resampling is for.
    pub fn resample_all(&mut self, resampling: &Resampling, source: &Plane, light: Light) -> Vec<Plane> {
        let band = self.resample_band(resampling, source, light, 0, 1);
        resampling.planes(vec![band])
    }

    /// Band `index` of `count` of all targets, for [`Resampling::planes`]. The bands together are the same as
    /// [`Resampler::resample_all`].
    ///
    /// # Panics
    /// When `source` has other dimensions than the resampling is for, or `index` is not below `count`.
    pub fn resample_band(
        &mut self,
        resampling: &Resampling,
        source: &Plane,
        light: Light,
        index: usize,
        count: usize,
    ) -> Band {
        assert_eq!(source.dimensions(), resampling.plane(), "the resampling is for planes of other dimensions");
        let mut band = resampling.band(index, count);
        pass::run(&mut self.scratch, self.simd, resampling, source, light, &mut band);
        band
    }
}
