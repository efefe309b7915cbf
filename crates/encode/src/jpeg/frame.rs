//! What is encoded: planes, and how they are cut into blocks.

use std::num::NonZeroU16;
use std::ops::Range;

use masthead_picture::{ColorModel, Picture, Plane, Rect, Sampling};
use masthead_simd::SimdLevel;

use super::kernels::{self, Block, SAMPLES, SPAN};
use super::quantiser::Quantiser;
use crate::Error;

/// Rows and columns of samples in a block.
pub(super) const SIDE: usize = 8;

/// The greatest width and height. The format has room for 65535, but libjpeg, and all that stands on it, reads no more.
const MAX_SIDE: u32 = 65_500;

/// The planes of a picture.
///
/// # Guarantees
/// - width and height are at most [`MAX_SIDE`];
/// - there is luma, or luma and two of chroma, and these are of the size that their sampling says.
pub(super) struct Frame<'a> {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component<'a>>,
}

/// One plane.
pub(super) struct Component<'a> {
    plane: &'a Plane,
    /// How many blocks of it an MCU has in both directions: 1 or 2.
    pub(super) factor: usize,
    /// Whether it is coded with the tables for chroma.
    pub(super) chroma: bool,
}

/// How the blocks of a scan follow each other: MCU after MCU, row after row.
pub(super) struct Layout {
    /// The blocks of an MCU.
    pub(super) units: Vec<Unit>,
    /// How many MCUs stand in a row.
    pub(super) columns: usize,
    /// How many rows of MCUs there are.
    pub(super) rows: usize,
}

/// One of the blocks of an MCU.
pub(super) struct Unit {
    /// The component's place in the frame.
    pub(super) place: usize,
    /// How many blocks of the component an MCU has in both directions.
    pub(super) factor: usize,
    /// Which of these it is.
    pub(super) column: usize,
    pub(super) row: usize,
}

impl Layout {
    /// How many blocks the scan has, with those that only fill up MCUs.
    pub(super) fn blocks(&self) -> usize {
        self.units.len() * self.columns * self.rows
    }
}

impl<'a> Frame<'a> {
    pub(super) fn new(picture: &'a Picture) -> Result<Self, Error> {
        let size = picture.dimensions();
        if size.width().max(size.height()) > MAX_SIDE {
            return Err(Error::TooLarge(size));
        }
        // Whole pictures only: planes that begin where the picture begins and end where it ends.
        let whole = picture.window() == Rect::of(size);
        let are_sampled = |samplings: &[Sampling]| {
            whole
                && picture.components().iter().zip(samplings).all(|(component, &sampling)| {
                    component.sampling == sampling
                        && component.plane.dimensions() == sampling.component_dimensions(size)
                })
        };
        let (full, half) = (Sampling::FULL, Sampling::HALF);
        let luma_factor = match picture.model() {
            ColorModel::Gray if are_sampled(&[full]) => 1,
            ColorModel::YCbCr if are_sampled(&[full; 3]) => 1,
            ColorModel::YCbCr if are_sampled(&[full, half, half]) => 2,
            model => return Err(Error::Model(model)),
        };
        let components = picture.components().iter().enumerate().map(|(place, component)| Component {
            plane: &component.plane,
            factor: if place == 0 { luma_factor } else { 1 },
            chroma: place > 0,
        });
        let (width, height) = (size.width() as u16, size.height() as u16);
        Ok(Self { width, height, components: components.collect() })
    }

    /// How chroma is sampled; of grey pictures as if it were in full.
    pub(super) fn chroma_sampling(&self) -> Sampling {
        if self.components[0].factor == 2 { Sampling::HALF } else { Sampling::FULL }
    }

    /// The layout of a scan of these components (T.81, A.2). In a scan of one component the MCU is a block, and there are none
    /// that only fill up MCUs.
    pub(super) fn layout(&self, places: &[usize]) -> Layout {
        if let &[place] = places {
            let (columns, rows) = self.components[place].blocks();
            return Layout { units: vec![Unit { place, factor: 1, column: 0, row: 0 }], columns, rows };
        }
        let side = SIDE * self.components[0].factor;
        let units = places.iter().flat_map(|&place| {
            let factor = self.components[place].factor;
            (0..factor * factor).map(move |i| Unit { place, factor, column: i % factor, row: i / factor })
        });
        Layout {
            units: units.collect(),
            columns: usize::from(self.width).div_ceil(side),
            rows: usize::from(self.height).div_ceil(side),
        }
    }

    /// How many rows of MCUs a restart interval of a scan has: as many as are wanted, if a file can say so.
    pub(super) fn restart_rows(&self, places: &[usize], wanted: Option<NonZeroU16>) -> Option<usize> {
        let most = usize::from(u16::MAX) / self.layout(places).columns;
        wanted.map(|rows| usize::from(rows.get()).min(most))
    }

    /// All components.
    pub(super) fn places(&self) -> Vec<usize> {
        (0..self.components.len()).collect()
    }
}

impl Component<'_> {
    /// How many blocks stand in a row, and how many rows of them there are, without those that only fill up MCUs.
    pub(super) fn blocks(&self) -> (usize, usize) {
        (self.plane.width().div_ceil(SIDE), self.plane.height().div_ceil(SIDE))
    }

    /// Blocks of row `y`, which exists: as many as there are in `blocks`, from `start` times [`SPAN`] on. Those beyond the end
    /// of the row have no meaning. What a block has beyond the edges of the plane repeats the samples at the edge.
    pub(super) fn transform(
        &self,
        y: usize,
        start: usize,
        level: SimdLevel,
        quantiser: &Quantiser,
        blocks: &mut [[Block; SPAN]],
    ) {
        let (width, last) = (self.plane.width(), self.plane.height() - 1);
        let rows: [&[u8]; SIDE] =
            std::array::from_fn(|i| &self.plane.row((y * SIDE + i).min(last))[(start * SAMPLES).min(width - 1)..]);
        let whole = (width / SAMPLES).saturating_sub(start).min(blocks.len());
        let (blocks, rest) = blocks.split_at_mut(whole);
        kernels::transform(level, &rows, width * SIDE, quantiser, blocks);
        if let Some(span) = rest.first_mut() {
            let mut extended = [[0; SAMPLES]; SIDE];
            for (extended, row) in extended.iter_mut().zip(rows) {
                let end = &row[(whole * SAMPLES).min(row.len() - 1)..];
                extended.fill(row[row.len() - 1]);
                extended[..end.len()].copy_from_slice(end);
            }
            kernels::transform(
                level,
                &extended.each_ref().map(|row| &row[..]),
                0,
                quantiser,
                std::slice::from_mut(span),
            );
        }
    }

    /// The range, cut off at the last [`SPAN`] blocks of a row.
    pub(super) fn spans(&self, range: Range<usize>) -> Range<usize> {
        let end = self.plane.width().div_ceil(SAMPLES);
        range.start.min(end)..range.end.min(end)
    }
}
