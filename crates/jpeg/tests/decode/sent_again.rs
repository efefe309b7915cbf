//! Coefficients that are complete and sent again, which T.81 does not provide for, and libjpeg-turbo reads without a word.

use masthead_libjpeg_turbo::available;

use crate::decoded::check;

/// A number and how many bits it takes.
type Bits = (u32, u32);

/// What the codes of the AC table stand for: each takes three bits, and its number is the place here.
const SYMBOLS: [u8; 5] = [0x00, 0xF1, 0xF0, 0x01, 0x02];
const END_OF_BAND: Bits = (0, 3);
const RUN_OF_15_AND_ONE_BIT: Bits = (1, 3);
const RUN_OF_16: Bits = (2, 3);
const TWO_BITS: Bits = (4, 3);

fn huffman_table(kind: u8, symbols: &[u8]) -> Vec<u8> {
    let counts = [0, 0, symbols.len() as u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    [&[0xFF, 0xC4, 0, 19 + symbols.len() as u8, kind], &counts[..], symbols].concat()
}

/// A scan of a block; `approximation` are `Ah` and `Al`.
fn scan([start, end]: [u8; 2], approximation: u8, bits: &[Bits]) -> Vec<u8> {
    let data = bits.iter().fold((0_u32, 0), |(data, length), (bits, count)| (data << count | bits, length + count));
    let data = data.0 << (32 - data.1);
    [&[0xFF, 0xDA, 0, 8, 1, 1, 0, start, end, approximation][..], &data.to_be_bytes()].concat()
}

/// A file of one block, whose DC coefficient is 0.
fn file(scans: &[Vec<u8>]) -> Vec<u8> {
    [
        b"\xFF\xD8\xFF\xDB\0\x43\0",
        &[8; 64][..],
        b"\xFF\xC2\0\x0B\x08\0\x08\0\x08\x01\x01\x11\0",
        &huffman_table(0x00, &[0]),
        &huffman_table(0x10, &SYMBOLS),
        &scan([0, 0], 0x00, &[(0, 3)]),
        &scans.concat(),
        b"\xFF\xD9",
    ]
    .concat()
}

#[test]
fn planes_are_those_of_libjpeg_turbo() {
    if !available() {
        return;
    }
    let band = [1, 63];
    // Coefficient 16 is 1; then a run of zeros that ends there.
    let zeros =
        [scan(band, 0x00, &[RUN_OF_15_AND_ONE_BIT, (1, 1), END_OF_BAND]), scan(band, 0x00, &[RUN_OF_16, END_OF_BAND])];
    check("zeros", &file(&zeros), &[]);
    // Coefficient 1 is 3 or -3; then bit 1 of it is sent, as zero, and its bit 0 once more.
    for (sign, name) in [(3, "3"), (0, "-3")] {
        let bits = [
            scan(band, 0x00, &[TWO_BITS, (sign, 2), END_OF_BAND]),
            scan(band, 0x01, &[END_OF_BAND]),
            scan(band, 0x10, &[END_OF_BAND, (1, 1)]),
        ];
        check(name, &file(&bits), &[]);
    }
}
