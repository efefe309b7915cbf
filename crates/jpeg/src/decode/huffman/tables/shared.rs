//! The tables of all scans of a file.

use std::sync::Arc;

use super::super::codes::Codes;
use super::{AcTable, DcTable, ProgressiveTable};
use crate::decode::error::Damage;
use crate::decode::frame::Frame;
use crate::decode::procedure::Procedure;
use crate::decode::scan_header::{HuffmanSource, ScanHeader};

/// The tables of all scans of a file. Scans that use the same one for the same thing share it.
pub(in crate::decode) struct Tables<'a> {
    file: &'a [u8],
    dc: Made<DcTable>,
    sequential_ac: Made<AcTable>,
    progressive_ac: Made<ProgressiveTable>,
}

/// Tables that have been made, and of what.
type Made<T> = Vec<(HuffmanSource, Arc<T>)>;

/// What a Huffman table is used for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Dc,
    SequentialAc,
    ProgressiveAc,
}

impl<'a> Tables<'a> {
    /// None yet.
    pub(in crate::decode) fn new(file: &'a [u8]) -> Self {
        Self { file, dc: Vec::new(), sequential_ac: Vec::new(), progressive_ac: Vec::new() }
    }

    /// At most so many bytes take the tables of all these scans.
    pub(in crate::decode) fn memory(frame: &Frame, headers: &[ScanHeader]) -> u64 {
        let mut used: Vec<(Use, HuffmanSource)> = headers.iter().flat_map(|header| tables_of(frame, header)).collect();
        used.sort_unstable();
        used.dedup();
        used.iter().map(|(purpose, _)| purpose.memory()).sum()
    }

    /// # Errors
    /// [`Damage::HuffmanTable`], here as below.
    pub(in crate::decode::huffman) fn dc(&mut self, source: Option<HuffmanSource>) -> Result<Arc<DcTable>, Damage> {
        shared(&mut self.dc, self.file, source, DcTable::new)
    }

    pub(in crate::decode::huffman) fn sequential_ac(
        &mut self,
        source: Option<HuffmanSource>,
    ) -> Result<Arc<AcTable>, Damage> {
        shared(&mut self.sequential_ac, self.file, source, |codes| Ok(AcTable::new(codes)))
    }

    pub(in crate::decode::huffman) fn progressive_ac(
        &mut self,
        source: Option<HuffmanSource>,
    ) -> Result<Arc<ProgressiveTable>, Damage> {
        shared(&mut self.progressive_ac, self.file, source, |codes| Ok(ProgressiveTable::new(codes)))
    }
}

/// The table of `source`, which is made if it is not there yet.
fn shared<T>(
    made: &mut Made<T>,
    file: &[u8],
    source: Option<HuffmanSource>,
    make: impl FnOnce(Codes) -> Result<T, Damage>,
) -> Result<Arc<T>, Damage> {
    let source = source.ok_or(Damage::HuffmanTable)?;
    if let Some((_, table)) = made.iter().find(|(other, _)| *other == source) {
        return Ok(Arc::clone(table));
    }
    let (counts, symbols) = source.counts_and_symbols(file).ok_or(Damage::HuffmanTable)?;
    let table = Arc::new(make(Codes::new(counts, symbols)?)?);
    made.push((source, Arc::clone(&table)));
    Ok(table)
}

/// The tables that a scan takes, for each component: none with arithmetic coding, whose scan headers have none.
fn tables_of<'a>(frame: &Frame, header: &'a ScanHeader) -> impl Iterator<Item = (Use, HuffmanSource)> + use<'a> {
    let (dc, ac) = match Procedure::new(frame, header) {
        Procedure::Sequential => (Some(Use::Dc), Some(Use::SequentialAc)),
        Procedure::DcFirst { .. } => (Some(Use::Dc), None),
        Procedure::DcRefinement { .. } => (None, None),
        Procedure::AcFirst(_) | Procedure::AcRefinement(_) => (None, Some(Use::ProgressiveAc)),
    };
    header.components.iter().flat_map(move |component| [dc.zip(component.dc), ac.zip(component.ac)]).flatten()
}

impl Use {
    /// Bytes of a table, with the two counts of an [`Arc`], and of its place in a list. A list that grows has up to twice as many
    /// places, at least four, and is there a second time while it is moved.
    const fn memory(self) -> u64 {
        let table = match self {
            Self::Dc => size_of::<DcTable>(),
            Self::SequentialAc => size_of::<AcTable>(),
            Self::ProgressiveAc => size_of::<ProgressiveTable>(),
        };
        let places = 4 * size_of::<(HuffmanSource, Arc<AcTable>)>();
        (table + 2 * size_of::<usize>() + places) as u64
    }
}
