//! The marker segments of a file, found without decoding anything: in linear time, without an allocation.

use std::ops::Range;

use memchr::memchr;

use crate::markers::{EOI, RST0, RST7, SOI, TEM};

/// A marker and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// The code after 0xFF.
    pub(super) marker: u8,
    /// What follows the length, empty for [`EOI`].
    pub(super) body: &'a [u8],
    /// Where the segment ends.
    pub(super) end: usize,
}

/// The segments of a file, in their order. Entropy-coded data, restart markers and bytes that belong to nothing are passed over.
/// Ends after [`EOI`], or before a segment that is cut.
#[derive(Clone, Debug)]
pub(super) struct Segments<'a> {
    file: &'a [u8],
    position: usize,
}

impl<'a> Segments<'a> {
    /// Those at or after a position.
    pub(super) fn starting_at(file: &'a [u8], position: usize) -> Self {
        Self { file, position }
    }

    /// Passes over entropy-coded data, up to the next marker that is no restart marker; gives where it stands.
    pub(super) fn pass_data(&mut self) -> Range<usize> {
        let start = self.position;
        self.position = next_marker(self.file, start).unwrap_or(self.file.len());
        start..self.position
    }

    fn advance(&mut self) -> Option<Segment<'a>> {
        loop {
            let start = next_marker(self.file, self.position)?;
            let marker = self.file[start + 1];
            self.position = start + 2;
            match marker {
                SOI | TEM => {}
                EOI => return Some(Segment { marker, body: &[], end: self.position }),
                _ => {
                    let length = u16::from_be_bytes(*self.file[self.position..].first_chunk()?);
                    let end = self.position + usize::from(length);
                    let body = self.file.get(self.position + 2..end)?;
                    self.position = end;
                    return Some(Segment { marker, body, end });
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
            self.position = self.file.len();
        }
        segment
    }
}

/// Where the next marker stands (its 0xFF that is not a fill byte), at or after `from`. Stuffed bytes and restart markers are part
/// of entropy-coded data and passed over.
fn next_marker(file: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr(0xFF, file.get(at..)?)?;
        // Any number of fill bytes may stand before a marker.
        at += file[at..].iter().position(|byte| *byte != 0xFF)?;
        if !matches!(file[at], 0 | RST0..=RST7) {
            return Some(at - 1);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markers::{DHT, DQT, SOS};

    fn markers(bytes: &[u8]) -> Vec<(u8, Range<usize>)> {
        Segments::starting_at(bytes, 0)
            .map(|segment| (segment.marker, segment.end - segment.body.len()..segment.end))
            .collect()
    }

    #[test]
    fn data_restarts_fill_bytes_and_junk_are_passed_over() {
        let bytes = [
            b"\xFF\xD8junk\xFF\xFF\xDB\x00\x03x".as_slice(),
            b"\xFF\xDA\x00\x02\x12\xFF\x00\xFF\xD0\x34\xFF\xFF\x00\xFF\xD7",
            b"\xFF\xC4\x00\x02\xFF\xD9\xFF\xDB\x00\x02",
        ]
        .concat();
        assert_eq!(markers(&bytes), [(DQT, 11..12), (SOS, 16..16), (DHT, 31..31), (EOI, 33..33)]);
    }

    #[test]
    fn a_cut_segment_ends_the_walk() {
        assert_eq!(markers(b"\xFF\xD8\xFF\xDB\x00\x04ab\xFF\xDA\x00\x09abc"), [(DQT, 6..8)]);
        assert_eq!(markers(b"\xFF\xD8\xFF\xDB\x00\x01\xFF\xDA\x00\x02"), []);
        assert_eq!(markers(b"\xFF\xD8\xFF\xDB\x00"), []);
        assert_eq!(markers(b"\xFF\xD8\xFF\xFF"), []);
        assert_eq!(markers(b""), []);
    }
}
