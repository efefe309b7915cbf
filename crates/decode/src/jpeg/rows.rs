//! The rows of a window, an MCU row at a time.

use masthead_jpeg::{FrameComponent, RowDecoder, RowLayout};
use masthead_picture::{Rect, Sampling};

use super::rgb::Converter;
use super::{Jpeg, error};
use crate::batch::View;
use crate::deadline::Deadline;
use crate::{Error, RowBatch};

/// A window of a JPEG that is being decoded.
pub(crate) struct Rows<'a> {
    decoder: RowDecoder<'a>,
    components: Vec<ComponentRows>,
    /// Where samples are converted, the MCU row as it is stored.
    converter: Option<Converter>,
    window: Rect,
    /// Rows of pixels in an MCU row.
    mcu_height: u32,
    /// The next MCU row.
    next: u32,
}

impl<'a> Rows<'a> {
    pub(super) fn new(jpeg: &'a Jpeg, window: Rect) -> Result<Self, Error> {
        let decoder = RowDecoder::new(&jpeg.file, &jpeg.header, window).map_err(error)?;
        let frame = jpeg.header.components();
        let components: Vec<_> = frame
            .iter()
            .zip(decoder.layout())
            .map(|(component, layout)| ComponentRows::new(component, *layout, window))
            .collect();
        Ok(Self {
            converter: jpeg.conversion.map(|conversion| Converter::new(conversion, &components, window)),
            decoder,
            components,
            window,
            mcu_height: mcu_height(frame),
            next: 0,
        })
    }

    /// Decodes the next MCU row of the window into `batch`; `false` when there is none.
    pub(crate) fn read(&mut self, batch: &mut RowBatch, deadline: Deadline) -> Result<bool, Error> {
        let kept = self.decoder.mcu_rows();
        if self.next >= kept.end {
            return Ok(false);
        }
        let lengths = self.components.iter().map(ComponentRows::buffer_length);
        let mut buffers = match &mut self.converter {
            None => batch.buffers(lengths),
            Some(converter) => converter.buffers(),
        };
        let buffers = &mut buffers[..self.components.len()];
        // Those above the window are read over, because the ones below go on from where they end.
        for _ in self.next..=self.next.max(kept.start) {
            deadline.check()?;
            self.decoder.decode_mcu_row(buffers).map_err(error)?;
        }
        let index = self.next.max(kept.start);
        self.next = index + 1;
        match &mut self.converter {
            None => {
                let views = self.components.iter().enumerate();
                batch.show(views.map(|(buffer, component)| component.view(buffer, index)));
            }
            Some(converter) => {
                let top = index * self.mcu_height;
                let rows = top.max(self.window.top())..(top + self.mcu_height).min(self.window.bottom());
                converter.convert(&self.components, index, rows, batch);
            }
        }
        Ok(true)
    }
}

/// Rows of pixels in an MCU row.
fn mcu_height(components: &[FrameComponent]) -> u32 {
    8 * components.iter().map(|component| u32::from(component.vertical())).max().unwrap_or(1)
}

/// Bytes of memory that the rows take besides the decoder, with one batch.
pub(super) fn memory(jpeg: &Jpeg, window: Rect) -> u64 {
    let components = jpeg.header.components().len();
    let converter = jpeg.conversion.map_or(0, |_| Converter::memory(stored(jpeg, window), components, window));
    let own = size_of::<Rows<'_>>() + components * size_of::<ComponentRows>();
    own as u64 + converter + batch_memory(jpeg, window)
}

/// Bytes of memory of a batch.
pub(super) fn batch_memory(jpeg: &Jpeg, window: Rect) -> u64 {
    let rows = window.height().min(mcu_height(jpeg.header.components()));
    let buffers = match jpeg.conversion {
        None => stored(jpeg, window),
        Some(_) => 3 * u64::from(window.width()) * u64::from(rows),
    };
    RowBatch::LISTS + buffers
}

/// Samples of the buffers of an MCU row.
fn stored(jpeg: &Jpeg, window: Rect) -> u64 {
    let layouts = jpeg.header.layout(window);
    layouts.map(|layout| layout.samples() as u64).sum()
}

/// Where the samples of a component lie in the buffer of an MCU row.
#[derive(Clone, Copy, Debug)]
pub(super) struct ComponentRows {
    pub(super) sampling: Sampling,
    pub(super) layout: RowLayout,
    /// The samples that the window touches.
    cover: Rect,
}

impl ComponentRows {
    pub(super) fn new(component: &FrameComponent, layout: RowLayout, window: Rect) -> Self {
        let sampling = component.sampling();
        Self { sampling, layout, cover: sampling.cover(window) }
    }

    /// Samples in an MCU row.
    pub(super) fn buffer_length(&self) -> usize {
        self.layout.samples()
    }

    /// What belongs to the window of the buffer that holds MCU row `index`.
    fn view(&self, buffer: usize, index: u32) -> View {
        let (width, stride) = (self.cover.width() as usize, self.layout.width);
        let mcu_top = index * self.layout.height as u32;
        let top = mcu_top.max(self.cover.top());
        let bottom = (mcu_top + self.layout.height as u32).min(self.cover.bottom());
        let start = (top - mcu_top) as usize * stride + (self.cover.left() - self.layout.left) as usize;
        let samples = if top < bottom { start..start + (bottom - top - 1) as usize * stride + width } else { 0..0 };
        View { buffer, samples, width, stride }
    }
}
