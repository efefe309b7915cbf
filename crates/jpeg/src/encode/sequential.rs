//! The scan of files that are not progressive: whole blocks, one MCU after the other (T.81, F.1).

use masthead_simd::SimdLevel;

use super::frame::Frame;
use super::kernels::{self, Block, MAX_BLOCK_TOKENS, QUAD, SPARE_TOKENS, ScanBlock};
use super::quantiser::Quantiser;
use super::scan::Scan;
use super::token::Token;
use super::tokens::Tokens;

/// How many blocks of a row are made at a time: with their tokens they stay in the first-level cache. A multiple of [`QUAD`].
const GROUP: usize = 32;

/// The most rows of blocks that a row of MCUs has.
const ROWS: usize = 4;

/// Makes the tokens of a scan.
pub(super) struct SequentialTokens<'a> {
    frame: &'a Frame<'a>,
    scan: &'a Scan,
    quantisers: &'a [Quantiser; 2],
    level: SimdLevel,
    /// The blocks of a group, rows of [`GROUP`].
    blocks: [[[Block; QUAD]; GROUP / QUAD]; ROWS],
    /// The same in the order of the scan, and their tokens.
    order: Vec<ScanBlock>,
    made: [Token; ROWS * GROUP * MAX_BLOCK_TOKENS + SPARE_TOKENS],
    /// The last DC coefficient of each component.
    predictors: [i16; 3],
}

impl<'a> SequentialTokens<'a> {
    pub(super) fn new(frame: &'a Frame<'a>, scan: &'a Scan, quantisers: &'a [Quantiser; 2], level: SimdLevel) -> Self {
        Self {
            frame,
            scan,
            quantisers,
            level,
            blocks: [const { [const { [Block::ZERO; QUAD] }; GROUP / QUAD] }; ROWS],
            order: Vec::new(),
            made: [0; ROWS * GROUP * MAX_BLOCK_TOKENS + SPARE_TOKENS],
            predictors: [0; 3],
        }
    }

    /// Appends the tokens of a group of MCUs and calls `finish`, which may take them away, again and again.
    pub(super) fn for_each_group(mut self, tokens: &mut Tokens, mut finish: impl FnMut(&mut Tokens)) {
        let widest = self.scan.mcu.iter().map(|block| block.factor).max();
        let group = GROUP / widest.unwrap_or(1);
        for y in 0..self.scan.mcu_rows {
            if self.scan.restarts_before(y) {
                tokens.end_interval();
                self.predictors = [0; 3];
            }
            for start in (0..self.scan.mcus_per_row).step_by(group) {
                self.transform(start, start + group, y);
                self.append_tokens(start, self.scan.mcus_per_row.min(start + group), y, tokens);
                finish(tokens);
            }
        }
    }

    /// Makes the blocks of a group.
    fn transform(&mut self, start: usize, end: usize, y: usize) {
        let rows = self.scan.mcu.iter().filter(|block| block.column == 0);
        for (first, blocks) in rows.zip(&mut self.blocks) {
            let component = &self.frame.components[first.component];
            let y = y * first.factor + first.row;
            if y < component.blocks().1 {
                let quads = component.quads(first.factor * start / QUAD..first.factor * end / QUAD);
                let quantiser = &self.quantisers[usize::from(component.chroma)];
                component.transform(y, quads.start, self.level, quantiser, &mut blocks[..quads.len()]);
            }
        }
    }

    /// Appends the tokens of a group.
    fn append_tokens(&mut self, start: usize, end: usize, y: usize, tokens: &mut Tokens) {
        self.order.clear();
        for x in start..end {
            let mut row = 0;
            for (i, block) in self.scan.mcu.iter().enumerate() {
                row += usize::from(i > 0 && block.column == 0);
                let (columns, rows) = self.frame.components[block.component].blocks();
                let exists = x * block.factor + block.column < columns && y * block.factor + block.row < rows;
                let index = (row * GROUP + (x - start) * block.factor + block.column) as u16;
                self.order.push(ScanBlock { index: exists.then_some(index), component: block.component as u8 });
            }
        }
        let blocks = self.blocks.as_flattened().as_flattened();
        let count = kernels::tokens(self.level, blocks, &self.order, &mut self.predictors, &mut self.made);
        tokens.tokens.extend_from_slice(&self.made[..count]);
    }
}
