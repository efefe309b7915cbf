//! Sets of variants, the plan of a job, and its parallel rendering: where decoding, cropping, resampling and encoding meet.
//!
//! - A [`VariantSet`] says which files are made, and how each is encoded.
//! - A [`Source`] is what has to be known of a picture to plan with it: a header says it, no pixel is needed.
//! - A [`Plan`] says what the files of a set take for one source and one region: which part of the stored picture each
//!   variant shows, the window that has to be decoded, the memory it will need.
//! - [`render`] makes the files while it decodes the window, [`resample`] what they show; [`render_picture`] and
//!   [`resample_picture`] make them from a picture in memory.
//!
//! Most programs use the crate `masthead`, which does this in one call.

mod bounds;
mod color;
mod component;
mod encoded;
mod encoding;
mod error;
mod memory;
mod options;
mod passes;
mod plan;
mod render;
mod scratch;
mod settings;
mod source;
mod spec;
#[cfg(feature = "serde")]
mod stored;
mod stream;

pub use bounds::{MAX_VARIANT, MAX_VARIANTS};
pub use color::ColorTransform;
pub use encoded::EncodedVariant;
pub use encoding::{Chroma, Encoding, OutputFormat};
pub use error::{Error, MeaninglessSetting, ResampleError, SetError};
pub use options::RenderOptions;
pub use plan::Plan;
pub use render::{Rendered, render, render_picture, resample, resample_picture};
pub use scratch::Scratch;
pub use settings::{EncodingSettings, VariantSettings};
pub use source::Source;
pub use spec::{VariantSet, VariantSpec};
