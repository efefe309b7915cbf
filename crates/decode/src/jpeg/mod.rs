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

use masthead_picture::{Rect, Sampling};

use self::codec::Codec;
use self::frame::Frame;
use self::headers::Headers;
use self::memory::MemoryEstimate;
use self::restarts::CrowdedRestarts;
use self::rgb::Conversion;
use crate::deadline::Deadline;
use crate::{Error, FileBytes, Format, Header, Limits, RowBatch};

/// A JPEG whose header has been read.
pub(crate) struct Jpeg {
    frame: Frame,
    /// How samples become RGB; `None` when the planes stay as they are.
    conversion: Option<Conversion>,
    memory: MemoryEstimate,
    file: FileBytes,
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
        Codec::new(source, limits.scans)?;
        Ok((header, Self { frame, conversion, memory, file: file.clone(), scans: limits.scans }))
    }

    /// Bytes of memory that this and its header hold.
    pub(crate) fn held(&self) -> u64 {
        self.memory.held()
    }

    /// Bytes of memory that decoding `window` takes at its peak.
    pub(crate) fn memory(&self, window: Rect) -> u64 {
        self.memory.bytes(&self.frame, self.conversion, window)
    }

    /// Bytes of memory that each further batch takes: all rows come in one.
    pub(crate) fn batch_memory(&self, _window: Rect) -> u64 {
        0
    }

    /// The rows of `window`, which lies inside the image.
    pub(crate) fn rows(&self, window: Rect) -> Result<Rows<'_>, Error> {
        let headers = Headers::read(&self.file)?;
        let source = headers.crowded.map_or(headers.source, CrowdedRestarts::spaced);
        Ok(Rows { jpeg: self, codec: Codec::new(source, self.scans)?, window, finished: false })
    }
}

/// A window of a JPEG that is being decoded.
pub(crate) struct Rows<'a> {
    jpeg: &'a Jpeg,
    codec: Codec,
    window: Rect,
    finished: bool,
}

impl Rows<'_> {
    /// Decodes the next rows into `batch`; `false` when there is none.
    pub(crate) fn read(&mut self, batch: &mut RowBatch, deadline: Deadline) -> Result<bool, Error> {
        if self.finished {
            return Ok(false);
        }
        self.codec.set_deadline(deadline);
        let components = match self.jpeg.conversion {
            None => planes::decode(&mut self.codec, &self.jpeg.frame, self.window, deadline)?,
            Some(conversion) => rgb::decode(&mut self.codec, &self.jpeg.frame, conversion, self.window, deadline)?,
        };
        batch.take(components.into_iter().map(|component| component.plane).collect());
        self.finished = true;
        Ok(true)
    }
}

fn broken(reason: impl Display) -> Error {
    Error::broken(Format::Jpeg, reason)
}
