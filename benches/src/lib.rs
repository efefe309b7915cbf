//! What the benchmarks and the quality tool share.
//!
//! - [`files`]: the pictures they run on.
//! - [`baseline`]: the same job put together from published crates in the ordinary way, to be compared with.
//! - [`reference`](mod@reference): resampling as the textbook has it, in `f64`, to be measured against.
//! - [`metric`]: how much worse a picture looks than another.

pub mod baseline;
pub mod files;
pub mod metric;
pub mod reference;
