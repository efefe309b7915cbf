//! Files of many scans: the coefficients of all blocks are kept, and each scan takes some bits of some of them.

use std::num::NonZeroU16;

use masthead_simd::SimdLevel;

use super::corrections::{BlockCorrections, PendingCorrections};
use super::frame::Frame;
use super::kernels::{Block, QUAD};
use super::quantiser::Quantiser;
use super::scan::{McuBlock, Scan};
use super::token::{ZRL, magnitude, table, token};
use super::tokens::Tokens;
use crate::markers::{SpectralSelection, SuccessiveApproximation};

/// The most blocks whose ends one symbol counts.
const MAX_EOB_RUN: u32 = 0x7fff;

/// The scans of a frame: the DC coefficients of all components interleaved, as libjpeg has them, then the AC coefficients, which
/// the standard allows in scans of one component only. That mozjpeg's order makes the smallest files of those that were tried is
/// shown in `notes.md`.
pub(super) fn script(frame: &Frame<'_>, restart_rows: Option<NonZeroU16>) -> Vec<Scan> {
    let all = frame.component_indices();
    let ac = [
        (0, 1, 8, 0, 2),
        (1, 1, 8, 0, 0),
        (2, 1, 8, 0, 0),
        (0, 9, 63, 0, 2),
        (0, 1, 63, 2, 1),
        (0, 1, 63, 1, 0),
        (1, 9, 63, 0, 0),
        (2, 9, 63, 0, 0),
    ];
    let ac =
        ac.into_iter().filter(|(component, ..)| all.contains(component)).map(|(component, start, end, high, low)| {
            let (selection, bits) = (SpectralSelection { start, end }, SuccessiveApproximation { high, low });
            Scan::new(frame, vec![component], selection, bits, restart_rows)
        });
    let dc = Scan::new(frame, all.clone(), SpectralSelection::DC, SuccessiveApproximation::NONE, restart_rows);
    std::iter::once(dc).chain(ac).collect()
}

/// The quantised coefficients of all blocks of a frame.
pub(super) struct CoefficientBuffer<'a> {
    frame: &'a Frame<'a>,
    /// Of each component, row after row of blocks in whole quads.
    quads: Vec<Vec<[Block; QUAD]>>,
}

impl<'a> CoefficientBuffer<'a> {
    pub(super) fn new(frame: &'a Frame<'a>, quantisers: &[Quantiser; 2], level: SimdLevel) -> Self {
        let quads = frame.components.iter().map(|component| {
            let (columns, rows) = component.blocks();
            let quads_per_row = columns.div_ceil(QUAD);
            let mut quads = vec![[Block::ZERO; QUAD]; quads_per_row * rows];
            let quantiser = &quantisers[usize::from(component.chroma)];
            for (y, row) in quads.chunks_exact_mut(quads_per_row).enumerate() {
                component.transform(y, 0, level, quantiser, row);
            }
            quads
        });
        Self { frame, quads: quads.collect() }
    }

    /// The rows of blocks of a component.
    fn rows(&self, component: usize) -> impl Iterator<Item = &[Block]> {
        let (columns, _) = self.frame.components[component].blocks();
        let rows = self.quads[component].chunks_exact(columns.div_ceil(QUAD));
        rows.map(move |row| &row.as_flattened()[..columns])
    }

    /// The tokens of a scan.
    pub(super) fn tokens(&self, scan: &Scan) -> Tokens {
        if scan.spectral_selection == SpectralSelection::DC { self.dc(scan) } else { self.ac(scan) }
    }

    /// DC coefficients, all their bits (T.81, G.1.2.1).
    fn dc(&self, scan: &Scan) -> Tokens {
        let mut tokens = Tokens::with_capacity(scan.blocks());
        let mut predictors = [0; 3];
        for y in 0..scan.mcu_rows {
            if scan.restarts_before(y) {
                tokens.end_interval();
                predictors = [0; 3];
            }
            let blocks = (0..scan.mcus_per_row).flat_map(|x| scan.mcu.iter().map(move |block| (x, block)));
            for (x, McuBlock { component, factor, column, row }) in blocks {
                let (x, y) = (x * factor + column, y * factor + row);
                let predictor = &mut predictors[*component];
                let (columns, rows) = self.frame.components[*component].blocks();
                // A block that only fills up an MCU is like the one before it.
                let value = if x < columns && y < rows {
                    let quad = &self.quads[*component][y * columns.div_ceil(QUAD) + x / QUAD];
                    i32::from(quad[x % QUAD].coefficients[0])
                } else {
                    *predictor
                };
                let (size, bits) = magnitude(value - *predictor);
                tokens.push(token(table(false, self.frame.components[*component].chroma), size, bits));
                *predictor = value;
            }
        }
        tokens
    }

    /// Some AC coefficients of a component.
    fn ac(&self, scan: &Scan) -> Tokens {
        let component = scan.components[0];
        let mut tokens = AcTokens::new(scan, self.frame.components[component].chroma);
        for (y, row) in self.rows(component).enumerate() {
            if scan.restarts_before(y) {
                tokens.flush();
                tokens.tokens.end_interval();
            }
            for block in row {
                if scan.successive_approximation.high == 0 { tokens.first(block) } else { tokens.refine(block) }
            }
        }
        tokens.flush();
        tokens.tokens
    }
}

/// Makes the tokens of AC coefficients of one component (T.81, G.1.2.2 and G.1.2.3).
struct AcTokens {
    tokens: Tokens,
    selection: SpectralSelection,
    /// The lowest bit of this scan.
    low: u8,
    /// The selected coefficients.
    mask: u64,
    table: u8,
    /// How many blocks have ended since the last symbol, and the correction bits that follow the symbol for that.
    eob_run: u32,
    corrections: PendingCorrections,
}

impl AcTokens {
    fn new(scan: &Scan, chroma: bool) -> Self {
        let selection = scan.spectral_selection;
        Self {
            // Each coefficient makes one token at most: a symbol, or bits that follow it. The end of a block is one more.
            tokens: Tokens::with_capacity(scan.blocks() * usize::from(selection.end - selection.start + 2)),
            selection,
            low: scan.successive_approximation.low,
            mask: u64::MAX >> (63 - selection.end) & u64::MAX << selection.start,
            table: table(true, chroma),
            eob_run: 0,
            corrections: PendingCorrections::default(),
        }
    }

    /// The upper bits of the coefficients of a block.
    fn first(&mut self, block: &Block) {
        let mut next = u32::from(self.selection.start);
        let mut nonzero = block.nonzero & self.mask;
        while nonzero != 0 {
            let at = nonzero.trailing_zeros();
            nonzero &= nonzero - 1;
            let value = i32::from(block.coefficients[at as usize % 64]);
            let upper = value.signum() * (value.abs() >> self.low);
            if upper == 0 {
                continue;
            }
            self.flush();
            let mut run = at - next;
            while run > 15 {
                self.tokens.push(token(self.table, ZRL, 0));
                run -= 16;
            }
            let (size, bits) = magnitude(upper);
            self.tokens.push(token(self.table, (run as u8) << 4 | size, bits));
            next = at + 1;
        }
        if next <= self.selection.end.into() {
            self.end();
        }
    }

    /// One more bit of the coefficients of a block: a symbol for those that were zero so far and are not any more, a single bit,
    /// its correction, for those that were not zero.
    fn refine(&mut self, block: &Block) {
        let low = self.low;
        let upper = |at: u32| block.coefficients[at as usize % 64].unsigned_abs() >> low;
        let nonzero = block.nonzero & self.mask;
        let mut left = nonzero;
        let mut new = 0_u64;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            new |= u64::from(upper(at) == 1) << at;
        }
        let mut run = 0;
        let mut next = u32::from(self.selection.start);
        let mut corrections = BlockCorrections::default();
        left = nonzero;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            run += at - next;
            next = at + 1;
            let value = upper(at);
            if value == 0 {
                run += 1;
                continue;
            }
            // Zeros after the last new one are those of the end.
            while run > 15 && new >> at != 0 {
                self.flush();
                self.tokens.push(token(self.table, ZRL, 0));
                std::mem::take(&mut corrections).append_to(&mut self.tokens);
                run -= 16;
            }
            if value > 1 {
                corrections.push(value & 1);
                continue;
            }
            self.flush();
            let positive = block.coefficients[at as usize % 64] > 0;
            self.tokens.push(token(self.table, (run as u8) << 4 | 1, positive.into()));
            std::mem::take(&mut corrections).append_to(&mut self.tokens);
            run = 0;
        }
        run += u32::from(self.selection.end) + 1 - next;
        if run > 0 || !corrections.is_empty() {
            self.corrections.append(&corrections);
            self.end();
        }
    }

    /// Nothing but zeros and corrections follows in this block.
    fn end(&mut self) {
        self.eob_run += 1;
        if self.eob_run == MAX_EOB_RUN {
            self.flush();
        }
    }

    /// Says how many blocks have ended.
    fn flush(&mut self) {
        if self.eob_run == 0 {
            return;
        }
        let size = self.eob_run.ilog2();
        self.tokens.push(token(self.table, (size as u8) << 4, (self.eob_run - (1 << size)) as u16));
        self.corrections.move_to(&mut self.tokens);
        self.eob_run = 0;
    }
}
