//! Scans of whole blocks: their tokens, one MCU after the other.

use masthead_simd::SimdLevel;

use super::frame::{Frame, Layout};
use super::kernels::{self, Block, Item, MOST_TOKENS, SPAN, SPARE_TOKENS};
use super::quantiser::Quantiser;
use super::tokens::{Token, Tokens};

/// How many blocks of a row are made at a time: with their tokens they stay in the first-level cache. A multiple of [`SPAN`].
const GROUP: usize = 32;

/// The most rows of blocks that a row of MCUs has.
const ROWS: usize = 4;

/// Makes the tokens of a scan.
pub(super) struct Mcus<'a> {
    frame: &'a Frame<'a>,
    quantisers: &'a [Quantiser; 2],
    level: SimdLevel,
    layout: Layout,
    /// The blocks of a group, rows of [`GROUP`].
    blocks: [[[Block; SPAN]; GROUP / SPAN]; ROWS],
    /// The same in the order of the file, and their tokens.
    items: Vec<Item>,
    made: [Token; ROWS * GROUP * MOST_TOKENS + SPARE_TOKENS],
    /// The last DC coefficient of each component.
    last: [i16; 3],
    /// How many rows of MCUs a restart interval has.
    interval: usize,
}

impl<'a> Mcus<'a> {
    /// For a scan of the components at these places.
    pub(super) fn new(
        frame: &'a Frame<'a>,
        places: &[usize],
        quantisers: &'a [Quantiser; 2],
        level: SimdLevel,
        restart_rows: Option<usize>,
    ) -> Self {
        Self {
            frame,
            quantisers,
            level,
            layout: frame.layout(places),
            blocks: [const { [const { [Block::ZERO; SPAN] }; GROUP / SPAN] }; ROWS],
            items: Vec::new(),
            made: [0; ROWS * GROUP * MOST_TOKENS + SPARE_TOKENS],
            last: [0; 3],
            interval: restart_rows.unwrap_or(usize::MAX),
        }
    }

    /// Appends the tokens of a group of MCUs and calls `finish`, which may take them away, again and again.
    pub(super) fn for_each_group(mut self, tokens: &mut Tokens, mut finish: impl FnMut(&mut Tokens)) {
        let widest = self.layout.units.iter().map(|unit| unit.factor).max();
        let group = GROUP / widest.unwrap_or(1);
        for y in 0..self.layout.rows {
            if y > 0 && y.is_multiple_of(self.interval) {
                tokens.end_interval();
                self.last = [0; 3];
            }
            for start in (0..self.layout.columns).step_by(group) {
                self.transform(start, start + group, y);
                self.append_tokens(start, self.layout.columns.min(start + group), y, tokens);
                finish(tokens);
            }
        }
    }

    /// Makes the blocks of a group.
    fn transform(&mut self, start: usize, end: usize, y: usize) {
        let rows = self.layout.units.iter().filter(|unit| unit.column == 0);
        for (unit, blocks) in rows.zip(&mut self.blocks) {
            let component = &self.frame.components[unit.place];
            let y = y * unit.factor + unit.row;
            if y < component.blocks().1 {
                let spans = component.spans(unit.factor * start / SPAN..unit.factor * end / SPAN);
                let quantiser = &self.quantisers[usize::from(component.chroma)];
                component.transform(y, spans.start, self.level, quantiser, &mut blocks[..spans.len()]);
            }
        }
    }

    /// Appends the tokens of a group.
    fn append_tokens(&mut self, start: usize, end: usize, y: usize, tokens: &mut Tokens) {
        self.items.clear();
        for x in start..end {
            let mut row = 0;
            for (i, unit) in self.layout.units.iter().enumerate() {
                row += usize::from(i > 0 && unit.column == 0);
                let (columns, rows) = self.frame.components[unit.place].blocks();
                let exists = x * unit.factor + unit.column < columns && y * unit.factor + unit.row < rows;
                let block = (row * GROUP + (x - start) * unit.factor + unit.column) as u16;
                self.items.push(Item { block: exists.then_some(block), component: unit.place as u8 });
            }
        }
        let blocks = self.blocks.as_flattened().as_flattened();
        let count = kernels::tokens(self.level, blocks, &self.items, &mut self.last, &mut self.made);
        tokens.list.extend_from_slice(&self.made[..count]);
    }
}
