//! What a scan header says, with the tables and the restart interval that stood when it came.

use std::ops::Range;

use super::DecodeError;
use super::decoder_tables::DecoderTables;
use super::frame::{EntropyCoding, Frame, Process};
use crate::markers::{SpectralSelection, SuccessiveApproximation};

/// The most blocks of an MCU of more than one component (T.81, B.2.3).
const MAX_MCU_BLOCKS: u32 = 10;

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
    /// Where the entropy-coded data stands in the file, up to the next marker that is no restart marker. That is not looked for if
    /// nothing behind it counts: then this is the rest of the file.
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

impl ScanHeader {
    /// Reads the body of a scan header, whose entropy-coded data stands at `data`, with the tables that stand there.
    pub(super) fn read(
        body: &[u8],
        data: Range<usize>,
        frame: &Frame,
        tables: &DecoderTables,
    ) -> Result<Self, DecodeError> {
        let too_short = || DecodeError::broken("a scan header is too short");
        let (&count, rest) = body.split_first().ok_or_else(too_short)?;
        if !(1..=4).contains(&count) {
            return Err(DecodeError::broken(format!("a scan has {count} components (expected 1 to 4)")));
        }
        let (selectors, parameters) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(too_short)?;
        let &[start, end, bits] = parameters else {
            return Err(DecodeError::broken(format!(
                "a scan header of {count} components has {} bytes (expected {})",
                body.len(),
                4 + 2 * count
            )));
        };
        // Those of a sequential scan say nothing, and some writers leave zeros there.
        let (spectral, approximation) = match frame.process {
            Process::Baseline | Process::ExtendedSequential => (SpectralSelection::ALL, SuccessiveApproximation::NONE),
            Process::Progressive => {
                let band = SpectralSelection { start, end };
                let bits = SuccessiveApproximation { high: bits >> 4, low: bits & 15 };
                check_progressive(band, bits, count)?;
                (band, bits)
            }
        };
        let mut components = Vec::with_capacity(count.into());
        let mut from = 0;
        for &[id, selected] in selectors.as_chunks().0 {
            // Components that share an identifier are told apart by their order.
            let found = frame.components[from..].iter().position(|component| component.id == id);
            let index = from + found.ok_or_else(|| unknown_component(frame, id))?;
            from = index + 1;
            components.push(ScanComponent::new(index, id, selected, (spectral, approximation), frame, tables)?);
        }
        let blocks = components.iter().map(|component| {
            let component = &frame.components[component.index];
            u32::from(component.horizontal) * u32::from(component.vertical)
        });
        let blocks: u32 = blocks.sum();
        if components.len() > 1 && blocks > MAX_MCU_BLOCKS {
            return Err(DecodeError::broken(format!(
                "the MCUs of a scan have {blocks} blocks (expected {MAX_MCU_BLOCKS} at most)"
            )));
        }
        let restart_interval = tables.restart_interval.into();
        Ok(Self { components, spectral, approximation, restart_interval, data })
    }
}

/// T.81, G.1.1.1, with the bits that libjpeg allows.
fn check_progressive(band: SpectralSelection, bits: SuccessiveApproximation, count: u8) -> Result<(), DecodeError> {
    let SpectralSelection { start, end } = band;
    let is_band = match start {
        0 => end == 0,
        _ => start <= end && end <= 63 && count == 1,
    };
    if !is_band {
        return Err(DecodeError::broken(format!(
            "a progressive scan of {count} components has coefficients {start} to {end} \
             (expected 0 alone, or a band of one component)"
        )));
    }
    let SuccessiveApproximation { high, low } = bits;
    if low > 13 || (high > 0 && high != low + 1) {
        return Err(DecodeError::broken(format!(
            "a progressive scan goes from bit {high} to bit {low} (expected one bit further, or from 0 to at most 13)"
        )));
    }
    Ok(())
}

fn unknown_component(frame: &Frame, id: u8) -> DecodeError {
    DecodeError::broken(if frame.components.iter().any(|component| component.id == id) {
        format!("a scan has component {id} twice, or not in the order of the frame")
    } else {
        format!("a scan has component {id}, which the frame has not")
    })
}

impl ScanComponent {
    fn new(
        index: usize,
        id: u8,
        selected: u8,
        (spectral, approximation): (SpectralSelection, SuccessiveApproximation),
        frame: &Frame,
        tables: &DecoderTables,
    ) -> Result<Self, DecodeError> {
        let (dc_table, ac_table) = (selected >> 4, selected & 15);
        let conditioning = tables.conditioning(dc_table, ac_table);
        let mut component = Self { index, dc: None, ac: None, conditioning };
        if frame.coding == EntropyCoding::Huffman {
            let find = |tables: &[Option<HuffmanSource>; 4], kind, table: u8| {
                let source = tables.get(usize::from(table)).copied().flatten();
                let missing = || {
                    DecodeError::broken(format!("component {id} uses {kind} Huffman table {table}, which is missing"))
                };
                source.map(Some).ok_or_else(missing)
            };
            // The refinement of DC coefficients is bits as they are.
            if spectral.start == 0 && approximation.high == 0 {
                component.dc = find(&tables.dc, "DC", dc_table)?;
            }
            if spectral.end > 0 {
                component.ac = find(&tables.ac, "AC", ac_table)?;
            }
        }
        Ok(component)
    }
}

/// Where a Huffman table stands. Equal sources of the same file are equal tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
