//! The bytes that the codec reads: a header made anew, the scans as they are in the file, and an end.

use std::io::{BufRead, Read, Result, Seek, SeekFrom};

use super::markers::EOI;
use crate::FileBytes;

/// More one-bits than the codec reads ahead (64), then the end of the image.
///
/// A decoder that meets the end too early goes on with zeros, which are a valid code: the rest of the picture would be
/// a smooth patch, and nobody the wiser. No code consists of ones alone (ITU-T T.81, section C.2), so with these before
/// the end every scan that lacks data fails. A scan that has all its data never looks at them.
const END: [u8; 26] = {
    let mut end = [0xFF; 26];
    let mut stuffed = 1;
    while stuffed < 24 {
        end[stuffed] = 0;
        stuffed += 2;
    }
    end[25] = EOI;
    end
};

/// Three runs of bytes, read as one.
///
/// # Guarantees
/// - `at` is at most the length of part `part`, and less than it except in the last part.
pub(crate) struct Source {
    head: Vec<u8>,
    scans: FileBytes,
    end: &'static [u8],
    part: Part,
    at: usize,
}

#[derive(Clone, Copy)]
enum Part {
    Head,
    Scans,
    End,
}

impl Source {
    /// A file whose scans are all there.
    pub(crate) fn ended(head: Vec<u8>, scans: FileBytes) -> Self {
        Self::of(head, scans, &END)
    }

    /// A file that ends without saying so: there may have been more scans.
    pub(crate) fn cut(head: Vec<u8>, scans: FileBytes) -> Self {
        Self::of(head, scans, &[])
    }

    fn of(head: Vec<u8>, scans: FileBytes, end: &'static [u8]) -> Self {
        let mut source = Self { head, scans, end, part: Part::Head, at: 0 };
        source.go_to(0);
        source
    }

    /// Bytes of memory that this holds.
    pub(crate) fn memory(&self) -> u64 {
        self.head.capacity() as u64
    }

    fn current(&self) -> &[u8] {
        match self.part {
            Part::Head => &self.head,
            Part::Scans => &self.scans,
            Part::End => self.end,
        }
    }

    /// Bytes before the current part.
    fn before(&self) -> usize {
        match self.part {
            Part::Head => 0,
            Part::Scans => self.head.len(),
            Part::End => self.head.len() + self.scans.len(),
        }
    }

    /// Goes to a position, or to the end if that is nearer.
    fn go_to(&mut self, position: usize) {
        let (head, scans) = (self.head.len(), self.scans.len());
        (self.part, self.at) = if position < head {
            (Part::Head, position)
        } else if position < head + scans {
            (Part::Scans, position - head)
        } else {
            (Part::End, (position - head - scans).min(self.end.len()))
        };
    }
}

impl Read for Source {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let rest = self.fill_buf()?;
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source {
    #[inline]
    fn fill_buf(&mut self) -> Result<&[u8]> {
        Ok(&self.current()[self.at..])
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        self.at += amount;
        if self.at >= self.current().len() {
            self.go_to(self.before() + self.at);
        }
    }
}

impl Seek for Source {
    #[inline]
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        // A step back within the part is what the codec does all the time, when a byte of four was 0xFF.
        if let SeekFrom::Current(offset) = to
            && let Ok(offset) = isize::try_from(offset)
            && let Some(at) = self.at.checked_add_signed(offset)
            && at < self.current().len()
        {
            self.at = at;
            return self.stream_position();
        }
        let length = self.head.len() + self.scans.len() + self.end.len();
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(offset) => ((self.before() + self.at) as u64).checked_add_signed(offset),
            SeekFrom::End(offset) => (length as u64).checked_add_signed(offset),
        };
        let position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        self.go_to(usize::try_from(position).unwrap_or(length).min(length));
        self.stream_position()
    }

    #[inline]
    fn stream_position(&mut self) -> Result<u64> {
        Ok((self.before() + self.at) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_ones_and_a_marker() {
        assert!(END[..24].as_chunks::<2>().0.iter().all(|pair| *pair == [0xFF, 0]));
        assert_eq!(END[24..], [0xFF, EOI]);
    }

    #[test]
    fn reads_and_seeks_like_one_buffer() {
        let (head, scans) = (b"head".to_vec(), b"scan data".as_slice());
        let whole = [&head, scans, &END].concat();
        let mut source = Source::ended(head, scans.into());
        let mut twin = std::io::Cursor::new(&whole);
        // Steps of all sizes, from everywhere.
        for step in 0..2000i64 {
            let (mut one, mut other) = ([0; 4], [0; 4]);
            let wanted = (step % 5).min(4) as usize;
            let read = source.read_exact(&mut one[..wanted]).is_ok();
            assert_eq!(read, twin.read_exact(&mut other[..wanted]).is_ok());
            if read {
                assert_eq!(one, other);
            }
            let to = match step % 3 {
                0 => SeekFrom::Current(step % 7 - 4),
                1 => SeekFrom::Start((step * 7 % (whole.len() as i64 + 1)) as u64),
                _ => SeekFrom::End(-(step * 11 % whole.len() as i64)),
            };
            let reached = twin.seek(to).ok().map(|position| position.min(whole.len() as u64));
            assert_eq!(source.seek(to).ok(), reached, "{to:?}");
            twin.set_position(source.stream_position().unwrap());
        }
        source.rewind().unwrap();
        let mut read = Vec::new();
        source.read_to_end(&mut read).unwrap();
        assert_eq!(read, whole);
    }

    #[test]
    fn empty_parts_are_stepped_over() {
        let mut read = Vec::new();
        Source::cut(Vec::new(), b"abc".into()).read_to_end(&mut read).unwrap();
        assert_eq!(read, b"abc");
        assert_eq!(Source::cut(Vec::new(), b"".into()).read_to_end(&mut read).unwrap(), 0);
    }
}
