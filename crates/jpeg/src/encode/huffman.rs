//! Huffman tables: the codes of one, and the best one for given frequencies.

use crate::tables::HuffmanTable;

/// The most bits of a code.
const MAX_BITS: usize = 16;

/// One code with room for the bits of a value behind it.
#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    /// The code, followed by as many zeros as the symbol announces bits.
    pub(super) bits: u32,
    /// Length of all that.
    pub(super) count: u32,
}

/// The number of bits that follow a symbol: the lower half of its byte, but for runs of blocks that end, which only
/// progressive files have, the upper half.
pub(super) const fn following(symbol: u8) -> u32 {
    match (symbol >> 4, symbol & 15) {
        (15, 0) => 0,
        (run, 0) => run as u32,
        (_, bits) => bits as u32,
    }
}

/// The codes of four tables, and of none.
pub(super) fn codes(tables: &[HuffmanTable; 4]) -> [[Code; 256]; 5] {
    let raw = std::array::from_fn(|count| Code { bits: 0, count: count as u32 });
    let [a, b, c, d] = tables.each_ref().map(HuffmanTable::codes);
    [a, b, c, d, raw]
}

impl HuffmanTable {
    /// The codes of all symbols (T.81, C.2): of one length they are consecutive numbers.
    pub(super) fn codes(&self) -> [Code; 256] {
        let mut codes = [Code::default(); 256];
        let mut symbols = self.symbols.iter();
        let mut next = 0;
        for (length, &count) in (1..).zip(&self.counts) {
            next <<= 1;
            for &symbol in symbols.by_ref().take(count.into()) {
                let room = following(symbol);
                codes[usize::from(symbol)] = Code { bits: next << room, count: length + room };
                next += 1;
            }
        }
        codes
    }

    /// The table that needs the fewest bits for symbols of these frequencies.
    pub(super) fn optimal(frequencies: &[u32; 256]) -> Self {
        let mut used: Vec<(u32, u8)> = (0..=255).map(|symbol| (frequencies[usize::from(symbol)], symbol)).collect();
        used.retain(|(frequency, _)| *frequency > 0);
        used.sort_unstable_by_key(|&(frequency, symbol)| (frequency, std::cmp::Reverse(symbol)));
        // No code may consist of ones only: the longest is given to a symbol that never comes.
        let weights: Vec<u32> = std::iter::once(0).chain(used.iter().map(|(frequency, _)| *frequency)).collect();
        let lengths = limited_lengths(&weights, MAX_BITS);
        let mut counts = [0; MAX_BITS];
        for length in &lengths[1..] {
            counts[length - 1] += 1;
        }
        Self { counts, symbols: used.iter().rev().map(|(_, symbol)| *symbol).collect() }
    }
}

/// The lengths of the best codes of at most `most` bits for weights in rising order, at most 257 of them: package-merge, after
/// L. Larmore and D. Hirschberg, "A fast algorithm for optimal length-limited Huffman codes", 1990. A single weight gets a
/// code of one bit.
fn limited_lengths(weights: &[u32], most: usize) -> Vec<usize> {
    let mut lengths = vec![0; weights.len()];
    // On each level, the weights merged with the packages, each of two neighbours, of the level below.
    let mut levels: Vec<Vec<bool>> = Vec::with_capacity(most);
    let mut merged: Vec<u64> = Vec::new();
    for _ in 0..most {
        let mut packages = merged.as_chunks::<2>().0.iter().map(|pair| pair[0] + pair[1]).peekable();
        let mut next = Vec::with_capacity(2 * weights.len());
        let mut is_weight = Vec::with_capacity(2 * weights.len());
        for &weight in weights {
            while let Some(package) = packages.next_if(|&package| package < weight.into()) {
                next.push(package);
                is_weight.push(false);
            }
            next.push(weight.into());
            is_weight.push(true);
        }
        next.extend(packages);
        is_weight.resize(next.len(), false);
        merged = next;
        levels.push(is_weight);
    }
    // The cheapest of the last level, and what their packages are made of. A weight has one bit for each time it is taken.
    let mut taken = (2 * weights.len()).saturating_sub(2).max(1);
    for level in levels.iter().rev() {
        let level = &level[..taken.min(level.len())];
        let direct = level.iter().filter(|is_weight| **is_weight).count();
        lengths[..direct].iter_mut().for_each(|length| *length += 1);
        taken = 2 * (level.len() - direct);
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::standard_huffman;

    fn frequencies(list: &[u32]) -> [u32; 256] {
        std::array::from_fn(|symbol| list.get(symbol).copied().unwrap_or(0))
    }

    /// Length of the code of each symbol, without what follows it.
    fn code_lengths(table: &HuffmanTable) -> Vec<(u8, u32)> {
        let codes = table.codes();
        table.symbols.iter().map(|symbol| (*symbol, codes[usize::from(*symbol)].count - following(*symbol))).collect()
    }

    fn cost(table: &HuffmanTable, frequencies: &[u32; 256]) -> u64 {
        let bits = |(symbol, length)| u64::from(frequencies[usize::from(symbol)]) * u64::from(length);
        code_lengths(table).into_iter().map(bits).sum()
    }

    /// T.81, tables K.3 and K.5.
    #[test]
    fn codes_are_those_of_the_standard_huffman() {
        let [luma_dc, luma_ac, ..] = standard_huffman().each_ref().map(HuffmanTable::codes);
        let code = |code: Code, symbol| (code.bits >> following(symbol), code.count - following(symbol));
        assert_eq!(code(luma_dc[0], 0), (0b00, 2));
        assert_eq!(code(luma_dc[11], 11), (0b1_1111_1110, 9));
        assert_eq!(code(luma_ac[0x00], 0x00), (0b1010, 4));
        assert_eq!(code(luma_ac[0x01], 0x01), (0b00, 2));
        assert_eq!(code(luma_ac[0xf0], 0xf0), (0b111_1111_1001, 11));
        assert_eq!(code(luma_ac[0xfa], 0xfa), (0b1111_1111_1111_1110, 16));
        // Room for what follows: one bit after 0x11, eight after 0x08.
        assert_eq!((luma_ac[0x11].bits, luma_ac[0x11].count), (0b11000, 5));
    }

    /// Huffman's own method: the sum of all merged weights is the number of bits. Without its limit, and with a code for nobody.
    fn shortest(frequencies: &[u32]) -> u64 {
        let mut weights: Vec<u64> =
            frequencies.iter().filter(|weight| **weight > 0).map(|weight| (*weight).into()).collect();
        weights.push(0);
        let mut total = 0;
        while weights.len() > 1 {
            weights.sort_unstable_by(|a, b| b.cmp(a));
            let merged = weights.pop().unwrap() + weights.pop().unwrap();
            total += merged;
            weights.push(merged);
        }
        total
    }

    #[test]
    fn codes_are_the_shortest() {
        let all: Vec<u32> = (0..256).map(|i| 1 + (i * i * 7919) % 1000).collect();
        for list in [&[1][..], &[3, 3], &[1, 1, 1], &[0, 9, 0, 1], &[50, 1, 1, 20, 3, 3, 7], &[1; 256], &all] {
            let frequencies = frequencies(list);
            assert_eq!(cost(&HuffmanTable::optimal(&frequencies), &frequencies), shortest(list), "{list:?}");
        }
        assert!(HuffmanTable::optimal(&[0; 256]).symbols.is_empty());
    }

    /// Fibonacci's numbers make the deepest trees: unlimited, the last of 40 would have a code of 40 bits.
    #[test]
    fn codes_have_16_bits_at_most() {
        let mut list = vec![1, 1];
        for i in 2..40 {
            list.push(list[i - 1] + list[i - 2]);
        }
        let frequencies = frequencies(&list);
        let table = HuffmanTable::optimal(&frequencies);
        let lengths = code_lengths(&table);
        assert_eq!(lengths.len(), 40);
        assert_eq!(lengths.iter().map(|(_, length)| *length).max(), Some(16));
        // Complete, but for the one code of ones only.
        assert_eq!(lengths.iter().map(|(_, length)| 1 << (16 - length)).sum::<u32>(), (1 << 16) - 1);
        assert!(cost(&table, &frequencies) >= shortest(&list));
    }

    /// Beside every choice of lengths, for small alphabets and codes of three bits, the limit of which is felt by four weights.
    #[test]
    fn limited_lengths_are_the_best_there_are() {
        for weights in [&[0, 1, 1, 2, 3, 5, 8][..], &[0, 1, 2, 4, 8, 16], &[0, 5, 5, 5, 5], &[0, 1, 10, 100, 1000]] {
            let count = weights.len();
            let cost = |lengths: &[usize]| {
                lengths.iter().zip(weights).map(|(length, weight)| *length as u32 * weight).sum::<u32>()
            };
            let all = (0..3_usize.pow(count as u32))
                .map(|i| (0..count).map(|at| 1 + i / 3_usize.pow(at as u32) % 3).collect());
            let possible =
                all.filter(|lengths: &Vec<usize>| lengths.iter().map(|length| 8 >> length).sum::<usize>() <= 8);
            let best = possible.map(|lengths| cost(&lengths)).min();
            assert_eq!(Some(cost(&limited_lengths(weights, 3))), best, "{weights:?}");
        }
    }
}
