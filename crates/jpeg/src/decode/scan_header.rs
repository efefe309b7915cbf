//! What a scan header says, with the tables and the restart interval that stood when it came.

use std::ops::Range;

use crate::markers::{SpectralSelection, SuccessiveApproximation};

/// A scan of a file.
///
/// # Guarantees
/// - there are 1 to 4 components, in the order of the frame, none of them twice;
/// - of a sequential file: all coefficients and all bits; each component has both Huffman tables if it is Huffman-coded;
/// - of a progressive file: the DC coefficient alone, or a band `1 <= start <= end <= 63` of one component; a first scan
///   (`high` is 0), or a refinement (`high` is `low + 1`); `low <= 13`; the Huffman tables that this takes if it is Huffman-coded;
/// - more than one component have at most 10 blocks in an MCU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScanHeader {
    pub(super) components: Vec<ScanComponent>,
    pub(super) spectral: SpectralSelection,
    pub(super) approximation: SuccessiveApproximation,
    /// MCUs of this scan between restart markers; 0 when there are none.
    pub(super) restart_interval: u32,
    /// Where the entropy-coded data stands in the file, up to the next marker that is no restart marker.
    pub(super) data: Range<usize>,
}

/// A component of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScanComponent {
    /// Its index in the frame.
    pub(super) index: usize,
    /// The Huffman table for DC coefficients; `None` where the scan does not need it.
    pub(super) dc: Option<HuffmanSource>,
    /// The Huffman table for AC coefficients; `None` where the scan does not need it.
    pub(super) ac: Option<HuffmanSource>,
    /// What an arithmetic decoder needs instead.
    pub(super) conditioning: Conditioning,
}

/// Where a Huffman table stands. Equal sources of the same file are equal tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum HuffmanSource {
    /// In the file: the position of the 16 counts of codes of each length, behind which the symbols stand.
    File(usize),
    /// One of the standard (T.81, tables K.3 to K.6), which frames of Motion JPEG leave out: its index in
    /// [`STANDARD_HUFFMAN`](crate::tables::STANDARD_HUFFMAN).
    Standard(u8),
}

impl HuffmanSource {
    /// How many codes there are of 1 to 16 bits, and their symbols in the order of the codes: as many as the counts sum up to.
    /// `None` when `file` is not the one that it is about.
    pub(super) fn counts_and_symbols(self, file: &[u8]) -> Option<(&[u8; 16], &[u8])> {
        match self {
            Self::File(position) => {
                let (counts, symbols) = file.get(position..)?.split_first_chunk()?;
                let count = counts.iter().copied().map(usize::from).sum();
                Some((counts, symbols.get(..count)?))
            }
            Self::Standard(index) => {
                let (counts, symbols) = crate::tables::STANDARD_HUFFMAN.get(usize::from(index))?;
                Some((counts, symbols))
            }
        }
    }
}

/// How contexts of arithmetic coding are chosen (T.81, B.2.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conditioning {
    /// `L` of the DC table: bounds of small differences, `lower <= upper <= 15`.
    pub(super) dc_lower: u8,
    /// `U` of the DC table.
    pub(super) dc_upper: u8,
    /// `Kx` of the AC table: the last of the low coefficients.
    pub(super) ac_low: u8,
    /// The index of the DC table, 0 to 15: components of equal index share their statistics.
    pub(super) dc_table: u8,
    /// The index of the AC table, 0 to 15.
    pub(super) ac_table: u8,
}
