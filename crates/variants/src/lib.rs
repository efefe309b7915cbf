//! Sets of banner sizes, the plan of a job, and its parallel rendering: where decoding, cropping, resampling and encoding
//! meet.
//!
//! - A [`VariantSet`] says which files are made.
//! - A [`Plan`] says what that takes for one picture and one region: which part of the stored picture each variant
//!   shows, the window that has to be decoded, the memory it will need. It is made from the header alone.
//! - [`render`] makes the files from the decoded window.
//!
//! Most programs use the crate `masthead`, which does this in one call.

mod color;
mod component;
mod encoding;
mod memory;
mod plan;
mod render;
mod spec;

pub use color::ColorTransform;
pub use encoding::{Chroma, Encoding, OutputFormat};
pub use plan::{Plan, RenderOptions, Source};
pub use render::{EncodedVariant, Error, Rendered, ResampleError, Scratch, render, resample};
pub use spec::{MAX_VARIANT, MAX_VARIANTS, SetError, VariantSet, VariantSpec};
