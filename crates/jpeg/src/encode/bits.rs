//! Packs codes of any number of bits into the bytes of a scan, each 0xff followed by a zero byte (T.81, F.1.2.3).

/// Bits that wait to be written.
///
/// A value that is handed on rather than a writer that owns its bytes, so that it stays in registers.
#[derive(Clone, Copy, Default)]
pub(super) struct Bits {
    /// The waiting bits are the lowest; above them is what is written already.
    waiting: u64,
    /// How many wait: below 64.
    count: u32,
}

impl Bits {
    /// Appends the lowest `count` of `bits`, at most 63 of them. The others are 0.
    #[inline(always)]
    #[must_use]
    pub(super) fn put(self, bits: u64, count: u32, file: &mut Vec<u8>) -> Self {
        let total = self.count + count;
        if total < 64 {
            return Self { waiting: self.waiting << count | bits, count: total };
        }
        let rest = total - 64;
        // Fewer than 64 wait, so at least one is new, and the shift is below 64.
        write(self.waiting << (count - rest) | bits >> rest, file);
        Self { waiting: bits, count: rest }
    }

    /// Writes what waits, filled up to a whole byte with ones.
    pub(super) fn finish(self, file: &mut Vec<u8>) {
        let missing = self.count.wrapping_neg() % 8;
        let Self { waiting, count } = self.put((1 << missing) - 1, missing, file);
        for byte in waiting.to_be_bytes().into_iter().skip(8 - count as usize / 8) {
            write_byte(byte, file);
        }
    }
}

#[inline(always)]
fn write(word: u64, file: &mut Vec<u8>) {
    // A byte of ones is the only one that keeps its highest bit when it is raised by one and inverted; a carry from a lower
    // byte can only make this doubt too much.
    const ONES: u64 = 0x0101_0101_0101_0101;
    if word & !word.wrapping_add(ONES) & (ONES << 7) == 0 {
        file.extend_from_slice(&word.to_be_bytes());
    } else {
        write_stuffed(word, file);
    }
}

#[cold]
fn write_stuffed(word: u64, file: &mut Vec<u8>) {
    for byte in word.to_be_bytes() {
        write_byte(byte, file);
    }
}

/// A byte of ones would begin a marker: a zero after it says that it does not.
fn write_byte(byte: u8, file: &mut Vec<u8>) {
    file.push(byte);
    if byte == 0xff {
        file.push(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_become_bytes_from_the_highest_on_and_ones_fill_up() {
        let mut file = Vec::new();
        Bits::default().put(0b1, 1, &mut file).put(0b0010, 4, &mut file).finish(&mut file);
        assert_eq!(file, [0b1001_0111]);
        Bits::default().finish(&mut file);
        assert_eq!(file.len(), 1);
    }

    #[test]
    fn any_split_gives_the_same_bytes_and_zeros_follow_bytes_of_ones() {
        // Zeros and ones in every density, bytes of ones at every place of a word.
        let content: Vec<u8> = (0..4000_u32).map(|i| if i % 3 == i / 500 { 0xff } else { (i * i / 7) as u8 }).collect();
        let mut stuffed = Vec::new();
        for byte in &content {
            stuffed.push(*byte);
            stuffed.extend((*byte == 0xff).then_some(0));
        }
        let bit = |i: usize| u64::from(content[i / 8] >> (7 - i % 8) & 1);
        for seed in 0..70 {
            let (mut bits, mut at, mut file) = (Bits::default(), 0, Vec::new());
            while at < 8 * content.len() {
                let count = ((at * 31 + seed * 17) % 64).min(8 * content.len() - at);
                let value = (at..at + count).fold(0, |value, i| value << 1 | bit(i));
                bits = bits.put(value, count as u32, &mut file);
                // A length of nothing would never end.
                at += count;
                if count == 0 {
                    bits = bits.put(bit(at), 1, &mut file);
                    at += 1;
                }
            }
            bits.finish(&mut file);
            assert_eq!(file, stuffed, "{seed}");
        }
    }
}
