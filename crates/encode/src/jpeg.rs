//! JPEG, over masthead-jpeg.

use masthead_jpeg::Frame;
use masthead_picture::{ColorModel, Dimensions, Picture, Rect, Sampling};

pub use masthead_jpeg::{Coding, DeadZone, JpegOptions, Quality, QualityError, Quantisation, QuantisationTables};

use crate::{EncodeMemory, Error};

/// The picture as a JPEG file (JFIF). Chroma is written as sampled: 4:4:4 or 4:2:0.
///
/// # Errors
/// When the picture is neither grey nor YCbCr, when its chroma is sampled otherwise, or when it is larger than 65500x65500, more
/// than which libjpeg does not read.
pub fn encode_jpeg(picture: &Picture, options: &JpegOptions) -> Result<Vec<u8>, Error> {
    let refused = || Error::Model(picture.model());
    // Whole pictures only: planes that begin where the picture begins and end where it ends.
    if picture.window() != Rect::of(picture.dimensions()) {
        return Err(refused());
    }
    let frame = match (picture.model(), picture.components()) {
        (ColorModel::Gray, [luma]) if luma.sampling == Sampling::FULL => Frame::gray(&luma.plane),
        (ColorModel::YCbCr, [luma, cb, cr]) if luma.sampling == Sampling::FULL && cb.sampling == cr.sampling => {
            Frame::ycbcr([&luma.plane, &cb.plane, &cr.plane], cb.sampling)
        }
        _ => return Err(refused()),
    };
    let frame = frame.map_err(|error| match error {
        masthead_jpeg::Error::TooLarge(size) => Error::TooLarge(size),
        _ => refused(),
    })?;
    // Planes may reach beyond the window.
    if frame.dimensions() != picture.dimensions() {
        return Err(refused());
    }
    Ok(masthead_jpeg::encode(&frame, options))
}

/// What encoding a picture of these dimensions as a JPEG file takes, with chroma sampled like this, or grey when that is `None`.
#[must_use]
pub fn jpeg_memory(dimensions: Dimensions, chroma: Option<Sampling>, options: &JpegOptions) -> EncodeMemory {
    masthead_jpeg::memory(dimensions, chroma, options)
}
