//! Components that become RGB while they are decoded: inks, and RGB with fewer samples of some colours.

use std::iter;
use std::ops::Range;

use masthead_jpeg::FrameComponent;
use masthead_picture::{Ratio, Rect, Sampling, ycbcr_to_rgb};

use super::rows::ComponentRows;
use crate::batch::View;
use crate::{FileColor, RowBatch};

/// What the components are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// Red, green and blue already; they only lack samples.
    None,
    /// Cyan, magenta, yellow and black.
    Cmyk,
    /// The first three of these as luma and two colour differences.
    Ycck,
}

impl Conversion {
    /// What components of this colour model need; `None` when their planes stay as they are.
    pub(super) fn of(color: FileColor, components: &[FrameComponent]) -> Option<Self> {
        match color {
            FileColor::Cmyk => Some(Self::Cmyk),
            FileColor::Ycck => Some(Self::Ycck),
            FileColor::Rgb if components.iter().any(|component| component.sampling() != Sampling::FULL) => {
                Some(Self::None)
            }
            _ => None,
        }
    }
}

/// An MCU row as it is stored, on its way to RGB. Where a component has fewer samples than pixels, each sample stands for all
/// its pixels.
pub(super) struct Converter {
    conversion: Conversion,
    window: Rect,
    /// The MCU row of each component.
    stored: Vec<Vec<u8>>,
    /// Of each component the samples of a row of pixels.
    row: Vec<Vec<u8>>,
}

impl Converter {
    pub(super) fn new(conversion: Conversion, components: &[ComponentRows], window: Rect) -> Self {
        let stored = components.iter().map(|component| vec![0; component.buffer_length()]).collect();
        let row = vec![vec![0; window.width() as usize]; components.len()];
        Self { conversion, window, stored, row }
    }

    /// Bytes of memory of a converter of so many components, whose MCU row has so many samples.
    pub(super) fn memory(stored: u64, components: usize, window: Rect) -> u64 {
        let lists = 2 * components * size_of::<Vec<u8>>();
        stored + components as u64 * u64::from(window.width()) + lists as u64
    }

    /// A buffer of each component, as the decoder wants them; those that it has no component for are empty.
    pub(super) fn buffers(&mut self) -> [&mut [u8]; 4] {
        let mut buffers = [(); 4].map(|()| &mut [][..]);
        buffers.iter_mut().zip(&mut self.stored).for_each(|(buffer, stored)| *buffer = stored);
        buffers
    }

    /// Converts rows `rows` of the picture, which MCU row `index` holds.
    pub(super) fn convert(&mut self, components: &[ComponentRows], index: u32, rows: Range<u32>, batch: &mut RowBatch) {
        let width = self.window.width() as usize;
        let length = rows.len() * width;
        let [red, green, blue, _] = batch.buffers(iter::repeat_n(length, 3));
        let targets = red.chunks_exact_mut(width).zip(green.chunks_exact_mut(width)).zip(blue.chunks_exact_mut(width));
        for (y, ((red, green), blue)) in rows.zip(targets) {
            for (component, (row, stored)) in components.iter().zip(self.row.iter_mut().zip(&self.stored)) {
                let layout = component.layout;
                let sample_row = component.sampling.vertical.floor(y) as usize - index as usize * layout.height;
                let samples = &stored[sample_row * layout.width..][..layout.width];
                replicate(samples, layout.left, component.sampling.horizontal, self.window.left(), row);
            }
            convert(self.conversion, &self.row, [red, green, blue]);
        }
        batch.show((0..3).map(|buffer| View { buffer, samples: 0..length, width, stride: width }));
    }
}

/// The samples of the pixels from `left` on, of a row whose first sample is `first`.
fn replicate(samples: &[u8], first: u32, ratio: Ratio, left: u32, pixels: &mut [u8]) {
    if ratio == Ratio::ONE {
        pixels.copy_from_slice(&samples[(left - first) as usize..][..pixels.len()]);
        return;
    }
    for (x, pixel) in (left..).zip(pixels) {
        *pixel = samples[(ratio.floor(x) - first) as usize];
    }
}

/// A row of pixels to RGB.
///
/// Inks are taken as Adobe stores them: inverted, 255 is no ink. Files that do not say so are stored that way as well,
/// and every reader takes them so. There is no ink without a profile; multiplying what each ink lets through is what
/// browsers and Pillow do.
fn convert(conversion: Conversion, rows: &[Vec<u8>], [red, green, blue]: [&mut [u8]; 3]) {
    match rows {
        [r, g, b] => {
            red.copy_from_slice(r);
            green.copy_from_slice(g);
            blue.copy_from_slice(b);
        }
        [first, second, third, black] => {
            for x in 0..red.len() {
                let inks = [first[x], second[x], third[x]];
                let inks = match conversion {
                    // The three stand for the inks themselves, so what they let through is the inverse.
                    Conversion::Ycck => ycbcr_to_rgb(inks[0], inks[1], inks[2]).map(|ink| 255 - ink),
                    _ => inks,
                };
                [red[x], green[x], blue[x]] = inks.map(|ink| multiply(ink, black[x]));
            }
        }
        _ => unreachable!("what is converted has three or four components"),
    }
}

/// The product of two fractions of 255, rounded.
fn multiply(a: u8, b: u8) -> u8 {
    ((u32::from(a) * u32::from(b) + 127) / 255) as u8
}
