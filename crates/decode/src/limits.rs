//! What a file may ask for before it is refused.

use std::time::Duration;

use masthead_picture::Dimensions;

use crate::Error;

/// What a file may ask for. All but the deadline are checked before a pixel buffer is allocated. The dimensions may reach
/// from 1x1 to all that a format can tell.
///
/// ```
/// use masthead_decode::{Decoder, Limits};
/// use masthead_picture::Dimensions;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // A picture of 256x128 pixels.
/// let bytes = std::fs::read("../../testdata/generated/jpeg-420.jpg")?;
/// assert!(Decoder::new(bytes.clone(), &Limits::default()).is_ok());
///
/// let most = Dimensions::new(200, 200).unwrap();
/// let limits = Limits::default().with_max_dimensions(most);
/// let error = Decoder::new(bytes, &limits).err().unwrap();
/// assert_eq!(error.to_string(), "image is 256x128, at most 200x200 is accepted");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
#[non_exhaustive]
pub struct Limits {
    /// The longest file, in bytes. Default: 5 MiB.
    pub bytes: usize,
    /// The least width and height of the displayed image, in pixels. Default: 200x100.
    pub min_dimensions: Dimensions,
    /// The greatest width and height of the displayed image, in pixels. Default: 8192x8192.
    pub max_dimensions: Dimensions,
    /// The greatest number of pixels, width times height. Default: 8192 x 8192.
    pub pixels: u64,
    /// The greatest number of scans of a JPEG. Each one has a decoder of its own: a few kilobytes, and some time for each row
    /// of the image. Default: 100.
    pub scans: usize,
    /// The most memory that decoding may need, in bytes, as [`Decoder::memory`](crate::Decoder::memory) or
    /// [`Decoder::picture_memory`](crate::Decoder::picture_memory) estimates it.
    /// Default: 256 MiB.
    pub memory: u64,
    /// How long decoding may take, counted from the call of [`Decoder::rows`](crate::Decoder::rows) or
    /// [`Decoder::decode`](crate::Decoder::decode); what is done between two batches of rows counts as well. It is looked at
    /// between rows of pixels, so decoding ends a few milliseconds late at most. `None` is for ever. Default: 10 seconds.
    ///
    /// Stored as a number of seconds, or the word `never`, which is stored for more than `u32::MAX` seconds as well.
    #[cfg_attr(feature = "serde", serde(with = "seconds_or_never"))]
    pub deadline: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        let dimensions = |width, height| Dimensions::new(width, height).expect("neither is zero");
        Self {
            bytes: 5 << 20,
            min_dimensions: dimensions(200, 100),
            max_dimensions: dimensions(8192, 8192),
            pixels: 8192 * 8192,
            scans: 100,
            memory: 256 << 20,
            deadline: Some(Duration::from_secs(10)),
        }
    }
}

impl Limits {
    /// With this [`Limits::bytes`].
    #[must_use]
    pub fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// With this [`Limits::min_dimensions`].
    #[must_use]
    pub fn with_min_dimensions(self, min_dimensions: Dimensions) -> Self {
        Self { min_dimensions, ..self }
    }

    /// With this [`Limits::max_dimensions`].
    #[must_use]
    pub fn with_max_dimensions(self, max_dimensions: Dimensions) -> Self {
        Self { max_dimensions, ..self }
    }

    /// With this [`Limits::pixels`].
    #[must_use]
    pub fn with_pixels(self, pixels: u64) -> Self {
        Self { pixels, ..self }
    }

    /// With this [`Limits::scans`].
    #[must_use]
    pub fn with_scans(self, scans: usize) -> Self {
        Self { scans, ..self }
    }

    /// With this [`Limits::memory`].
    #[must_use]
    pub fn with_memory(self, memory: u64) -> Self {
        Self { memory, ..self }
    }

    /// With this [`Limits::deadline`].
    #[must_use]
    pub fn with_deadline(self, deadline: Option<Duration>) -> Self {
        Self { deadline, ..self }
    }

    /// Checks the length of a file, before it is read.
    ///
    /// # Errors
    /// When it is longer than accepted.
    pub fn check_bytes(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.bytes {
            return Err(Error::TooManyBytes { bytes, most: self.bytes });
        }
        Ok(())
    }

    /// Checks the dimensions and the number of pixels of a displayed image.
    ///
    /// # Errors
    /// When it is larger or smaller than accepted.
    pub fn check_dimensions(&self, image: Dimensions) -> Result<(), Error> {
        let (most, least) = (self.max_dimensions, self.min_dimensions);
        if image.width() > most.width() || image.height() > most.height() {
            return Err(Error::TooLarge { image, most });
        }
        if image.width() < least.width() || image.height() < least.height() {
            return Err(Error::TooSmall { image, least });
        }
        if image.pixels() > self.pixels {
            return Err(Error::TooManyPixels { pixels: image.pixels(), most: self.pixels });
        }
        Ok(())
    }

    pub(crate) fn check_memory(&self, bytes: u64) -> Result<(), Error> {
        if bytes > self.memory {
            return Err(Error::TooMuchMemory { bytes, most: self.memory });
        }
        Ok(())
    }
}

/// A time as a number of seconds, or `never`: TOML has no word of its own for what is absent.
#[cfg(feature = "serde")]
mod seconds_or_never {
    use std::fmt;
    use std::time::Duration;

    use serde::de::{Error, Unexpected, Visitor};
    use serde::{Deserializer, Serializer};

    /// In seconds: 136 years, which are as good as for ever. Written as a float, a time so long is still read back.
    const LONGEST: u32 = u32::MAX;

    pub(super) fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) if *time <= Duration::from_secs(LONGEST.into()) => serializer.serialize_f64(time.as_secs_f64()),
            _ => serializer.serialize_str("never"),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        deserializer.deserialize_any(SecondsOrNever)
    }

    struct SecondsOrNever;

    impl Visitor<'_> for SecondsOrNever {
        type Value = Option<Duration>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a number of seconds from 0 to {LONGEST}, or \"never\"")
        }

        fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
            if word == "never" { Ok(None) } else { Err(E::invalid_value(Unexpected::Str(word), &self)) }
        }

        fn visit_f64<E: Error>(self, seconds: f64) -> Result<Self::Value, E> {
            if (0.0..=f64::from(LONGEST)).contains(&seconds) {
                Ok(Some(Duration::from_secs_f64(seconds)))
            } else {
                Err(E::invalid_value(Unexpected::Float(seconds), &self))
            }
        }

        fn visit_u64<E: Error>(self, seconds: u64) -> Result<Self::Value, E> {
            if seconds <= LONGEST.into() {
                Ok(Some(Duration::from_secs(seconds)))
            } else {
                Err(E::invalid_value(Unexpected::Unsigned(seconds), &self))
            }
        }

        fn visit_i64<E: Error>(self, seconds: i64) -> Result<Self::Value, E> {
            match u64::try_from(seconds) {
                Ok(seconds) => self.visit_u64(seconds),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(seconds), &self)),
            }
        }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn limits_are_stored_as_people_write_them() {
        let read = |text: &str| serde_json::from_str::<Limits>(text);
        let limits = read(r#"{"bytes":1000,"min-dimensions":"1x1","deadline":0.5}"#).unwrap();
        let one = Dimensions::new(1, 1).unwrap();
        let half = Some(Duration::from_millis(500));
        assert_eq!(limits, Limits::default().with_bytes(1000).with_min_dimensions(one).with_deadline(half));
        for refused in [r#"{"byte":1}"#, r#"{"max-dimensions":"0x1"}"#] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn deadlines_are_read_as_they_are_stored() {
        let longest = Duration::from_secs(u32::MAX.into());
        let stored = |deadline| {
            let limits = Limits::default().with_deadline(deadline);
            let in_json = serde_json::to_string(&limits).unwrap();
            let in_toml = toml::to_string(&limits).unwrap();
            let json: Limits = serde_json::from_str(&in_json).unwrap();
            let toml: Limits = toml::from_str(&in_toml).unwrap();
            assert_eq!(json, toml, "{in_json} {in_toml}");
            assert_eq!(limits.with_deadline(json.deadline), json, "the deadline alone differs");
            json.deadline
        };
        for deadline in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(2500), longest] {
            assert_eq!(stored(Some(deadline)), Some(deadline));
        }
        for endless in [None, Some(longest + Duration::from_nanos(1)), Some(Duration::MAX)] {
            assert_eq!(stored(endless), None, "{endless:?}");
        }
    }

    #[test]
    fn deadlines_are_seconds_or_never() {
        let read = |value: &str| {
            let json = serde_json::from_str::<Limits>(&format!(r#"{{"deadline":{value}}}"#));
            let toml = toml::from_str::<Limits>(&format!("deadline = {value}"));
            (json.ok().map(|limits| limits.deadline), toml.ok().map(|limits| limits.deadline))
        };
        for (value, deadline) in [
            ("10", Some(Duration::from_secs(10))),
            ("0.25", Some(Duration::from_millis(250))),
            ("4294967295", Some(Duration::from_secs(u32::MAX.into()))),
            ("\"never\"", None),
        ] {
            assert_eq!(read(value), (Some(deadline), Some(deadline)), "{value}");
        }
        for refused in ["-1", "-0.5", "4294967296", "1e300", "nan", "null", "true", "\"Never\"", "\"10\""] {
            assert_eq!(read(refused), (None, None), "{refused}");
        }
        let error = toml::from_str::<Limits>("deadline = -1").unwrap_err();
        assert!(
            error.to_string().contains("expected a number of seconds from 0 to 4294967295, or \"never\""),
            "{error}"
        );
    }
}
