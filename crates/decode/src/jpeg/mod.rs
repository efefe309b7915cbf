//! JPEG: planes as they are stored, of the rows and columns that are wanted.
//!
//! The words are those of ITU-T T.81: a file is a run of marker segments (tables, frame header, scan headers) and the
//! entropy-coded data of its scans; a scan is a run of MCUs (minimum coded units), in each of which every component has as
//! many blocks of 8x8 samples as its sampling factors say. A row of MCUs is an MCU row.
//!
//! - [`markers`] walks the marker segments, [`headers`] reads with that what they say: the frame header, how many
//!   scans there are, and the bytes that the codec needs ([`source`], [`restarts`]).
//! - [`codec`] turns these into MCU rows: rows of blocks of every component.
//! - [`planes`] keeps what the window needs of each MCU row; [`rgb`] does so for colour models that a picture does not
//!   have, and converts on the way.
//! - [`memory`] says beforehand what all that will take.

mod codec;
mod frame;
mod headers;
mod markers;
mod memory;
mod planes;
mod profile;
mod restarts;
mod rgb;
mod source;

use std::fmt::Display;

use masthead_picture::{Light, Picture, Rect, Sampling};

use self::codec::Codec;
use self::frame::Frame;
use self::headers::Headers;
use self::memory::MemoryEstimate;
use self::restarts::CrowdedRestarts;
use self::rgb::Conversion;
use crate::deadline::Deadline;
use crate::{Error, FileBytes, Format, Header, Limits};

/// A JPEG whose header has been read.
pub(crate) struct Jpeg {
    frame: Frame,
    /// How samples become RGB; `None` when the planes stay as they are.
    conversion: Option<Conversion>,
    memory: MemoryEstimate,
    codec: Codec,
    /// What is decoded instead of what the codec has, where restart markers stand too close for it.
    crowded: Option<CrowdedRestarts>,
    scans: usize,
}

impl Jpeg {
    /// Reads the header of a file that begins like a JPEG.
    pub(crate) fn open(file: &FileBytes, limits: &Limits) -> Result<(Header, Self), Error> {
        let headers = Headers::read(file)?;
        let Headers { frame, color, source, crowded, .. } = headers;
        limits.check_dimensions(headers.orientation.displayed(frame.dimensions))?;
        limits.check_scans(headers.scans)?;
        let conversion = Conversion::of(color, &frame);
        let header = Header {
            format: Format::Jpeg,
            stored: frame.dimensions,
            orientation: headers.orientation,
            color,
            subsampling: frame.subsampling(),
            samplings: match conversion {
                None => frame.components.iter().map(|component| component.sampling).collect(),
                Some(_) => vec![Sampling::FULL; 3],
            },
            bit_depth: 8,
            alpha: false,
            progressive: frame.progressive,
            scans: headers.scans,
            icc_profile: headers.icc_profile,
        };
        let profile = header.icc_profile.as_ref().map_or(0, |profile| profile.len()) as u64;
        let memory = MemoryEstimate {
            buffered: headers.buffered,
            progressive: frame.progressive,
            metadata: crowded.as_ref().map_or(0, CrowdedRestarts::spaced_memory) + headers.metadata as u64,
            copied: source.memory() + crowded.as_ref().map_or(0, CrowdedRestarts::memory) + profile,
        };
        let codec = Codec::new(source, limits.scans)?;
        Ok((header, Self { frame, conversion, memory, codec, crowded, scans: limits.scans }))
    }

    /// Bytes of memory that this and its header hold.
    pub(crate) fn held(&self) -> u64 {
        self.memory.held()
    }

    /// Bytes of memory that decoding `window` takes at its peak.
    pub(crate) fn memory(&self, window: Rect) -> u64 {
        self.memory.bytes(&self.frame, self.conversion, window)
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
