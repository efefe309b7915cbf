//! The types that every stage of masthead passes on. No I/O and no codec lives here.
//!
//! - A [`Plane`] is one rectangle of `u8` samples: luma, chroma, a colour or alpha. [`PlaneRows`] is a view of some of its
//!   rows, for what goes through a picture row by row.
//! - A [`Picture`] is the planes of one [`ColorModel`], each a [`Component`] with its own [`Sampling`], so that a
//!   4:2:0 photograph stays as the file holds it: chroma at a quarter of the samples.
//! - An [`Orientation`] says how the stored picture has to be turned to be shown; [`Dimensions`] and [`Rect`] are
//!   checked sizes and places in pixels.
//!
//! [`Light`] and the sRGB curve ([`Transfer`]) are here as well, because both decoding (premultiplied alpha) and
//! resampling need them.
//!
//! ```
//! use masthead_picture::{Dimensions, Interleaved, Orientation, Picture};
//!
//! // Two grey pixels side by side, shown turned by 90 degrees: one above the other.
//! let size = Dimensions::new(2, 1).unwrap();
//! let picture = Picture::from_interleaved(&[10, 200], size, Interleaved::Gray).unwrap();
//! let turned = picture.oriented(Orientation::Rotate90);
//! assert_eq!(turned.dimensions(), Dimensions::new(1, 2).unwrap());
//! assert_eq!(turned.to_interleaved(Interleaved::Gray), [10, 200]);
//! ```

mod color;
mod component;
mod error;
mod geometry;
#[cfg(feature = "image")]
mod image;
mod interleaved;
mod light;
mod names;
mod orientation;
mod picture;
mod plane;
mod rgb;
mod rows;
mod sampling;
mod upsampling;

pub use color::{rgb_to_ycbcr, ycbcr_to_rgb};
pub use component::Component;
pub use error::{InvalidColor, InvalidDimensions, UnknownName};
pub use geometry::{Dimensions, Rect};
#[cfg(feature = "image")]
pub use image::EmptyImage;
pub use interleaved::{Interleaved, InterleavedError};
pub use light::{Light, Transfer};
pub use orientation::Orientation;
pub use picture::{ColorModel, Picture};
pub use plane::Plane;
pub use rgb::Rgb;
pub use rows::PlaneRows;
pub use sampling::{Ratio, Sampling};
