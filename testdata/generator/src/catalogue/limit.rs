//! Files of too much: of pixels, of scans, of inflated data.

use super::broken::declaring;
use super::png::grey;
use crate::GeneratedFile;
use crate::jpeg::{Jpeg, Scan, segment};
use crate::png::{Colour, Png, SIGNATURE, chunk, header, zlib};
use crate::scene::{Pixels, scene};

pub(super) fn files() -> Vec<GeneratedFile> {
    let block = Jpeg::grey(&scene(8, 8)).encode();
    let thin = Pixels::from_fn(65535, 1, |x, _| [(x >> 8) as u8; 3]);
    let thin_grey = thin.rgb.iter().map(|pixel| pixel[0].into()).collect();
    vec![
        GeneratedFile::new(
            "limit-jpeg-65500x65500.jpg",
            "a few hundred bytes that ask for gigabytes",
            declaring(block, 65500, 65500),
        ),
        GeneratedFile::new(
            "limit-jpeg-100-empty-scans.jpg",
            "as many scans as are accepted, of eight million pixels, which add nothing",
            hundred_empty_scans(),
        ),
        GeneratedFile::new("limit-jpeg-1000-scans.jpg", "valid, in more than a thousand scans", thousand_scans()),
        GeneratedFile::new("limit-jpeg-65535x1.jpg", "valid, wide and not high", Jpeg::grey(&thin).encode()),
        GeneratedFile::new("limit-jpeg-199x99.jpg", "valid, a pixel too small", Jpeg::ycbcr(&scene(199, 99)).encode()),
        GeneratedFile::new(
            "limit-png-65535x1.png",
            "valid, wide and not high",
            Png::new((65535, 1), Colour::Grey, 8, thin_grey).encode(),
        ),
        GeneratedFile::new("limit-png-2147483647x2147483647.png", "the largest size that IHDR can tell", huge()),
        GeneratedFile::new(
            "limit-png-inflating.png",
            "IDAT inflates to a hundred times what the header needs; the picture comes first",
            inflating(),
        ),
    ]
}

/// Every AC coefficient of every component in scans of its own, one for each of its lowest bits.
fn thousand_scans() -> Vec<u8> {
    const BITS: u8 = 6;
    let all = vec![0, 1, 2];
    let mut scans = vec![Scan::new(all, (0, 0), (0, 0))];
    for low in (0..BITS).rev() {
        let first = if low == BITS - 1 { 0 } else { low + 1 };
        for component in 0..3 {
            scans.extend((1..64).map(|k| Scan::new([component], (k, k), (first, low))));
        }
    }
    Jpeg::ycbcr(&scene(208, 104)).with_sampling(&[(2, 2)]).with_progressive_scans(scans).encode()
}

/// A grey picture, progressive: the DC coefficients take a bit each, the bands of every other scan 15 bytes in all. Each DC and AC table
/// has a single code, `0`.
fn hundred_empty_scans() -> Vec<u8> {
    const BLOCKS: usize = 512 * 256;
    // A code of one bit and the symbol: a difference of no bits; a run of ended bands with 14 more bits, 16384 when they are zeros.
    let table = |kind: u8, symbol: u8| [&[kind, 1][..], &[0; 15], &[symbol]].concat();
    let runs = BLOCKS / 16384;
    let scan = |band: [u8; 2], bits: u8, length: usize| {
        [segment(0xDA, &[1, 1, 0, band[0], band[1], bits]), vec![0; length]].concat()
    };
    let mut file = vec![0xFF, 0xD8];
    file.extend(segment(0xDB, &[&[0][..], &[16; 64]].concat()));
    file.extend(segment(0xC2, b"\x08\x08\0\x10\0\x01\x01\x11\0"));
    file.extend(segment(0xC4, &[table(0x00, 0), table(0x10, 0xE0)].concat()));
    file.extend(scan([0, 0], 0, BLOCKS / 8));
    // Bit 1 of all bands, and bit 0 of as many as there is room for.
    let first = (1..64).map(|k| (k, 0x01));
    let later = (1..37).map(|k| (k, 0x10));
    file.extend(first.chain(later).flat_map(|(k, bits)| scan([k, k], bits, (runs * 15).div_ceil(8))));
    file.extend([0xFF, 0xD9]);
    file
}

fn huge() -> Vec<u8> {
    let size = i32::MAX as u32;
    let header = header(size, size, 8, Colour::Rgba, false);
    [&SIGNATURE[..], &header, &chunk(b"IDAT", &zlib(&[0; 64])), &chunk(b"IEND", &[])].concat()
}

fn inflating() -> Vec<u8> {
    let png = grey(1);
    let mut rows = png.rows();
    rows.resize(rows.len() * 100, 0);
    [&SIGNATURE[..], &png.header(), &chunk(b"IDAT", &zlib(&rows)), &chunk(b"IEND", &[])].concat()
}
