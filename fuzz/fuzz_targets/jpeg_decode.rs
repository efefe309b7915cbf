//! Any bytes as a JPEG: the planes of libjpeg-turbo, or one of the two refuses them for a reason that is listed here.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead_fuzz::{check_planes, check_window, decode_whole, window};
use masthead_jpeg::{DecodeError, Header};
use masthead_libjpeg_turbo::planes;

/// What libjpeg-turbo refuses, and masthead may read: a part of the message, and the reason.
const ONLY_OURS: &[(&str, &str)] = &[
    ("DNL not supported", "masthead reads the height from a DNL segment"),
    ("Not a JPEG file", "the signature is looked at before, by the crate that knows all formats"),
    ("Bogus sampling factors", "those of a single component mean nothing, and are not looked at"),
    ("two SOI markers", "a further SOI is passed over"),
    ("Unsupported marker type", "segments of unknown markers are passed over"),
    ("SOF type 0xc8", "the code is reserved, and no frame header: its segment is passed over"),
    ("Bogus marker length", "metadata that is damaged is left out"),
    ("Maximum supported image dimension is 65500 pixels", "the format has sides up to 65535"),
];

/// What libjpeg-turbo warns of, and masthead may read.
const WARNINGS: &[(&str, &str)] = &[
    ("extraneous bytes before marker", "bytes between segments are passed over"),
    (
        "Invalid SOS parameters for sequential JPEG",
        "those of a sequential scan say nothing, and some writers leave zeros there",
    ),
    ("unknown JFIF revision number", "the revision changes nothing"),
    ("Unknown Adobe color transform code", "both go by the number of components then"),
    ("Premature end of JPEG file", "nothing is looked for behind the only scan that counts"),
];

/// What libjpeg-turbo reads without a warning, and masthead may refuse.
const ONLY_THEIRS: &[(&str, &str)] = &[
    ("a run of zeros goes past the end of the block", "libjpeg-turbo passes over coefficients behind the last one"),
    ("a run of ended blocks goes past the end", "libjpeg-turbo forgets the rest of the run"),
    ("a code is not in the Huffman table", "libjpeg-turbo warns of it near the end of the data alone"),
    (
        "the data ends early",
        "libjpeg-turbo warns of a marker within data when it looks for the next one, which may be never",
    ),
    (
        "restart marker RST",
        "libjpeg-turbo warns of bytes too many before a marker when it looks for the next one, which may be never",
    ),
    (
        "Huffman table 0, which is missing",
        "libjpeg-turbo takes standard tables for any file, masthead for Motion JPEG alone",
    ),
    ("Huffman table 1, which is missing", "the same"),
    ("is in more than one scan", "libjpeg-turbo lets the later one win"),
    ("at most 100 are accepted", "masthead bounds the number of scans"),
];

fn expect_listed(list: &[(&str, &str)], message: &str) {
    assert!(list.iter().any(|(part, _reason)| message.contains(part)), "not listed: {message}");
}

fn decode(file: &[u8]) -> Result<(Header, masthead_fuzz::Windows), DecodeError> {
    let header = Header::read(file, 100)?;
    let ours = decode_whole(file, &header)?;
    Ok((header, ours))
}

/// Few pixels in few scans: so that there are many files a second, and libjpeg-turbo takes little memory. By the first frame header.
fn is_small(file: &[u8]) -> bool {
    let mut headers = file.windows(10).filter(|bytes| matches!(bytes[..2], [0xFF, 0xC0..=0xC2 | 0xC9 | 0xCA]));
    headers.all(|bytes| {
        let side = |at: usize| u32::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
        side(5) * side(7) <= 1 << 16
    })
}

/// Two bytes of ones and a zero within data: no writer makes that. libjpeg-turbo has two ways of reading bits, of which one takes the
/// first byte of ones for a marker.
fn is_ambiguous(file: &[u8]) -> bool {
    file.windows(3).any(|bytes| *bytes == [0xFF, 0xFF, 0])
}

fuzz_target!(|bytes: &[u8]| {
    if !is_small(bytes) || is_ambiguous(bytes) {
        return;
    }
    let ours = decode(bytes);
    let theirs = planes(bytes);
    match (ours, theirs) {
        (Ok((header, ours)), theirs) => {
            let choices = *bytes.last_chunk().expect("a JPEG has four bytes");
            check_window(bytes, &header, &ours, window(&header, choices));
            match theirs {
                Ok(theirs) if theirs.warnings == 0 => check_planes(&header, &ours, &theirs),
                Ok(theirs) => expect_listed(WARNINGS, &theirs.warning),
                Err(error) => expect_listed(ONLY_OURS, &error.to_string()),
            }
        }
        (Err(error), Ok(theirs)) if theirs.warnings == 0 => {
            expect_listed(ONLY_THEIRS, &error.to_string());
        }
        (Err(_), _) => {}
    }
});
