//! The coefficients of one MCU row.

use super::frame::{Frame, FrameComponent};

/// The coefficients of 8x8 samples, in natural order: row by row from the top, lowest frequency first.
pub(super) type Block = [i16; 64];

/// All coefficients of one row of MCUs, component by component, in rows of blocks padded to whole MCUs. All scans add to it; when
/// it has been transformed it is all zeros again, for the next one.
pub(super) struct McuRow {
    blocks: Vec<Block>,
    /// Which coefficients of each block are not zero: position k of the zigzag order at bit 63 - k. Progressive files: exact for
    /// all AC coefficients. Sequential ones: at least that of the last coefficient. The DC coefficient has no bit.
    nonzero: Vec<u64>,
    components: Vec<ComponentRow>,
}

/// Where the blocks of a component are in an MCU row.
#[derive(Clone, Copy, Debug)]
struct ComponentRow {
    start: usize,
    /// Blocks in a row, with those that only fill up MCUs.
    across: usize,
    /// Rows of blocks: the vertical sampling factor.
    rows: usize,
}

impl McuRow {
    /// Bytes that it allocates.
    pub(super) fn memory(frame: &Frame) -> u64 {
        let across = u64::from(frame.mcus_across());
        let of_mcu = |component: &FrameComponent| u64::from(component.horizontal()) * u64::from(component.vertical());
        let blocks = across * frame.components.iter().map(of_mcu).sum::<u64>();
        blocks * (size_of::<Block>() + size_of::<u64>()) as u64
            + (frame.components.len() * size_of::<ComponentRow>()) as u64
    }

    /// All zeros.
    pub(super) fn new(frame: &Frame) -> Self {
        let mut start = 0;
        let components = frame.components.iter().map(|component| {
            let row = ComponentRow {
                start,
                across: frame.mcus_across() as usize * usize::from(component.horizontal()),
                rows: usize::from(component.vertical()),
            };
            start += row.across * row.rows;
            row
        });
        let components = components.collect();
        Self { blocks: vec![[0; 64]; start], nonzero: vec![0; start], components }
    }

    /// Row `y` of blocks of a component, and which of their coefficients are not zero. `y` is below its vertical factor.
    ///
    /// It is padded to whole MCUs; a scan of this component alone has only the first [`Frame::blocks_across`] of them.
    pub(super) fn block_row(&mut self, component: usize, y: usize) -> (&mut [Block], &mut [u64]) {
        let ComponentRow { start, across, rows } = self.components[component];
        debug_assert!(y < rows, "row {y} of {rows}");
        let range = start + y * across..start + (y + 1) * across;
        (&mut self.blocks[range.clone()], &mut self.nonzero[range])
    }

    /// The index of the first block of a row of blocks among [`McuRow::all`].
    pub(super) fn first_block(&self, component: usize, y: usize) -> usize {
        let ComponentRow { start, across, rows } = self.components[component];
        debug_assert!(y < rows, "row {y} of {rows}");
        start + y * across
    }

    /// All blocks, row after row of all components, and which of their coefficients are not zero.
    pub(super) fn all(&mut self) -> (&mut [Block], &mut [u64]) {
        (&mut self.blocks, &mut self.nonzero)
    }
}

/// Makes blocks all zeros again.
pub(super) fn clear(blocks: &mut [Block], nonzero: &mut [u64]) {
    for (block, nonzero) in blocks.iter_mut().zip(nonzero) {
        if *nonzero == 0 {
            block[0] = 0;
        } else {
            block.fill(0);
            *nonzero = 0;
        }
    }
}
