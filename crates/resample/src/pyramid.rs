//! The pyramid: the plane itself is level 0, and each further level has half the width and height of the one before.
//!
//! Large reductions are cheaper from a higher level, which many targets share. What is resampled from it is to be within 50 dB
//! of what would be resampled from the plane itself, so the weights between levels decide how soon that may be. They were
//! fitted by a simplex search for the largest of the lowest PSNR over 13 luma planes, in linear light:
//!
//! | weights, from the innermost pair outwards | level 1 is within 50 dB from a reduction of | level 2 |
//! |---|---|---|
//! | 1 | 7 | - |
//! | 59 13 -8 (of 128) | 3.25 | 6.6 |
//! | 117 32 -20 -7 6 (of 256) | 2.77 | 5.7 |
//! | 117 32 -19 -9 7 2 -2 (of 256) | 2.69 | 5.5 |
//!
//! Planes of single colours reach deeper into the dark than luma, where differences show, and need 0.1 more. Chroma needs 2.13:
//! it has little contrast, and is averaged in gamma light.

use std::ops::Range;

use masthead_picture::ColorModel;

use crate::kernels::{Pair, SHIFT};
use crate::taps::Taps;

/// The highest level that [`pyramid_level`] asks for.
#[doc(hidden)]
pub const MAX_LEVEL: u32 = 2;

/// The highest level that is accepted: more make no sense of any plane.
pub(crate) const HIGHEST_LEVEL: u32 = 16;

/// The reductions from which on levels 1 and 2 may be used, with some room to 50 dB.
type Least = [f64; MAX_LEVEL as usize];
const LUMA: Least = [2.9, 6.0];
const COLOR: Least = [3.0, 6.2];
const CHROMA: Least = [2.4, 5.0];

/// The weights of the samples that make one of the next level.
pub(crate) const WEIGHTS: [i32; 10] = [6, -7, -20, 32, 117, 117, 32, -20, -7, 6];

/// Samples beyond the two that a sample of the next level covers, on each side.
pub(crate) const SUPPORT: usize = WEIGHTS.len() / 2 - 1;

/// The highest level of the pyramid that component `component` of a picture of this model may be resampled from with these
/// reductions (source samples per target sample, horizontally and vertically), so that no difference is seen.
#[must_use]
pub fn pyramid_level(model: ColorModel, component: usize, horizontal: f64, vertical: f64) -> u32 {
    let least = match model {
        ColorModel::YCbCr if component > 0 => CHROMA,
        ColorModel::Gray | ColorModel::YCbCr => LUMA,
        ColorModel::Rgb | ColorModel::Rgba => COLOR,
    };
    let reduction = horizontal.min(vertical);
    least.iter().take_while(|least| reduction >= **least).count() as u32
}

/// How many samples of the plane beyond its own on each side a sample of this level depends on.
pub(crate) const fn support(level: u32) -> u32 {
    SUPPORT as u32 * ((1 << level) - 1)
}

/// The samples of a level, of which there are `whole`, that these of the next level depend on.
pub(crate) fn needed(next: Range<usize>, whole: usize) -> Range<usize> {
    (2 * next.start).saturating_sub(SUPPORT)..(2 * next.end + SUPPORT).min(whole)
}

/// The weights with which `whole` samples make the next level. Beyond the plane its edge samples hold on.
pub(crate) fn taps(whole: usize) -> Taps {
    Taps::every_second(-(SUPPORT as i64), &WEIGHTS, whole)
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
    fn levels_end_before_they_show() {
        let luma = |horizontal, vertical| pyramid_level(ColorModel::YCbCr, 0, horizontal, vertical);
        assert_eq!((luma(0.5, 0.5), luma(2.89, 100.0), luma(2.9, 2.9), luma(13.6, 6.0)), (0, 0, 1, 2));
        assert_eq!(luma(1e9, 1e9), MAX_LEVEL);
        assert_eq!(pyramid_level(ColorModel::YCbCr, 1, 2.5, 2.5), 1);
        assert_eq!(pyramid_level(ColorModel::Rgb, 1, 2.95, 2.95), 0);
    }

    #[test]
    fn each_level_reads_further() {
        assert_eq!([0, 1, 2].map(support), [0, 4, 12]);
        // From level 2 to level 0: twice a step.
        assert_eq!(needed(needed(10..11, 1000), 1000), 40 - 12..44 + 12);
        assert_eq!(needed(0..3, 5), 0..5);
    }

    #[test]
    fn weights_sum_to_one() {
        assert_eq!(weights().as_flattened().iter().map(|weight| i32::from(*weight)).sum::<i32>(), 1 << SHIFT);
    }
}
