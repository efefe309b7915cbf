//! The marker segments of a JPEG, found without decoding anything: in linear time, without an allocation.

use memchr::memchr;

// Marker codes (ITU-T T.81, table B.1).
/// The first of the sixteen start-of-frame codes, four of which mean something else.
pub(crate) const SOF0: u8 = 0xC0;
/// The last of them.
pub(crate) const SOF15: u8 = 0xCF;
/// Huffman tables.
pub(crate) const DHT: u8 = 0xC4;
/// Reserved.
pub(crate) const JPG: u8 = 0xC8;
/// Conditioning of arithmetic coding.
pub(crate) const DAC: u8 = 0xCC;
const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
/// Start of the image.
pub(crate) const SOI: u8 = 0xD8;
/// End of the image.
pub(crate) const EOI: u8 = 0xD9;
/// Start of a scan.
pub(crate) const SOS: u8 = 0xDA;
/// Quantisation tables.
pub(crate) const DQT: u8 = 0xDB;
/// Number of rows, where the frame header does not say.
pub(crate) const DNL: u8 = 0xDC;
/// Restart interval.
pub(crate) const DRI: u8 = 0xDD;
/// Hierarchical progression.
pub(crate) const DHP: u8 = 0xDE;
/// The first of sixteen application segments.
pub(crate) const APP0: u8 = 0xE0;
/// EXIF, among others.
pub(crate) const APP1: u8 = 0xE1;
/// ICC profiles, among others.
pub(crate) const APP2: u8 = 0xE2;
/// Adobe's colour transform, among others.
pub(crate) const APP14: u8 = 0xEE;
/// The last of the application segments.
pub(crate) const APP15: u8 = 0xEF;
/// The frame header of JPEG-LS.
pub(crate) const SOF55: u8 = 0xF7;
const TEM: u8 = 0x01;

/// A marker and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// The code after 0xFF.
    pub(crate) marker: u8,
    /// Where the 0xFF stands.
    pub(crate) start: usize,
    /// What follows the length, empty for [`EOI`].
    pub(crate) body: &'a [u8],
    /// Where the segment ends.
    pub(crate) end: usize,
}

/// The segments of a JPEG, in their order. Entropy-coded data, restart markers and bytes that belong to nothing are
/// passed over. Ends after [`EOI`], or before a segment that is cut.
#[derive(Clone, Debug)]
pub(crate) struct Segments<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Segments<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self::starting_at(bytes, 0)
    }

    /// The segments at or after a position.
    pub(crate) fn starting_at(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position }
    }

    fn advance(&mut self) -> Option<Segment<'a>> {
        loop {
            let start = next_marker(self.bytes, self.position)?;
            let marker = self.bytes[start + 1];
            self.position = start + 2;
            match marker {
                SOI | TEM => {}
                EOI => return Some(Segment { marker, start, body: &[], end: self.position }),
                _ => {
                    let length = u16::from_be_bytes(*self.bytes[self.position..].first_chunk()?);
                    let end = self.position + usize::from(length);
                    let body = self.bytes.get(self.position + 2..end)?;
                    self.position = end;
                    return Some(Segment { marker, start, body, end });
                }
            }
        }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let segment = self.advance();
        if segment.is_none_or(|segment| segment.marker == EOI) {
            self.position = self.bytes.len();
        }
        segment
    }
}

/// Where the next marker stands (its 0xFF that is not a fill byte), at or after `from`. Stuffed bytes and restart
/// markers are part of entropy-coded data and passed over.
pub(crate) fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    next(bytes, from, |marker| !matches!(marker, 0 | RST0..=RST7))
}

/// Where the next restart marker stands, at or after `from`.
pub(crate) fn next_restart(bytes: &[u8], from: usize) -> Option<usize> {
    next(bytes, from, |marker| matches!(marker, RST0..=RST7))
}

fn next(bytes: &[u8], from: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr(0xFF, bytes.get(at..)?)?;
        // Any number of fill bytes may stand before a marker.
        at += bytes[at..].iter().position(|byte| *byte != 0xFF)?;
        if is_wanted(bytes[at]) {
            return Some(at - 1);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markers(bytes: &[u8]) -> Vec<(u8, usize, usize)> {
        Segments::new(bytes).map(|segment| (segment.marker, segment.start, segment.body.len())).collect()
    }

    #[test]
    fn data_restarts_fill_bytes_and_junk_are_passed_over() {
        let bytes = [
            b"\xFF\xD8junk\xFF\xFF\xDB\x00\x03x".as_slice(),
            b"\xFF\xDA\x00\x02\x12\xFF\x00\xFF\xD0\x34\xFF\xFF\x00\xFF\xD7",
            b"\xFF\xC4\x00\x02\xFF\xD9\xFF\xDB\x00\x02",
        ]
        .concat();
        assert_eq!(markers(&bytes), [(DQT, 7, 1), (SOS, 12, 0), (DHT, 27, 0), (EOI, 31, 0)]);
    }

    #[test]
    fn a_cut_segment_ends_the_walk() {
        assert_eq!(markers(b"\xFF\xD8\xFF\xDB\x00\x04ab\xFF\xDA\x00\x09abc"), [(DQT, 2, 2)]);
        assert_eq!(markers(b"\xFF\xD8\xFF\xDB\x00\x01\xFF\xDA\x00\x02"), []);
        assert_eq!(markers(b"\xFF\xD8\xFF\xDB\x00"), []);
        assert_eq!(markers(b"\xFF\xD8\xFF\xFF"), []);
        assert_eq!(markers(b""), []);
    }
}
