//! Valid JPEGs with something beside the pixels: EXIF, ICC, XMP, comments.

use crate::GeneratedFile;
use crate::exif::{self, Endian, Entry};
use crate::icc;
use crate::jpeg::Jpeg;
use crate::scene::{Pixels, scene};

pub(super) fn files() -> Vec<GeneratedFile> {
    [orientations(), broken_exif(), profiles(), secrets()].concat()
}

/// A 4:2:0 picture whose sides are whole MCUs, so that turning it is lossless.
fn picture() -> Pixels {
    scene(240, 128)
}

fn photograph(picture: &Pixels) -> Jpeg {
    Jpeg::ycbcr(picture).with_sampling(&[(2, 2)])
}

fn orientations() -> Vec<GeneratedFile> {
    let file = |orientation: u16| {
        let endian = if orientation.is_multiple_of(2) { Endian::Little } else { Endian::Big };
        let jpeg = photograph(&picture().stored_for(orientation));
        GeneratedFile::new(
            format!("jpeg-exif-orientation-{orientation}.jpg"),
            "all eight are displayed as the same 240x128 picture (odd numbers are big-endian)",
            jpeg.with_exif(&exif::orientation(endian, orientation)).encode(),
        )
    };
    (1..=8).map(file).collect()
}

fn broken_exif() -> Vec<GeneratedFile> {
    let endian = Endian::Little;
    let misplaced = endian.header(0xFFFF_FFF0);
    let make = exif::ascii(0x010F, "masthead");
    let mut truncated = exif::orientation(endian, 6);
    // Cut within the entry, before its value.
    truncated.truncate(8 + 2 + 8);
    let cyclic = [endian.header(8), endian.directory(8, &[make], 8)].concat();
    let mut overlong = exif::orientation(endian, 6);
    // Tells of 65535 entries, of which the first, at the end of the block, is cut.
    overlong[8..10].copy_from_slice(&[0xFF; 2]);
    overlong.truncate(8 + 2 + 11);
    let mut unknown_order = exif::orientation(endian, 6);
    unknown_order[..2].copy_from_slice(b"XX");
    let text = exif::ascii(exif::ORIENTATION, "6");
    let text = [endian.header(8), endian.directory(8, &[text], 0)].concat();
    let none = Entry { count: 0, ..endian.short(exif::ORIENTATION, 6) };
    let none = [endian.header(8), endian.directory(8, &[none], 0)].concat();

    [
        ("offset", "an EXIF directory far outside the block is ignored", misplaced),
        ("truncated", "an EXIF block cut in an entry is ignored", truncated),
        ("overlong", "a count of EXIF entries that the block does not hold is survived", overlong),
        ("cyclic", "an EXIF directory that names itself as the next one ends", cyclic),
        ("byte-order", "an unknown EXIF byte order is ignored", unknown_order),
        ("orientation-0", "orientation 0 counts as 1", exif::orientation(endian, 0)),
        ("orientation-9", "orientation 9 counts as 1", exif::orientation(endian, 9)),
        ("type", "an orientation that is text counts as 1", text),
        ("count", "an orientation without a value counts as 1", none),
        ("empty", "an EXIF segment without a TIFF header is ignored", Vec::new()),
    ]
    .into_iter()
    .map(|(name, proves, tiff)| {
        let bytes = photograph(&picture()).with_exif(&tiff).encode();
        GeneratedFile::new(format!("jpeg-exif-broken-{name}.jpg"), proves, bytes)
    })
    .collect()
}

fn profiles() -> Vec<GeneratedFile> {
    let profile = icc::wide_gamut();
    let jpeg = || photograph(&picture());
    let mut cut = profile.clone();
    cut.truncate(200);
    // Says it is the first of two, and the second never comes.
    let half = [b"ICC_PROFILE\0\x01\x02", &profile[..profile.len() / 2]].concat();
    let made = |name: &str, proves, jpeg: Jpeg| GeneratedFile::new(name, proves, jpeg.encode());
    vec![
        made("jpeg-icc.jpg", "a wide-gamut RGB profile in APP2", jpeg().with_icc(&profile, 1)),
        made("jpeg-icc-two-chunks.jpg", "the same profile in two segments", jpeg().with_icc(&profile, 2)),
        made(
            "jpeg-icc-broken.jpg",
            "a profile cut in its tag table is not a reason to refuse a picture",
            jpeg().with_icc(&cut, 1),
        ),
        made("jpeg-icc-missing-chunk.jpg", "nor is a profile with a segment missing", jpeg().with_segment(0xE2, &half)),
    ]
}

fn secrets() -> Vec<GeneratedFile> {
    let xmp = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET-XMP</x:xmpmeta>";
    let photoshop = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x11\x1C\x02\x78\0\x0CSECRET-IPTC!\0";
    let jpeg = photograph(&picture())
        .with_exif(&exif_with_secrets())
        .with_segment(0xE1, xmp.as_bytes())
        .with_icc(&icc::wide_gamut(), 1)
        .with_segment(0xED, photoshop)
        .with_segment(0xFE, b"SECRET-COMMENT");
    let mut bytes = jpeg.encode();
    bytes.extend(b"SECRET-TRAILER");
    vec![GeneratedFile::new("jpeg-metadata.jpg", "nothing that says SECRET and no thumbnail reaches an output", bytes)]
}

/// Camera, place and an embedded thumbnail.
fn exif_with_secrets() -> Vec<u8> {
    const GPS_DIRECTORY: u16 = 0x8825;
    let endian = Endian::Big;
    let thumbnail = Jpeg::ycbcr(&scene(48, 24)).with_segment(0xFE, b"SECRET-THUMBNAIL").encode();
    let describe = |gps| {
        [
            exif::ascii(0x010E, "SECRET-DESCRIPTION"),
            exif::ascii(0x010F, "SECRET-CAMERA"),
            endian.short(exif::ORIENTATION, 1),
            endian.long(GPS_DIRECTORY, gps),
        ]
    };
    let latitude: Vec<u8> = [52, 1, 31, 1, 12, 1].into_iter().flat_map(|n| endian.u32(n)).collect();
    let place = [
        Entry { tag: 0, kind: exif::Kind::Byte, count: 4, value: vec![2, 3, 0, 0] },
        exif::ascii(1, "N"),
        Entry { tag: 2, kind: exif::Kind::Rational, count: 3, value: latitude },
        exif::ascii(0x1C, "SECRET-LOCATION"),
    ];

    let main_length = endian.directory(8, &describe(0), 0).len() as u32;
    let gps_at = 8 + main_length;
    let gps = endian.directory(gps_at, &place, 0);
    let thumbnail_directory_at = gps_at + gps.len() as u32;
    let thumbnail_at = thumbnail_directory_at + exif::directory_size(3);
    let pointers =
        [endian.short(0x0103, 6), endian.long(0x0201, thumbnail_at), endian.long(0x0202, thumbnail.len() as u32)];
    [
        endian.header(8),
        endian.directory(8, &describe(gps_at), thumbnail_directory_at),
        gps,
        endian.directory(thumbnail_directory_at, &pointers, 0),
        thumbnail,
    ]
    .concat()
}
