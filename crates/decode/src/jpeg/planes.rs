//! The window of every component, kept as it is stored.

use std::ops::Range;

use masthead_picture::{Component, Plane, Rect};

use super::codec::Codec;
use super::frame::Frame;
use crate::Error;
use crate::deadline::Deadline;

/// Decodes the stripes down to the end of `window`, and keeps the samples that its pixels touch.
pub(super) fn decode(
    codec: &mut Codec,
    frame: &Frame,
    window: Rect,
    deadline: Deadline,
) -> Result<Vec<Component>, Error> {
    let mut kept: Vec<_> = frame.components.iter().map(|component| Kept::new(frame, component, window)).collect();
    let widths: Vec<_> = kept.iter().map(|kept| kept.extent.width() as usize).collect();
    let mut scratch = None;
    for index in 0..window.bottom().div_ceil(frame.stripe_height()) {
        deadline.check()?;
        if kept.iter().all(|kept| kept.holds_stripe(index)) {
            // The codec writes where the samples stay: no copy.
            let mut rows: Vec<_> = kept.iter_mut().map(|kept| kept.stripe_mut(index)).collect();
            codec.next_stripe(&mut rows, &widths)?;
        } else {
            let stripe = scratch.get_or_insert_with(|| Stripe::new(frame));
            stripe.decode(codec, index)?;
            for (kept, rows) in kept.iter_mut().zip(&stripe.planes) {
                kept.copy_from(index, rows);
            }
        }
    }
    Ok(kept.into_iter().map(|kept| kept.component).collect())
}

/// What stays of one component.
struct Kept {
    component: Component,
    /// The rectangle that stays.
    rect: Rect,
    /// All of the component.
    extent: Rect,
    /// Rows in a stripe.
    stripe_rows: u32,
}

impl Kept {
    fn new(frame: &Frame, component: &super::frame::Component, window: Rect) -> Self {
        let sampling = component.sampling;
        let rect = sampling.cover(window);
        let plane = Plane::filled(rect.dimensions(), 0);
        Self {
            component: Component { plane, sampling, left: rect.left(), top: rect.top() },
            rect,
            extent: frame.extent(component),
            stripe_rows: component.stripe_rows(),
        }
    }

    /// The rows of the component that a stripe holds.
    fn rows(&self, stripe: u32) -> Range<u32> {
        stripe_rows(stripe, self.stripe_rows, self.extent.height())
    }

    /// Whether all of a stripe stays.
    fn holds_stripe(&self, stripe: u32) -> bool {
        let rows = self.rows(stripe);
        self.rect.width() == self.extent.width() && self.rect.top() <= rows.start && rows.end <= self.rect.bottom()
    }

    /// The place of a stripe, all of which stays.
    fn stripe_mut(&mut self, stripe: u32) -> &mut [u8] {
        let rows = self.rows(stripe);
        let width = self.component.plane.width();
        let at = |row: u32| (row - self.rect.top()) as usize * width;
        let range = at(rows.start)..at(rows.end);
        &mut self.component.plane.samples_mut()[range]
    }

    /// Copies what stays of a stripe, whose rows are as wide as the component.
    fn copy_from(&mut self, stripe: u32, samples: &[u8]) {
        let rows = self.rows(stripe);
        let columns = self.rect.left() as usize..self.rect.right() as usize;
        for (row, samples) in rows.zip(samples.chunks_exact(self.extent.width() as usize)) {
            if (self.rect.top()..self.rect.bottom()).contains(&row) {
                let row = self.component.plane.row_mut((row - self.rect.top()) as usize);
                row.copy_from_slice(&samples[columns.clone()]);
            }
        }
    }
}

/// A stripe of all components, each as wide as it is.
pub(super) struct Stripe {
    /// The rows of each component that the stripe holds, without a gap.
    pub(super) planes: Vec<Vec<u8>>,
    widths: Vec<usize>,
    /// Rows of each component in a stripe, and in all.
    rows: Vec<(u32, u32)>,
}

impl Stripe {
    pub(super) fn new(frame: &Frame) -> Self {
        let extents: Vec<_> = frame.components.iter().map(|component| frame.extent(component)).collect();
        let widths: Vec<_> = extents.iter().map(|extent| extent.width() as usize).collect();
        let rows = frame.components.iter().zip(&extents);
        let rows: Vec<_> = rows.map(|(component, extent)| (component.stripe_rows(), extent.height())).collect();
        let lengths = widths.iter().zip(&rows).map(|(width, (rows, height))| width * *rows.min(height) as usize);
        Self { planes: lengths.map(|length| vec![0; length]).collect(), widths, rows }
    }

    /// Fills this with stripe `index`, which must be the next one.
    pub(super) fn decode(&mut self, codec: &mut Codec, index: u32) -> Result<(), Error> {
        for ((plane, width), (rows, height)) in self.planes.iter_mut().zip(&self.widths).zip(&self.rows) {
            plane.truncate(stripe_rows(index, *rows, *height).len() * width);
        }
        let mut planes: Vec<_> = self.planes.iter_mut().map(Vec::as_mut_slice).collect();
        codec.next_stripe(&mut planes, &self.widths)
    }

    /// Row `row` of a component, counted from the top of the stripe.
    pub(super) fn row(&self, component: usize, row: usize) -> &[u8] {
        let width = self.widths[component];
        &self.planes[component][row * width..][..width]
    }
}

/// The rows of a component that stripe `index` holds: of a component lower than the picture maybe none in the end.
fn stripe_rows(index: u32, stripe_rows: u32, height: u32) -> Range<u32> {
    let start = (index * stripe_rows).min(height);
    start..(start + stripe_rows).min(height)
}
