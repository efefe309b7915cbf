//! Huffman tables made for the symbols they code, and the packing of bits.

use super::symbols::Item;
use crate::Random;
use std::collections::BTreeMap;

/// The codes of one table.
struct Table {
    /// Number of codes of length 1 to 16.
    counts: [u8; 16],
    /// Symbols, shortest code first.
    symbols: Vec<u8>,
    /// Code and length by symbol.
    codes: BTreeMap<u8, (u32, u32)>,
}

/// The tables of a scan, by class and number.
pub(super) struct Tables(BTreeMap<(u8, u8), Table>);

impl Tables {
    /// Tables for these items. With `rare`, they also have codes for symbols that do not occur, and long codes for some that do.
    pub(super) fn for_items<'a>(items: impl IntoIterator<Item = &'a Item>, rare: Option<&mut Random>) -> Self {
        let mut frequencies = BTreeMap::<(u8, u8), BTreeMap<u8, u64>>::new();
        for item in items {
            if let Item::Symbol { class, table, symbol } = *item {
                *frequencies.entry((class, table)).or_default().entry(symbol).or_default() += 1;
            }
        }
        if let Some(random) = rare {
            for (&(class, _), counts) in &mut frequencies {
                for _ in 0..random.below(40) {
                    let symbol = if class == 0 { random.below(12) } else { random.below(256) } as u8;
                    *counts.entry(symbol).or_default() += 1 << random.below(24);
                }
            }
        }
        Self(frequencies.iter().map(|(&key, counts)| (key, Table::new(counts))).collect())
    }

    /// The payload of a DHT segment with all the tables.
    pub(super) fn definition(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        for (&(class, number), table) in &self.0 {
            payload.push(class << 4 | number);
            payload.extend(table.counts);
            payload.extend(&table.symbols);
        }
        payload
    }

    /// The scan's entropy-coded segments, with stuffed bytes: one for each restart interval.
    pub(super) fn encode(&self, items: &[Item]) -> Vec<Vec<u8>> {
        let mut segments = Vec::new();
        let mut bits = BitWriter::default();
        for item in items {
            match *item {
                Item::Symbol { class, table, symbol } => {
                    let (code, length) = self.0[&(class, table)].codes[&symbol];
                    bits.put(code, length);
                }
                Item::Bits { value, count } => bits.put(value, count),
                Item::Restart => {
                    segments.push(std::mem::take(&mut bits).padded());
                }
            }
        }
        segments.push(bits.padded());
        segments
    }
}

impl Table {
    fn new(frequencies: &BTreeMap<u8, u64>) -> Self {
        let mut counts = lengths(frequencies);
        // The procedure of T.81 K.3: shorten codes over 16 bits by splitting a shorter one.
        for length in (17..counts.len()).rev() {
            while counts[length] > 0 {
                let shorter = (1..length - 1).rev().find(|&j| counts[j] > 0).expect("a complete code");
                counts[length] -= 2;
                counts[length - 1] += 1;
                counts[shorter + 1] += 2;
                counts[shorter] -= 1;
            }
        }
        // Leave out the reserved symbol, so that no code consists of ones only.
        let longest = (1..=16).rev().find(|&j| counts[j] > 0).expect("a code");
        counts[longest] -= 1;

        let mut by_frequency: Vec<_> = frequencies.iter().collect();
        by_frequency.sort_by_key(|&(symbol, count)| (std::cmp::Reverse(count), symbol));
        let symbols: Vec<u8> = by_frequency.iter().map(|&(&symbol, _)| symbol).collect();
        let mut codes = BTreeMap::new();
        let (mut code, mut next) = (0, symbols.iter());
        for (length, &count) in (1..).zip(&counts[1..=16]) {
            for &symbol in next.by_ref().take(count) {
                codes.insert(symbol, (code, length));
                code += 1;
            }
            code <<= 1;
        }
        Self { counts: std::array::from_fn(|i| counts[i + 1] as u8), symbols, codes }
    }
}

/// How many codes of each length Huffman's procedure gives, counting a reserved rarest symbol.
fn lengths(frequencies: &BTreeMap<u8, u64>) -> Vec<usize> {
    // Each tree is its weight and the depths of its leaves.
    let mut trees: Vec<(u64, Vec<usize>)> = frequencies.values().map(|&count| (count, vec![0])).collect();
    trees.push((0, vec![0]));
    while trees.len() > 1 {
        trees.sort_by(|a, b| b.cmp(a));
        let (first, second) = (trees.pop().expect("two trees"), trees.pop().expect("two trees"));
        let depths = first.1.iter().chain(&second.1).map(|depth| depth + 1).collect();
        trees.push((first.0 + second.0, depths));
    }
    let mut counts = vec![0; 300];
    for &depth in &trees[0].1 {
        counts[depth] += 1;
    }
    counts
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl BitWriter {
    fn put(&mut self, value: u32, count: u32) {
        for bit in (0..count).rev() {
            self.pending = self.pending << 1 | (value >> bit & 1);
            self.count += 1;
            if self.count == 8 {
                self.bytes.push(self.pending as u8);
                if self.pending == 0xFF {
                    self.bytes.push(0);
                }
                (self.pending, self.count) = (0, 0);
            }
        }
    }

    /// Fills the last byte with ones.
    fn padded(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.put(u32::MAX, 8 - self.count);
        }
        self.bytes
    }
}
