//! [`Quality`], 1 to 100, and how it scales quantisation tables.

use std::str::FromStr;

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

impl TryFrom<u8> for Quality {
    type Error = QualityError;

    fn try_from(quality: u8) -> Result<Self, QualityError> {
        Self::new(quality).ok_or_else(|| QualityError(quality.to_string()))
    }
}

impl From<Quality> for u8 {
    fn from(quality: Quality) -> Self {
        quality.0
    }
}

impl FromStr for Quality {
    type Err = QualityError;

    /// A whole number from 1 to 100.
    fn from_str(text: &str) -> Result<Self, QualityError> {
        text.parse().ok().and_then(Self::new).ok_or_else(|| QualityError(text.to_owned()))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Quality {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Quality {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        let quality = u8::try_from(number).ok().and_then(Self::new);
        quality.ok_or_else(|| serde::de::Error::custom(QualityError(number.to_string())))
    }
}

/// What should be a quality is none.
///
/// ```
/// use masthead_jpeg::Quality;
///
/// assert_eq!("85".parse(), Ok(Quality::default()));
/// assert_eq!("0".parse::<Quality>().unwrap_err().to_string(), "quality is 0 (expected 1 to 100)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quality is {0} (expected 1 to 100)")]
pub struct QualityError(String);

impl std::fmt::Display for Quality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::LUMA_STEPS;

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(Quality::new(0), None);
        assert_eq!(Quality::new(101), None);
        assert_eq!(Quality::new(100).map(Quality::get), Some(100));
        assert_eq!(Quality::default().to_string(), "85");
        assert_eq!(Quality::try_from(0).unwrap_err().to_string(), "quality is 0 (expected 1 to 100)");
        assert_eq!(Quality::try_from(1).map(u8::from), Ok(1));
        for text in ["", "0", "101", "-1", "300", "8.5", "high"] {
            assert_eq!(
                text.parse::<Quality>().unwrap_err().to_string(),
                format!("quality is {text} (expected 1 to 100)")
            );
        }
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
