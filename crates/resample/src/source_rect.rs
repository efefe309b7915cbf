//! Which part of a plane is shown.

use masthead_picture::Dimensions;

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
