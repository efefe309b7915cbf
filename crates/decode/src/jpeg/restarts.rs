//! Room before restart markers.
//!
//! zune-jpeg 0.5.16-rc3 reads up to eight bytes ahead. When it has come across a restart marker by the end of a row of MCUs, it
//! takes the interval for finished there: MCUs that the next row has of it are lost, and all that follows is shifted. With
//! room before it, a marker is not seen before the interval has been decoded, and then looked for. Intervals of which rows have
//! a whole number, as cameras write them, need none.
//!
//! It also goes on counting MCUs from one scan to the next, but begins anew where the interval is defined.

use super::markers::{self, Segments};
use super::source::Source;
use crate::FileBytes;

/// More bits than the codec reads ahead. Ones, which are no code: an interval that lacks data fails.
const ROOM: [u8; 18] = {
    let mut room = [0; 18];
    let mut at = 0;
    while at < room.len() {
        room[at] = 0xFF;
        at += 2;
    }
    room
};

/// Scans whose restart markers need room before them.
pub(crate) struct CrowdedRestarts {
    /// What the codec reads before them.
    head: Vec<u8>,
    scans: FileBytes,
    /// Where the coded data of the first scan ends.
    end: usize,
    /// Whether the file says that it ends.
    is_ended: bool,
    /// MCUs in a restart interval of the first scan.
    interval: u16,
    /// How many restart markers there are, and how many further scans.
    markers: usize,
    headers: usize,
}

impl CrowdedRestarts {
    pub(crate) fn new(
        head: &[u8],
        scans: FileBytes,
        end: usize,
        is_ended: bool,
        interval: u16,
        markers: usize,
    ) -> Self {
        let headers = Segments::starting_at(&scans, end).filter(|segment| segment.marker == markers::SOS).count();
        Self { head: head.to_vec(), scans, end, is_ended, interval, markers, headers }
    }

    /// Bytes of memory that this holds.
    pub(crate) fn memory(&self) -> u64 {
        self.head.capacity() as u64
    }

    /// Bytes of the file with room.
    pub(crate) fn spaced_memory(&self) -> u64 {
        (self.head.len() + self.spaced_length()) as u64
    }

    fn spaced_length(&self) -> usize {
        self.scans.len() + self.markers * ROOM.len() + self.headers * definition(self.interval).len()
    }

    /// The same file with room.
    pub(crate) fn spaced(mut self) -> Source {
        self.head.reserve_exact(self.spaced_length());
        let (mut at, mut interval) = (0, self.interval);
        for segment in Segments::starting_at(&self.scans, self.end) {
            append(&self.scans[at..segment.start], &mut self.head);
            match (segment.marker, segment.body) {
                (markers::DRI, [high, low]) => interval = u16::from_be_bytes([*high, *low]),
                (markers::SOS, _) => self.head.extend_from_slice(&definition(interval)),
                _ => {}
            }
            self.head.extend_from_slice(&self.scans[segment.start..segment.end]);
            at = segment.end;
        }
        append(&self.scans[at..], &mut self.head);
        if self.is_ended {
            Source::ended(self.head, FileBytes::from(&[]))
        } else {
            Source::cut(self.head, FileBytes::from(&[]))
        }
    }
}

/// How many restart markers there are.
pub(crate) fn count(scans: &[u8]) -> usize {
    let mut at = 0;
    std::iter::from_fn(|| markers::next_restart(scans, at).inspect(|marker| at = marker + 2)).count()
}

/// The segment that defines the interval.
fn definition(interval: u16) -> [u8; 6] {
    let [high, low] = interval.to_be_bytes();
    [0xFF, markers::DRI, 0, 4, high, low]
}

/// Appends coded data.
fn append(data: &[u8], spaced: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(marker) = markers::next_restart(data, at) {
        spaced.extend_from_slice(&data[at..marker]);
        spaced.extend_from_slice(&ROOM);
        spaced.extend_from_slice(&data[marker..marker + 2]);
        at = marker + 2;
    }
    spaced.extend_from_slice(&data[at..]);
}
