//! Untrusted JPEG and PNG files to planes: header first, then only the window that is needed.
//!
//! - A [`Decoder`] reads the [`Header`] of a file and refuses, before a pixel is touched, what is no image or more than
//!   the [`Limits`] accept.
//! - [`Decoder::rows`] then gives the [`Rows`] of the window that is asked for, a [`RowBatch`] at a time, in the planes that
//!   the file has: a 4:2:0 photograph keeps chroma at a quarter of the samples. Rows below the window are not decoded,
//!   columns outside it are not handed on. The planes are never in memory as a whole, but of interlaced PNGs.
//! - [`Decoder::decode`] collects them in a [`Picture`](masthead_picture::Picture).
//! - An [`Error`] names what was wrong; [`Error::kind`] says whose business it is.
//!
//! Damaged pixel data within the needed rows is an error, never a grey patch. Damaged metadata is not: it is left out.
//!
//! ```
//! use masthead_decode::{Decoder, Limits};
//! use masthead_picture::{ColorModel, Light, Rect};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = std::fs::read("../../testdata/generated/jpeg-420.jpg")?;
//! let decoder = Decoder::new(file, &Limits::default())?;
//! let header = decoder.header();
//! assert_eq!(header.stored.to_string(), "256x128");
//! assert_eq!(header.subsampling.as_ref().unwrap().to_string(), "4:2:0");
//!
//! // A strip from the middle of the picture.
//! let strip = Rect::from_edges(0, 20, 256, 105).unwrap();
//! let picture = decoder.decode(strip, Light::Linear)?;
//! assert_eq!(picture.model(), ColorModel::YCbCr);
//! let chroma = &picture.components()[1];
//! assert_eq!(chroma.plane.dimensions().to_string(), "128x43");
//! # Ok(())
//! # }
//! ```

mod batch;
mod bytes;
mod deadline;
mod decoder;
mod error;
mod exif;
mod format;
mod header;
mod jpeg;
mod limits;
mod png;
mod rows;

pub use batch::RowBatch;
pub use bytes::FileBytes;
pub use decoder::Decoder;
pub use error::{Error, ErrorKind};
pub use format::Format;
pub use header::{FileColor, Header, Subsampling};
pub use limits::Limits;
pub use rows::Rows;
