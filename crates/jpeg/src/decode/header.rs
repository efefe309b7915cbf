//! What all headers of a file say together.

use std::ops::Range;
use std::sync::Arc;

use masthead_picture::{Dimensions, Rect};

use super::DecodeError;
use super::color::Color;
use super::decoder_tables::{DecoderTables, QuantisationSource};
use super::frame::{EntropyCoding, Frame, FrameComponent, Process};
use super::metadata::{self, Metadata};
use super::progression::Progression;
use super::row_decoder::{RowDecoder, RowLayout};
use super::scan_header::{ScanComponent, ScanHeader};
use super::segments::{Segment, Segments};
use crate::markers::{DAC, DHP, DHT, DNL, EOI, JPG, SOF0, SOF15, SOF55, SOI, SOS};

/// What all headers of a file say: the frame, where each scan stands, and metadata.
///
/// It has positions in the file, and nothing of its content: the file itself is needed again to decode it.
///
/// # Guarantees
/// - the frame is one that can be decoded, and there is a scan at least;
/// - scans come in an order that T.81 allows, but for progressive ones that send again what is complete, which libjpeg reads, too;
/// - scans name tables that are there; each component that has a scan has a quantisation table.
#[derive(Clone, Debug)]
pub struct Header {
    pub(super) frame: Frame,
    pub(super) scans: Vec<ScanHeader>,
    /// The quantisation table of each component; `None` for one without a scan.
    pub(super) quantisation: Vec<Option<QuantisationSource>>,
    color: Color,
    exif: Option<Range<usize>>,
    /// Where the parts of the ICC profile stand.
    profile: Vec<Range<usize>>,
}

impl Header {
    /// Reads the headers of a file: those of all its scans, as far as the picture needs them. Nothing is decoded.
    ///
    /// Metadata that is damaged is left out. What stands behind a sequential scan of all components is not looked at.
    ///
    /// # Errors
    /// [`DecodeError::Unsupported`], [`DecodeError::Broken`]; [`DecodeError::TooManyScans`] when there are more than `most_scans`.
    pub fn read(file: &[u8], most_scans: usize) -> Result<Self, DecodeError> {
        if !file.starts_with(&[0xff, SOI]) {
            return Err(DecodeError::broken("the file does not begin like a JPEG"));
        }
        let mut reader = Reader::new(file, most_scans);
        let mut segments = Segments::starting_at(file, 2);
        while let Some(segment) = segments.next() {
            match segment.marker {
                EOI => return reader.finish(),
                SOS if reader.is_all_in(&segment) => {
                    reader.take_scan(&segment, segment.end..file.len())?;
                    return reader.finish();
                }
                SOS => reader.take_scan(&segment, segments.pass_data())?,
                _ => reader.take(&segment)?,
            }
        }
        Err(DecodeError::broken(match reader.scans.len() {
            0 => "the file ends before its first scan",
            _ => "the file ends before the end of the image",
        }))
    }

    /// Width and height of the picture, in pixels.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.frame.dimensions
    }

    /// How coefficients are spread over scans.
    #[must_use]
    pub fn process(&self) -> Process {
        self.frame.process
    }

    /// How symbols become bits.
    #[must_use]
    pub fn entropy_coding(&self) -> EntropyCoding {
        self.frame.coding
    }

    /// The components, 1 to 4.
    #[must_use]
    pub fn components(&self) -> &[FrameComponent] {
        &self.frame.components
    }

    /// What the components stand for.
    #[must_use]
    pub fn color(&self) -> Color {
        self.color
    }

    /// How many scans the picture is made of.
    #[must_use]
    pub fn scans(&self) -> usize {
        self.scans.len()
    }

    /// Where the EXIF data stands in the file, from its TIFF header on.
    #[must_use]
    pub fn exif(&self) -> Option<Range<usize>> {
        self.exif.clone()
    }

    /// The ICC profile; `None` when `file`, which is the one that was read, has none whose segments fit together.
    #[must_use]
    pub fn icc_profile(&self, file: &[u8]) -> Option<Arc<[u8]>> {
        metadata::profile(file, &self.profile)
    }

    /// Bytes of memory that this holds, besides itself.
    #[must_use]
    pub fn held(&self) -> u64 {
        let of_scan = |scan: &ScanHeader| size_of_val(scan) + scan.components.capacity() * size_of::<ScanComponent>();
        let bytes = self.frame.components.capacity() * size_of::<FrameComponent>()
            + self.scans.iter().map(of_scan).sum::<usize>()
            + self.quantisation.capacity() * size_of::<Option<QuantisationSource>>()
            + self.profile.capacity() * size_of::<Range<usize>>();
        bytes as u64
    }

    /// What the buffers hold, one for each component, that a [`RowDecoder`](crate::RowDecoder) of `window` fills. Whether that is
    /// inside the picture is not looked at here.
    pub fn layout(&self, window: Rect) -> impl ExactSizeIterator<Item = RowLayout> {
        (0..self.frame.components.len()).map(move |component| RowLayout::new(&self.frame, component, window))
    }

    /// Bytes of memory that a [`RowDecoder`](crate::RowDecoder) takes, whatever its window is: at most, and nearly.
    ///
    /// They grow with the width of the picture and with the number of scans, but not with the height: 136 bytes for each block of an
    /// MCU row, and some 5 KB for each scan with tables of its own. For 8192 columns of 4:4:4 in 100 scans that is 0.9 MB.
    #[must_use]
    pub fn memory(&self) -> u64 {
        RowDecoder::memory(self)
    }
}

/// Reads segments in the order of the file.
struct Reader<'a> {
    file: &'a [u8],
    most_scans: usize,
    frame: Option<Frame>,
    tables: DecoderTables,
    progression: Progression,
    quantisation: Vec<Option<QuantisationSource>>,
    metadata: Metadata,
    scans: Vec<ScanHeader>,
    /// Scans beyond those that are accepted.
    more_scans: usize,
}

impl<'a> Reader<'a> {
    fn new(file: &'a [u8], most_scans: usize) -> Self {
        Self {
            file,
            most_scans,
            frame: None,
            tables: DecoderTables::default(),
            progression: Progression::default(),
            quantisation: Vec::new(),
            metadata: Metadata::default(),
            scans: Vec::new(),
            more_scans: 0,
        }
    }

    /// Takes note of a segment that is no scan header.
    fn take(&mut self, segment: &Segment<'_>) -> Result<(), DecodeError> {
        if self.scans.is_empty() {
            self.metadata.take(segment);
        }
        self.tables.take(segment)?;
        let is_frame = matches!(segment.marker, SOF0..=SOF15) && !matches!(segment.marker, DHT | JPG | DAC);
        match segment.marker {
            DHP => return Err(DecodeError::Unsupported("hierarchical JPEG images")),
            SOF55 => return Err(DecodeError::Unsupported("JPEG-LS images")),
            marker if is_frame => {
                if self.frame.is_some() {
                    return Err(DecodeError::broken("there is more than one frame header"));
                }
                self.frame = Some(Frame::read(marker, segment.body, self.rows_after(segment))?);
            }
            _ => {}
        }
        Ok(())
    }

    /// The height that a DNL segment gives, where the frame header leaves it open.
    fn rows_after(&self, frame_header: &Segment<'_>) -> Option<u16> {
        let [_, 0, 0, ..] = frame_header.body else { return None };
        Segments::starting_at(self.file, frame_header.end).find_map(|segment| match (segment.marker, segment.body) {
            (DNL, [high, low]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        })
    }

    /// Takes note of a scan, whose entropy-coded data stands there.
    fn take_scan(&mut self, segment: &Segment<'_>, data: Range<usize>) -> Result<(), DecodeError> {
        // They are only counted: the message says how many.
        if self.scans.len() == self.most_scans {
            self.more_scans += 1;
            return Ok(());
        }
        let Some(frame) = &self.frame else {
            return Err(DecodeError::broken("there is no frame header before the first scan"));
        };
        if self.scans.is_empty() {
            if self.metadata.motion_jpeg {
                self.tables.complete_with_standard();
            }
            self.quantisation = vec![None; frame.components.len()];
        }
        let scan = ScanHeader::read(segment.body, data, frame, &self.tables)?;
        self.progression.take(frame, &scan)?;
        for component in &scan.components {
            let place = &mut self.quantisation[component.index];
            if place.is_none() {
                let FrameComponent { id, quantisation, .. } = frame.components[component.index];
                let table = self.tables.quantisation.get(usize::from(quantisation)).copied().flatten();
                *place = Some(table.ok_or_else(|| {
                    DecodeError::broken(format!(
                        "component {id} uses quantisation table {quantisation}, which is missing"
                    ))
                })?);
            }
        }
        self.scans.push(scan);
        Ok(())
    }

    /// Whether this scan is all of the picture, so that nothing that follows counts.
    fn is_all_in(&self, scan: &Segment<'_>) -> bool {
        let (Some(frame), true) = (&self.frame, self.scans.is_empty()) else { return false };
        frame.process != Process::Progressive
            && scan.body.first().map(|n| usize::from(*n)) == Some(frame.components.len())
    }

    fn finish(mut self) -> Result<Header, DecodeError> {
        if self.more_scans > 0 {
            let scans = self.scans.len() + self.more_scans;
            return Err(DecodeError::TooManyScans { scans, most: self.most_scans });
        }
        let frame = self.frame.filter(|_| !self.scans.is_empty());
        let frame = frame.ok_or_else(|| DecodeError::broken("the image ends before its first scan"))?;
        self.scans.shrink_to_fit();
        Ok(Header {
            color: Color::of(&frame, &self.metadata),
            frame,
            scans: self.scans,
            quantisation: self.quantisation,
            exif: self.metadata.exif,
            profile: self.metadata.profile.complete(),
        })
    }
}

#[cfg(test)]
mod tests;
