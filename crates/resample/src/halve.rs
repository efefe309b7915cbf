//! The reduction by two that large reductions start with, and when it does not show.
//!
//! What is resampled from a halved plane is to be within 50 dB of what would be resampled from the plane itself, so the
//! weights decide how soon a plane may be halved. They were fitted by a simplex search for the largest of the lowest PSNR
//! over 13 luma planes, in linear light:
//!
//! | weights, from the innermost pair outwards | 50 dB from a reduction of | twice |
//! |---|---|---|
//! | 1 | 7 | - |
//! | 59 13 -8 (of 128) | 3.25 | 6.6 |
//! | 117 32 -20 -7 6 (of 256) | 2.77 | 5.7 |
//! | 117 32 -19 -9 7 2 -2 (of 256) | 2.69 | 5.5 |
//!
//! Planes of single colours reach deeper into the dark than luma, where differences show, and need 0.1 more. Chroma needs 2.13:
//! it has little contrast, and is halved in gamma light.

use masthead_picture::ColorModel;

use crate::kernels::{Pair, SHIFT};
use crate::taps::Taps;

/// The most halvings that [`halvings`] asks for.
pub const MAX_HALVINGS: u32 = 2;

/// From these reductions on a plane may be halved once, twice, with some room to 50 dB.
type Least = [f64; MAX_HALVINGS as usize];
const LUMA: Least = [2.9, 6.0];
const COLOR: Least = [3.0, 6.2];
const CHROMA: Least = [2.4, 5.0];

/// The weights of a halving.
pub(crate) const WEIGHTS: [i32; 10] = [6, -7, -20, 32, 117, 117, 32, -20, -7, 6];

/// Samples beyond the two that a halved sample covers, on each side.
pub(crate) const REACH: usize = WEIGHTS.len() / 2 - 1;

/// How often component `component` of a picture of this model may be halved before it is resampled with these reductions
/// (source samples per target sample, horizontally and vertically).
#[must_use]
pub fn halvings(model: ColorModel, component: usize, horizontal: f64, vertical: f64) -> u32 {
    let least = match model {
        ColorModel::YCbCr if component > 0 => CHROMA,
        ColorModel::Gray | ColorModel::YCbCr => LUMA,
        ColorModel::Rgb | ColorModel::Rgba => COLOR,
    };
    let reduction = horizontal.min(vertical);
    least.iter().take_while(|least| reduction >= **least).count() as u32
}

/// How many samples beyond its own on each side a sample depends on that was halved `times` times.
#[must_use]
pub const fn halving_reach(times: u32) -> u32 {
    REACH as u32 * ((1 << times) - 1)
}

/// The weights with which `whole` samples are halved. Beyond the plane its edge samples hold on.
pub(crate) fn taps(whole: usize) -> Taps {
    Taps::every_second(-(REACH as i64), &WEIGHTS, whole)
}

/// What those take, in bytes.
pub(crate) fn tap_bytes(whole: u64) -> u64 {
    Taps::bytes(whole.div_ceil(2), WEIGHTS.len() as u64 / 2 + 1)
}

/// The weights in the kernels' parts.
pub(crate) fn weights() -> [Pair; WEIGHTS.len() / 2] {
    let sum: i32 = WEIGHTS.iter().sum();
    std::array::from_fn(|i| [2 * i, 2 * i + 1].map(|i| ((WEIGHTS[i] << SHIFT) / sum) as i16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_stops_before_it_shows() {
        let luma = |horizontal, vertical| halvings(ColorModel::YCbCr, 0, horizontal, vertical);
        assert_eq!((luma(0.5, 0.5), luma(2.89, 100.0), luma(2.9, 2.9), luma(13.6, 6.0)), (0, 0, 1, 2));
        assert_eq!(luma(1e9, 1e9), MAX_HALVINGS);
        assert_eq!(halvings(ColorModel::YCbCr, 1, 2.5, 2.5), 1);
        assert_eq!(halvings(ColorModel::Rgb, 1, 2.95, 2.95), 0);
        assert_eq!((halving_reach(0), halving_reach(1), halving_reach(2)), (0, 4, 12));
    }

    #[test]
    fn weights_sum_to_one() {
        assert_eq!(weights().as_flattened().iter().map(|weight| i32::from(*weight)).sum::<i32>(), 1 << SHIFT);
    }
}
