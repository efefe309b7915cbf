//! Why a picture is not encoded.

use masthead_picture::{ColorModel, Dimensions};

/// Why a picture is not encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The picture is too large for the format.
    #[error("picture is {0}, at most 65500x65500 can be read in a JPEG file")]
    TooLarge(Dimensions),
    /// A JPEG file cannot hold this picture as it is.
    #[error(
        "a JPEG file holds whole grey or YCbCr 4:4:4 or 4:2:0 pictures, not {0:?} with these planes (see `Picture::into_ycbcr`)"
    )]
    Model(ColorModel),
    /// The encoder refused: a defect of masthead.
    #[error("encoding failed: {0}")]
    Encoder(String),
}
