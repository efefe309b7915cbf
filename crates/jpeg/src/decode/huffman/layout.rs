//! Where the blocks of MCUs are in an MCU row.

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

impl BlockRow {
    /// Those of an MCU.
    #[inline(always)]
    pub(super) fn of_mcu(&self, mcu: usize) -> Range<usize> {
        let start = self.start + mcu * self.width;
        start..start + self.width
    }
}

/// A band of AC coefficients: `1 <= start <= end <= 63`, positions of the zigzag order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Band {
    /// Its positions: position k at bit 63 - k.
    pub(super) fn mask(self) -> u64 {
        u64::MAX >> self.start & u64::MAX << (63 - self.end)
    }
}
