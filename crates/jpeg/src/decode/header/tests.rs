use masthead_testdata::GeneratedFile;

use super::*;
use crate::markers::{APP0, DQT, SOF2, SOI};

fn generated(name: &str) -> Vec<u8> {
    std::fs::read(masthead_testdata::folder().join(name)).unwrap()
}

fn read(file: &[u8]) -> Result<Header, String> {
    Header::read(file, 100).map_err(|error| error.to_string())
}

/// A file of these segments; that of a scan has some data behind it.
fn file(segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut file = vec![0xff, SOI];
    for (marker, body) in segments {
        file.extend([0xff, *marker]);
        if *marker != EOI {
            file.extend((body.len() as u16 + 2).to_be_bytes());
            file.extend(*body);
        }
        if *marker == SOS {
            file.extend([0x12, 0xff, 0, 0x34]);
        }
    }
    file
}

/// 16x16 pixels in three components of 1x1.
const FRAME: &[u8] = b"\x08\0\x10\0\x10\x03\x01\x11\0\x02\x11\0\x03\x11\0";
const STEPS: [u8; 65] = [0; 65];
/// A DC and an AC table of one code.
const CODES: &[u8] = b"\x00\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00";
const ALL: &[u8] = b"\x03\x01\0\x02\0\x03\0\0\x3f\0";

fn sequential(scans: &[&[u8]]) -> Vec<u8> {
    of_scans(SOF0, FRAME, scans)
}

fn progressive(scans: &[&[u8]]) -> Vec<u8> {
    of_scans(SOF2, FRAME, scans)
}

fn of_scans(process: u8, frame: &[u8], scans: &[&[u8]]) -> Vec<u8> {
    let mut segments = vec![(DQT, &STEPS[..]), (process, frame), (DHT, CODES)];
    segments.extend(scans.iter().map(|scan| (SOS, *scan)));
    segments.push((EOI, &[]));
    file(&segments)
}

#[test]
fn all_that_is_valid_is_read() {
    let valid = |file: &GeneratedFile| {
        file.name.ends_with(".jpg") && (file.name.starts_with("jpeg-") || file.name.starts_with("limit-"))
    };
    let files: Vec<_> = masthead_testdata::files().into_iter().filter(valid).collect();
    assert!(files.len() > 60);
    for file in files {
        let header = Header::read(&file.bytes, 2000).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        for scan in &header.scans {
            assert!(!scan.data.is_empty() && scan.data.end <= file.bytes.len(), "{}", file.name);
            // Behind the data stands a marker, or nothing that counts.
            assert_eq!(
                file.bytes.get(scan.data.end),
                (header.scans() > 1 || header.process() == Process::Progressive).then_some(&0xff),
                "{}",
                file.name
            );
        }
        assert!(header.quantisation.iter().all(Option::is_some), "{}", file.name);
    }
}

#[test]
fn what_headers_say() {
    let file = generated("jpeg-progressive-420.jpg");
    let header = Header::read(&file, 14).unwrap();
    assert_eq!(header.dimensions().to_string(), "256x128");
    assert_eq!((header.process(), header.entropy_coding()), (Process::Progressive, EntropyCoding::Huffman));
    assert_eq!((header.color(), header.scans()), (Color::YCbCr, 14));
    let components = header.components().iter().map(|c| (c.id(), c.horizontal(), c.vertical(), c.sampling()));
    let (full, half) = (masthead_picture::Sampling::FULL, masthead_picture::Sampling::HALF);
    assert_eq!(components.collect::<Vec<_>>(), [(1, 2, 2, full), (2, 1, 1, half), (3, 1, 1, half)]);
    assert_eq!((header.exif(), header.icc_profile(&file)), (None, None));

    let file = generated("jpeg-exif-orientation-6.jpg");
    let exif = Header::read(&file, 1).unwrap().exif().unwrap();
    assert_eq!(file[exif.start - 6..exif.start + 2], *b"Exif\0\0II");
    let file = generated("jpeg-icc-two-chunks.jpg");
    let header = Header::read(&file, 1).unwrap();
    let profile = header.icc_profile(&file).unwrap();
    assert_eq!(profile.len(), u32::from_be_bytes(*profile.first_chunk().unwrap()) as usize);
    assert_eq!(header.icc_profile(&file[..100]), None);
    assert_eq!(read(&generated("jpeg-extended-420.jpg")).unwrap().process(), Process::ExtendedSequential);
    assert_eq!(read(&generated("jpeg-dnl-420.jpg")).unwrap().dimensions().to_string(), "256x128");
}

#[test]
fn scans_have_the_tables_that_stood_at_them() {
    let other_codes = b"\x00\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\x06";
    let file = file(&[
        (DQT, &STEPS),
        (SOF0, FRAME),
        (DHT, CODES),
        (SOS, b"\x01\x01\0\0\x3f\0"),
        (DHT, other_codes),
        (DQT, &[1; 65].map(|step| step - 1)),
        (crate::markers::DRI, &[0, 7]),
        (SOS, b"\x02\x02\0\x03\0\0\x3f\0"),
        (EOI, &[]),
    ]);
    let header = read(&file).unwrap();
    let [first, second] = &header.scans[..] else { panic!("{} scans", header.scans()) };
    assert_eq!((first.restart_interval, second.restart_interval), (0, 7));
    assert_eq!(file[first.data.clone()], [0x12, 0xff, 0, 0x34]);
    let symbols = |source: Option<super::super::scan_header::HuffmanSource>| source.unwrap().counts_and_symbols(&file);
    assert_eq!(symbols(first.components[0].dc).unwrap().1, [5]);
    assert_eq!(symbols(second.components[1].dc).unwrap().1, [5, 6]);
    assert_eq!(second.components.iter().map(|component| component.index).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(first.components[0].ac, second.components[0].ac);
    assert_ne!(header.quantisation[0], header.quantisation[1]);
}

#[test]
fn what_comes_after_the_picture_does_not_count() {
    let twice = sequential(&[ALL, b"\x01\x09"]);
    assert_eq!(read(&twice).unwrap().scans(), 1);
    // Nobody needs the end of it.
    let end = twice.len() - 14;
    assert_eq!(read(&twice[..end]).unwrap().scans(), 1);
    let parts: [&[u8]; 2] = [b"\x01\x01\0\0\x3f\0", b"\x02\x02\0\x03\0\0\x3f\0"];
    let file = sequential(&parts);
    assert_eq!(read(&file).unwrap().scans(), 2);
    assert_eq!(read(&file[..file.len() - 2]).unwrap_err(), "the file ends before the end of the image");
    // A component without a scan is grey.
    assert_eq!(read(&sequential(&parts[..1])).unwrap().quantisation[1..], [None, None]);
}

#[test]
fn scans_that_cannot_be_are_refused() {
    for (scans, expected) in [
        (&[&b""[..]][..], "a scan header is too short"),
        (&[b"\0\0\x3f\0"], "a scan has 0 components (expected 1 to 4)"),
        (&[b"\x02\x01\0"], "a scan header is too short"),
        (&[b"\x01\x01\0\0\x3f"], "a scan header of 1 components has 5 bytes (expected 6)"),
        (&[b"\x01\x04\0\0\x3f\0"], "a scan has component 4, which the frame has not"),
        (&[b"\x02\x01\0\x01\0\0\x3f\0"], "a scan has component 1 twice, or not in the order of the frame"),
        (&[b"\x02\x02\0\x01\0\0\x3f\0"], "a scan has component 1 twice, or not in the order of the frame"),
        (&[b"\x01\x01\x10\0\x3f\0"], "component 1 uses DC Huffman table 1, which is missing"),
        (&[b"\x01\x01\x07\0\x3f\0"], "component 1 uses AC Huffman table 7, which is missing"),
        (&[b"\x01\x02\0\0\x3f\0", b"\x02\x02\0\x03\0\0\x3f\0"], "component 2 is in more than one scan"),
    ] {
        assert_eq!(read(&sequential(scans)).unwrap_err(), expected);
    }
    let band = |text: &str| format!("a progressive scan of {text} (expected 0 alone, or a band of one component)");
    let bits = |text: &str| {
        format!("a progressive scan goes from bit {text} (expected one bit further, or from 0 to at most 13)")
    };
    let dc: &[u8] = b"\x03\x01\0\x02\0\x03\0\0\0\x01";
    for (scans, expected) in [
        (&[&b"\x01\x01\0\0\x05\0"[..]][..], band("1 components has coefficients 0 to 5")),
        (&[dc, b"\x01\x01\0\x05\x04\0"], band("1 components has coefficients 5 to 4")),
        (&[dc, b"\x01\x01\0\x05\x40\0"], band("1 components has coefficients 5 to 64")),
        (&[dc, b"\x02\x01\0\x02\0\x05\x06\0"], band("2 components has coefficients 5 to 6")),
        (&[b"\x01\x01\0\0\0\x0e"], bits("0 to bit 14")),
        (&[dc, b"\x01\x01\0\0\0\x31"], bits("3 to bit 1")),
        (&[b"\x01\x01\0\x01\x05\0"], "component 1 has a scan of others before coefficient 0".into()),
        (&[dc, b"\x01\x01\0\0\0\x01"], "coefficient 0 of component 1 goes on from bit 0 (expected 1)".into()),
        (&[dc, b"\x01\x01\0\0\0\x21"], "coefficient 0 of component 1 goes on from bit 2 (expected 1)".into()),
        (&[dc, b"\x01\x02\0\x06\x07\x10"], "coefficient 6 of component 2 goes on from bit 1 (expected 0)".into()),
    ] {
        assert_eq!(read(&progressive(scans)).unwrap_err(), expected);
    }
    assert_eq!(read(&progressive(&[dc, b"\x01\x02\0\x06\x07\x01", b"\x01\x02\0\x06\x07\x10"])).unwrap().scans(), 3);
}

#[test]
fn interleaved_mcus_have_ten_blocks_at_most() {
    let frame = b"\x08\0\x10\0\x10\x03\x01\x42\0\x02\x11\0\x03\x21\0";
    let expected = "the MCUs of a scan have 11 blocks (expected 10 at most)";
    assert_eq!(read(&of_scans(SOF0, frame, &[ALL])).unwrap_err(), expected);
    let apart: [&[u8]; 2] = [b"\x02\x01\0\x02\0\0\x3f\0", b"\x01\x03\0\0\x3f\0"];
    assert_eq!(read(&of_scans(SOF0, frame, &apart)).unwrap().scans(), 2);
}

/// Components of one identifier are told apart by their order, as libjpeg does.
#[test]
fn identifiers_may_be_shared() {
    let frame = b"\x08\0\x10\0\x10\x03\x01\x11\0\x01\x11\0\x01\x11\0";
    let header = read(&of_scans(SOF0, frame, &[b"\x03\x01\0\x01\0\x01\0\0\x3f\0"])).unwrap();
    let indices: Vec<_> = header.scans[0].components.iter().map(|component| component.index).collect();
    assert_eq!(indices, [0, 1, 2]);
}

#[test]
fn what_is_missing_is_said() {
    for (segments, expected) in [
        (&[][..], "the file ends before its first scan"),
        (&[(EOI, &b""[..])], "the image ends before its first scan"),
        (&[(SOF0, FRAME), (EOI, &[])], "the image ends before its first scan"),
        (&[(SOS, ALL)], "there is no frame header before the first scan"),
        (&[(SOF0, FRAME), (SOF0, FRAME)], "there is more than one frame header"),
        (&[(DHT, CODES), (SOF0, FRAME), (SOS, ALL)], "component 1 uses quantisation table 0, which is missing"),
        (&[(DHP, FRAME)], "hierarchical JPEG images are not supported"),
        (&[(SOF55, FRAME)], "JPEG-LS images are not supported"),
    ] {
        assert_eq!(read(&file(segments)).unwrap_err(), expected);
    }
    for start in [&b""[..], b"\xff", b"\x89PNG\r\n"] {
        assert_eq!(read(start).unwrap_err(), "the file does not begin like a JPEG");
    }
}

#[test]
fn scans_beyond_the_limit_are_counted() {
    let file = generated("limit-jpeg-1000-scans.jpg");
    let error = DecodeError::TooManyScans { scans: 1135, most: 100 };
    assert_eq!(Header::read(&file, 100).unwrap_err(), error);
    assert_eq!(error.to_string(), "the JPEG has 1135 scans, at most 100 are accepted");
    assert_eq!(Header::read(&file, 1135).unwrap().scans(), 1135);
}

#[test]
fn only_motion_jpeg_has_no_huffman_tables() {
    let bare = generated("broken-jpeg-no-huffman.jpg");
    assert_eq!(read(&bare).unwrap_err(), "component 1 uses DC Huffman table 0, which is missing");
    let segment = file(&[(APP0, b"AVI1\0")]);
    let header = read(&[&segment[..], &bare[2..]].concat()).unwrap();
    assert!(header.scans[0].components.iter().all(|component| component.dc.is_some() && component.ac.is_some()));
}
