//! Interleaved pixels of 8 or 16 bits, cut and parted into channels.

use masthead_picture::Rect;

use super::adam7::Pass;

/// Bytes of a pixel's samples, in the order red (or grey), green, blue, alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// 1 to 4.
    pub(super) channels: usize,
    /// Two bytes a sample, the high one first, instead of one.
    pub(super) wide: bool,
}

impl Layout {
    /// Bytes of a row of so many pixels.
    pub(super) fn row_length(self, pixels: u32) -> usize {
        pixels as usize * self.channels * if self.wide { 2 } else { 1 }
    }
}

/// Puts the pixels of a row of a pass that lie in the columns of `window` where they belong: in row `y` of buffers as wide
/// as the window, of which there is one for each channel.
pub(super) fn place(row: &mut [u8], layout: Layout, pass: Pass, window: Rect, y: u32, channels: &mut [&mut [u8]]) {
    let (pixels, column) = pass.pixels(window);
    if pixels.is_empty() {
        return;
    }
    let samples = pixels.start * layout.channels..pixels.end * layout.channels;
    let samples = if layout.wide { narrowed(row, samples) } else { &row[samples] };
    let width = window.width() as usize;
    for (channel, targets) in channels.iter_mut().enumerate() {
        let targets = &mut targets[y as usize * width..][..width][column..];
        match layout.channels {
            1 => part::<1>(samples, channel, targets, pass.step()),
            2 => part::<2>(samples, channel, targets, pass.step()),
            3 => part::<3>(samples, channel, targets, pass.step()),
            _ => part::<4>(samples, channel, targets, pass.step()),
        }
    }
}

/// One channel of pixels to every `step`th sample of `targets`.
fn part<const CHANNELS: usize>(samples: &[u8], channel: usize, targets: &mut [u8], step: usize) {
    let (pixels, _) = samples.as_chunks::<CHANNELS>();
    // A step that the compiler knows to be one is several times as fast.
    if step == 1 {
        targets.iter_mut().zip(pixels).for_each(|(target, pixel)| *target = pixel[channel]);
    } else {
        targets.iter_mut().step_by(step).zip(pixels).for_each(|(target, pixel)| *target = pixel[channel]);
    }
}

/// Samples of 16 bits rounded to 8, in place; gives the range of samples that is asked for.
fn narrowed(row: &mut [u8], samples: std::ops::Range<usize>) -> &[u8] {
    for i in samples.clone() {
        let wide = u16::from_be_bytes([row[2 * i], row[2 * i + 1]]);
        row[i] = ((u32::from(wide) * 255 + 32_767) / 65_535) as u8;
    }
    &row[samples]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_are_rounded() {
        let wide = [0u16, 128, 129, 257, 32_767, 32_768, 65_406, 65_407, 65_535];
        let mut row: Vec<u8> = wide.iter().flat_map(|sample| sample.to_be_bytes()).collect();
        assert_eq!(narrowed(&mut row, 0..9), [0, 0, 1, 1, 127, 128, 254, 255, 255]);
        let mut row: Vec<u8> = wide.iter().flat_map(|sample| sample.to_be_bytes()).collect();
        assert_eq!(narrowed(&mut row, 7..9), [255, 255]);
    }
}
