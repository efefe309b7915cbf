//! Reading any picture, however small.

use masthead_decode::{Decoder, Error, FileBytes, Limits};
use masthead_picture::{Dimensions, Light, Picture, Rect};

/// The usual limits, but for the least size: a picture may be a single pixel.
#[must_use]
pub fn any_size() -> Limits {
    Limits::default().with_min_dimensions(Dimensions::new(1, 1).expect("neither is zero"))
}

/// The whole picture of a JPEG or PNG file, as stored, colours with alpha premultiplied in linear light.
///
/// # Errors
/// When masthead does not decode the file within the limits of [`any_size`].
///
/// # Panics
/// When the planes are not those that the header foretells.
pub fn decode(file: impl Into<FileBytes>) -> Result<Picture, Error> {
    let decoder = Decoder::new(file, &any_size())?;
    let header = decoder.header().clone();
    let picture = decoder.decode(Rect::of(header.stored), Light::Linear)?;
    let samplings: Vec<_> = picture.components().iter().map(|component| component.sampling).collect();
    assert_eq!((picture.model(), samplings), (header.model(), header.samplings), "the header foretells the planes");
    Ok(picture)
}
