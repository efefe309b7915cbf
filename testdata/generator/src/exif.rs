//! EXIF blocks: a TIFF file without pixels.

/// The numeric type of an entry, with its code in the format.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Byte = 1,
    Ascii = 2,
    Short = 3,
    Long = 4,
    Rational = 5,
}

/// One entry of a directory; values over four bytes go behind the directory.
pub(crate) struct Entry {
    pub tag: u16,
    pub kind: Kind,
    pub count: u32,
    pub value: Vec<u8>,
}

pub(crate) const ORIENTATION: u16 = 0x0112;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Endian {
    Little,
    Big,
}

impl Endian {
    pub(crate) fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    pub(crate) fn u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    pub(crate) fn short(self, tag: u16, value: u16) -> Entry {
        Entry { tag, kind: Kind::Short, count: 1, value: self.u16(value).to_vec() }
    }

    pub(crate) fn long(self, tag: u16, value: u32) -> Entry {
        Entry { tag, kind: Kind::Long, count: 1, value: self.u32(value).to_vec() }
    }

    /// The eight bytes before the first directory.
    pub(crate) fn header(self, first_directory: u32) -> Vec<u8> {
        let mark: &[u8] = if self == Self::Little { b"II" } else { b"MM" };
        [mark, &self.u16(42), &self.u32(first_directory)].concat()
    }

    /// A directory that will stand at `offset` in the block, followed by its long values.
    /// `next` is the offset of the directory after it.
    pub(crate) fn directory(self, offset: u32, entries: &[Entry], next: u32) -> Vec<u8> {
        let mut values_at = offset + directory_size(entries.len());
        let mut directory = self.u16(entries.len() as u16).to_vec();
        let mut values = Vec::<u8>::new();
        for entry in entries {
            directory.extend(self.u16(entry.tag));
            directory.extend(self.u16(entry.kind as u16));
            directory.extend(self.u32(entry.count));
            if entry.value.len() <= 4 {
                let mut inline = entry.value.clone();
                inline.resize(4, 0);
                directory.extend(inline);
            } else {
                directory.extend(self.u32(values_at));
                values_at += entry.value.len() as u32;
                values.extend(&entry.value);
            }
        }
        directory.extend(self.u32(next));
        directory.extend(values);
        directory
    }
}

/// Bytes of a directory with `entries` entries, without the long values.
pub(crate) fn directory_size(entries: usize) -> u32 {
    2 + 12 * entries as u32 + 4
}

pub(crate) fn ascii(tag: u16, text: &str) -> Entry {
    let value = [text.as_bytes(), b"\0"].concat();
    Entry { tag, kind: Kind::Ascii, count: value.len() as u32, value }
}

/// A block that says no more than the orientation.
pub(crate) fn orientation(endian: Endian, value: u16) -> Vec<u8> {
    let entries = [endian.short(ORIENTATION, value)];
    [endian.header(8), endian.directory(8, &entries, 0)].concat()
}
