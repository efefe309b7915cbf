//! Valid PNGs with something beside the pixels: orientation, profile, texts, an animation.

use super::png::{SIZE, grey, rgb};
use crate::GeneratedFile;
use crate::exif::{self, Endian};
use crate::icc;
use crate::png::{Colour, Png, zlib};
use crate::scene::{Pixels, scene};

pub(super) fn files() -> Vec<GeneratedFile> {
    let mut files: Vec<_> = (1..=8).map(orientation).collect();
    files.extend([
        GeneratedFile::new(
            "png-animated.png",
            "an animation of two frames; the picture is the first, the second one is black",
            animated(),
        ),
        GeneratedFile::new("png-icc.png", "a wide-gamut RGB profile in iCCP", profile()),
        GeneratedFile::new(
            "png-icc-broken.png",
            "a profile that does not inflate is not a reason to refuse a picture",
            rgb(8).with_leading_chunk(b"iCCP", b"broken\0\0not a zlib stream").encode(),
        ),
        GeneratedFile::new("png-metadata.png", "nothing that says SECRET reaches an output", secrets()),
        GeneratedFile::new(
            "png-unknown-chunks.png",
            "ancillary chunks of unknown names are passed over, before and after the pixels",
            grey(8)
                .with_leading_chunk(b"zzZz", b"before")
                .with_chunk(b"zzZz", &[0; 300])
                .with_trailing_chunk(b"zzZz", b"after")
                .encode(),
        ),
        GeneratedFile::new("png-split-idat.png", "the zlib stream in pieces of 100 bytes", split()),
    ]);
    files
}

fn orientation(orientation: u16) -> GeneratedFile {
    let endian = if orientation.is_multiple_of(2) { Endian::Big } else { Endian::Little };
    let png = opaque(&scene(208, 104).stored_for(orientation));
    GeneratedFile::new(
        format!("png-exif-orientation-{orientation}.png"),
        "all eight are displayed as the same 208x104 picture (even numbers are big-endian)",
        png.with_chunk(b"eXIf", &exif::orientation(endian, orientation)).encode(),
    )
}

fn opaque(picture: &Pixels) -> Png {
    let samples = picture.rgb.iter().flatten().map(|&sample| sample.into()).collect();
    Png::new((picture.width, picture.height), Colour::Rgb, 8, samples)
}

fn animated() -> Vec<u8> {
    let first = rgb(8);
    let second = Png::new(SIZE, Colour::Rgb, 8, vec![0; first.samples.len()]);
    let control = |sequence: u32| {
        let mut control = sequence.to_be_bytes().to_vec();
        for value in [SIZE.0 as u32, SIZE.1 as u32, 0, 0] {
            control.extend(value.to_be_bytes());
        }
        // A tenth of a second; neither disposal nor blending.
        control.extend([0, 1, 0, 10, 0, 0]);
        control
    };
    let second = [&2u32.to_be_bytes()[..], &zlib(&second.rows())].concat();
    first
        .with_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0])
        .with_chunk(b"fcTL", &control(0))
        .with_trailing_chunk(b"fcTL", &control(1))
        .with_trailing_chunk(b"fdAT", &second)
        .encode()
}

fn compressed_profile() -> Vec<u8> {
    [b"wide gamut\0\0", &zlib(&icc::wide_gamut())[..]].concat()
}

fn profile() -> Vec<u8> {
    rgb(8).with_leading_chunk(b"iCCP", &compressed_profile()).encode()
}

fn secrets() -> Vec<u8> {
    let place = exif::ascii(0x010E, "SECRET-LOCATION");
    let endian = Endian::Little;
    let exif = [endian.header(8), endian.directory(8, &[place], 0)].concat();
    let compressed = [b"Comment\0\0", &zlib(b"SECRET-COMPRESSED")[..]].concat();
    let mut file = rgb(8)
        .with_leading_chunk(b"iCCP", &compressed_profile())
        .with_chunk(b"tEXt", b"Author\0SECRET-AUTHOR")
        .with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>SECRET-XMP</x:xmpmeta>")
        .with_chunk(b"zTXt", &compressed)
        .with_chunk(b"tIME", &[0x07, 0xEA, 1, 2, 3, 4, 5])
        .with_chunk(b"eXIf", &exif)
        .with_trailing_chunk(b"tEXt", b"Comment\0SECRET-COMMENT")
        .encode();
    file.extend(b"SECRET-TRAILER");
    file
}

fn split() -> Vec<u8> {
    use crate::png::{SIGNATURE, chunk};
    let png = rgb(8);
    let pieces: Vec<u8> = zlib(&png.rows()).chunks(100).flat_map(|piece| chunk(b"IDAT", piece)).collect();
    [&SIGNATURE[..], &png.header(), &pieces, &chunk(b"IEND", &[])].concat()
}
