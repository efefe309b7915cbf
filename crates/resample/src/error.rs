//! Why planes cannot be resampled.

use masthead_picture::Dimensions;

use crate::SourceRect;
use crate::pyramid::HIGHEST_LEVEL;

/// Why a plane cannot be resampled.
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
    /// A target asks for too high a level of the pyramid.
    #[error("invalid pyramid level {0} (expected 0 to {HIGHEST_LEVEL})")]
    Level(u32),
}
