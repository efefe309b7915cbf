//! A small deflate encoder (RFC 1951): matches found by one hash of three bytes, fixed codes.

const WINDOW: usize = 32768;
const LONGEST: usize = 258;

/// The first length and the number of extra bits of length codes 257 to 285.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// The data as a zlib stream (RFC 1950).
pub(crate) fn zlib(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x9C];
    stream.extend(deflate(data));
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    // The last block, with fixed codes.
    bits.put(0b011, 3);
    let mut seen = vec![usize::MAX; 1 << 12];
    let mut at = 0;
    while at < data.len() {
        let length = match data[at..] {
            [a, b, c, ..] => {
                let hash = (usize::from(a) << 8 ^ usize::from(b) << 4 ^ usize::from(c)) & 0xFFF;
                let candidate = std::mem::replace(&mut seen[hash], at);
                match_length(data, candidate, at).inspect(|&length| {
                    bits.length(length);
                    bits.distance(at - candidate);
                })
            }
            _ => None,
        };
        if length.is_none() {
            bits.symbol(data[at].into());
        }
        at += length.unwrap_or(1);
    }
    bits.symbol(256);
    bits.finish()
}

fn match_length(data: &[u8], candidate: usize, at: usize) -> Option<usize> {
    if candidate >= at || at - candidate > WINDOW {
        return None;
    }
    let same = data[candidate..].iter().zip(&data[at..]).take_while(|(a, b)| a == b).count();
    (same >= 3).then_some(same.min(LONGEST))
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (a + b) % 65521)
    });
    b << 16 | a
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl BitWriter {
    /// Appends the low `count` bits, lowest first.
    fn put(&mut self, value: u32, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Appends a Huffman code, highest bit first.
    fn code(&mut self, code: u32, length: u32) {
        self.put(code.reverse_bits() >> (32 - length), length);
    }

    /// The fixed code of a literal, the end of the block or a length.
    fn symbol(&mut self, symbol: u32) {
        match symbol {
            0..144 => self.code(0x30 + symbol, 8),
            144..256 => self.code(0x190 + symbol - 144, 9),
            256..280 => self.code(symbol - 256, 7),
            _ => self.code(0xC0 + symbol - 280, 8),
        }
    }

    fn length(&mut self, length: usize) {
        let code = LENGTHS.partition_point(|&(first, _)| first <= length) - 1;
        let (first, extra) = LENGTHS[code];
        self.symbol(257 + code as u32);
        self.put((length - first) as u32, extra);
    }

    /// Distance codes come in pairs that share a number of extra bits.
    fn distance(&mut self, distance: usize) {
        let offset = distance as u32 - 1;
        if offset < 4 {
            return self.code(offset, 5);
        }
        let extra = offset.ilog2() - 1;
        self.code(2 * extra + (offset >> extra), 5);
        self.put(offset & ((1 << extra) - 1), extra);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }
}
