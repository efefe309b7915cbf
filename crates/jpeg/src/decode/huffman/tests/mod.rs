//! Scans at every level beside a decoder that does bit by bit what T.81 says.

mod source;
mod tables;
mod twin;

use masthead_picture::{Dimensions, Ratio, Sampling};
use masthead_simd::SimdLevel;

use self::source::{Random, Reader, Writer};
use self::twin::{Coefficients, decode_scan, no_coefficients, padded_across};
use super::{HuffmanScan, Tables};
use crate::decode::coefficients::{Block, McuRow};
use crate::decode::error::Damage;
use crate::decode::frame::{EntropyCoding, Frame, FrameComponent, Process};
use crate::decode::scan_header::{Conditioning, HuffmanSource, ScanComponent, ScanHeader};
use crate::markers::{SpectralSelection, SuccessiveApproximation};
use crate::tables::ZIGZAG;

/// A scan that was made at random, and what its coefficients are before and behind it.
struct Case {
    frame: Frame,
    header: ScanHeader,
    /// Its tables, and its data.
    file: Vec<u8>,
    before: Coefficients,
    after: Coefficients,
}

/// What scans are made of in these tests.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Sequential,
    DcFirst,
    DcRefinement,
    AcFirst,
    AcRefinement,
}

const KINDS: [Kind; 5] = [Kind::Sequential, Kind::DcFirst, Kind::DcRefinement, Kind::AcFirst, Kind::AcRefinement];

impl Case {
    fn new(kind: Kind, random: &mut Random) -> Self {
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
            for block in before.iter_mut().flatten() {
                fill(block, &header, random);
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
    fn decode(&self, simd: SimdLevel) -> Result<Coefficients, (u32, Damage)> {
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
    fn decode_with_twin(&self) -> Result<Coefficients, (u32, Damage)> {
        let mut decoded = self.before.clone();
        let mut reader = Reader::new(&self.file[self.header.data.clone()]);
        decode_scan(&self.frame, &self.header, &self.file, &mut reader, &mut decoded)?;
        Ok(decoded)
    }

    /// All levels do what the twin does, or refuse the same MCU row: for the same reason if there is enough data.
    fn check(&self, context: &str) {
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

/// Coefficients that earlier scans may have left.
fn fill(block: &mut Block, header: &ScanHeader, random: &mut Random) {
    // Up to all of them.
    let share = random.below(130);
    for (k, place) in (0..).zip(ZIGZAG) {
        let is_of_scan = (header.spectral.start..=header.spectral.end).contains(&k);
        let low = header.approximation.low;
        let value = [-3, -2, -1, 1, 2, 3][random.below(6) as usize] << (low + 1);
        if (!is_of_scan || header.approximation.high > 0) && random.below(100) < share {
            block[usize::from(place)] = value;
        }
    }
}

/// Exchanges an MCU row of `coefficients` with what is in `row`, and marks those that are not zero.
fn exchange(frame: &Frame, index: u32, coefficients: &mut Coefficients, row: &mut McuRow) {
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

#[test]
fn scans_are_decoded_as_the_standard_says() {
    let mut random = Random(1);
    for number in 0..400 {
        for kind in KINDS {
            let case = Case::new(kind, &mut random);
            let twin = case.decode_with_twin();
            assert!(twin.as_ref() == Ok(&case.after), "{kind:?} {number}");
            case.check(&format!("{kind:?} {number}"));
        }
    }
    println!("all levels: {:?}", SimdLevel::all());
}

#[test]
fn data_that_ends_early_is_refused_wherever_it_ends() {
    let mut random = Random(2);
    for kind in KINDS {
        for _ in 0..4 {
            let mut case = Case::new(kind, &mut random);
            let start = case.header.data.start;
            for end in (start..case.header.data.end).rev().step_by(1 + case.header.data.len() / 300) {
                case.header.data = start..end;
                case.check(&format!("{kind:?} {end}"));
            }
        }
    }
}

#[test]
fn damaged_data_is_refused_where_the_standard_cannot_go_on() {
    let mut random = Random(3);
    let mut seen = Vec::new();
    for number in 0..1500 {
        for kind in KINDS {
            let mut case = Case::new(kind, &mut random);
            let length = case.header.data.len() as u32;
            for _ in 0..1 + random.below(3) {
                let at = case.header.data.start + random.below(length) as usize;
                // A restart marker more, a bit, or a byte.
                match random.below(8) {
                    0 => case.file[at..].iter_mut().zip([0xff, 0xd0]).for_each(|(to, byte)| *to = byte),
                    1..4 => case.file[at] ^= 1 << random.below(8),
                    _ => case.file[at] = random.below(256) as u8,
                }
            }
            // A segment that is no restart would have ended the data.
            end_at_markers(&mut case);
            if let Err((_, damage)) = case.decode_with_twin() {
                seen.push(std::mem::discriminant(&damage));
            }
            case.check(&format!("{kind:?} {number}"));
        }
    }
    // All that can be wrong with data, but for tables and arithmetic coding.
    let all = [
        Damage::Code,
        Damage::EndsEarly,
        Damage::ZeroRun,
        Damage::EndOfBandRun,
        Damage::Refinement,
        Damage::RestartMissing { expected: 0 },
        Damage::RestartOrder { found: 0, expected: 0 },
    ];
    for damage in all {
        assert!(seen.contains(&std::mem::discriminant(&damage)), "{damage}");
    }
}

/// Ends the data of a scan at the first marker that is no restart marker, as the walk over all segments does.
fn end_at_markers(case: &mut Case) {
    let data = &case.file[case.header.data.clone()];
    let marker = data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff));
    if let Some(at) = marker {
        case.header.data.end = case.header.data.start + at;
    }
}

#[test]
fn rows_that_are_not_kept_change_nothing_else() {
    let mut random = Random(4);
    for _ in 0..100 {
        let case = Case::new(Kind::Sequential, &mut random);
        for level in SimdLevel::all() {
            let mut tables = Tables::new(&case.file);
            let mut scan = HuffmanScan::new(level, &case.file, &case.frame, &case.header, &mut tables).unwrap();
            let mut row = McuRow::new(&case.frame);
            let mut decoded = no_coefficients(&case.frame);
            for index in 0..case.frame.mcu_rows() {
                let keep = index % 3 == 1;
                scan.decode_mcu_row(index, &mut row, keep).unwrap();
                if keep {
                    exchange(&case.frame, index, &mut decoded, &mut row);
                } else {
                    let (blocks, nonzero) = row.all();
                    assert!(blocks.iter().flatten().all(|value| *value == 0) && nonzero.iter().all(|mask| *mask == 0));
                }
            }
            for (number, component) in case.frame.components.iter().enumerate() {
                let of_row = padded_across(&case.frame, number) * usize::from(component.vertical());
                let rows = decoded[number].chunks(of_row).zip(case.after[number].chunks(of_row));
                for (decoded, expected) in rows.skip(1).step_by(3) {
                    assert!(decoded == expected);
                }
            }
        }
    }
}
