//! A planar JPEG encoder: planes of samples in, a JFIF file out (ITU-T T.81, the standard, and T.871, JFIF).
//!
//! - A [`Frame`] is what is encoded: one plane of luma, or one of luma and two of chroma, which have as many samples (4:4:4) or
//!   half as many in both directions (4:2:0). Planes are taken as they are: no colour is converted, no chroma resampled.
//! - [`JpegOptions`] say how: [`Quality`], [`Quantisation`], which scales the coefficients down, and [`Coding`], which writes them.
//! - [`encode`] makes the file; [`memory`] says, before, what that takes.
//!
//! The transform is the accurate integer one of the Independent JPEG Group: with [`Quantisation::Standard`], coefficients are those
//! of libjpeg-turbo, and with [`Coding::Standard`] the coded data as well.
//!
//! ```
//! use masthead_jpeg::{Frame, JpegOptions, encode};
//! use masthead_picture::{Dimensions, Plane, Sampling};
//!
//! let luma = Plane::filled(Dimensions::new(61, 20).unwrap(), 200);
//! let chroma = Plane::filled(Dimensions::new(31, 10).unwrap(), 128);
//! let frame = Frame::ycbcr([&luma, &chroma, &chroma], Sampling::HALF)?;
//! let file = encode(&frame, &JpegOptions::default());
//! assert!(file.starts_with(&[0xff, 0xd8]));
//! # Ok::<(), masthead_jpeg::Error>(())
//! ```
//!
//! Inside, `tables` and `markers` have what the standard fixes for both ways; `encode` has the encoder.

mod decode;
mod encode;
mod error;
mod markers;
mod tables;

pub use decode::{Color, Damage, DecodeError, EntropyCoding, FrameComponent, Header, Process};
pub use encode::{
    Coding, DeadZone, EncodeMemory, Frame, JpegOptions, Quality, QualityError, Quantisation, QuantisationTables,
    encode, memory,
};
pub use error::Error;
