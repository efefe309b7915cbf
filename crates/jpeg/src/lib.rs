//! A planar JPEG codec, both ways: planes of samples in, a JFIF file out; a file in, rows of its planes out (ITU-T T.81, the standard,
//! and T.871, JFIF). No colour is converted, no chroma resampled.
//!
//! # Encoding
//!
//! - A [`Frame`] is what is encoded: one plane of luma, or one of luma and two of chroma, which have as many samples (4:4:4) or
//!   half as many in both directions (4:2:0). Planes are taken as they are.
//! - [`JpegOptions`] say how: [`Quality`], [`Quantisation`], which scales the coefficients down, and [`Coding`], which writes them.
//! - [`encode`] makes the file; [`memory`] says, before, what that takes.
//!
//! # Decoding
//!
//! - A [`Header`] is what all marker segments of a file say: [`Process`], [`EntropyCoding`], components and how they are sampled,
//!   [`Color`], scans, metadata. Reading it touches no pixel, and [`Header::memory`] says what decoding will take.
//! - A [`RowDecoder`] decodes a window of the picture, one row of MCUs (minimum coded units) after the other, into buffers of the
//!   caller. All scans of the file are under way at the same time, so that a progressive file takes no more memory than others:
//!   the coefficients of one MCU row.
//! - [`DecodeError`] says why not. It is strict: data that is damaged, or is not all there, is an error and not a grey patch, in the
//!   rows of the window and above it. What lies below is not looked at.
//!
//! It reads Huffman and arithmetic coding, sequential and progressive, of 8 bits, 1 to 4 components, and sampling factors of 1 to 4.
//!
//! Both transforms are the accurate integer ones of the Independent JPEG Group: with [`Quantisation::Standard`], coefficients are
//! those of libjpeg-turbo, with [`Coding::Standard`] the coded data as well; and samples that are decoded are its samples.
//!
//! ```
//! use masthead_jpeg::{Frame, Header, JpegOptions, RowDecoder, encode};
//! use masthead_picture::{Dimensions, Plane, Rect, Sampling};
//!
//! let luma = Plane::filled(Dimensions::new(61, 20).unwrap(), 200);
//! let chroma = Plane::filled(Dimensions::new(31, 10).unwrap(), 128);
//! let frame = Frame::ycbcr([&luma, &chroma, &chroma], Sampling::HALF)?;
//! let file = encode(&frame, &JpegOptions::default());
//!
//! let header = Header::read(&file, 100)?;
//! assert_eq!(header.dimensions().to_string(), "61x20");
//!
//! let mut decoder = RowDecoder::new(&file, &header, Rect::of(header.dimensions()))?;
//! let mut buffers: Vec<Vec<u8>> = decoder.layout().iter().map(|layout| vec![0; layout.samples()]).collect();
//! let mut rows: Vec<&mut [u8]> = buffers.iter_mut().map(|buffer| &mut buffer[..]).collect();
//! while decoder.next_mcu_row() < decoder.mcu_rows().end {
//!     decoder.decode_mcu_row(&mut rows)?;
//!     // An MCU row of 4:2:0 has 16 rows of luma, and 8 of chroma.
//!     assert!(rows[0].iter().all(|sample| *sample == 200));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Inside, `tables` and `markers` have what the standard fixes for both ways; `encode` has the encoder, `decode` the decoder.

mod decode;
mod encode;
mod error;
mod markers;
mod tables;
#[cfg(target_arch = "x86_64")]
mod transpose;

pub use decode::{Color, Damage, DecodeError, EntropyCoding, FrameComponent, Header, Process, RowDecoder, RowLayout};
pub use encode::{
    Coding, DeadZone, EncodeMemory, Frame, JpegOptions, Quality, QualityError, Quantisation, QuantisationTables,
    encode, memory,
};
pub use error::Error;
