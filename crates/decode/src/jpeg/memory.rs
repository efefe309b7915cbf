//! How much memory the decoding of a JPEG takes, from its header alone.

use masthead_picture::Rect;

use super::frame::{BLOCK, Component, Frame};
use super::rgb::Conversion;

/// The codec's state and tables, and what else does not depend on the picture.
const FIXED: u64 = 160 << 10;

/// What the frame header does not say.
pub(super) struct Needs {
    /// Whether all coefficients are kept until the last scan is read.
    pub(super) buffered: bool,
    pub(super) progressive: bool,
    /// Bytes of what was copied from the file already.
    pub(super) metadata: u64,
}

impl Needs {
    /// Bytes at the peak of decoding `window`: the codec's buffers, ours, and the picture.
    pub(super) fn of(&self, frame: &Frame, conversion: Option<Conversion>, window: Rect) -> u64 {
        let sum = |bytes: &dyn Fn(&Component) -> u64| frame.components.iter().map(bytes).sum::<u64>();
        let picture = match conversion {
            None => sum(&|component| component.sampling.cover(window).dimensions().pixels()),
            // Besides the planes, a row of each component.
            Some(_) => 3 * window.dimensions().pixels() + 4 * u64::from(window.width()),
        };
        let stripe = sum(&|component| u64::from(frame.extent(component).width()) * u64::from(component.stripe_rows()));
        let coefficients = match (self.buffered, self.progressive) {
            (false, _) => 0,
            (true, false) => sum(&|component| coefficients(frame, component)),
            // Each scan works on a copy of the components it changes.
            (true, true) => 2 * sum(&|component| coefficients(frame, component)),
        };
        FIXED + self.metadata + picture + coefficients + 2 * stripe + sum(&|component| codec_stripe(frame, component))
    }
}

/// Bytes of all coefficients of a component: 16 bits each, of whole units.
fn coefficients(frame: &Frame, component: &Component) -> u64 {
    let (_, rows) = frame.units();
    stripe_samples(frame, component) * u64::from(rows) * 2
}

/// Bytes that the codec keeps for a stripe of a component: its samples in 16 bits, and the buffers of an upsampling
/// that we do not ask for (`setup_upsample_scanline` in zune-jpeg's `components.rs`).
fn codec_stripe(frame: &Frame, component: &Component) -> u64 {
    let samples = stripe_samples(frame, component);
    let row = samples / u64::from(component.stripe_rows());
    let sampling = component.sampling;
    let ratio = u64::from(sampling.horizontal.denominator() * sampling.vertical.denominator());
    let vertical = u64::from(component.vertical);
    let upsampling = 2 * vertical * row + vertical * row * ratio + 2 * u64::from(BLOCK) * row * ratio;
    2 * (samples + upsampling)
}

/// Samples of a component in a stripe of whole units.
fn stripe_samples(frame: &Frame, component: &Component) -> u64 {
    let (across, _) = frame.units();
    let block = u64::from(BLOCK * BLOCK);
    u64::from(across) * u64::from(component.horizontal) * u64::from(component.vertical) * block
}
