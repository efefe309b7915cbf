//! The decoder: headers, then all scans in lockstep, one row of MCUs at a time.

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
