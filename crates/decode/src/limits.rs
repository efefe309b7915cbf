//! What is accepted.

use std::time::Duration;

use masthead_picture::Dimensions;

use crate::Error;

/// What a file may ask for. All but the deadline are checked before a pixel buffer is allocated.
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
/// let limits = Limits { max_dimensions: most, ..Limits::default() };
/// let error = Decoder::new(bytes, &limits).err().unwrap();
/// assert_eq!(error.to_string(), "image is 256x128, at most 200x200 is accepted");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
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
