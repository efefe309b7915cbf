//! Small pictures to files: JPEG and PNG, straight from planes.
//!
//! [`encode_jpeg`] takes a grey or YCbCr picture and writes its planes as they are: a picture whose chroma has half the
//! samples becomes a 4:2:0 file, one with as many as luma a 4:4:4 file. [`encode_png`] takes any picture. Neither writes
//! anything but the picture: no EXIF, no colour profile, no time, no comment. [`jpeg_memory`] and [`png_memory`] say, before, what
//! that takes.
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

mod error;
mod jpeg;
mod png;

pub use error::Error;
pub use jpeg::{
    Coding, DeadZone, JpegOptions, Quality, QualityError, Quantisation, QuantisationTables, encode_jpeg, jpeg_memory,
};
pub use masthead_jpeg::EncodeMemory;
pub use png::{PngEffort, PngOptions, encode_png, png_memory};
