//! Damaged pictures, things that are none, and JPEG processes few decoders know. What is wrong within scans of a JPEG is in
//! [`super::broken_scans`].

use super::png::rgb;
use crate::GeneratedFile;
use crate::jpeg::Jpeg;
use crate::png::{Colour, SIGNATURE, chunk, header, zlib};
use crate::scene::scene;

pub(super) fn files() -> Vec<GeneratedFile> {
    [no_pictures(), jpegs(), pngs(), unsupported()].concat()
}

pub(super) const SOF0: [u8; 2] = [0xFF, 0xC0];
pub(super) const SOS: [u8; 2] = [0xFF, 0xDA];

/// Where `pattern` first stands in `bytes`.
pub(super) fn position(bytes: &[u8], pattern: &[u8]) -> usize {
    let found = bytes.windows(pattern.len()).position(|window| window == pattern);
    found.expect("the file has this part")
}

/// The JPEG with the height and width in its SOF0 segment replaced.
pub(super) fn declaring(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let at = position(&jpeg, &SOF0) + 5;
    jpeg[at..at + 2].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
    jpeg
}

fn photograph() -> Vec<u8> {
    Jpeg::ycbcr(&scene(256, 128)).with_sampling(&[(2, 2)]).encode()
}

fn progressive() -> Vec<u8> {
    Jpeg::ycbcr(&scene(256, 128)).with_sampling(&[(2, 2)]).progressive().encode()
}

pub(super) fn cut(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.truncate(length);
    bytes
}

fn no_pictures() -> Vec<GeneratedFile> {
    let text = b"This is no picture, whatever its name says.\n";
    vec![
        GeneratedFile::new("broken-empty.jpg", "an upload of no bytes", vec![]),
        GeneratedFile::new("broken-one-byte.jpg", "the first byte of a JPEG", vec![0xFF]),
        GeneratedFile::new("broken-signature-only.jpg", "a JPEG's signature, then nothing", vec![0xFF, 0xD8, 0xFF]),
        GeneratedFile::new("broken-signature-only.png", "a PNG's signature, then nothing", SIGNATURE.to_vec()),
        GeneratedFile::new("broken-text.jpg", "text named like a picture", text.to_vec()),
    ]
}

fn jpegs() -> Vec<GeneratedFile> {
    let file = photograph();
    let scan = position(&file, &SOS);
    let mid_scan = scan + (file.len() - scan) / 2;
    let mut no_huffman = file.clone();
    let tables = position(&file, &[0xFF, 0xC4]);
    no_huffman.drain(tables..scan);
    let late = progressive();
    let late_length = late.len() / 2;
    vec![
        GeneratedFile::new("broken-jpeg-cut-scan.jpg", "cut in the middle of the scan", cut(file.clone(), mid_scan)),
        GeneratedFile::new("broken-jpeg-cut-progressive.jpg", "cut in a later scan", cut(late, late_length)),
        GeneratedFile::new(
            "broken-jpeg-cut-header.jpg",
            "cut within the frame header",
            cut(file.clone(), position(&file, &SOF0) + 7),
        ),
        GeneratedFile::new("broken-jpeg-cut-tables.jpg", "ends before the scan", cut(file.clone(), scan)),
        GeneratedFile::new("broken-jpeg-no-huffman.jpg", "a scan without its Huffman tables", no_huffman),
        GeneratedFile::new("broken-jpeg-zero-width.jpg", "no columns", declaring(file.clone(), 0, 128)),
        GeneratedFile::new("broken-jpeg-zero-height.jpg", "no rows and no DNL segment", declaring(file, 256, 0)),
    ]
}

fn pngs() -> Vec<GeneratedFile> {
    let file = rgb(8).encode();
    let pixels = position(&file, b"IDAT");
    let flipped = |at: usize| {
        let mut bytes = file.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    let sized = |width, height| {
        let header = header(width, height, 8, Colour::Rgb, false);
        let pixels = chunk(b"IDAT", &zlib(&[0; 64]));
        [&SIGNATURE[..], &header, &pixels, &chunk(b"IEND", &[])].concat()
    };
    let name_of_header = 8 + 4;
    let checksum_of_header = name_of_header + 4 + 13;
    // Four bytes before the twelve of IEND.
    let checksum_of_pixels = file.len() - 16;
    let few_rows =
        [&SIGNATURE[..], &rgb(8).header(), &chunk(b"IDAT", &zlib(&rgb(8).rows()[..6000])), &chunk(b"IEND", &[])];
    vec![
        GeneratedFile::new("broken-png-ihdr-crc.png", "wrong checksum of IHDR", flipped(checksum_of_header)),
        GeneratedFile::new("broken-png-idat-crc.png", "wrong checksum of IDAT", flipped(checksum_of_pixels)),
        GeneratedFile::new("broken-png-cut-idat.png", "cut in IDAT", cut(file.clone(), pixels + 2000)),
        GeneratedFile::new("broken-png-cut-header.png", "cut in IHDR", cut(file.clone(), name_of_header + 9)),
        GeneratedFile::new("broken-png-few-rows.png", "the zlib stream ends in the tenth row", few_rows.concat()),
        GeneratedFile::new("broken-png-zero-width.png", "no columns", sized(0, 100)),
        GeneratedFile::new("broken-png-zero-height.png", "no rows", sized(200, 0)),
    ]
}

/// Headers of processes that are not sequential or progressive with 8 bits; what follows has the right shape, and is not the code
/// the header promises. And a file of two components.
fn unsupported() -> Vec<GeneratedFile> {
    let with_process = |process: u8| {
        let mut bytes = photograph();
        let at = position(&bytes, &SOF0);
        bytes[at + 1] = process;
        bytes
    };
    let frame = position(&photograph(), &SOF0);
    let scan = position(&photograph(), &SOS);
    let mut twelve_bits = with_process(0xC1);
    twelve_bits[frame + 4] = 12;
    let mut lossless = with_process(0xC3);
    // The first predictor, in the place of the band.
    lossless[scan + 11..scan + 14].copy_from_slice(&[1, 0, 0]);
    vec![
        GeneratedFile::new("unsupported-jpeg-12-bit.jpg", "SOF1 with samples of 12 bits", twelve_bits),
        GeneratedFile::new("unsupported-jpeg-lossless.jpg", "SOF3, lossless", lossless),
        GeneratedFile::new(
            "unsupported-jpeg-two-components.jpg",
            "well formed, and of no colour model",
            Jpeg::two_components(&scene(209, 101)).with_sampling(&[(3, 1), (2, 2)]).encode(),
        ),
    ]
}
