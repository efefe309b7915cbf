//! How a JPEG file is written.

use std::num::NonZeroU16;

use super::tables::{CHROMA_STEPS, LUMA_STEPS, ROBIDOUX_STEPS};
use masthead_picture::Sampling;

/// How a JPEG file is written.
///
/// ```
/// use masthead_encode::{Coding, JpegOptions, Quality};
///
/// let options = JpegOptions { quality: Quality::new(70).unwrap(), ..JpegOptions::default() };
/// assert_eq!(options.coding, Coding::Optimal);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct JpegOptions {
    /// Quality. Default: 85.
    pub quality: Quality,
    /// Quality of chroma, if it is to differ from that of luma. Default: `None`, the same.
    pub chroma_quality: Option<Quality>,
    /// How coefficients are quantised. Default: [`Quantisation::Tuned`].
    pub quantisation: Quantisation,
    /// How coefficients are coded. Default: [`Coding::Optimal`].
    pub coding: Coding,
    /// After how many rows of MCUs the coding begins anew, so that a damaged file is lost to the end of an interval only. An MCU
    /// is 8x8 pixels, or 16x16 when chroma is 4:2:0; in the scans of single components that progressive files have, it is one block.
    /// An interval has at most 65535 MCUs, and fewer rows if these are too long. Default: `None`, never.
    pub restart_rows: Option<NonZeroU16>,
}

/// The quality of a JPEG file, 1 to 100, as the Independent JPEG Group scales it: the quantisation tables are used as they are
/// at 50, halved at 75 and all ones at 100.
///
/// # Guarantees
/// - it is between 1 and 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quality(u8);

impl Quality {
    /// `None` unless `quality` is between 1 and 100.
    #[must_use]
    pub const fn new(quality: u8) -> Option<Self> {
        match quality {
            1..=100 => Some(Self(quality)),
            _ => None,
        }
    }

    /// The number, 1 to 100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The steps of a table at this quality, 1 to 255, as the library of the Independent JPEG Group computes them.
    pub(super) fn scaled(self, steps: &[u8; 64]) -> [u8; 64] {
        let quality = u32::from(self.0);
        let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
        steps.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u8)
    }
}

impl Default for Quality {
    /// 85: artefacts are hard to see, and files take two thirds of the bytes of 92.
    fn default() -> Self {
        Self(85)
    }
}

impl std::fmt::Display for Quality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How coefficients are quantised: the tables that the quality scales, and how is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quantisation {
    /// Smaller files of photographs at equal SSIMULACRA2, by 7 % around quality 85: Robidoux's table for luma; the standard's for
    /// chroma, finer in 4:2:0, where one sample stands for four pixels, and coarser in 4:4:4; a dead zone of 8 hundredths.
    #[default]
    Tuned,
    /// The tables of the standard, rounding to nearest: coefficients are those of libjpeg-turbo at the same quality.
    Standard,
    /// Tables and dead zone of one's own.
    Custom {
        /// The tables.
        tables: QuantisationTables,
        /// How far coefficients are moved towards zero before they are rounded.
        dead_zone: DeadZone,
    },
}

impl Quantisation {
    /// Tables and dead zone for a picture with chroma so sampled.
    pub(super) fn of(self, chroma: Sampling) -> (QuantisationTables, DeadZone) {
        // In 4:2:0 the steps of chroma are two thirds of the standard's, in 4:4:4 one and a half times as large; fitted with
        // the dead zone on photographs around quality 85, by `encoders` of the benchmarks.
        const CHROMA: [[u8; 64]; 2] = [scaled(&CHROMA_STEPS, 2, 3), scaled(&CHROMA_STEPS, 3, 2)];
        const DEAD_ZONE: DeadZone = DeadZone(8);
        match self {
            Self::Tuned => {
                let chroma = CHROMA[usize::from(chroma == Sampling::FULL)];
                (QuantisationTables { luma: ROBIDOUX_STEPS, chroma }, DEAD_ZONE)
            }
            Self::Standard => (QuantisationTables::default(), DeadZone::default()),
            Self::Custom { tables, dead_zone } => (tables, dead_zone),
        }
    }
}

/// Steps multiplied by a fraction and rounded.
const fn scaled(steps: &[u8; 64], numerator: u16, denominator: u16) -> [u8; 64] {
    let mut scaled = [0; 64];
    let mut i = 0;
    while i < 64 {
        scaled[i] = ((steps[i] as u16 * numerator + denominator / 2) / denominator) as u8;
        i += 1;
    }
    scaled
}

/// Quantisation tables at quality 50: the steps of the 64 coefficients of a block, row after row from the top left, where the
/// lowest frequencies are.
///
/// # Guarantees
/// - no step is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuantisationTables {
    luma: [u8; 64],
    chroma: [u8; 64],
}

impl QuantisationTables {
    /// `None` when a step is 0.
    #[must_use]
    pub fn new(luma: [u8; 64], chroma: [u8; 64]) -> Option<Self> {
        (!luma.contains(&0) && !chroma.contains(&0)).then_some(Self { luma, chroma })
    }

    /// Those of Nicolas Robidoux, made for ImageMagick and used by mozjpeg. The three of his steps that are above 255 are cut off.
    #[must_use]
    pub const fn robidoux() -> Self {
        Self { luma: ROBIDOUX_STEPS, chroma: ROBIDOUX_STEPS }
    }

    /// The steps of luma.
    #[must_use]
    pub const fn luma(&self) -> &[u8; 64] {
        &self.luma
    }

    /// The steps of chroma.
    #[must_use]
    pub const fn chroma(&self) -> &[u8; 64] {
        &self.chroma
    }
}

impl Default for QuantisationTables {
    /// Those of the standard: ITU-T T.81, tables K.1 and K.2.
    fn default() -> Self {
        Self { luma: LUMA_STEPS, chroma: CHROMA_STEPS }
    }
}

/// How far coefficients, but for the mean of a block, are moved towards zero before they are rounded, in hundredths of a
/// quantisation step. From 5 to 10 on, files become larger again at equal SSIMULACRA2.
///
/// # Guarantees
/// - it is at most 50, at which coefficients are rounded towards zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeadZone(u8);

impl DeadZone {
    /// `None` when there are more than 50 hundredths.
    #[must_use]
    pub const fn new(hundredths: u8) -> Option<Self> {
        match hundredths {
            0..=50 => Some(Self(hundredths)),
            _ => None,
        }
    }

    /// Hundredths of a step, 0 to 50.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// How coefficients are coded. The pixels are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coding {
    /// In one interleaved scan, with the Huffman tables of the standard: the fastest.
    Standard,
    /// In one interleaved scan, with Huffman tables made for this picture: 1 to 5 % smaller than with those of the standard,
    /// 1.3 times the time, and as easy to decode. All symbols of the picture are kept until the tables are known: that takes 4
    /// bytes of memory for each sample at most, of which photographs touch a tenth.
    #[default]
    Optimal,
    /// In scans that go from coarse to fine, each with tables of its own: 2 to 12 % smaller than with those of the standard, and
    /// mostly smaller than [`Coding::Optimal`], but six times the time, and up to three times the time to decode. Takes up to
    /// 7 bytes of memory for each sample.
    Progressive,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(Quality::new(0), None);
        assert_eq!(Quality::new(101), None);
        assert_eq!(Quality::new(100).map(Quality::get), Some(100));
        assert_eq!(Quality::default().to_string(), "85");
        assert_eq!(DeadZone::new(51), None);
        assert_eq!(DeadZone::new(50).map(DeadZone::get), Some(50));
        let mut steps = [1; 64];
        assert!(QuantisationTables::new(steps, steps).is_some());
        steps[63] = 0;
        assert_eq!(QuantisationTables::new([1; 64], steps), None);
    }

    #[test]
    fn quality_scales_as_the_ijg_does() {
        let scaled = |quality| Quality::new(quality).unwrap().scaled(&LUMA_STEPS);
        assert_eq!(scaled(50), LUMA_STEPS);
        assert_eq!(scaled(75)[..8], [8, 6, 5, 8, 12, 20, 26, 31]);
        assert_eq!(scaled(100), [1; 64]);
        assert_eq!(scaled(1), [255; 64]);
    }
}
