//! The interface to the engines, and what all of them need checked.

use std::fmt;

use masthead_picture::{Dimensions, Light, Plane, SimdLevel};

use crate::{Band, Filter, Resampling, Target, pass};

/// The part of a plane that a target shows, in samples from the plane's top left corner; edges may lie inside samples.
///
/// # Guarantees
/// - all four numbers are finite, width and height above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceRect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl SourceRect {
    /// A rectangle `width` by `height` samples large with its top left corner at (`left`, `top`); `None` when a number is
    /// not finite or the rectangle is empty.
    #[must_use]
    pub fn new(left: f64, top: f64, width: f64, height: f64) -> Option<Self> {
        let finite = [left, top, width, height].iter().all(|value| value.is_finite());
        (finite && width > 0.0 && height > 0.0).then_some(Self { left, top, width, height })
    }

    /// The whole of a plane.
    #[must_use]
    pub fn of(dimensions: Dimensions) -> Self {
        Self { left: 0.0, top: 0.0, width: dimensions.width().into(), height: dimensions.height().into() }
    }

    /// Left edge.
    #[must_use]
    pub fn left(&self) -> f64 {
        self.left
    }

    /// Top edge.
    #[must_use]
    pub fn top(&self) -> f64 {
        self.top
    }

    /// Width, above 0.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height, above 0.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }
}

/// Why a plane is not resampled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rectangle lies too far outside the plane.
    #[error(
        "source rectangle {}x{}+{}+{} lies outside the {plane} plane by more than one target sample",
        rect.width, rect.height, rect.left, rect.top
    )]
    Outside {
        /// The rectangle.
        rect: SourceRect,
        /// The plane's dimensions.
        plane: Dimensions,
    },
    /// A target asks for too many halvings.
    #[error("{0} halvings (expected 0 to 16)")]
    Halvings(u32),
}

/// Resamples planes, and keeps its scratch memory from one call to the next. Not shared between threads: one each.
pub struct Resampler {
    level: SimdLevel,
    scratch: pass::Scratch,
}

impl Default for Resampler {
    fn default() -> Self {
        Self::with_level(SimdLevel::detect())
    }
}

impl fmt::Debug for Resampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resampler").field("level", &self.level).finish_non_exhaustive()
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
        Self { level, scratch: pass::Scratch::default() }
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
        pass::run(&mut self.scratch, self.level, resampling, source, light, &mut band);
        band
    }
}
