//! Resampling of planes of samples: the hot core of masthead.
//!
//! A [`Resampler`] makes planes of a [`Plane`]. Every colour model, subsampling and alpha follows from doing it once for each
//! plane of a picture. What it makes is fixed by
//!
//! - a [`SourceRect`]: which part of the plane is shown, in fractions of a sample. Its position is how chroma siting and
//!   exact centring are expressed. Filter taps read beyond the rectangle, and never beyond the plane: the plane's edges
//!   are hard edges;
//! - the target's dimensions;
//! - a [`Filter`];
//! - the [`Light`] in which samples are averaged.
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
//! # Many targets
//!
//! A [`Resampling`] is all that is made of planes of one size: many [`Target`]s, and their weights. One pass over a plane
//! makes all of them, and does once what they share. Large reductions may start from a plane that was halved:
//! [`halvings`] tells how often, so that no difference is seen (50 dB). Threads make a [`Band`] each.
//!
//! ```
//! use masthead_picture::{ColorModel, Dimensions, Light, Plane};
//! use masthead_resample::{Filter, Resampler, Resampling, SourceRect, Target, halvings};
//!
//! let luma = Plane::filled(Dimensions::new(1200, 400).unwrap(), 200);
//! let target = |width, height| {
//!     let reduction = 1200.0 / f64::from(width);
//!     Target {
//!         rect: SourceRect::of(luma.dimensions()),
//!         dimensions: Dimensions::new(width, height).unwrap(),
//!         halvings: halvings(ColorModel::YCbCr, 0, reduction, reduction),
//!     }
//! };
//! let targets = [target(900, 300), target(300, 100), target(30, 10)];
//! assert_eq!(targets.map(|target| target.halvings), [0, 1, 2]);
//!
//! let resampling = Resampling::new(luma.dimensions(), &targets, Filter::Lanczos3)?;
//! let planes = Resampler::new().resample_all(&resampling, &luma, Light::Linear);
//! assert_eq!(planes[1].dimensions().to_string(), "300x100");
//! # Ok::<(), masthead_resample::Error>(())
//! ```
//!
//! The kernels use AVX2 or AVX-512 where the processor has them ([`SimdLevel`]); all of them give the same bytes. Why they are
//! as they are is told in `src/kernels/notes.md`.

mod curve;
mod filter;
mod halve;
mod kernels;
mod pass;
mod resampler;
mod resampling;
mod ring;
mod source_rect;
mod taps;

pub use filter::Filter;
pub use halve::{MAX_HALVINGS, halving_reach, halvings};
pub use resampler::Resampler;
pub use resampling::{Band, Resampling, Target};
pub use source_rect::{Error, SourceRect};

#[doc(no_inline)]
pub use masthead_picture::{Dimensions, Light, Plane};
#[doc(no_inline)]
pub use masthead_simd::SimdLevel;
