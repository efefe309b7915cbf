//! Scans that are made at random.

use masthead_picture::{Dimensions, Ratio, Sampling};
use masthead_simd::SimdLevel;

use super::super::{HuffmanScan, Tables};
use super::source::{Random, Reader, Writer};
use super::twin::{Coefficients, decode_scan, no_coefficients, padded_across};
use crate::decode::coefficients::{Block, McuRow};
use crate::decode::error::Damage;
use crate::decode::frame::{EntropyCoding, Frame, FrameComponent, Process};
use crate::decode::scan_header::{Conditioning, HuffmanSource, ScanComponent, ScanHeader};
use crate::markers::{SpectralSelection, SuccessiveApproximation};
use crate::tables::ZIGZAG;

/// A scan that was made at random, and what its coefficients are before and behind it.
pub(super) struct Case {
    pub(super) frame: Frame,
    pub(super) header: ScanHeader,
    /// Its tables, and its data.
    pub(super) file: Vec<u8>,
    pub(super) before: Coefficients,
    pub(super) after: Coefficients,
}

/// What scans are made of in these tests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Sequential,
    DcFirst,
    DcRefinement,
    AcFirst,
    AcRefinement,
}

pub(super) const KINDS: [Kind; 5] =
    [Kind::Sequential, Kind::DcFirst, Kind::DcRefinement, Kind::AcFirst, Kind::AcRefinement];

impl Case {
    pub(super) fn new(kind: Kind, random: &mut Random) -> Self {
        let frame = frame(kind != Kind::Sequential, random);
        let mut file = Vec::new();
        let low = if kind == Kind::Sequential { 0 } else { random.below(4) as u8 };
        let band = match kind {
            Kind::Sequential => [0, 63],
            Kind::DcFirst | Kind::DcRefinement => [0, 0],
            _ if random.below(4) == 0 => [1, 63],
            _ => {
                let start = 1 + random.below(63);
                [start, start + random.below(64 - start)]
            }
        };
        let is_refinement = matches!(kind, Kind::DcRefinement | Kind::AcRefinement);
        let is_of_one = matches!(kind, Kind::AcFirst | Kind::AcRefinement) || random.below(3) == 0;
        let chosen = random.below(frame.components.len() as u32) as usize;
        let indices = if is_of_one { chosen..chosen + 1 } else { 0..frame.components.len() };
        let components = indices.map(|index| ScanComponent {
            index,
            dc: Some(table(&mut file, random, |symbol| symbol < 16)),
            ac: Some(table(&mut file, random, |symbol| {
                kind != Kind::AcRefinement || symbol & 15 <= 1 || symbol % 37 == 5
            })),
            conditioning: Conditioning { dc_lower: 0, dc_upper: 1, ac_low: 5, dc_table: 0, ac_table: 0 },
        });
        let mut header = ScanHeader {
            components: components.collect(),
            spectral: SpectralSelection { start: band[0] as u8, end: band[1] as u8 },
            approximation: SuccessiveApproximation { high: if is_refinement { low + 1 } else { 0 }, low },
            restart_interval: [0, 0, 1, 2, 7][random.below(5) as usize],
            data: 0..0,
        };
        let mut before = no_coefficients(&frame);
        if kind != Kind::Sequential {
            let is_sent_again = random.below(4) == 0;
            for block in before.iter_mut().flatten() {
                fill(block, &header, is_sent_again, random);
            }
        }
        let mut writer = Writer::new(random);
        let mut after = before.clone();
        decode_scan(&frame, &header, &file, &mut writer, &mut after).unwrap();
        writer.finish();
        header.data = file.len()..file.len() + writer.data.len();
        file.extend(writer.data);
        Self { frame, header, file, before, after }
    }

    /// Decodes the scan. The error says in which MCU row.
    pub(super) fn decode(&self, simd: SimdLevel) -> Result<Coefficients, (u32, Damage)> {
        let mut tables = Tables::new(&self.file);
        let mut scan = HuffmanScan::new(simd, &self.file, &self.frame, &self.header, &mut tables).unwrap();
        let mut row = McuRow::new(&self.frame);
        let mut decoded = self.before.clone();
        for index in 0..self.frame.mcu_rows() {
            exchange(&self.frame, index, &mut decoded, &mut row);
            // Nobody has to zero them here.
            scan.decode_mcu_row(index, &mut row, true).map_err(|damage| (index, damage))?;
            check_nonzero(&self.frame, &mut row);
            exchange(&self.frame, index, &mut decoded, &mut row);
        }
        Ok(decoded)
    }

    /// Decodes the scan with the twin.
    pub(super) fn decode_with_twin(&self) -> Result<Coefficients, (u32, Damage)> {
        let mut decoded = self.before.clone();
        let mut reader = Reader::new(&self.file[self.header.data.clone()]);
        decode_scan(&self.frame, &self.header, &self.file, &mut reader, &mut decoded)?;
        Ok(decoded)
    }

    /// All levels do what the twin does, or refuse the same MCU row: for the same reason if there is enough data.
    pub(super) fn check(&self, context: &str) {
        let expected = self.decode_with_twin();
        for level in SimdLevel::all() {
            let decoded = self.decode(level);
            let is_same = match (&decoded, &expected) {
                (Err((row, _)), Err((expected, Damage::EndsEarly))) => row == expected,
                _ => decoded == expected,
            };
            let (decoded, expected) = (decoded.map(|_| "decoded"), expected.as_ref().map(|_| "to be decoded"));
            assert!(is_same, "{context} {level}: {decoded:?} {expected:?} {:?} {:?}", self.frame, self.header);
        }
    }
}

/// One to three components, with factors of 1 to 3.
fn frame(is_progressive: bool, random: &mut Random) -> Frame {
    let factors: Vec<[u8; 2]> = match random.below(4) {
        0 => vec![[1, 1]],
        1 => vec![[2, 2], [1, 1], [1, 1]],
        2 => vec![[1, 1], [3, 2]],
        _ => vec![[1, 2], [2, 1], [1, 1]],
    };
    let [max_horizontal, max_vertical] = [0, 1].map(|i| factors.iter().map(|factors| factors[i]).max().unwrap());
    let components = factors.iter().map(|[horizontal, vertical]| FrameComponent {
        id: 0,
        horizontal: *horizontal,
        vertical: *vertical,
        sampling: Sampling {
            horizontal: Ratio::new(*horizontal, max_horizontal).unwrap(),
            vertical: Ratio::new(*vertical, max_vertical).unwrap(),
        },
        quantisation: 0,
    });
    Frame {
        dimensions: Dimensions::new(1 + random.below(90), 1 + random.below(60)).unwrap(),
        process: if is_progressive { Process::Progressive } else { Process::ExtendedSequential },
        coding: EntropyCoding::Huffman,
        components: components.collect(),
        max_horizontal,
        max_vertical,
    }
}

/// Appends a table of codes at random to the file: of 0, the end of the block, and of other symbols.
fn table(file: &mut Vec<u8>, random: &mut Random, is_symbol: impl Fn(u8) -> bool) -> HuffmanSource {
    let share = 1 + random.below(100);
    let mut symbols: Vec<u8> = (1..=255).filter(|symbol| is_symbol(*symbol) && random.below(100) < share).collect();
    symbols.insert(random.below(symbols.len() as u32 + 1) as usize, 0);
    // Codes become shorter as long as there are enough: codes of ones alone are none.
    let mut lengths = vec![16; symbols.len()];
    let mut used = symbols.len();
    for _ in 0..20 * symbols.len() {
        let length = &mut lengths[random.below(symbols.len() as u32) as usize];
        let more = 1 << (16 - *length);
        if used + more < 1 << 16 && *length > 1 {
            *length -= 1;
            used += more;
        }
    }
    lengths.sort_unstable();
    let position = file.len();
    file.extend((1..=16).map(|length| lengths.iter().filter(|other| **other == length).count() as u8));
    file.extend(symbols);
    HuffmanSource::File(position)
}

/// Coefficients that earlier scans may have left: any bits of them, where all was complete before the scan or those that it refines.
fn fill(block: &mut Block, header: &ScanHeader, is_sent_again: bool, random: &mut Random) {
    // Up to all of them.
    let share = random.below(130);
    for (k, place) in (0..).zip(ZIGZAG) {
        let is_of_scan = (header.spectral.start..=header.spectral.end).contains(&k);
        let low = header.approximation.low;
        let shift = if is_sent_again { random.below(u32::from(low) + 2) } else { u32::from(low) + 1 };
        let value = [-3, -2, -1, 1, 2, 3][random.below(6) as usize] << shift;
        if (!is_of_scan || is_sent_again || header.approximation.high > 0) && random.below(100) < share {
            block[usize::from(place)] = value;
        }
    }
}

/// Exchanges an MCU row of `coefficients` with what is in `row`, and marks those that are not zero.
pub(super) fn exchange(frame: &Frame, index: u32, coefficients: &mut Coefficients, row: &mut McuRow) {
    for (number, (component, blocks)) in frame.components.iter().zip(coefficients).enumerate() {
        let (across, rows) = (padded_across(frame, number), usize::from(component.vertical()));
        for y in 0..rows {
            let start = (index as usize * rows + y) * across;
            let (to, nonzero) = row.block_row(number, y);
            to.swap_with_slice(&mut blocks[start..start + across]);
            for (block, nonzero) in to.iter().zip(nonzero) {
                *nonzero = mask(block);
            }
        }
    }
}

/// The AC coefficients that are not zero.
fn mask(block: &Block) -> u64 {
    (1..64).filter(|k| block[usize::from(ZIGZAG[*k])] != 0).map(|k| 1 << (63 - k)).sum()
}

/// What [`McuRow`] promises of its masks.
fn check_nonzero(frame: &Frame, row: &mut McuRow) {
    for (number, component) in frame.components.iter().enumerate() {
        for y in 0..usize::from(component.vertical()) {
            let (blocks, nonzero) = row.block_row(number, y);
            for (block, nonzero) in blocks.iter().zip(nonzero) {
                let exact = mask(block);
                if frame.process == Process::Progressive {
                    assert_eq!(*nonzero, exact);
                } else {
                    assert!(nonzero.trailing_zeros() <= exact.trailing_zeros() && *nonzero >> 63 == 0);
                }
            }
        }
    }
}
