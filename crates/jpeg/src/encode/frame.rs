//! What is encoded: planes, and how they are cut into blocks.

use std::ops::Range;

use masthead_picture::{Dimensions, Plane, Sampling};
use masthead_simd::SimdLevel;

use super::kernels::{self, Block, QUAD, QUAD_WIDTH};
use super::quantiser::Quantiser;
use crate::Error;

/// Rows and columns of samples in a block, the "data unit" of T.81.
pub(super) const BLOCK_SIDE: usize = 8;

/// The greatest width and height. The format has room for 65535, but libjpeg, and all that stands on it, reads no more.
const MAX_SIDE: u32 = 65_500;

/// The planes of a picture, as they are encoded: borrowed, and neither converted nor resampled.
///
/// # Guarantees
/// - width and height are at most 65500;
/// - there is one component, luma, or three, luma and two of chroma;
/// - chroma has the size that 4:4:4 or 4:2:0 gives: that of luma, or half of it, rounded up.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component<'a>>,
}

/// One plane of a frame.
#[derive(Clone, Debug)]
pub(super) struct Component<'a> {
    plane: &'a Plane,
    /// How many blocks of it an interleaved MCU has in both directions: 1 or 2 (`H` and `V` of T.81).
    pub(super) sampling_factor: usize,
    /// Whether it is coded with the tables for chroma.
    pub(super) chroma: bool,
}

impl<'a> Frame<'a> {
    /// A greyscale picture.
    ///
    /// # Errors
    /// When it is larger than 65500x65500, more than which libjpeg does not read.
    pub fn gray(luma: &'a Plane) -> Result<Self, Error> {
        Self::new(vec![Component { plane: luma, sampling_factor: 1, chroma: false }])
    }

    /// A picture of Y, Cb and Cr in full range, as JFIF has it, with chroma sampled like this: [`Sampling::FULL`] is 4:4:4,
    /// [`Sampling::HALF`] is 4:2:0.
    ///
    /// # Errors
    /// When chroma is sampled otherwise, when its planes are not of the size that this gives, or when the picture is larger than
    /// 65500x65500, more than which libjpeg does not read.
    pub fn ycbcr([luma, cb, cr]: [&'a Plane; 3], chroma: Sampling) -> Result<Self, Error> {
        let luma_factor = match chroma {
            Sampling::FULL => 1,
            Sampling::HALF => 2,
            _ => return Err(Error::Sampling),
        };
        let expected = chroma.component_dimensions(luma.dimensions());
        let misfit = [cb, cr].into_iter().map(Plane::dimensions).find(|found| *found != expected);
        if let Some(found) = misfit {
            return Err(Error::PlaneSize { found, expected });
        }
        let of_chroma = |plane| Component { plane, sampling_factor: 1, chroma: true };
        let luma = Component { plane: luma, sampling_factor: luma_factor, chroma: false };
        Self::new(vec![luma, of_chroma(cb), of_chroma(cr)])
    }

    fn new(components: Vec<Component<'a>>) -> Result<Self, Error> {
        let size = components[0].plane.dimensions();
        if size.width().max(size.height()) > MAX_SIDE {
            return Err(Error::TooLarge(size));
        }
        Ok(Self { width: size.width() as u16, height: size.height() as u16, components })
    }

    /// Width and height of the picture, which are those of luma.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.components[0].plane.dimensions()
    }

    /// How chroma is sampled; `None` when there is none.
    #[must_use]
    pub fn chroma_sampling(&self) -> Option<Sampling> {
        match (self.components.len(), self.components[0].sampling_factor) {
            (1, _) => None,
            (_, 1) => Some(Sampling::FULL),
            _ => Some(Sampling::HALF),
        }
    }

    /// The indices of all components.
    pub(super) fn component_indices(&self) -> Vec<usize> {
        (0..self.components.len()).collect()
    }
}

impl Component<'_> {
    /// How many blocks stand in a row, and how many rows of them there are, without those that only fill up MCUs.
    pub(super) fn blocks(&self) -> (usize, usize) {
        (self.plane.width().div_ceil(BLOCK_SIDE), self.plane.height().div_ceil(BLOCK_SIDE))
    }

    /// Transforms and quantises blocks of block row `y`, which exists: as many as there are in `blocks`, from quad `start` on.
    /// Those beyond the end of the row have no meaning. What a block has beyond the edges of the plane repeats the samples at the
    /// edge.
    pub(super) fn transform(
        &self,
        y: usize,
        start: usize,
        level: SimdLevel,
        quantiser: &Quantiser,
        blocks: &mut [[Block; QUAD]],
    ) {
        let (width, last) = (self.plane.width(), self.plane.height() - 1);
        let rows: [&[u8]; BLOCK_SIDE] = std::array::from_fn(|i| {
            &self.plane.row((y * BLOCK_SIDE + i).min(last))[(start * QUAD_WIDTH).min(width - 1)..]
        });
        let whole = (width / QUAD_WIDTH).saturating_sub(start).min(blocks.len());
        let (blocks, rest) = blocks.split_at_mut(whole);
        kernels::transform(level, &rows, width * BLOCK_SIDE, quantiser, blocks);
        if let Some(quad) = rest.first_mut() {
            let mut extended = [[0; QUAD_WIDTH]; BLOCK_SIDE];
            for (extended, row) in extended.iter_mut().zip(rows) {
                let end = &row[(whole * QUAD_WIDTH).min(row.len() - 1)..];
                extended.fill(row[row.len() - 1]);
                extended[..end.len()].copy_from_slice(end);
            }
            let rows = extended.each_ref().map(|row| &row[..]);
            kernels::transform(level, &rows, 0, quantiser, std::slice::from_mut(quad));
        }
    }

    /// The range of quads, cut off at the last one of a row.
    pub(super) fn quads(&self, range: Range<usize>) -> Range<usize> {
        let end = self.plane.width().div_ceil(QUAD_WIDTH);
        range.start.min(end)..range.end.min(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: u32, height: u32) -> Plane {
        Plane::filled(Dimensions::new(width, height).unwrap(), 0)
    }

    #[test]
    fn planes_that_do_not_fit_are_refused() {
        let (luma, half, full) = (plane(5, 4), plane(3, 2), plane(5, 4));
        let ycbcr = |cb, cr, sampling| Frame::ycbcr([&luma, cb, cr], sampling).map(|frame| frame.chroma_sampling());
        assert_eq!(ycbcr(&half, &half, Sampling::HALF), Ok(Some(Sampling::HALF)));
        assert_eq!(ycbcr(&full, &full, Sampling::FULL), Ok(Some(Sampling::FULL)));
        let error = ycbcr(&half, &full, Sampling::HALF).unwrap_err();
        assert_eq!(error.to_string(), "chroma plane is 5x4 (expected 3x2)");
        let wide = Sampling { horizontal: Sampling::HALF.horizontal, vertical: Sampling::FULL.vertical };
        assert_eq!(ycbcr(&plane(3, 4), &plane(3, 4), wide), Err(Error::Sampling));
        let error = Frame::gray(&plane(65_501, 1)).unwrap_err();
        assert_eq!(error.to_string(), "picture is 65501x1, at most 65500x65500 can be read in a JPEG file");
    }
}
