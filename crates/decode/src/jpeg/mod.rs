//! JPEG: planes as they are stored, of the rows and columns that are wanted. The decoder is
//! [`masthead_jpeg`]; here its header becomes ours, [`rows`] hands its MCU rows on, and [`rgb`] converts those of colour models
//! that a picture does not have.

mod rgb;
mod rows;

use std::fmt::Display;

use masthead_jpeg::{Color, DecodeError, Process};
use masthead_picture::{Orientation, Rect, Sampling};

use self::rgb::Conversion;
pub(crate) use self::rows::Rows;
use crate::{Error, FileBytes, FileColor, Format, Header, Limits, Subsampling, exif};

/// A JPEG whose header has been read.
pub(crate) struct Jpeg {
    file: FileBytes,
    header: masthead_jpeg::Header,
    /// How samples become RGB; `None` when the planes stay as they are.
    conversion: Option<Conversion>,
    /// Bytes of the ICC profile.
    profile: usize,
}

impl Jpeg {
    /// Reads the header of a file that begins like a JPEG.
    pub(crate) fn open(file: FileBytes, limits: &Limits) -> Result<(Header, Self), Error> {
        let header = masthead_jpeg::Header::read(&file, limits.scans).map_err(error)?;
        let color = match header.color() {
            Color::Gray => FileColor::Gray,
            Color::YCbCr => FileColor::YCbCr,
            Color::Rgb => FileColor::Rgb,
            Color::Cmyk => FileColor::Cmyk,
            Color::Ycck => FileColor::Ycck,
            // Two components: nobody says what they are.
            _ => return Err(Error::Unsupported("2-component JPEG images")),
        };
        let orientation = header.exif().map_or(Orientation::Upright, |tiff| exif::orientation(&file[tiff]));
        let stored = header.dimensions();
        limits.check_dimensions(orientation.displayed(stored))?;
        let components = header.components();
        let conversion = Conversion::of(color, components);
        let samplings = match conversion {
            None => components.iter().map(|component| component.sampling()).collect(),
            Some(_) => vec![Sampling::FULL; 3],
        };
        let factors = components.iter().map(|component| (component.horizontal(), component.vertical()));
        let icc_profile = header.icc_profile(&file);
        let profile = icc_profile.as_ref().map_or(0, |profile| profile.len());
        let told = Header {
            format: Format::Jpeg,
            stored,
            orientation,
            color,
            subsampling: (components.len() > 1).then(|| Subsampling::new(factors.collect())),
            samplings,
            bit_depth: 8,
            alpha: false,
            progressive: header.process() == Process::Progressive,
            scans: header.scans(),
            icc_profile,
        };
        Ok((told, Self { file, header, conversion, profile }))
    }

    /// Bytes of memory that this and its header hold.
    pub(crate) fn held(&self) -> u64 {
        self.header.held() + (size_of::<Self>() + self.profile) as u64 + HEADER
    }

    /// Bytes of memory that decoding `window` takes at its peak, with one batch.
    pub(crate) fn memory(&self, window: Rect) -> u64 {
        self.held() + self.header.memory() + rows::memory(self, window)
    }

    /// Bytes of memory that each further batch takes.
    pub(crate) fn batch_memory(&self, window: Rect) -> u64 {
        rows::batch_memory(self, window)
    }

    /// The rows of `window`, which lies inside the image.
    pub(crate) fn rows(&self, window: Rect) -> Result<Rows<'_>, Error> {
        Rows::new(self, window)
    }
}

/// What the lists of a [`Header`] take.
const HEADER: u64 = 256;

/// What our codec says, in our words.
fn error(error: DecodeError) -> Error {
    match error {
        DecodeError::Unsupported(images) => Error::Unsupported(images),
        DecodeError::TooManyScans { scans, most } => Error::TooManyScans { scans, most },
        error => broken(error),
    }
}

fn broken(reason: impl Display) -> Error {
    Error::broken(Format::Jpeg, reason)
}
