//! A scan under way, whichever way its symbols are coded.

use masthead_simd::SimdLevel;

use super::arithmetic::ArithmeticScan;
use super::coefficients::McuRow;
use super::error::Damage;
use super::frame::{EntropyCoding, Frame};
use super::huffman::HuffmanScan;
pub(super) use super::huffman::Tables;
use super::scan_header::ScanHeader;

/// A scan under way: it is decoded from the top, one row of MCUs at a time.
pub(super) enum Scan<'a> {
    Huffman(HuffmanScan<'a>),
    Arithmetic(ArithmeticScan<'a>),
}

impl<'a> Scan<'a> {
    /// The scan of a header of `file`, before its first MCU. It takes its Huffman tables from `tables`, which are those of `file`. It
    /// allocates [`Scan::memory`] bytes here, and nothing later.
    ///
    /// # Errors
    /// [`Damage::HuffmanTable`].
    pub(super) fn new(
        simd: SimdLevel,
        file: &'a [u8],
        frame: &Frame,
        header: &ScanHeader,
        tables: &mut Tables<'a>,
    ) -> Result<Self, Damage> {
        Ok(match frame.coding {
            EntropyCoding::Huffman => Self::Huffman(HuffmanScan::new(simd, file, frame, header, tables)?),
            EntropyCoding::Arithmetic => Self::Arithmetic(ArithmeticScan::new(file, frame, header)),
        })
    }

    /// Bytes that a scan allocates, besides [`Tables::memory`] for all scans together.
    pub(super) fn memory(frame: &Frame, header: &ScanHeader) -> u64 {
        match frame.coding {
            EntropyCoding::Huffman => HuffmanScan::memory(frame, header),
            EntropyCoding::Arithmetic => ArithmeticScan::memory(header),
        }
    }

    /// Decodes the next MCU row, which is `index`, counted from 0. Adds what the scan has of its coefficients to `row`; without
    /// `keep`, nobody needs them, and a sequential scan leaves `row` as it is.
    ///
    /// # Errors
    /// [`Damage`], after which the scan is of no use, and neither is `row`.
    pub(super) fn decode_mcu_row(&mut self, index: u32, row: &mut McuRow, keep: bool) -> Result<(), Damage> {
        match self {
            Self::Huffman(scan) => scan.decode_mcu_row(index, row, keep),
            Self::Arithmetic(scan) => scan.decode_mcu_row(index, row, keep),
        }
    }
}
