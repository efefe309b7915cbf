//! Resampling of one plane of samples: the hot core of masthead.
//!
//! A [`Resampler`] takes one [`Plane`] and gives another. Every colour model, subsampling and alpha follows from calling it
//! once for each plane of a picture. What it does is fixed by four things:
//!
//! - a [`SourceRect`]: which part of the plane is shown, in fractions of a sample. Its position is how chroma siting and
//!   exact centring are expressed. Filter taps read beyond the rectangle, and never beyond the plane: the plane's edges
//!   are hard edges;
//! - the target's dimensions;
//! - a [`Filter`];
//! - the [`Light`] in which samples are averaged.
//!
//! [`halved`] is the reduction by two that large reductions start with. It is cheap, and one halved plane serves many
//! targets: [`halvings`] tells how often a plane may be halved for a target without a visible difference (50 dB).
//!
//! ```
//! use masthead_picture::{Dimensions, Light, Plane};
//! use masthead_resample::{Filter, Resampler, SourceRect};
//!
//! let source = Plane::filled(Dimensions::new(300, 200).unwrap(), 77);
//! let target = Dimensions::new(120, 40).unwrap();
//! let rect = SourceRect::new(0.0, 50.0, 300.0, 100.0).unwrap();
//! let plane = Resampler::new().resample(&source, rect, target, Filter::Lanczos3, Light::Linear)?;
//! assert!(plane.samples().iter().all(|&sample| sample == 77));
//! # Ok::<(), masthead_resample::Error>(())
//! ```
//!
//! # Engines
//!
//! Behind [`Resampler`] stand two engines: the crate fast_image_resize on `u8` samples (`fir.rs`), for reductions in gamma
//! light, and our own on values of 15 bits (`wide.rs`), for all else.

mod curve;
mod filter;
mod fir;
mod halve;
mod kernels;
mod level;
mod resampler;
mod wide;

pub use filter::Filter;
pub use halve::{MAX_HALVINGS, halve_rows, halved, halved_dimensions, halving_reach, halvings};
pub use resampler::{Error, Resampler, SourceRect};

#[doc(no_inline)]
pub use masthead_picture::{Dimensions, Light, Plane};
