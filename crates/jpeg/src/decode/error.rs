//! Why a file is not decoded.

use masthead_picture::{Dimensions, Rect};

/// Why a file is not decoded. The message names the value and what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file uses a feature that is recognised and not handled.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// There are more scans than the caller accepts.
    #[error("the JPEG has {scans} scans, at most {most} are accepted")]
    TooManyScans {
        /// Scans in the file.
        scans: usize,
        /// The limit.
        most: usize,
    },
    /// What stands outside entropy-coded data is not as T.81 has it.
    #[error("{0}")]
    Broken(String),
    /// The entropy-coded data of a scan is not as T.81 has it, or not all there.
    #[error("scan {scan} is damaged in MCU row {mcu_row}: {what}")]
    Damaged {
        /// Which scan of the file, from 1.
        scan: usize,
        /// Which row of MCUs of the picture, from 0.
        mcu_row: u32,
        /// What is wrong.
        what: Damage,
    },
    /// The window that was asked for is not part of the picture.
    #[error("window {window} reaches outside the picture of {picture}")]
    Window {
        /// The window.
        window: Rect,
        /// Dimensions of the picture.
        picture: Dimensions,
    },
    /// The caller's buffers for rows are not as the decoder's layout says.
    #[error("component {component} has a buffer of {found} samples (expected {expected})")]
    Buffer {
        /// Index of the component.
        component: usize,
        /// Samples in the buffer; 0 where there is none.
        found: usize,
        /// What it should be.
        expected: usize,
    },
    /// All MCU rows that the window needs have been decoded.
    #[error("there is no MCU row {0} in the window")]
    Finished(u32),
}

impl DecodeError {
    pub(super) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken(reason.into())
    }
}

/// What can be wrong with the entropy-coded data of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The Huffman table has more codes of a length than there can be, or a symbol that means nothing.
    #[error("its Huffman table is not valid")]
    HuffmanTable,
    /// The next bits are no code of the table.
    #[error("a code is not in the Huffman table")]
    Code,
    /// There is less data than blocks.
    #[error("the data ends early")]
    EndsEarly,
    /// A run of coefficients that are zero goes past the last one of the block, or of its band.
    #[error("a run of zeros goes past the end of the block")]
    ZeroRun,
    /// A run of blocks without further coefficients goes past the last block before the next restart or the end of the scan.
    #[error("a run of ended blocks goes past the end of the scan or restart interval")]
    EndOfBandRun,
    /// A coefficient has more bits than T.81 has room for.
    #[error("a coefficient is out of range")]
    Coefficient,
    /// A refinement scan has a new coefficient of another magnitude than one.
    #[error("a refinement is not of one bit")]
    Refinement,
    /// A restart marker is not where the restart interval puts it.
    #[error("restart marker RST{expected} is missing")]
    RestartMissing {
        /// The number that the marker should have, 0 to 7.
        expected: u8,
    },
    /// There is a restart marker, with a number whose turn it is not.
    #[error("restart marker RST{found} is out of order (expected RST{expected})")]
    RestartOrder {
        /// Its number, 0 to 7.
        found: u8,
        /// The number that it should have.
        expected: u8,
    },
}
