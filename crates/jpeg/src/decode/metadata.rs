//! What application segments say: JFIF, Adobe's colour transform, EXIF, and an ICC profile, which is cut into segments
//! (ICC.1:2022, annex B.4). What is damaged is left out.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::segments::Segment;
use crate::markers::{APP0, APP1, APP2, APP14};

const PROFILE_SIGNATURE: &[u8] = b"ICC_PROFILE\0";

/// What application segments before the first scan say.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) jfif: bool,
    /// The colour transform that Adobe's segment names.
    pub(super) adobe_transform: Option<u8>,
    /// Where the TIFF data of the first EXIF segment stands.
    pub(super) exif: Option<Range<usize>>,
    pub(super) profile: ProfileSegments,
    /// Whether this is a frame of Motion JPEG, whose Huffman tables are understood.
    pub(super) motion_jpeg: bool,
}

impl Metadata {
    /// Takes note of a segment.
    pub(super) fn take(&mut self, segment: &Segment<'_>) {
        let body = segment.body;
        match segment.marker {
            APP0 => {
                // With version, density and the size of a thumbnail.
                self.jfif |= body.len() >= 14 && body.starts_with(b"JFIF\0");
                self.motion_jpeg |= body.starts_with(b"AVI1\0");
            }
            APP1 if self.exif.is_none() && body.starts_with(b"Exif\0\0") => {
                self.exif = Some(segment.end - body.len() + 6..segment.end);
            }
            APP2 => self.profile.add(segment),
            // Version and two words of flags come before the transform.
            APP14 if body.starts_with(b"Adobe") => {
                self.adobe_transform = body.get(11).copied().or(self.adobe_transform);
            }
            _ => {}
        }
    }
}

/// Collects the segments of a profile.
#[derive(Debug, Default)]
pub(super) struct ProfileSegments {
    /// Where the parts stand in the file, by sequence number, which counts from 1.
    parts: Vec<Option<Range<usize>>>,
    broken: bool,
}

impl ProfileSegments {
    /// Takes an APP2 segment; others than those of a profile are ignored.
    fn add(&mut self, segment: &Segment<'_>) {
        let Some([number, count, part @ ..]) = segment.body.strip_prefix(PROFILE_SIGNATURE) else { return };
        let count = usize::from(*count);
        if self.parts.is_empty() {
            self.parts = vec![None; count];
        }
        let place = usize::from(*number).checked_sub(1).and_then(|index| self.parts.get_mut(index));
        let range = segment.end - part.len()..segment.end;
        let is_new = place.is_some_and(|place| place.replace(range).is_none());
        self.broken |= !is_new || self.parts.len() != count;
    }

    /// Where the parts of the profile stand, in their order; empty when there is none, or its segments do not fit together.
    pub(super) fn complete(self) -> Vec<Range<usize>> {
        if self.broken { Vec::new() } else { self.parts.into_iter().collect::<Option<_>>().unwrap_or_default() }
    }
}

/// The profile that stands there in `file`; `None` when no part is given, or `file` is not the one they are of.
pub(super) fn profile(file: &[u8], parts: &[Range<usize>]) -> Option<Arc<[u8]>> {
    let parts = parts.iter().map(|part| file.get(part.clone())).collect::<Option<Vec<_>>>()?;
    if parts.is_empty() {
        return None;
    }
    // Filled in place: collecting the bytes would hold them twice for a moment.
    let mut profile: Arc<[u8]> = iter::repeat_n(0, parts.iter().map(|part| part.len()).sum()).collect();
    let mut rest = Arc::get_mut(&mut profile)?;
    for part in parts {
        rest.split_off_mut(..part.len())?.copy_from_slice(part);
    }
    Some(profile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::segments::Segments;

    fn file(marker: u8, bodies: &[&[u8]]) -> Vec<u8> {
        let segment = |body: &&[u8]| [&[0xFF, marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat();
        bodies.iter().flat_map(segment).collect()
    }

    fn metadata(file: &[u8]) -> Metadata {
        let mut metadata = Metadata::default();
        Segments::starting_at(file, 0).for_each(|segment| metadata.take(&segment));
        metadata
    }

    fn assembled(segments: &[&[u8]]) -> Option<Arc<[u8]>> {
        let bodies: Vec<_> = segments.iter().map(|segment| [PROFILE_SIGNATURE, segment].concat()).collect();
        let file = file(APP2, &bodies.iter().map(|body| &body[..]).collect::<Vec<_>>());
        profile(&file, &metadata(&file).profile.complete())
    }

    #[test]
    fn parts_of_a_profile_come_in_any_order_but_all_of_them_once() {
        assert_eq!(assembled(&[b"\x02\x02cd", b"\x01\x02ab"]).unwrap()[..], *b"abcd");
        assert_eq!(assembled(&[b"\x01\xFFab"]), None);
        assert_eq!(assembled(&[b"\x01\x02ab"]), None);
        assert_eq!(assembled(&[b"\x01\x01ab", b"\x01\x01ab"]), None);
        assert_eq!(assembled(&[b"\x01\x02ab", b"\x02\x03cd"]), None);
        assert_eq!(assembled(&[b"\x00\x01ab"]), None);
        assert_eq!(assembled(&[b"\x02\x01ab", b"\x01\x01ab"]), None);
        assert_eq!(assembled(&[b"\x01"]), None);
        assert_eq!(assembled(&[]), None);
    }

    #[test]
    fn short_segments_say_nothing() {
        assert!(metadata(&file(APP0, &[b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"])).jfif);
        assert!(!metadata(&file(APP0, &[b"JFIF\0\x01\x01\0\0\x01\0\x01\0"])).jfif);
        assert!(metadata(&file(APP0, &[b"AVI1\0"])).motion_jpeg);
        assert_eq!(metadata(&file(APP14, &[b"Adobe\0\x64\0\0\0\0\x02", b"Adobe\0\x64"])).adobe_transform, Some(2));
        assert_eq!(metadata(&file(APP1, &[b"http", b"Exif\0\0II", b"Exif\0\0MM"])).exif, Some(18..20));
    }
}
