//! The resampler from outside.

mod reference;
mod sharing;
mod support;
