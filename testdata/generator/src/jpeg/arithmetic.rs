//! Arithmetic coding of one scan (ITU T.81, F.1.4 and G.1.3): the decisions, and the statistics that each is coded with.

use super::arithmetic_encoder::{Encoder, State};
use super::frame::{Frame, Process};
use super::scan::{Conditioning, Scan};

/// The scan's entropy-coded segments: one for each restart interval, which is in MCUs, 0 for none.
pub(super) fn encode(scan: &Scan, frame: &Frame, conditioning: &Conditioning, restart_interval: usize) -> Vec<Vec<u8>> {
    let mcus = frame.scan_order(&scan.components);
    let length = if restart_interval == 0 { mcus.len() } else { restart_interval };
    let interval = |mcus: &[Vec<(usize, usize)>]| {
        let mut model = Model::new(scan, frame.process == Process::Progressive, conditioning);
        for &(component, block) in mcus.iter().flatten() {
            let tables = scan.tables_of(component, frame);
            model.block(component, tables, &frame.components[component].blocks[block]);
        }
        model.encoder.finish()
    };
    mcus.chunks(length).map(interval).collect()
}

/// The statistical model: which state each decision is coded with.
struct Model<'a> {
    scan: &'a Scan,
    progressive: bool,
    conditioning: &'a Conditioning,
    encoder: Encoder,
    /// Statistics areas by destination of the table (figures F.4 and F.5).
    dc: [[State; 64]; 4],
    ac: [[State; 256]; 4],
    predictions: [i32; 4],
    /// What the last difference of each component was: where the statistics of the next one begin.
    contexts: [usize; 4],
}

impl<'a> Model<'a> {
    fn new(scan: &'a Scan, progressive: bool, conditioning: &'a Conditioning) -> Self {
        Self {
            scan,
            progressive,
            conditioning,
            encoder: Encoder::new(),
            dc: [[State::default(); 64]; 4],
            ac: [[State::default(); 256]; 4],
            predictions: [0; 4],
            contexts: [0; 4],
        }
    }

    fn block(&mut self, component: usize, (dc_table, ac_table): (u8, u8), block: &[i32; 64]) {
        let (first, low) = self.scan.approximation;
        let (start, end) = self.scan.band;
        if start == 0 {
            if first == 0 {
                self.dc(component, dc_table.into(), block[0] >> low);
            } else {
                self.encoder.even((block[0] >> low) & 1 == 1);
            }
        }
        if end > 0 && (first == 0 || !self.progressive) {
            self.first_ac(ac_table.into(), start.max(1), block);
        } else if end > 0 {
            self.refine_ac(ac_table.into(), block);
        }
    }

    /// A difference of DC coefficients (F.1.4.1).
    fn dc(&mut self, component: usize, table: usize, value: i32) {
        let difference = value - self.predictions[component];
        self.predictions[component] = value;
        let (encoder, states) = (&mut self.encoder, &mut self.dc[table]);
        let s0 = self.contexts[component];
        encoder.code(&mut states[s0], difference != 0);
        if difference == 0 {
            self.contexts[component] = 0;
            return;
        }
        let negative = difference < 0;
        encoder.code(&mut states[s0 + 1], negative);
        let size = code_magnitude(encoder, states, s0 + 2 + usize::from(negative), 20, difference.unsigned_abs());
        let (low, high) = self.conditioning.dc[table];
        self.contexts[component] = if size < (1 << low) >> 1 {
            0
        } else {
            4 + 4 * usize::from(negative) + if size > (1 << high) >> 1 { 8 } else { 0 }
        };
    }

    /// The coefficients of a band, or of a whole block from the first AC one (F.1.4.2).
    fn first_ac(&mut self, table: usize, start: usize, block: &[i32; 64]) {
        let end = self.scan.band.1;
        let value = |k: usize| block[k] / (1 << self.scan.approximation.1);
        let last = (start..=end).rev().find(|&k| value(k) != 0);
        let (encoder, states) = (&mut self.encoder, &mut self.ac[table]);
        let mut k = start;
        if let Some(last) = last {
            while k <= last {
                encoder.code(&mut states[3 * (k - 1)], false);
                while value(k) == 0 {
                    encoder.code(&mut states[3 * (k - 1) + 1], false);
                    k += 1;
                }
                encoder.code(&mut states[3 * (k - 1) + 1], true);
                encoder.even(value(k) < 0);
                let s = 3 * (k - 1) + 2;
                let x2 = if k <= self.conditioning.ac[table].into() { 189 } else { 217 };
                code_ac_magnitude(encoder, states, (s, x2), value(k).unsigned_abs());
                k += 1;
            }
        }
        if k <= end {
            self.encoder.code(&mut self.ac[table][3 * (k - 1)], true);
        }
    }

    /// A further bit of a band's coefficients (G.1.3.3).
    fn refine_ac(&mut self, table: usize, block: &[i32; 64]) {
        let (start, end) = self.scan.band;
        let (before, low) = self.scan.approximation;
        let last = |shift: u8| (start..=end).rev().find(|&k| block[k].unsigned_abs() >> shift != 0);
        let (encoder, states) = (&mut self.encoder, &mut self.ac[table]);
        let known = last(before);
        let mut k = start;
        while last(low).is_some_and(|last| k <= last) {
            if known.is_none_or(|known| k > known) {
                encoder.code(&mut states[3 * (k - 1)], false);
            }
            while block[k].unsigned_abs() >> low == 0 {
                encoder.code(&mut states[3 * (k - 1) + 1], false);
                k += 1;
            }
            let magnitude = block[k].unsigned_abs() >> low;
            if magnitude > 1 {
                encoder.code(&mut states[3 * (k - 1) + 2], magnitude & 1 == 1);
            } else {
                encoder.code(&mut states[3 * (k - 1) + 1], true);
                encoder.even(block[k] < 0);
            }
            k += 1;
        }
        if k <= end {
            encoder.code(&mut states[3 * (k - 1)], true);
        }
    }
}

/// A magnitude of 1 or more, which begins with state `s`; the states of its size begin at `x1` (figures F.6 to F.9). Gives the
/// power of two that its size is, 0 for a magnitude of 1.
fn code_magnitude(encoder: &mut Encoder, states: &mut [State], s: usize, x1: usize, magnitude: u32) -> u32 {
    encoder.code(&mut states[s], magnitude > 1);
    if magnitude == 1 {
        return 0;
    }
    let size = code_size(encoder, states, x1, 1, magnitude - 1);
    code_low_bits(encoder, states, x1 + size.ilog2() as usize + 14, size, magnitude - 1);
    size
}

/// The same for an AC coefficient, whose first two decisions share state `s`; the states of larger sizes begin at `x2`.
fn code_ac_magnitude(encoder: &mut Encoder, states: &mut [State], (s, x2): (usize, usize), magnitude: u32) {
    encoder.code(&mut states[s], magnitude > 1);
    if magnitude == 1 {
        return;
    }
    encoder.code(&mut states[s], magnitude > 2);
    if magnitude == 2 {
        return;
    }
    let size = code_size(encoder, states, x2, 2, magnitude - 1);
    code_low_bits(encoder, states, x2 + size.ilog2() as usize + 13, size, magnitude - 1);
}

/// The highest power of two in `value`, which is at least `from`: one decision for each power from there on.
fn code_size(encoder: &mut Encoder, states: &mut [State], x: usize, from: u32, value: u32) -> u32 {
    let (mut size, mut at) = (from, x);
    while value >> 1 >= size {
        encoder.code(&mut states[at], true);
        size <<= 1;
        at += 1;
    }
    encoder.code(&mut states[at], false);
    size
}

/// The bits of `value` below its highest one, which is `size`; all in one state.
fn code_low_bits(encoder: &mut Encoder, states: &mut [State], m: usize, size: u32, value: u32) {
    let mut bit = size >> 1;
    while bit > 0 {
        encoder.code(&mut states[m], value & bit != 0);
        bit >>= 1;
    }
}
