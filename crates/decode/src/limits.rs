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
    /// The greatest number of scans of a JPEG. Each one walks the whole image. Default: 100.
    pub scans: usize,
    /// The most memory that decoding may need, in bytes, as [`Decoder::memory`](crate::Decoder::memory) estimates it.
    /// Default: 256 MiB.
    pub memory: u64,
    /// How long [`Decoder::decode`](crate::Decoder::decode) may take, counted from its call. It is looked at between
    /// rows of pixels, so decoding ends a few milliseconds late at most. `None` is for ever. Default: 10 seconds.
    ///
    /// Stored as a number of seconds, or null.
    #[cfg_attr(feature = "serde", serde(with = "seconds"))]
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

    pub(crate) fn check_scans(&self, scans: usize) -> Result<(), Error> {
        if scans > self.scans {
            return Err(Error::TooManyScans { scans, most: self.scans });
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

/// A time as a number of seconds.
#[cfg(feature = "serde")]
mod seconds {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(|time| time.as_secs_f64()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        let seconds = Option::<f64>::deserialize(deserializer)?;
        seconds.map(|seconds| Duration::try_from_secs_f64(seconds).map_err(D::Error::custom)).transpose()
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
        assert_eq!(read(&serde_json::to_string(&limits).unwrap()).unwrap(), limits);
        let endless = Limits::default().with_deadline(None);
        assert_eq!(read(&serde_json::to_string(&endless).unwrap()).unwrap(), endless);
        for refused in [r#"{"byte":1}"#, r#"{"deadline":-1}"#, r#"{"deadline":1e300}"#, r#"{"max-dimensions":"0x1"}"#] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }
}
