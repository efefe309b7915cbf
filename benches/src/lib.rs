//! What the benchmarks and the quality tool share.
//!
//! - [`files`]: the pictures they run on.
//! - [`baseline`]: the same job put together from published crates in the ordinary way, to be compared with.
//! - [`decoders`]: JPEG decoders beside each other.
//! - [`part`]: which part of a stored plane a variant shows, for the reference resampler of `masthead-testdata`.
//! - [`metric`]: how much worse a picture looks than another.

pub mod baseline;
pub mod decoders;
pub mod files;
pub mod metric;
pub mod part;
