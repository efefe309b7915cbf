//! Which multiples of which steps coefficients become: tables of steps, and how is rounded.

use masthead_picture::Sampling;

use crate::tables::{CHROMA_STEPS, LUMA_STEPS};

/// How coefficients are quantised: the tables that the quality scales, and how is rounded.
///
/// With the feature `serde` it is stored as its name, or as a table with `luma` and `chroma`, 64 steps each, and `dead-zone`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// Tables and dead zone for a frame with chroma so sampled, if it has any.
    pub(super) fn of(self, chroma: Option<Sampling>) -> (QuantisationTables, DeadZone) {
        // In 4:2:0 the steps of chroma are two thirds of the standard's, in 4:4:4 one and a half times as large; fitted with
        // the dead zone on photographs around quality 85, by `encoders` of the benchmarks.
        const CHROMA: [[u8; 64]; 2] = [scaled(&CHROMA_STEPS, 2, 3), scaled(&CHROMA_STEPS, 3, 2)];
        const DEAD_ZONE: DeadZone = DeadZone(8);
        match self {
            Self::Tuned => {
                let chroma = CHROMA[usize::from(chroma != Some(Sampling::HALF))];
                (QuantisationTables { luma: ROBIDOUX_STEPS, chroma }, DEAD_ZONE)
            }
            Self::Standard => (QuantisationTables::default(), DeadZone::default()),
            Self::Custom { tables, dead_zone } => (tables, dead_zone),
        }
    }
}

masthead_picture::names! {
    Quantisation, "quantisation":
    Tuned = "tuned",
    Standard = "standard";
    Custom = "custom",
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

/// Quantisation of luma and chroma, rows from the top, by N. Robidoux.
#[rustfmt::skip]
const ROBIDOUX_STEPS: [u8; 64] = [
    16, 16,  16,  18,  25,  37,  56,  85,
    16, 17,  20,  27,  34,  40,  53,  75,
    16, 20,  24,  31,  43,  62,  91, 135,
    18, 27,  31,  40,  53,  74, 106, 156,
    25, 34,  43,  53,  69,  94, 131, 189,
    37, 40,  62,  74,  94, 124, 169, 238,
    56, 53,  91, 106, 131, 169, 226, 255,
    85, 75, 135, 156, 189, 238, 255, 255,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_range_are_refused() {
        assert_eq!(DeadZone::new(51), None);
        assert_eq!(DeadZone::new(50).map(DeadZone::get), Some(50));
        let mut steps = [1; 64];
        assert!(QuantisationTables::new(steps, steps).is_some());
        steps[63] = 0;
        assert_eq!(QuantisationTables::new([1; 64], steps), None);
    }
}
