//! The decoder: headers, then all scans in lockstep, one row of MCUs at a time.
#![allow(dead_code, unreachable_pub)]

mod coefficients;
mod error;
mod frame;
mod scan_header;

pub use error::{Damage, DecodeError};
pub use frame::{EntropyCoding, FrameComponent, Process};
