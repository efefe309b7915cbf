//! What [`Frame`](crate::Frame) refuses: sizes that no JPEG file has, and planes that do not go together.

use masthead_picture::Dimensions;

/// Why planes cannot be encoded as they are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The picture is too large for the format, or for its readers.
    #[error("picture is {0}, at most 65500x65500 can be read in a JPEG file")]
    TooLarge(Dimensions),
    /// Chroma is sampled otherwise than 4:4:4 or 4:2:0.
    #[error("chroma is not 4:4:4 or 4:2:0")]
    Sampling,
    /// A plane of chroma has another size than its sampling gives.
    #[error("chroma plane is {found} (expected {expected})")]
    PlaneSize {
        /// What it is.
        found: Dimensions,
        /// What it should be.
        expected: Dimensions,
    },
}
