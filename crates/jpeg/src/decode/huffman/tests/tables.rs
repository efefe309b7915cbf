//! Tables that are refused, and what tables take.

use std::sync::Arc;

use super::super::codes::Codes;
use super::super::tables::Tables;
use super::{Case, Kind, Random};
use crate::decode::error::Damage;
use crate::decode::scan_header::HuffmanSource;

#[test]
fn only_tables_that_libjpeg_accepts_are() {
    let codes = |counts: &[u8], symbols: &[u8]| {
        let mut all = [0; 16];
        all[..counts.len()].copy_from_slice(counts);
        Codes::new(&all, symbols).map(|_| ())
    };
    assert_eq!(codes(&[], &[]), Ok(()));
    assert_eq!(codes(&[1, 1, 1], &[7, 8, 9]), Ok(()));
    // A code of ones alone, and more codes than there are.
    assert_eq!(codes(&[2], &[0, 1]), Err(Damage::HuffmanTable));
    assert_eq!(codes(&[1, 2], &[0, 1, 2]), Err(Damage::HuffmanTable));
    assert_eq!(codes(&[1, 1, 3], &[0, 1, 2, 3, 4]), Err(Damage::HuffmanTable));
    // Symbols without codes, and codes without symbols.
    assert_eq!(codes(&[1], &[0, 1]), Err(Damage::HuffmanTable));
    assert_eq!(codes(&[1, 1], &[0]), Err(Damage::HuffmanTable));
    assert_eq!(codes(&[0, 0, 0, 0, 0, 0, 0, 0, 255, 2], &[0; 257]), Err(Damage::HuffmanTable));
}

#[test]
fn differences_have_15_bits_at_most() {
    let mut file = vec![0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15];
    assert!(Tables::new(&file).dc(Some(HuffmanSource::File(0))).is_ok());
    file[16] = 16;
    assert_eq!(Tables::new(&file).dc(Some(HuffmanSource::File(0))).err(), Some(Damage::HuffmanTable));
    // As a table for AC coefficients it is a coefficient of no bits behind a zero.
    assert!(Tables::new(&file).sequential_ac(Some(HuffmanSource::File(0))).is_ok());
}

#[test]
fn scans_share_their_tables() {
    let mut random = Random(5);
    let case = loop {
        let case = Case::new(Kind::Sequential, &mut random);
        if case.header.components.len() == 3 {
            break case;
        }
    };
    let one = Tables::memory(&case.frame, std::slice::from_ref(&case.header));
    assert_eq!(Tables::memory(&case.frame, &vec![case.header.clone(); 100]), one);
    let mut tables = Tables::new(&case.file);
    let source = case.header.components[0].ac;
    let (first, second) = (tables.sequential_ac(source).unwrap(), tables.sequential_ac(source).unwrap());
    assert!(Arc::ptr_eq(&first, &second));
    // Each of the three has two of its own.
    assert!((3 * 20_000..3 * 25_000).contains(&one), "{one}");
}
