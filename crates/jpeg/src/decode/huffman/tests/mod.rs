//! Scans at every level beside a decoder that does bit by bit what T.81 says.

mod case;
mod source;
mod tables;
mod twin;

use masthead_simd::SimdLevel;

use self::case::{Case, KINDS, Kind, exchange};
use self::source::Random;
use self::twin::{no_coefficients, padded_across};
use super::{HuffmanScan, Tables};
use crate::decode::coefficients::McuRow;
use crate::decode::error::Damage;

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
