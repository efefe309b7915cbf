//! Which blocks are decoded.

use std::ops::Range;

/// A row of blocks of an MCU: so many neighbours of one component.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockRow {
    /// The index of the component in the scan.
    pub(super) component: usize,
    /// The first block of the first MCU, among all of the MCU row.
    pub(super) start: usize,
    /// How many there are in an MCU.
    pub(super) width: usize,
}

/// MCUs of an MCU row, one behind the other.
#[derive(Clone, Debug)]
pub(super) struct Mcus<'a> {
    /// The rows of blocks of each, in the order of the scan.
    pub(super) rows: &'a [BlockRow],
    /// Which MCUs.
    pub(super) range: Range<usize>,
}

impl Mcus<'_> {
    /// The blocks of MCUs that are one block each.
    #[inline(always)]
    pub(super) fn single_blocks(&self) -> Range<usize> {
        let start = self.rows[0].start;
        start + self.range.start..start + self.range.end
    }
}

impl BlockRow {
    /// Those of an MCU.
    #[inline(always)]
    pub(super) fn of_mcu(&self, mcu: usize) -> Range<usize> {
        let start = self.start + mcu * self.width;
        start..start + self.width
    }
}
