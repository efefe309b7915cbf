//! Crop regions: from four untrusted numbers to a rectangle that is proven to lie inside its image, and from there to
//! the exact part of it that a banner of a given shape shows.
//!
//! - A [`CropRequest`] is what a person asked for: up to four numbers, any of them wrong.
//! - A [`CropRegion`] is the proof that they are right for one image: it cannot exist outside it, nor be empty.
//! - A [`Cover`] is the largest centred part of a region that has the shape of a target, in exact fractions of a pixel.
//!
//! All of them speak of the image as it is displayed; [`Cover::stored`] and [`stored_rect`] translate to the pixels as
//! the file holds them.
//!
//! ```
//! use masthead_crop::{CropPolicy, CropRegion, CropRequest};
//! use masthead_picture::Dimensions;
//!
//! let image = Dimensions::new(2048, 1365).unwrap();
//! let request = CropRequest { offset_top: Some(300), height: Some(700), ..CropRequest::default() };
//! let region = CropRegion::new(&request, image, CropPolicy::Refuse)?;
//! assert_eq!(region.rect().to_string(), "2048x700+0+300");
//!
//! // A 3:1 banner shows all columns and the 682 2/3 rows in the middle.
//! let cover = region.cover(Dimensions::new(1500, 500).unwrap());
//! assert_eq!((cover.horizontal.start(), cover.horizontal.length()), (0.0, 2048.0));
//! assert_eq!((cover.vertical.start(), cover.vertical.length()), (300.0 + 26.0 / 3.0, 2048.0 / 3.0));
//!
//! let request = CropRequest { width: Some(4000), ..request };
//! let error = CropRegion::new(&request, image, CropPolicy::Refuse).unwrap_err();
//! assert_eq!(error.to_string(), "region 4000x700+0+300 reaches outside the image 2048x1365+0+0");
//! # Ok::<(), masthead_crop::Error>(())
//! ```

mod cover;
mod error;
mod policy;
mod region;
mod request;
mod span;

pub use cover::{Cover, stored_rect};
pub use error::{Error, Geometry};
pub use policy::CropPolicy;
pub use region::CropRegion;
pub use request::{CropRequest, parse_pixels};
pub use span::Span;
