//! The ICC profile of a JPEG, which is cut into segments (ICC.1:2022, annex B.4).

use std::iter;
use std::sync::Arc;

const SIGNATURE: &[u8] = b"ICC_PROFILE\0";

/// Collects the segments of a profile.
pub(crate) struct Profile<'a> {
    /// By sequence number, which counts from 1.
    chunks: [Option<&'a [u8]>; 256],
    /// How many there are to be, as every segment says.
    count: u8,
    broken: bool,
}

impl<'a> Profile<'a> {
    pub(crate) fn new() -> Self {
        Self { chunks: [None; 256], count: 0, broken: false }
    }

    /// Takes the body of an APP2 segment; others than those of a profile are ignored.
    pub(crate) fn add(&mut self, body: &'a [u8]) {
        let Some([number, count, chunk @ ..]) = body.strip_prefix(SIGNATURE) else { return };
        let known = self.chunks[usize::from(*number)].replace(chunk).is_some();
        let other_count = self.count != 0 && self.count != *count;
        self.broken |= known || other_count || *number == 0 || number > count;
        self.count = *count;
    }

    /// The whole profile; `None` when there is none, or its segments do not fit together.
    pub(crate) fn assemble(&self) -> Option<Arc<[u8]>> {
        if self.broken || self.count == 0 {
            return None;
        }
        let chunks = self.chunks[1..=usize::from(self.count)].iter().copied().collect::<Option<Vec<_>>>()?;
        // Filled in place: collecting the bytes would hold them twice for a moment.
        let mut profile: Arc<[u8]> = iter::repeat_n(0, chunks.iter().map(|chunk| chunk.len()).sum()).collect();
        let mut rest = Arc::get_mut(&mut profile)?;
        for chunk in chunks {
            rest.split_off_mut(..chunk.len())?.copy_from_slice(chunk);
        }
        Some(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(segments: &[&[u8]]) -> Option<Arc<[u8]>> {
        let bodies: Vec<_> = segments.iter().map(|segment| [SIGNATURE, segment].concat()).collect();
        let mut profile = Profile::new();
        bodies.iter().for_each(|body| profile.add(body));
        profile.assemble()
    }

    #[test]
    fn segments_come_in_any_order_but_all_of_them_once() {
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
}
