//! How much memory the decoding of a PNG takes, from its header alone.
//!
//! The rows are ours. The rest is what the png crate holds, and it tells nothing of that: the formulas here are
//! those of its version 0.18. `tests/memory.rs` counts what is allocated for files in which each of them is most of it, and
//! fails when a release of the crate takes more, or so much less that the estimate is a bad one.

/// The png crate's state and tables: 21 KB, and 30 KB more of a file that has Huffman tables of its own.
const FIXED: u64 = 56 << 10;

/// What the header and its lists take.
const HEADER: u64 = 1 << 10;

/// The room for a chunk that the png crate begins with, and doubles as long as it is too small.
const CHUNK: u64 = 128;

/// What of a file decides how much memory it takes. All lengths are in bytes.
pub(super) struct MemoryEstimate {
    /// A row as it is filtered, with the byte that names its filter.
    pub(super) filtered_row: usize,
    /// A row as the codec gives it.
    pub(super) row: usize,
    /// Rows of the image.
    pub(super) height: u32,
    /// The longest EXIF chunk.
    pub(super) longest_exif: usize,
    /// The EXIF chunk that the codec keeps a copy of; 0 when there is none.
    pub(super) exif: usize,
    /// The ICC profile, decompressed.
    pub(super) profile: usize,
}

impl MemoryEstimate {
    /// Bytes between the header and the pixels: the codec is gone, and what the header says is left.
    pub(super) fn held(&self) -> u64 {
        HEADER + self.profile as u64
    }

    /// Bytes at the peak of decoding, with rows of so many bytes that are handed on.
    pub(super) fn bytes(&self, batch: u64) -> u64 {
        batch.saturating_add(FIXED + self.held() + self.exif() + self.row as u64 + self.filtered_rows())
    }

    /// The codec gathers a chunk in a buffer that doubles, of which there are two for a moment, and copies it. It is not asked
    /// for the profile again.
    fn exif(&self) -> u64 {
        let gathered = (self.longest_exif as u64).next_power_of_two();
        if gathered <= CHUNK { self.exif as u64 } else { gathered + (gathered / 2).max(self.exif as u64) }
    }

    /// The buffer that rows are decompressed into (`unfiltering_buffer.rs` in the png crate). It begins with room for up to 128
    /// rows or 128 KiB, and doubles until it holds some rows more than four, or than 128 KiB, or the whole picture. When it
    /// grows there are two of it for a moment.
    fn filtered_rows(&self) -> u64 {
        const ENOUGH: u64 = 128 << 10;
        const STEP: u64 = 8 << 10;
        let (row, height) = (self.filtered_row as u64, u64::from(self.height));
        // Each pass of an interlaced picture has rows, and filters of them, of its own.
        let picture = (row + 2) * height;
        let length = picture.min((4 * row).max(ENOUGH) + 2 * row) + STEP;
        let mut capacity = (row * height.min(128)).next_multiple_of(256).min(ENOUGH);
        let mut peak = capacity;
        while capacity < length {
            let grown = (2 * capacity).max(STEP);
            peak = capacity + grown;
            capacity = grown;
        }
        peak
    }
}
