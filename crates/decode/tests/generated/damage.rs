//! Damaged pixel data is an error, and not a grey patch. What the needed rows do not depend on is not looked at.

use std::sync::LazyLock;

use masthead_decode::{Decoder, Error, ErrorKind};
use masthead_picture::{Dimensions, Light, Picture, Rect};
use proptest::prelude::*;

use crate::{decode, decode_window, file, files, header, limits};

const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];

fn assert_unreadable(result: Result<Picture, Error>, what: &str) {
    match result {
        Ok(_) => panic!("{what} was decoded"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unreadable, "{what}: {error}"),
    }
}

#[test]
fn a_jpeg_cut_anywhere_is_an_error() {
    let bytes = file("jpeg-grey.jpg");
    let whole = decode(&bytes).unwrap();
    for length in 1..bytes.len() {
        let cut = decode(&bytes[..length]);
        if length < bytes.len() - 2 {
            assert_unreadable(cut, &format!("a file of {length} bytes"));
        } else {
            // All pixels are there, and only the end of the image is not: nobody needs it.
            assert!(cut.unwrap() == whole);
        }
    }
}

/// Some writers end a file that was cut as if nothing had happened, and a decoder then finds zeros where the rest was.
#[test]
fn a_jpeg_cut_and_ended_is_an_error() {
    for name in ["jpeg-grey.jpg", "jpeg-420-odd.jpg", "jpeg-444.jpg", "jpeg-restart-420-odd.jpg", "jpeg-ycck-420.jpg"] {
        let bytes = file(name);
        let whole = decode(&bytes).unwrap();
        for length in (100..bytes.len() - 2).rev().step_by(3) {
            match decode([&bytes[..length], &END_OF_IMAGE].concat()) {
                // The last byte may hold nothing but bits that fill it up.
                Ok(picture) => assert!(length >= bytes.len() - 3 && picture == whole, "{name}, {length} bytes"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unreadable, "{name}: {error}"),
            }
        }
    }
}

/// The scans before the cut make a picture, only a coarser one, and nothing tells that there were more. So a cut exactly
/// before a marker goes unnoticed, as in libjpeg-turbo, and no other does.
#[test]
fn a_jpeg_of_several_scans_cut_and_ended_is_an_error_but_before_a_marker() {
    for name in ["jpeg-progressive-420.jpg", "jpeg-grey-progressive.jpg", "jpeg-multi-scan-444.jpg"] {
        let bytes = file(name);
        let is_marker = |at: usize| matches!(bytes[at..], [0xFF, 0xC0..=0xCF | 0xDA..=0xFE, ..]);
        for length in (100..bytes.len() - 2).step_by(3) {
            match decode([&bytes[..length], &END_OF_IMAGE].concat()) {
                Ok(_) => assert!(is_marker(length) || is_marker(length - 1), "{name}, {length} bytes"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unreadable, "{name}, {length} bytes: {error}"),
            }
        }
    }
}

#[test]
fn a_jpeg_of_several_scans_cut_anywhere_is_an_error() {
    for name in ["jpeg-grey-progressive.jpg", "jpeg-progressive-420-odd.jpg", "jpeg-multi-scan-420-odd.jpg"] {
        let bytes = file(name);
        for length in (1..bytes.len()).rev().step_by(3) {
            assert_unreadable(decode(&bytes[..length]), &format!("{name}, {length} bytes"));
        }
    }
}

#[test]
fn a_photograph_cut_anywhere_gives_the_rows_before_the_cut() {
    let bytes = std::fs::read(masthead_testdata::folder().join("../photos/rocket.jpg")).unwrap();
    let whole = decode(&bytes).unwrap();
    let strip = Rect::from_edges(0, 100, whole.dimensions().width(), 200).unwrap();
    let expected = decode_window(&bytes, strip).unwrap();
    let mut decoded = Vec::new();
    for length in (1000..bytes.len()).step_by(1000) {
        assert_unreadable(decode(&bytes[..length]), &format!("a file of {length} bytes"));
        match decode_window(&bytes[..length], strip) {
            Ok(picture) => {
                assert!(picture == expected, "{length} bytes");
                decoded.push(length);
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unreadable);
                assert!(decoded.is_empty(), "{length} bytes are not enough, {decoded:?} are");
            }
        }
    }
    // The strip ends in the middle of the picture.
    assert!((20..bytes.len() / 1000 - 20).contains(&decoded.len()), "{} cuts were decoded", decoded.len());
}

#[test]
fn a_png_cut_anywhere_is_an_error() {
    for name in ["png-grey-1.png", "png-palette-4-interlaced.png"] {
        let bytes = file(name);
        let whole = decode(&bytes).unwrap();
        // The end of the image has twelve bytes; of these the name says that the pixel data is over.
        for length in 1..bytes.len() {
            match decode(&bytes[..length]) {
                Ok(picture) => assert!(length >= bytes.len() - 4 && picture == whole, "{name}, {length} bytes"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unreadable, "{name}, {length} bytes: {error}"),
            }
        }
    }
}

#[test]
fn a_wrong_checksum_counts_where_it_is_reached() {
    let bytes = file("broken-png-idat-crc.png");
    let stored = header(&bytes).stored;
    let all = decode_window(&bytes, Rect::of(stored)).unwrap_err().to_string();
    assert!(all.starts_with("broken PNG: CRC error"), "{all}");
    let last_row = Rect::from_edges(9, stored.height() - 1, 10, stored.height()).unwrap();
    assert_unreadable(decode_window(&bytes, last_row), "the last row");
    let first_row = Rect::from_edges(0, 0, stored.width(), 1).unwrap();
    assert!(decode_window(&bytes, first_row).is_ok());
}

#[test]
fn harmless_oddities_are_decoded() {
    let plain = file("jpeg-420.jpg");
    let expected = decode(&plain).unwrap();
    let at = |pattern: &[u8]| plain.windows(pattern.len()).position(|window| window == pattern).unwrap();
    let with = |at: usize, added: &[u8]| [&plain[..at], added, &plain[at..]].concat();
    let quantisation = at(&[0xFF, 0xDB]);
    for (what, bytes) in [
        ("bytes between segments", with(quantisation, b"some bytes of nothing")),
        ("fill bytes", with(quantisation, &[0xFF; 9])),
        ("a short Adobe segment", with(2, b"\xFF\xEE\x00\x08Adobe\0")),
        ("an unknown Adobe transform", with(2, b"\xFF\xEE\x00\x0EAdobe\0\x64\0\0\0\0\x07")),
        ("a broken profile segment", with(2, b"\xFF\xE2\x00\x11ICC_PROFILE\0\x00\x00x")),
        ("a short XMP segment", with(2, b"\xFF\xE1\x00\x25http://ns.adobe.com/xmp/extension/\0")),
        ("fill bytes before the end", with(plain.len() - 2, &[0xFF; 5])),
        ("a comment after the scan", with(plain.len() - 2, b"\xFF\xFE\x00\x05abc")),
        ("a reserved marker after the scan", with(plain.len() - 2, b"\xFF\x02")),
        ("bytes after the end", with(plain.len(), b"trailing junk \xFF\xD8\xFF\xDA")),
        ("another picture after the end", [&plain[..], &plain[..]].concat()),
        ("nothing at the end", plain[..plain.len() - 2].to_vec()),
    ] {
        let picture = decode(&bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(picture == expected, "{what}");
    }
}

/// The last definition of a table counts, and those before it are not looked at again.
#[test]
fn tables_without_end_do_no_harm() {
    let plain = file("jpeg-420.jpg");
    let expected = decode(&plain).unwrap();
    // 5 MB of Huffman tables without a code, 3000 to a segment.
    let tables = [0; 17].repeat(3000);
    let segment = [&[0xFF, 0xC4][..], &(tables.len() as u16 + 2).to_be_bytes(), &tables].concat();
    let picture = decode([&plain[..2], &segment.repeat(100), &plain[2..]].concat()).unwrap();
    assert!(picture == expected);
}

/// Files that between them use everything the formats have.
static VALID: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| files(&["jpeg-", "png-", "limit-"], 100).into_values().collect());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 400 } else { 4000 }))]

    /// Whatever happens to a file, it gives a picture within the limits or an error.
    #[test]
    fn changed_bytes_never_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        corner in (0u32..300, 0u32..200),
        size in (1u32..300, 1u32..200),
    ) {
        let mut bytes = which.get(&VALID).clone();
        for (index, value) in changes {
            // Half of them near the beginning, where the structure is.
            let length = if value % 2 == 0 { bytes.len() } else { bytes.len().min(700) };
            bytes[index.index(length)] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let limits = limits().with_max_dimensions(Dimensions::new(2000, 2000).unwrap()).with_memory(32 << 20);
        if let Ok(decoder) = Decoder::new(&bytes, &limits) {
            let header = decoder.header().clone();
            prop_assert!(header.displayed().width() <= 2000 && header.displayed().height() <= 2000);
            prop_assert!(header.scans <= limits.scans);
            let window = Rect::new(corner.0, corner.1, Dimensions::new(size.0, size.1).unwrap()).unwrap();
            let window = window.intersection(Rect::of(header.stored)).unwrap_or(Rect::of(header.stored));
            let memory = decoder.memory(window);
            match decoder.decode(window, Light::Linear) {
                Ok(picture) => {
                    prop_assert!(memory <= limits.memory);
                    prop_assert_eq!((picture.window(), picture.model()), (window, header.model()));
                }
                Err(error) => prop_assert!(error.kind() != ErrorKind::Internal, "{}", error),
            }
        }
    }
}
