//! How much memory the decoding of a JPEG takes, from its headers alone.
//!
//! What zune-jpeg holds is read from the source of version 0.5.16-rc3; `tests/memory.rs` counts what is allocated.

use masthead_picture::Rect;

use super::frame::{BLOCK, Component, Frame};
use super::rgb::Conversion;

/// The codec's state and tables, and what else does not depend on the picture.
const FIXED: u64 = 160 << 10;

/// What decides, besides the frame header, how much memory a file takes.
pub(super) struct MemoryEstimate {
    /// Whether all coefficients are kept until the last scan is read.
    pub(super) buffered: bool,
    pub(super) progressive: bool,
    /// Bytes that are copied from the file while it is decoded.
    pub(super) metadata: u64,
    /// Bytes of what was copied from the file already.
    pub(super) copied: u64,
}

impl MemoryEstimate {
    /// Bytes between the header and the pixels: the codec with its tables, and what was copied.
    pub(super) fn held(&self) -> u64 {
        FIXED + self.copied
    }

    /// Bytes at the peak of decoding `window`: the codec's buffers, ours, and the picture.
    pub(super) fn bytes(&self, frame: &Frame, conversion: Option<Conversion>, window: Rect) -> u64 {
        let sum = |bytes: &dyn Fn(&Component) -> u64| frame.components.iter().map(bytes).sum::<u64>();
        let picture = match conversion {
            None => sum(&|component| component.sampling.cover(window).dimensions().pixels()),
            // Besides the planes, a row of each component.
            Some(_) => 3 * window.dimensions().pixels() + 4 * u64::from(window.width()),
        };
        let mcu_row = sum(&|component| u64::from(frame.extent(component).width()) * u64::from(component.mcu_height()));
        let coefficients = match (self.buffered, self.progressive) {
            (false, _) => 0,
            (true, false) => sum(&|component| coefficients(frame, component)),
            // Each scan works on a copy of the components it changes.
            (true, true) => 2 * sum(&|component| coefficients(frame, component)),
        };
        // The headers are read a second time for the rows.
        self.held()
            + self.copied
            + self.metadata
            + picture
            + coefficients
            + 2 * mcu_row
            + sum(&|component| codec_mcu_row(frame, component))
    }
}

/// Bytes of all coefficients of a component: 16 bits each, of whole MCUs.
fn coefficients(frame: &Frame, component: &Component) -> u64 {
    let (_, rows) = frame.mcus();
    mcu_row_samples(frame, component) * u64::from(rows) * 2
}

/// Bytes that the codec keeps for an MCU row of a component: its samples in 16 bits, and the buffers of an upsampling
/// that we do not ask for (`setup_upsample_scanline` in zune-jpeg's `components.rs`).
fn codec_mcu_row(frame: &Frame, component: &Component) -> u64 {
    let samples = mcu_row_samples(frame, component);
    let row = samples / u64::from(component.mcu_height());
    let sampling = component.sampling;
    let ratio = u64::from(sampling.horizontal.denominator() * sampling.vertical.denominator());
    let vertical = u64::from(component.vertical);
    let upsampling = 2 * vertical * row + vertical * row * ratio + 2 * u64::from(BLOCK) * row * ratio;
    2 * (samples + upsampling)
}

/// Samples of a component in an MCU row of whole MCUs.
fn mcu_row_samples(frame: &Frame, component: &Component) -> u64 {
    let (across, _) = frame.mcus();
    let block = u64::from(BLOCK * BLOCK);
    u64::from(across) * u64::from(component.horizontal) * u64::from(component.vertical) * block
}
