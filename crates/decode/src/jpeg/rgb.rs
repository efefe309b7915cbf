//! Components that become RGB while they are decoded: inks, and RGB with fewer samples of some colours.

use masthead_picture::{Component, Plane, Ratio, Rect, Sampling, ycbcr_to_rgb};

use super::codec::Codec;
use super::frame::Frame;
use super::planes::McuRow;
use crate::deadline::Deadline;
use crate::{Error, FileColor};

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
    /// What a frame of this colour model needs; `None` when its planes stay as they are.
    pub(super) fn of(color: FileColor, frame: &Frame) -> Option<Self> {
        match color {
            FileColor::Cmyk => Some(Self::Cmyk),
            FileColor::Ycck => Some(Self::Ycck),
            FileColor::Rgb if !frame.is_full() => Some(Self::None),
            _ => None,
        }
    }
}

/// Decodes the MCU rows down to the end of `window`, and converts its pixels to RGB. Where a component has fewer samples
/// than pixels, each sample stands for all its pixels.
pub(super) fn decode(
    codec: &mut Codec,
    frame: &Frame,
    conversion: Conversion,
    window: Rect,
    deadline: Deadline,
) -> Result<Vec<Component>, Error> {
    let samplings: Vec<_> = frame.components.iter().map(|component| component.sampling).collect();
    let mut mcu_row = McuRow::new(frame);
    let mut rows = vec![vec![0; window.width() as usize]; samplings.len()];
    let mut planes = [(); 3].map(|()| Plane::filled(window.dimensions(), 0));
    let height = frame.mcu_height();
    for index in 0..window.bottom().div_ceil(height) {
        deadline.check()?;
        mcu_row.decode(codec, index)?;
        let top = index * height;
        for y in top.max(window.top())..(top + height).min(window.bottom()) {
            for (component, (row, sampling)) in rows.iter_mut().zip(&samplings).enumerate() {
                let sample_row = sampling.vertical.floor(y - top) as usize;
                replicate(mcu_row.row(component, sample_row), sampling.horizontal, window.left(), row);
            }
            let at = (y - window.top()) as usize;
            convert(conversion, &rows, planes.each_mut().map(|plane| plane.row_mut(at)));
        }
    }
    let component = |plane| Component { plane, sampling: Sampling::FULL, left: window.left(), top: window.top() };
    Ok(planes.into_iter().map(component).collect())
}

/// The samples of the pixels from `left` on.
fn replicate(samples: &[u8], ratio: Ratio, left: u32, pixels: &mut [u8]) {
    if ratio == Ratio::ONE {
        pixels.copy_from_slice(&samples[left as usize..][..pixels.len()]);
        return;
    }
    for (x, pixel) in (left..).zip(pixels) {
        *pixel = samples[ratio.floor(x) as usize];
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
