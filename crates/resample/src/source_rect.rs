//! Which part of a plane is shown, and why it cannot be.

use masthead_picture::Dimensions;

use crate::resampling::ACCEPTED_HALVINGS;
use crate::taps::SLACK;

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

    /// Fails when it lies outside the plane by more than a target sample.
    pub(crate) fn check(self, target: Dimensions, plane: Dimensions) -> Result<(), Error> {
        let lies_outside = |start: f64, length: f64, whole: u32, target: u32| {
            let excess = (-start).max(start + length - f64::from(whole));
            excess > (length / f64::from(target)).min(f64::from(whole)) + SLACK
        };
        let Self { left, top, width, height } = self;
        if lies_outside(left, width, plane.width(), target.width())
            || lies_outside(top, height, plane.height(), target.height())
        {
            return Err(Error::Outside { rect: self, plane });
        }
        Ok(())
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
    #[error("{0} halvings (expected 0 to {ACCEPTED_HALVINGS})")]
    Halvings(u32),
}
