//! Small pictures to files: JPEG and PNG, straight from planes.
//!
//! [`encode_jpeg`] takes a grey or YCbCr picture and writes its planes as they are: a picture whose chroma has half the
//! samples becomes a 4:2:0 file, one with as many as luma a 4:4:4 file. [`encode_png`] takes any picture. Neither writes
//! anything but the picture: no EXIF, no colour profile, no time, no comment.
//!
//! ```
//! use masthead_encode::{JpegOptions, encode_jpeg};
//! use masthead_picture::{Dimensions, Interleaved, Picture, Sampling};
//!
//! let size = Dimensions::new(60, 20).unwrap();
//! let picture = Picture::from_interleaved(&[200; 60 * 20 * 3], size, Interleaved::Rgb).unwrap();
//! let file = encode_jpeg(&picture.into_ycbcr(Sampling::HALF), &JpegOptions::default())?;
//! assert!(file.starts_with(&[0xff, 0xd8]));
//! # Ok::<(), masthead_encode::Error>(())
//! ```

mod jpeg;
mod png;

pub use jpeg::{Coding, DeadZone, JpegOptions, Quality, Quantisation, QuantisationTables, encode_jpeg};
pub use png::{PngEffort, PngOptions, encode_png};

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
