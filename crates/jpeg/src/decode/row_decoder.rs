//! All scans of a file in lockstep: a row of MCUs of each of them, then its samples.

use std::ops::Range;

use masthead_picture::Rect;
use masthead_simd::SimdLevel;

use super::DecodeError;
use super::coefficients::{self, McuRow};
use super::frame::{BLOCK, Frame, Process};
use super::header::Header;
use super::kernels;
use super::scan::{Scan, Tables};

/// Decodes a window of a picture, one row of MCUs after the other, into buffers of the caller.
///
/// Every scan of the file is under way at the same time: of a file in many scans, too, coefficients of one MCU row are all that is
/// kept. It takes all its memory at the beginning, as [`Header::memory`] says, and no more later.
///
/// Data above the window is decoded, and a fault there is an error; what lies below it is not looked at.
pub struct RowDecoder<'a> {
    simd: SimdLevel,
    frame: &'a Frame,
    /// In the order of the file.
    scans: Vec<Scan<'a>>,
    coefficients: McuRow,
    layout: Vec<RowLayout>,
    components: Vec<ComponentRows>,
    mcu_rows: Range<u32>,
    next: u32,
}

/// How samples of a component are made.
struct ComponentRows {
    /// The blocks that the window touches, of each row of blocks.
    blocks: Range<usize>,
    /// The quantisation table in natural order; zeros for a component that no scan has.
    steps: [u16; 64],
}

/// What the buffer for a component holds of an MCU row: rows of whole blocks, without a gap between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowLayout {
    /// The column of the component that a row begins with: a multiple of 8.
    pub left: u32,
    /// Samples in a row: a multiple of 8. The last of them may lie beyond the edge of the picture.
    pub width: usize,
    /// Rows: 8 times the vertical sampling factor. The last ones of the last MCU row may lie beyond the edge of the picture.
    pub height: usize,
}

impl RowLayout {
    /// Samples in the buffer: `width` times `height`.
    #[must_use]
    pub const fn samples(&self) -> usize {
        self.width * self.height
    }

    pub(super) fn new(frame: &Frame, component: usize, window: Rect) -> Self {
        let component = &frame.components[component];
        let columns = component.sampling.cover(window);
        let left = columns.left() / BLOCK * BLOCK;
        let right = (columns.right().div_ceil(BLOCK) as usize).saturating_mul(BLOCK as usize);
        Self { left, width: right - left as usize, height: (BLOCK * u32::from(component.vertical)) as usize }
    }
}

impl<'a> RowDecoder<'a> {
    /// Begins to decode `window`, in pixels, of the file that `header` was read of.
    ///
    /// # Errors
    /// [`DecodeError::Window`] when it reaches outside the picture; [`DecodeError::Broken`] when it is another file;
    /// [`DecodeError::Damaged`] when a Huffman table makes no sense.
    pub fn new(file: &'a [u8], header: &'a Header, window: Rect) -> Result<Self, DecodeError> {
        Self::with_simd(SimdLevel::detect(), file, header, window)
    }

    /// As [`RowDecoder::new`], with kernels of this level; all levels give the same samples.
    ///
    /// # Errors
    /// As [`RowDecoder::new`].
    pub fn with_simd(simd: SimdLevel, file: &'a [u8], header: &'a Header, window: Rect) -> Result<Self, DecodeError> {
        let frame = &header.frame;
        if !Rect::of(frame.dimensions).contains(window) {
            return Err(DecodeError::Window { window, picture: frame.dimensions });
        }
        let other_file = || DecodeError::broken("the file is not the one that the header was read of");
        let mut tables = Tables::new(file);
        let mut scans = Vec::with_capacity(header.scans.len());
        for (number, scan) in (1..).zip(&header.scans) {
            if scan.data.end > file.len() {
                return Err(other_file());
            }
            let scan = Scan::new(simd, file, frame, scan, &mut tables).map_err(|what| DecodeError::Damaged {
                scan: number,
                mcu_row: 0,
                what,
            })?;
            scans.push(scan);
        }
        let layout: Vec<_> = header.layout(window).collect();
        let mut components = Vec::with_capacity(layout.len());
        for (layout, quantisation) in layout.iter().zip(&header.quantisation) {
            let start = (layout.left / BLOCK) as usize;
            let steps = match quantisation {
                None => [0; 64],
                Some(source) => source.steps(file).ok_or_else(other_file)?,
            };
            components.push(ComponentRows { blocks: start..start + layout.width / BLOCK as usize, steps });
        }
        let mcu_rows = window.top() / frame.mcu_height()..window.bottom().div_ceil(frame.mcu_height());
        Ok(Self { simd, frame, scans, coefficients: McuRow::new(frame), layout, components, mcu_rows, next: 0 })
    }

    /// Bytes that [`RowDecoder::new`] allocates.
    pub(super) fn memory(header: &Header) -> u64 {
        let frame = &header.frame;
        let lists = header.scans.len() * size_of::<Scan<'_>>()
            + header.quantisation.len() * (size_of::<ComponentRows>() + size_of::<RowLayout>());
        let scans: u64 = header.scans.iter().map(|scan| Scan::memory(frame, scan)).sum();
        McuRow::memory(frame) + Tables::memory(frame, &header.scans) + lists as u64 + scans
    }

    /// The MCU rows that hold rows of the window. Decoding starts at 0 all the same, and ends at the end of these.
    #[must_use]
    pub fn mcu_rows(&self) -> Range<u32> {
        self.mcu_rows.clone()
    }

    /// The MCU row that comes next.
    #[must_use]
    pub fn next_mcu_row(&self) -> u32 {
        self.next
    }

    /// What the buffer for each component holds.
    pub fn layout(&self) -> &[RowLayout] {
        &self.layout
    }

    /// Decodes the next MCU row: into `rows`, which has a buffer for each component ([`RowLayout::samples`]), if the window has rows
    /// of it. One above the window leaves them as they are.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`], behind which nothing more can be decoded; [`DecodeError::Buffer`] when a buffer has another size,
    /// and [`DecodeError::Finished`] when there is nothing more to decode.
    pub fn decode_mcu_row(&mut self, rows: &mut [&mut [u8]]) -> Result<(), DecodeError> {
        if self.next >= self.mcu_rows.end {
            return Err(DecodeError::Finished(self.next));
        }
        for (component, layout) in self.layout.iter().enumerate() {
            let (found, expected) = (rows.get(component).map_or(0, |rows| rows.len()), layout.samples());
            if found != expected {
                return Err(DecodeError::Buffer { component, found, expected });
            }
        }
        let mcu_row = self.next;
        let keep = self.mcu_rows.contains(&mcu_row);
        // Behind an error there is nothing.
        self.next = self.mcu_rows.end;
        for (number, scan) in (1..).zip(&mut self.scans) {
            scan.decode_mcu_row(mcu_row, &mut self.coefficients, keep).map_err(|what| DecodeError::Damaged {
                scan: number,
                mcu_row,
                what,
            })?;
        }
        self.next = mcu_row + 1;
        self.transform(keep, rows);
        Ok(())
    }

    /// Makes the samples of the blocks that the window touches, with `keep`, and leaves coefficients as the next MCU row needs them.
    fn transform(&mut self, keep: bool, rows: &mut [&mut [u8]]) {
        for (index, (component, layout)) in self.components.iter().zip(&self.layout).enumerate() {
            let of_blocks = layout.width * BLOCK as usize;
            for y in 0..layout.height / BLOCK as usize {
                let (blocks, nonzero) = self.coefficients.block_row(index, y);
                let made = if keep { component.blocks.clone() } else { 0..0 };
                if keep {
                    let (blocks, nonzero) = (&mut blocks[made.clone()], &mut nonzero[made.clone()]);
                    let samples = &mut rows[index][y * of_blocks..][..of_blocks];
                    kernels::inverse_transform(self.simd, blocks, nonzero, &component.steps, samples, layout.width);
                }
                // What the window has not touched: later scans of a progressive file depend on what earlier ones left in a block.
                if self.frame.process == Process::Progressive {
                    coefficients::clear(&mut blocks[..made.start], &mut nonzero[..made.start]);
                    coefficients::clear(&mut blocks[made.end..], &mut nonzero[made.end..]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
