//! What the headers of a JPEG say, read from its marker segments in one walk before anything is decoded; and with that, the
//! bytes that the codec has to read.

use std::iter;
use std::sync::Arc;

use masthead_picture::Orientation;

use super::broken;
use super::frame::{self, Frame};
use super::markers::{self, Segment, Segments};
use super::profile::Profile;
use super::restarts::{self, CrowdedRestarts};
use super::source::Source;
use crate::{Error, FileBytes, FileColor, exif};

/// The most bytes of tables and headers before the first scan. A file that uses everything there is needs 3 KiB; building
/// tables that the next segment replaces takes time.
const MAX_TABLE_BYTES: usize = 64 << 10;

/// The most Huffman tables in a segment: four of each kind.
const MAX_TABLES: usize = 8;

/// What the codec holds of a segment of metadata besides its content, which some kinds have twice: an upper bound.
const SEGMENT_OVERHEAD: usize = 128;

/// What the headers of a JPEG say.
pub(crate) struct Headers {
    pub(crate) frame: Frame,
    pub(crate) color: FileColor,
    pub(crate) orientation: Orientation,
    pub(crate) icc_profile: Option<Arc<[u8]>>,
    /// Bytes that the codec may keep of the metadata between scans.
    pub(crate) metadata: usize,
    /// Scans in the file.
    pub(crate) scans: usize,
    /// Whether the first scan is not all of the picture, so that no row is ready before the last scan.
    pub(crate) buffered: bool,
    /// The file with nothing but what pixels are made of.
    pub(crate) source: Source,
    /// What is decoded instead of that, where restart markers stand too close for the codec.
    pub(crate) crowded: Option<CrowdedRestarts>,
}

impl Headers {
    /// Reads the headers of a file that begins like a JPEG.
    pub(crate) fn read(file: &FileBytes) -> Result<Self, Error> {
        let bytes: &[u8] = file;
        let mut segments = Segments::new(bytes);
        let mut before = BeforeFirstScan::default();
        let first = loop {
            let segment = segments.next().ok_or_else(|| broken("the file ends before its first scan"))?;
            match segment.marker {
                markers::SOS => break segment,
                markers::EOI => return Err(broken("the image ends before its first scan")),
                _ => before.take(segment, &bytes[segment.start..segment.end])?,
            }
        };
        before.keep(&bytes[first.start..first.end])?;

        let (marker, body) = before.frame.ok_or_else(|| broken("there is no frame header before the first scan"))?;
        let data = first.end;
        let data_end = markers::next_marker(bytes, data).unwrap_or(bytes.len());
        let after = AfterFirstScan::read(Segments::starting_at(bytes, data_end));
        let frame = Frame::read(marker, body, after.rows)?;
        before.complete(&frame);

        let whole = first.body.first().is_some_and(|count| usize::from(*count) == frame.components.len());
        let buffered = frame.progressive || !whole;
        if buffered {
            check_scans(&frame, iter::once(first).chain(Segments::starting_at(bytes, data_end)))?;
        }
        // All that counts in a file that is not buffered is in this scan, which ends at the next marker, whichever it is.
        let end = if buffered { after.end } else { Some(data_end) };
        let scans = file.slice(data..end.unwrap_or(bytes.len()));
        let ((across, down), interval) = (frame.mcus(), u32::from(before.restart_interval));
        // Progressive files need nothing of it, and others of one scan only if there is an interval.
        let counts = !frame.progressive && (buffered || interval > 0);
        let found = if counts { restarts::count(&scans) } else { 0 };
        if !buffered && interval > 0 && data_end < bytes.len() {
            // Without them the codec would make the rest of the picture of what it has.
            let expected = (across * down - 1) / interval;
            if found < expected as usize {
                return Err(broken(format!("the scan has {found} restart markers (expected {expected})")));
            }
        }
        let needs_room = found > 0 && (buffered || !across.is_multiple_of(interval));
        let crowded = needs_room.then(|| {
            CrowdedRestarts::new(
                &before.bytes,
                scans.clone(),
                data_end - data,
                end.is_some(),
                before.restart_interval,
                found,
            )
        });
        let source = if end.is_some() { Source::ended(before.bytes, scans) } else { Source::cut(before.bytes, scans) };
        Ok(Self {
            color: color(&frame, before.jfif, before.adobe),
            frame,
            orientation: before.exif.map(exif::orientation).unwrap_or_default(),
            icc_profile: before.profile.assemble(),
            metadata: after.metadata,
            scans: if buffered { 1 + after.scans } else { 1 },
            buffered,
            source,
            crowded,
        })
    }
}

/// What stands before the entropy-coded data of the first scan: tables, frame header, metadata.
struct BeforeFirstScan<'a> {
    /// The segments that pixels are made of, as they are in the file.
    bytes: Vec<u8>,
    /// Where the body of the frame header begins in `bytes`.
    frame_at: usize,
    /// Marker and body of the frame header.
    frame: Option<(u8, &'a [u8])>,
    /// MCUs between restart markers; 0 when there are none.
    restart_interval: u16,
    jfif: bool,
    /// The colour transform that Adobe's segment names.
    adobe: Option<u8>,
    exif: Option<&'a [u8]>,
    profile: Profile<'a>,
}

impl Default for BeforeFirstScan<'_> {
    fn default() -> Self {
        let bytes = vec![0xFF, markers::SOI];
        Self {
            bytes,
            frame_at: 0,
            frame: None,
            restart_interval: 0,
            jfif: false,
            adobe: None,
            exif: None,
            profile: Profile::new(),
        }
    }
}

impl<'a> BeforeFirstScan<'a> {
    fn keep(&mut self, segment: &[u8]) -> Result<(), Error> {
        if self.bytes.len() + segment.len() > MAX_TABLE_BYTES {
            return Err(broken(format!("the tables before the first scan take more than {MAX_TABLE_BYTES} bytes")));
        }
        self.bytes.extend_from_slice(segment);
        Ok(())
    }

    /// Takes note of a segment. Only what the pixels need goes on to the codec, so that damaged metadata is no reason
    /// for it to refuse a picture, and is not copied.
    fn take(&mut self, segment: Segment<'a>, bytes: &[u8]) -> Result<(), Error> {
        let body = segment.body;
        check_tables(segment)?;
        match segment.marker {
            markers::DHT | markers::DQT => self.keep(bytes)?,
            markers::DRI => {
                self.restart_interval = body.first_chunk().map_or(0, |interval| u16::from_be_bytes(*interval));
                self.keep(bytes)?;
            }
            markers::JPG | markers::DAC => {}
            markers::DHP => return Err(Error::Unsupported("hierarchical JPEG images")),
            markers::SOF55 => return Err(Error::Unsupported("JPEG-LS images")),
            markers::SOF0..=markers::SOF15 => {
                if self.frame.replace((segment.marker, body)).is_some() {
                    return Err(broken("there is more than one frame header"));
                }
                self.frame_at = self.bytes.len() + bytes.len() - body.len();
                self.keep(bytes)?;
            }
            // A frame of Motion JPEG, whose Huffman tables are understood.
            markers::APP0 if body.starts_with(b"AVI1\0") => self.keep(bytes)?,
            markers::APP0 => self.jfif |= body.starts_with(b"JFIF\0"),
            markers::APP1 if self.exif.is_none() => self.exif = body.strip_prefix(b"Exif\0\0"),
            markers::APP2 => self.profile.add(body),
            // Version and two words of flags come before the transform.
            markers::APP14 if body.starts_with(b"Adobe") => self.adobe = body.get(11).copied().or(self.adobe),
            _ => {}
        }
        Ok(())
    }

    /// Writes into the frame header what [`Frame`] has made of it: the height, and factors of a single component.
    fn complete(&mut self, frame: &Frame) {
        let height = frame.dimensions.height() as u16;
        self.bytes[self.frame_at + 1..][..2].copy_from_slice(&height.to_be_bytes());
        if let [only] = frame.components[..] {
            self.bytes[self.frame_at + 7] = only.horizontal << 4 | only.vertical;
        }
    }
}

/// What comes after the entropy-coded data of the first scan.
#[derive(Default)]
struct AfterFirstScan {
    scans: usize,
    metadata: usize,
    /// The height, where the frame header leaves it open.
    rows: Option<u16>,
    /// Where the end of the image stands.
    end: Option<usize>,
}

impl AfterFirstScan {
    fn read(segments: Segments<'_>) -> Self {
        let mut after = Self::default();
        for segment in segments {
            match (segment.marker, segment.body) {
                (markers::SOS, _) => after.scans += 1,
                (markers::APP0..=markers::APP15, body) => after.metadata += 2 * body.len() + SEGMENT_OVERHEAD,
                (markers::DNL, [high, low]) if after.rows.is_none() => {
                    after.rows = Some(u16::from_be_bytes([*high, *low]));
                }
                (markers::EOI, _) => after.end = Some(segment.start),
                _ => {}
            }
        }
        after
    }
}

/// Refuses segments of endless Huffman tables: the codec makes all of them at once, and of 17 bytes four thousand.
fn check_tables(segment: Segment<'_>) -> Result<(), Error> {
    if segment.marker != markers::DHT {
        return Ok(());
    }
    let (mut tables, mut rest) = (0, segment.body);
    // Kind and number of a table, how many codes there are of each length, and their symbols.
    while let Some(([_, lengths @ ..], symbols)) = rest.split_first_chunk::<17>() {
        let count: usize = lengths.iter().copied().map(usize::from).sum();
        rest = symbols.get(count..).unwrap_or_default();
        tables += 1;
    }
    if tables > MAX_TABLES {
        return Err(broken(format!("a segment has {tables} Huffman tables, at most {MAX_TABLES} make sense")));
    }
    Ok(())
}

/// Refuses what the codec would make a wrong picture of: components without a scan, and subsampled ones of which some
/// share a sequential scan, since it takes that to have a block of each.
fn check_scans<'a>(frame: &Frame, segments: impl Iterator<Item = Segment<'a>>) -> Result<(), Error> {
    let mut missing: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
    for segment in segments {
        check_tables(segment)?;
        let (markers::SOS, [count, rest @ ..]) = (segment.marker, segment.body) else { continue };
        let Some((selectors, [first_coefficient, ..])) = rest.split_at_checked(2 * usize::from(*count)) else {
            return Err(broken("a scan header is too short"));
        };
        let (selectors, _) = selectors.as_chunks::<2>();
        let has = |id: u8| selectors.iter().any(|[selector, _]| *selector == id);
        let partly = !frame.progressive && selectors.len() > 1 && selectors.len() < frame.components.len();
        let is_subsampled = |component: &frame::Component| (component.horizontal, component.vertical) != (1, 1);
        if partly && frame.components.iter().any(|component| has(component.id) && is_subsampled(component)) {
            return Err(Error::Unsupported("JPEG images of partly interleaved components"));
        }
        if *first_coefficient == 0 {
            missing.retain(|id| !has(*id));
        }
    }
    match missing[..] {
        [] => Ok(()),
        [id, ..] => Err(broken(format!("component {id} has no scan"))),
    }
}

/// The colour model, by the rules of libjpeg (`default_decompress_parms` in `jdapimin.c`), which everyone follows.
fn color(frame: &Frame, jfif: bool, adobe: Option<u8>) -> FileColor {
    match (&frame.components[..], adobe) {
        ([_], _) => FileColor::Gray,
        ([_, _, _, _], None | Some(0)) => FileColor::Cmyk,
        ([_, _, _, _], Some(_)) => FileColor::Ycck,
        (_, _) if jfif => FileColor::YCbCr,
        (_, Some(0)) => FileColor::Rgb,
        (_, Some(_)) => FileColor::YCbCr,
        (components, None) if components.iter().map(|component| component.id).eq(*b"RGB") => FileColor::Rgb,
        _ => FileColor::YCbCr,
    }
}
