//! The decoder: from marker segments to rows of samples.
//!
//! - `segments` finds the marker segments of a file; `frame`, `scan_header`, `decoder_tables` and `metadata` read what they say,
//!   `color` and `progression` make out what that means. A [`Header`] is all of it.
//! - `scan` is a scan under way, from bits to coefficients, an MCU row at a time: `huffman` or `arithmetic`. `procedure` says what it
//!   has of each block.
//! - `coefficients` are those of one MCU row, to which all scans add; `kernels` has the inverse transform, from these to samples.
//! - A [`RowDecoder`] goes through all that, row by row.

mod arithmetic;
mod coefficients;
mod color;
mod decoder_tables;
mod error;
mod frame;
mod header;
mod huffman;
mod kernels;
mod metadata;
mod procedure;
mod progression;
mod row_decoder;
mod scan;
mod scan_header;
mod segments;

pub use color::Color;
pub use error::{Damage, DecodeError};
pub use frame::{EntropyCoding, FrameComponent, Process};
pub use header::Header;
pub use row_decoder::{RowDecoder, RowLayout};
