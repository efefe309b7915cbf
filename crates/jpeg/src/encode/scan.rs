//! A scan: which components, coefficients and bits it holds, and in which order their blocks stand.

use std::num::NonZeroU16;

use super::frame::{BLOCK_SIDE, Frame};
use crate::markers::{SpectralSelection, SuccessiveApproximation};

/// A pass over some components of a frame.
pub(super) struct Scan {
    /// Indices of its components in the frame.
    pub(super) components: Vec<usize>,
    pub(super) spectral_selection: SpectralSelection,
    pub(super) successive_approximation: SuccessiveApproximation,
    /// The blocks of an MCU, in order.
    pub(super) mcu: Vec<McuBlock>,
    /// How many MCUs stand in a row.
    pub(super) mcus_per_row: usize,
    /// How many rows of MCUs there are.
    pub(super) mcu_rows: usize,
    /// After how many rows of MCUs the coding begins anew, if it does.
    pub(super) restart_rows: Option<usize>,
}

/// One of the blocks of an MCU.
pub(super) struct McuBlock {
    /// The index of its component in the frame.
    pub(super) component: usize,
    /// How many blocks of the component an MCU has in both directions.
    pub(super) factor: usize,
    /// Which of these it is.
    pub(super) column: usize,
    pub(super) row: usize,
}

impl Scan {
    /// A scan of these components (T.81, A.2). Of more than one they are interleaved; of one alone the MCU is a block, and there
    /// are no blocks that only fill up MCUs. A restart interval has as many rows of MCUs as are wanted, or as a file can say.
    pub(super) fn new(
        frame: &Frame<'_>,
        components: Vec<usize>,
        spectral_selection: SpectralSelection,
        successive_approximation: SuccessiveApproximation,
        restart_rows: Option<NonZeroU16>,
    ) -> Self {
        let (mcu, mcus_per_row, mcu_rows) = if let &[component] = &components[..] {
            let (columns, rows) = frame.components[component].blocks();
            (vec![McuBlock { component, factor: 1, column: 0, row: 0 }], columns, rows)
        } else {
            let side = BLOCK_SIDE * frame.components[0].sampling_factor;
            let blocks = components.iter().flat_map(|&component| {
                let factor = frame.components[component].sampling_factor;
                (0..factor * factor).map(move |i| McuBlock { component, factor, column: i % factor, row: i / factor })
            });
            (blocks.collect(), usize::from(frame.width).div_ceil(side), usize::from(frame.height).div_ceil(side))
        };
        let most = usize::from(u16::MAX) / mcus_per_row;
        let restart_rows = restart_rows.map(|rows| usize::from(rows.get()).min(most));
        Self { components, spectral_selection, successive_approximation, mcu, mcus_per_row, mcu_rows, restart_rows }
    }

    /// The only scan of a file that is not progressive: everything, interleaved.
    pub(super) fn sequential(frame: &Frame<'_>, restart_rows: Option<NonZeroU16>) -> Self {
        let (all, none) = (SpectralSelection::ALL, SuccessiveApproximation::NONE);
        Self::new(frame, frame.component_indices(), all, none, restart_rows)
    }

    /// How many blocks it has, with those that only fill up MCUs.
    pub(super) fn blocks(&self) -> usize {
        self.mcu.len() * self.mcus_per_row * self.mcu_rows
    }

    /// Whether a restart interval ends before this row of MCUs.
    pub(super) fn restarts_before(&self, row: usize) -> bool {
        row > 0 && self.restart_rows.is_some_and(|rows| row.is_multiple_of(rows))
    }
}
