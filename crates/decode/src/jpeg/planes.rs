//! The window of every component, kept as it is stored.

use std::ops::Range;

use masthead_picture::{Component, Plane, Rect};

use super::codec::Codec;
use super::frame::Frame;
use crate::Error;
use crate::deadline::Deadline;

/// Decodes the MCU rows down to the end of `window`, and keeps the samples that its pixels touch.
pub(super) fn decode(
    codec: &mut Codec,
    frame: &Frame,
    window: Rect,
    deadline: Deadline,
) -> Result<Vec<Component>, Error> {
    let mut planes: Vec<_> =
        frame.components.iter().map(|component| WindowPlane::new(frame, component, window)).collect();
    let widths: Vec<_> = planes.iter().map(|plane| plane.extent.width() as usize).collect();
    let mut scratch = None;
    for index in 0..window.bottom().div_ceil(frame.mcu_height()) {
        deadline.check()?;
        if planes.iter().all(|plane| plane.holds_mcu_row(index)) {
            // The codec writes where the samples stay: no copy.
            let mut rows: Vec<_> = planes.iter_mut().map(|plane| plane.mcu_row_mut(index)).collect();
            codec.next_mcu_row(&mut rows, &widths)?;
        } else {
            let mcu_row = scratch.get_or_insert_with(|| McuRow::new(frame));
            mcu_row.decode(codec, index)?;
            for (plane, rows) in planes.iter_mut().zip(&mcu_row.planes) {
                plane.copy_from(index, rows);
            }
        }
    }
    Ok(planes.into_iter().map(|plane| plane.component).collect())
}

/// The samples of one component that the window needs.
struct WindowPlane {
    component: Component,
    /// The part of the component that they are.
    rect: Rect,
    /// All of the component.
    extent: Rect,
    /// Rows of the component in an MCU row.
    mcu_height: u32,
}

impl WindowPlane {
    fn new(frame: &Frame, component: &super::frame::Component, window: Rect) -> Self {
        let sampling = component.sampling;
        let rect = sampling.cover(window);
        let plane = Plane::filled(rect.dimensions(), 0);
        Self {
            component: Component { plane, sampling, left: rect.left(), top: rect.top() },
            rect,
            extent: frame.extent(component),
            mcu_height: component.mcu_height(),
        }
    }

    /// The rows of the component that an MCU row holds.
    fn rows(&self, index: u32) -> Range<u32> {
        rows_of(index, self.mcu_height, self.extent.height())
    }

    /// Whether all samples of an MCU row are needed.
    fn holds_mcu_row(&self, index: u32) -> bool {
        let rows = self.rows(index);
        self.rect.width() == self.extent.width() && self.rect.top() <= rows.start && rows.end <= self.rect.bottom()
    }

    /// Where the samples of an MCU row belong, all of which are needed.
    fn mcu_row_mut(&mut self, index: u32) -> &mut [u8] {
        let rows = self.rows(index);
        let width = self.component.plane.width();
        let at = |row: u32| (row - self.rect.top()) as usize * width;
        let range = at(rows.start)..at(rows.end);
        &mut self.component.plane.samples_mut()[range]
    }

    /// Copies what is needed of an MCU row, whose rows are as wide as the component.
    fn copy_from(&mut self, index: u32, samples: &[u8]) {
        let rows = self.rows(index);
        let columns = self.rect.left() as usize..self.rect.right() as usize;
        for (row, samples) in rows.zip(samples.chunks_exact(self.extent.width() as usize)) {
            if (self.rect.top()..self.rect.bottom()).contains(&row) {
                let row = self.component.plane.row_mut((row - self.rect.top()) as usize);
                row.copy_from_slice(&samples[columns.clone()]);
            }
        }
    }
}

/// An MCU row of all components, each as wide as it is.
pub(super) struct McuRow {
    /// The rows of each component that the MCU row holds, without a gap.
    pub(super) planes: Vec<Vec<u8>>,
    widths: Vec<usize>,
    /// Rows of each component in an MCU row, and in all.
    rows: Vec<(u32, u32)>,
}

impl McuRow {
    pub(super) fn new(frame: &Frame) -> Self {
        let extents: Vec<_> = frame.components.iter().map(|component| frame.extent(component)).collect();
        let widths: Vec<_> = extents.iter().map(|extent| extent.width() as usize).collect();
        let rows = frame.components.iter().zip(&extents);
        let rows: Vec<_> = rows.map(|(component, extent)| (component.mcu_height(), extent.height())).collect();
        let lengths = widths.iter().zip(&rows).map(|(width, (rows, height))| width * *rows.min(height) as usize);
        Self { planes: lengths.map(|length| vec![0; length]).collect(), widths, rows }
    }

    /// Fills this with MCU row `index`, which must be the next one.
    pub(super) fn decode(&mut self, codec: &mut Codec, index: u32) -> Result<(), Error> {
        for ((plane, width), (rows, height)) in self.planes.iter_mut().zip(&self.widths).zip(&self.rows) {
            plane.truncate(rows_of(index, *rows, *height).len() * width);
        }
        let mut planes: Vec<_> = self.planes.iter_mut().map(Vec::as_mut_slice).collect();
        codec.next_mcu_row(&mut planes, &self.widths)
    }

    /// Row `row` of a component, counted from the top of the MCU row.
    pub(super) fn row(&self, component: usize, row: usize) -> &[u8] {
        let width = self.widths[component];
        &self.planes[component][row * width..][..width]
    }
}

/// The rows of a component that MCU row `index` holds: of a component lower than the picture maybe none in the end.
fn rows_of(index: u32, mcu_height: u32, height: u32) -> Range<u32> {
    let start = (index * mcu_height).min(height);
    start..(start + mcu_height).min(height)
}
