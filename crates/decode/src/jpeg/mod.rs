//! JPEG: planes as they are stored, of the rows and columns that are wanted.
//!
//! - [`markers`] walks the segments of a file, [`outline`] takes it apart with that: what the header says, how many
//!   scans there are, and the bytes that the codec needs ([`source`], [`restarts`]).
//! - [`codec`] turns these into stripes: rows of blocks of every component.
//! - [`planes`] keeps what the window needs of each stripe; [`rgb`] does so for colour models that a picture does not
//!   have, and converts on the way.
//! - [`memory`] says beforehand what all that will take.

mod codec;
mod frame;
mod markers;
mod memory;
mod outline;
mod planes;
mod profile;
mod restarts;
mod rgb;
mod source;

use std::fmt::Display;

use masthead_picture::{Light, Picture, Rect, Sampling};

use self::codec::Codec;
use self::frame::Frame;
use self::memory::Needs;
use self::outline::Outline;
use self::restarts::Crowded;
use self::rgb::Conversion;
use crate::deadline::Deadline;
use crate::{Error, FileBytes, Format, Header, Limits};

/// A JPEG whose header has been read.
pub(crate) struct Jpeg {
    frame: Frame,
    /// How samples become RGB; `None` when the planes stay as they are.
    conversion: Option<Conversion>,
    needs: Needs,
    codec: Codec,
    /// What is decoded instead of what the codec has, if that is not enough.
    crowded: Option<Crowded>,
    scans: usize,
}

impl Jpeg {
    /// Reads the header of a file that begins like a JPEG.
    pub(crate) fn open(file: &FileBytes, limits: &Limits) -> Result<(Header, Self), Error> {
        let outline = Outline::read(file)?;
        let Outline { frame, color, source, crowded, .. } = outline;
        limits.check_dimensions(outline.orientation.displayed(frame.dimensions))?;
        limits.check_scans(outline.scans)?;
        let conversion = Conversion::of(color, &frame);
        let header = Header {
            format: Format::Jpeg,
            stored: frame.dimensions,
            orientation: outline.orientation,
            color,
            subsampling: frame.subsampling(),
            samplings: match conversion {
                None => frame.components.iter().map(|component| component.sampling).collect(),
                Some(_) => vec![Sampling::FULL; 3],
            },
            bit_depth: 8,
            alpha: false,
            progressive: frame.progressive,
            scans: outline.scans,
            icc_profile: outline.icc_profile,
        };
        let profile = header.icc_profile.as_ref().map_or(0, |profile| profile.len()) as u64;
        let needs = Needs {
            buffered: outline.buffered,
            progressive: frame.progressive,
            metadata: source.memory() + crowded.as_ref().map_or(0, Crowded::memory) + profile + outline.metadata as u64,
        };
        let codec = Codec::new(source, limits.scans)?;
        Ok((header, Self { frame, conversion, needs, codec, crowded, scans: limits.scans }))
    }

    /// Bytes of memory that decoding `window` takes at its peak.
    pub(crate) fn memory(&self, window: Rect) -> u64 {
        self.needs.of(&self.frame, self.conversion, window)
    }

    /// Decodes `window`, which lies inside the image.
    pub(crate) fn decode(mut self, header: &Header, window: Rect, deadline: Deadline) -> Result<Picture, Error> {
        if let Some(crowded) = self.crowded.take() {
            self.codec = Codec::new(crowded.spaced(), self.scans)?;
        }
        self.codec.set_deadline(deadline);
        let components = match self.conversion {
            None => planes::decode(&mut self.codec, &self.frame, window, deadline)?,
            Some(conversion) => rgb::decode(&mut self.codec, &self.frame, conversion, window, deadline)?,
        };
        // No JPEG has alpha, so the light says nothing.
        Picture::new(header.model(), window, components, Light::default())
            .ok_or_else(|| broken("a plane does not hold the window"))
    }
}

fn broken(reason: impl Display) -> Error {
    Error::broken(Format::Jpeg, reason)
}
