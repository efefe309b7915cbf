//! How a file is written.

use masthead_encode::{JpegOptions, PngOptions, Quality};
use masthead_picture::{Dimensions, Sampling};

/// Chroma subsampling of a JPEG file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Chroma {
    /// What gives the smaller files of photographs at equal SSIMULACRA2: 4:4:4 up to 240,000 pixels, from quality 90 on up to
    /// 800,000; 4:2:0 above, below quality 80, and where the source has not so many samples of chroma. The default.
    #[default]
    Auto,
    /// 4:2:0, one chroma sample for 2x2 pixels: what most pictures on the web have.
    Half,
    /// 4:4:4, a chroma sample for each pixel.
    Full,
}

masthead_picture::names! {
    Chroma, "chroma subsampling":
    Auto = "auto",
    Half = "4:2:0" | "420",
    Full = "4:4:4" | "444",
}

impl Chroma {
    /// How a file of these dimensions and this quality is sampled. `fills` says whether the source has so many samples of chroma
    /// that 4:4:4 is no enlargement.
    fn sampling(self, dimensions: Dimensions, quality: Quality, fills: bool) -> Sampling {
        // From the rows "tuned" and "4:4:4, tuned" of `benches/encoders.md`, which has qualities 75, 85 and 92.
        let most = match quality.get() {
            ..80 => 0,
            80..90 => 240_000,
            _ => 800_000,
        };
        match self {
            Self::Auto if fills && dimensions.pixels() <= most => Sampling::FULL,
            Self::Auto | Self::Half => Sampling::HALF,
            Self::Full => Sampling::FULL,
        }
    }
}

/// How a variant is written.
///
/// ```
/// use masthead_variants::{Chroma, Encoding, OutputFormat};
///
/// let encoding = Encoding::jpeg(Default::default()).with_chroma(Chroma::Full);
/// assert_eq!(encoding.format(), OutputFormat::Jpeg);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// A JPEG file. Alpha is put over the background colour.
    #[non_exhaustive]
    Jpeg {
        /// Quality, and how coefficients are quantised and coded.
        options: JpegOptions,
        /// Chroma subsampling.
        chroma: Chroma,
    },
    /// A PNG file. Alpha is kept.
    Png(PngOptions),
}

impl Encoding {
    /// A JPEG file, its chroma as [`Chroma::Auto`] says.
    #[must_use]
    pub const fn jpeg(options: JpegOptions) -> Self {
        Self::Jpeg { options, chroma: Chroma::Auto }
    }

    /// A PNG file.
    #[must_use]
    pub const fn png(options: PngOptions) -> Self {
        Self::Png(options)
    }

    /// With chroma of a JPEG file sampled so. A PNG file has a sample of everything for each pixel.
    #[must_use]
    pub const fn with_chroma(self, chroma: Chroma) -> Self {
        match self {
            Self::Jpeg { options, .. } => Self::Jpeg { options, chroma },
            Self::Png(_) => self,
        }
    }

    /// The format of the file.
    #[must_use]
    pub fn format(self) -> OutputFormat {
        match self {
            Self::Jpeg { .. } => OutputFormat::Jpeg,
            Self::Png(_) => OutputFormat::Png,
        }
    }

    /// How chroma of a file of these dimensions is sampled. `fills` says whether the source has so many samples of chroma that
    /// 4:4:4 is no enlargement. A PNG file has a sample for each pixel.
    pub(crate) fn chroma_sampling(self, dimensions: Dimensions, fills: bool) -> Sampling {
        match self {
            Self::Jpeg { options, chroma } => chroma.sampling(dimensions, options.quality, fills),
            Self::Png(_) => Sampling::FULL,
        }
    }
}

impl Default for Encoding {
    /// JPEG of quality 85, its chroma as [`Chroma::Auto`] says.
    fn default() -> Self {
        Self::jpeg(JpegOptions::default())
    }
}

/// The format of an encoded variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutputFormat {
    /// JPEG (JFIF).
    Jpeg,
    /// PNG.
    Png,
}

masthead_picture::names! {
    OutputFormat, "format":
    Jpeg = "jpeg",
    Png = "png",
}

impl OutputFormat {
    /// The usual ending of a file name, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_of_good_quality_have_all_samples_of_chroma() {
        let sampling = |chroma: Chroma, width, height, quality, fills| {
            chroma.sampling(Dimensions::new(width, height).unwrap(), Quality::new(quality).unwrap(), fills)
        };
        let (full, half) = (Sampling::FULL, Sampling::HALF);
        for (width, height, expected) in [
            (300, 100, [half, full, full]),
            (640, 320, [half, full, full]),
            (1500, 500, [half, half, full]),
            (1600, 800, [half, half, half]),
        ] {
            assert_eq!([79, 80, 90].map(|quality| sampling(Chroma::Auto, width, height, quality, true)), expected);
            assert_eq!(sampling(Chroma::Auto, width, height, 100, false), half);
            assert_eq!(sampling(Chroma::Half, width, height, 100, true), half);
            assert_eq!(sampling(Chroma::Full, width, height, 1, false), full);
        }
    }
}
