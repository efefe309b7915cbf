//! JPEGs whose scans lie: what is said of them, and that nothing below the window is looked at.

use std::ops::Range;

use masthead_decode::{Decoder, ErrorKind};
use masthead_picture::{Light, Rect};

use crate::{decode, decode_window, file, header, limits};

/// One file of each kind: of one scan and of several, with restart intervals, with blocks that only fill MCUs up.
const KINDS: [&str; 9] = [
    "jpeg-420-odd.jpg",
    "jpeg-444.jpg",
    "jpeg-grey-odd.jpg",
    "jpeg-chroma-mixed-odd.jpg",
    "jpeg-ycck-420.jpg",
    "jpeg-restart-420-odd.jpg",
    "jpeg-multi-scan-420-odd.jpg",
    "jpeg-progressive-420-odd.jpg",
    "jpeg-restart-progressive-420.jpg",
];

/// Where the entropy-coded data of each scan stands.
fn scans(bytes: &[u8]) -> Vec<Range<usize>> {
    let marker = |from: usize, wanted: &dyn Fn(u8) -> bool| {
        (from..bytes.len() - 1).find(|at| bytes[*at] == 0xFF && wanted(bytes[at + 1]))
    };
    let (mut scans, mut at) = (Vec::new(), 0);
    while let Some(header) = marker(at, &|byte| byte == 0xDA) {
        let length = usize::from(u16::from_be_bytes([bytes[header + 2], bytes[header + 3]]));
        let start = header + 2 + length;
        let end = marker(start, &|byte| !matches!(byte, 0 | 0xD0..=0xD7)).unwrap_or(bytes.len());
        scans.push(start..end);
        at = end;
    }
    scans
}

/// The upper quarter of the picture.
fn strip(bytes: &[u8]) -> Rect {
    let stored = header(bytes).stored;
    Rect::from_edges(0, 0, stored.width(), stored.height() / 4).unwrap()
}

fn message(bytes: &[u8]) -> String {
    let error = decode(bytes).expect_err("it is damaged");
    assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
    error.to_string()
}

/// The rows below the strip are well over half of the data of each scan.
#[test]
fn what_is_below_the_window_is_not_looked_at() {
    for name in KINDS {
        let bytes = file(name);
        let expected = decode_window(&bytes, strip(&bytes)).unwrap();
        let mut damaged = bytes.clone();
        let scans = scans(&bytes);
        for scan in &scans {
            damaged[scan.start + scan.len().div_ceil(2)..scan.end].fill(0xAA);
        }
        assert!(decode_window(&damaged, strip(&bytes)).unwrap() == expected, "{name}");
        if let [scan] = &scans[..] {
            let half = scan.start + scan.len() / 2;
            assert!(decode_window(&bytes[..half], strip(&bytes)).unwrap() == expected, "{name}, cut");
        }
    }
}

/// Of one scan: a cut is noticed exactly when it takes something away that the window needs.
#[test]
fn a_cut_is_an_error_as_soon_as_the_window_needs_what_it_takes_away() {
    for name in KINDS {
        let bytes = file(name);
        let scans = scans(&bytes);
        let [scan] = &scans[..] else { continue };
        let expected = decode_window(&bytes, strip(&bytes)).unwrap();
        let decoded = scan.clone().step_by(9).map(|length| match decode_window(&bytes[..length], strip(&bytes)) {
            Ok(picture) => {
                assert!(picture == expected, "{name}, {length} bytes");
                true
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unreadable, "{name}, {length} bytes: {error}");
                false
            }
        });
        let decoded: Vec<bool> = decoded.collect();
        assert!(decoded.is_sorted(), "{name}: more bytes, and nothing");
        let needed = 9 * decoded.iter().filter(|decoded| !**decoded).count();
        assert!((scan.len() / 10..scan.len() / 2).contains(&needed), "{name}: {needed} of {} bytes", scan.len());
    }
}

#[test]
fn a_scan_that_ends_early_is_named() {
    for name in KINDS {
        let bytes = file(name);
        let expected = decode_window(&bytes, strip(&bytes)).unwrap();
        for (index, scan) in scans(&bytes).into_iter().enumerate() {
            // A quarter of it is missing, or its last byte.
            for kept in [scan.len() - scan.len().div_ceil(4), scan.len() - 1] {
                let cut = [&bytes[..scan.start + kept], &bytes[scan.end..]].concat();
                let found = message(&cut);
                let start = format!("broken JPEG: scan {} is damaged in MCU row ", index + 1);
                assert!(found.starts_with(&start), "{name}, {kept} of {} bytes: {found}", scan.len());
                if kept > scan.len() / 2 && scan.len() > 16 {
                    assert!(decode_window(&cut, strip(&bytes)).unwrap() == expected, "{name}, scan {index}");
                }
            }
        }
    }
}

/// Where a scan is cut, there the row of the cut is named.
#[test]
fn the_mcu_row_is_that_of_the_damage() {
    let bytes = file("jpeg-420.jpg");
    let window = |rows: u32| Rect::from_edges(0, 0, 256, 16 * rows).unwrap();
    let [scan] = &scans(&bytes)[..] else { panic!("one scan") };
    for length in scan.clone().step_by(7) {
        let cut = &bytes[..length];
        let complete = (1..8).take_while(|rows| decode_window(cut, window(*rows)).is_ok()).count();
        let expected = format!("broken JPEG: scan 1 is damaged in MCU row {complete}: the data ends early");
        assert_eq!(message(cut), expected, "{length} bytes");
    }
}

#[test]
fn restart_markers_are_where_the_interval_puts_them() {
    let bytes = file("jpeg-restart-420.jpg");
    let [scan] = &scans(&bytes)[..] else { panic!("one scan") };
    let markers: Vec<usize> =
        scan.clone().filter(|at| bytes[*at] == 0xFF && matches!(bytes[at + 1], 0xD0..=0xD7)).collect();
    let [first, second, third] = markers[markers.len() / 2..][..3] else { unreachable!() };
    let (lost, doubled) =
        ([&bytes[..second], &bytes[second + 2..]].concat(), [&bytes[..second], &bytes[first..]].concat());
    let mut swapped = bytes.clone();
    swapped.swap(second + 1, third + 1);
    let mut absent = bytes.clone();
    absent[second + 1] = 0;
    let repeated = [&bytes[..second], &bytes[second..second + 2], &bytes[second..]].concat();
    for (what, damaged) in
        [("lost", lost), ("doubled", doubled), ("out of order", swapped), ("absent", absent), ("repeated", repeated)]
    {
        let found = message(&damaged);
        assert!(found.starts_with("broken JPEG: scan 1 is damaged in MCU row "), "{what}: {found}");
        // The rows before it are whole.
        let window = Rect::from_edges(0, 0, 256, 16).unwrap();
        assert!(decode_window(&damaged, window).unwrap() == decode_window(&bytes, window).unwrap(), "{what}");
    }
    // And where there is no interval there is no marker.
    let plain = file("jpeg-420.jpg");
    let middle = scans(&plain)[0].start + scans(&plain)[0].len() / 2;
    let found = message(&[&plain[..middle], &[0xFF, 0xD0], &plain[middle..]].concat());
    assert!(found.starts_with("broken JPEG: scan 1 is damaged in MCU row "), "{found}");
}

/// As libjpeg-turbo has it: what no scan sends is zero, and samples that are all zero are grey.
#[test]
fn a_component_without_a_scan_is_grey() {
    let bytes = file("jpeg-multi-scan-444.jpg");
    let whole = decode(&bytes).unwrap();
    let second = scans(&bytes)[1].end;
    let picture = decode([&bytes[..second], &[0xFF, 0xD9]].concat()).unwrap();
    for (index, (component, whole)) in picture.components().iter().zip(whole.components()).enumerate() {
        if index < 2 {
            assert!(component.plane == whole.plane);
        } else {
            assert!(component.plane.samples().iter().all(|sample| *sample == 128));
        }
    }
    let error = decode(&bytes[..second]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable, "without an end there may have been more scans: {error}");
}

/// A decoder can be used any number of times.
#[test]
fn a_decoder_is_not_used_up() {
    let bytes = file("jpeg-progressive-420.jpg");
    let decoder = Decoder::new(&bytes, &limits()).unwrap();
    let whole = Rect::of(decoder.header().stored);
    let first = decoder.decode(whole, Light::Linear).unwrap();
    decoder.rows(strip(&bytes), Light::Linear).unwrap();
    assert!(decoder.decode(whole, Light::Linear).unwrap() == first);
}
