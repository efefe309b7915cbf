//! Huffman coding of one scan into symbols (ITU T.81, F.1.2 and G.1.2), before codes exist.

use super::frame::{Frame, Process};
use super::scan::Scan;

/// An item of a scan's data.
#[derive(Clone, Copy)]
pub(super) enum Item {
    /// A symbol of the Huffman table with this class (0 DC, 1 AC) and number.
    Symbol { class: u8, table: u8, symbol: u8 },
    /// The low `count` bits of `value`, as they are.
    Bits { value: u32, count: u32 },
    /// The end of a restart interval.
    Restart,
}

/// Codes the scan; `restart_interval` is in MCUs, 0 for none.
pub(super) fn items(scan: &Scan, frame: &Frame, restart_interval: usize) -> Vec<Item> {
    let progressive = frame.process == Process::Progressive;
    let mut coder = Coder { scan, progressive, items: Vec::new(), predictions: [0; 4], run: EndOfBands::default() };
    for (i, mcu) in frame.scan_order(&scan.components).iter().enumerate() {
        if restart_interval > 0 && i > 0 && i % restart_interval == 0 {
            coder.end_run();
            coder.items.push(Item::Restart);
            coder.predictions = [0; 4];
        }
        for &(component, block) in mcu {
            let tables = scan.tables_of(component, frame);
            coder.block(component, tables, &frame.components[component].blocks[block]);
        }
    }
    coder.end_run();
    coder.items
}

/// Blocks whose band has ended, not yet written, with the correction bits inside them.
#[derive(Default)]
struct EndOfBands {
    count: u32,
    table: u8,
    corrections: Vec<u32>,
}

struct Coder<'a> {
    scan: &'a Scan,
    progressive: bool,
    items: Vec<Item>,
    predictions: [i32; 4],
    run: EndOfBands,
}

impl Coder<'_> {
    fn block(&mut self, component: usize, (dc_table, ac_table): (u8, u8), block: &[i32; 64]) {
        let (first, low) = self.scan.approximation;
        if self.scan.band.0 == 0 {
            if first == 0 {
                let dc = block[0] >> low;
                let difference = dc - self.predictions[component];
                self.predictions[component] = dc;
                self.signed(0, dc_table, 0, difference);
            } else {
                self.bits((block[0] >> low) as u32 & 1, 1);
            }
        }
        if self.scan.band.1 > 0 {
            if first == 0 { self.first_ac(ac_table, block) } else { self.refine_ac(ac_table, block) }
        }
    }

    fn first_ac(&mut self, table: u8, block: &[i32; 64]) {
        let mut zeros = 0;
        for &coefficient in &block[self.scan.band.0.max(1)..=self.scan.band.1] {
            let value = coefficient / (1 << self.scan.approximation.1);
            if value == 0 {
                zeros += 1;
                continue;
            }
            self.end_run();
            while zeros > 15 {
                self.symbol(1, table, 0xF0);
                zeros -= 16;
            }
            self.signed(1, table, zeros << 4, value);
            zeros = 0;
        }
        if zeros > 0 {
            self.end_band(table, Vec::new());
        }
    }

    fn refine_ac(&mut self, table: u8, block: &[i32; 64]) {
        let (start, end) = self.scan.band;
        let low = self.scan.approximation.1;
        let magnitude = |value: i32| value.unsigned_abs() >> low;
        let last_new = (start..=end).rev().find(|&k| magnitude(block[k]) == 1).unwrap_or(0);
        let mut zeros = 0;
        let mut corrections = Vec::new();
        for (k, &value) in block.iter().enumerate().take(end + 1).skip(start) {
            let magnitude = magnitude(value);
            if magnitude == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 && k <= last_new {
                self.end_run();
                self.symbol(1, table, 0xF0);
                zeros -= 16;
                self.correct(&mut corrections);
            }
            if magnitude > 1 {
                corrections.push(magnitude & 1);
                continue;
            }
            self.end_run();
            self.symbol(1, table, zeros << 4 | 1);
            self.bits(u32::from(value > 0), 1);
            self.correct(&mut corrections);
            zeros = 0;
        }
        if zeros > 0 || !corrections.is_empty() {
            self.end_band(table, corrections);
        }
    }

    fn end_band(&mut self, table: u8, corrections: Vec<u32>) {
        if !self.progressive {
            return self.symbol(1, table, 0);
        }
        self.run.count += 1;
        self.run.table = table;
        self.run.corrections.extend(corrections);
        // A decoder may buffer no more correction bits than libjpeg does.
        if self.run.count == 0x7FFF || self.run.corrections.len() > 900 {
            self.end_run();
        }
    }

    fn end_run(&mut self) {
        let EndOfBands { count, table, mut corrections } = std::mem::take(&mut self.run);
        if count > 0 {
            let size = count.ilog2();
            self.symbol(1, table, (size as u8) << 4);
            self.bits(count - (1 << size), size);
            self.correct(&mut corrections);
        }
    }

    /// A symbol whose low half is the value's size in bits, then those bits.
    fn signed(&mut self, class: u8, table: u8, high: u8, value: i32) {
        let size = 32 - value.unsigned_abs().leading_zeros();
        self.symbol(class, table, high | size as u8);
        self.bits((if value < 0 { value - 1 } else { value }) as u32, size);
    }

    fn symbol(&mut self, class: u8, table: u8, symbol: u8) {
        self.items.push(Item::Symbol { class, table, symbol });
    }

    fn bits(&mut self, value: u32, count: u32) {
        self.items.push(Item::Bits { value, count });
    }

    fn correct(&mut self, corrections: &mut Vec<u32>) {
        for bit in corrections.drain(..) {
            self.bits(bit, 1);
        }
    }
}
