//! Why a region is refused.

use std::fmt;

use masthead_picture::{Dimensions, Rect};

/// Why a request is refused. The message gives the region and the image it was asked of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number that is not a whole number of pixels.
    #[error("{name} is {value} (expected a whole number of pixels from 0 to {})", u32::MAX)]
    Number {
        /// Which of the four.
        name: &'static str,
        /// What was given, shortened.
        value: String,
    },
    /// The region has no pixels.
    #[error("region {region} is empty in the image {image}")]
    Empty {
        /// The region.
        region: Geometry,
        /// The image.
        image: Geometry,
    },
    /// The region is not inside the image.
    #[error("region {region} reaches outside the image {image}")]
    Outside {
        /// The region.
        region: Geometry,
        /// The image.
        image: Geometry,
    },
    /// The region is narrower or lower than [`CropRegion::at_least`](crate::CropRegion::at_least) accepts.
    #[error("region {region} of the image {image} is too small, at least {least} is accepted")]
    TooSmall {
        /// The region.
        region: Geometry,
        /// The image.
        image: Geometry,
        /// The least width and height.
        least: Dimensions,
    },
}

/// A rectangle that was asked for and need not be possible; shown as `1500x500+10+20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) left: u32,
    pub(crate) top: u32,
}

impl From<Rect> for Geometry {
    fn from(rect: Rect) -> Self {
        Self { width: rect.width(), height: rect.height(), left: rect.left(), top: rect.top() }
    }
}

impl fmt::Display for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}+{}+{}", self.width, self.height, self.left, self.top)
    }
}
