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
//! makes all of them, and does once what they share. Large reductions may start from a higher level of the pyramid, a plane of
//! half the size, or of a quarter: [`pyramid_level`] tells which, so that no difference is seen (50 dB).
//!
//! ```
//! use masthead_picture::{ColorModel, Dimensions, Light, Plane};
//! use masthead_resample::{Filter, Resampler, Resampling, SourceRect, Target, pyramid_level};
//!
//! let luma = Plane::filled(Dimensions::new(1200, 400).unwrap(), 200);
//! let target = |width, height| {
//!     let reduction = 1200.0 / f64::from(width);
//!     Target {
//!         rect: SourceRect::of(luma.dimensions()),
//!         dimensions: Dimensions::new(width, height).unwrap(),
//!         level: pyramid_level(ColorModel::YCbCr, 0, reduction, reduction),
//!     }
//! };
//! let targets = [target(900, 300), target(300, 100), target(30, 10)];
//! assert_eq!(targets.map(|target| target.level), [0, 1, 2]);
//!
//! let resampling = Resampling::new(luma.dimensions(), &targets, Filter::Lanczos3)?;
//! let planes = Resampler::new().resample_all(&resampling, &luma, Light::Linear);
//! assert_eq!(planes[1].dimensions().to_string(), "300x100");
//! # Ok::<(), masthead_resample::Error>(())
//! ```
//!
//! Who needs only a part of a plane asks each target for its [`support`](Target::support). A plane need not be in memory as a
//! whole: a [`Pass`] takes its rows as they come, and hands on a target as soon as its last row is there.
//!
//! The kernels use AVX2 or AVX-512 where the processor has them ([`SimdLevel`]); all of them give the same bytes. Why they are
//! as they are is told in `src/kernels/notes.md`.
//!
//! # How it is made
//!
//! `taps` has the weights of one direction, made of a `filter`; `resampling` has those of all targets. `pass` goes over a
//! plane: `transfer` decodes rows to values, a `ring` keeps them, sums of them are rows of the vertical pass, `horizontal` makes
//! rows of targets of these, and `pyramid` rows of the next level. `memory` tells beforehand what all this takes.

mod error;
mod filter;
mod horizontal;
mod kernels;
mod level;
mod memory;
mod pass;
mod pyramid;
mod resampler;
mod resampling;
mod ring;
mod source_rect;
mod taps;
mod target;
mod transfer;

pub use error::Error;
pub use filter::Filter;
pub use pass::Pass;
pub use pyramid::{MAX_LEVEL, pyramid_level};
pub use resampler::Resampler;
pub use resampling::Resampling;
pub use source_rect::SourceRect;
pub use target::Target;

#[doc(no_inline)]
pub use masthead_picture::{Dimensions, Light, Plane, PlaneRows};
#[doc(no_inline)]
pub use masthead_simd::SimdLevel;
