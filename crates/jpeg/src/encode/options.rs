//! How a JPEG file is written.

use std::num::NonZeroU16;

use super::quality::Quality;
use super::quantisation::Quantisation;

/// How a JPEG file is written.
///
/// ```
/// use masthead_jpeg::{Coding, JpegOptions, Quality};
///
/// let options = JpegOptions::default().with_quality(Quality::try_from(70)?).with_coding(Coding::Progressive);
/// assert_eq!(options.quality.get(), 70);
/// # Ok::<(), masthead_jpeg::QualityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
#[non_exhaustive]
pub struct JpegOptions {
    /// Quality. Default: 85.
    pub quality: Quality,
    /// Quality of chroma, if it is to differ from that of luma. Default: `None`, the same.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub chroma_quality: Option<Quality>,
    /// How coefficients are quantised. Default: [`Quantisation::Tuned`].
    pub quantisation: Quantisation,
    /// How coefficients are coded. Default: [`Coding::Optimal`].
    pub coding: Coding,
    /// After how many rows of MCUs the coding begins anew, so that a damaged file is lost to the end of an interval only. An MCU
    /// is 8x8 pixels, or 16x16 when chroma is 4:2:0; in the scans of single components that progressive files have, it is one block.
    /// An interval has at most 65535 MCUs, and fewer rows if these are too long. Default: `None`, never.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub restart_rows: Option<NonZeroU16>,
}

impl JpegOptions {
    /// With another [`quality`](Self::quality).
    #[must_use]
    pub fn with_quality(self, quality: Quality) -> Self {
        Self { quality, ..self }
    }

    /// With another [`chroma_quality`](Self::chroma_quality); `None` for that of luma.
    #[must_use]
    pub fn with_chroma_quality(self, quality: impl Into<Option<Quality>>) -> Self {
        Self { chroma_quality: quality.into(), ..self }
    }

    /// With another [`quantisation`](Self::quantisation).
    #[must_use]
    pub fn with_quantisation(self, quantisation: Quantisation) -> Self {
        Self { quantisation, ..self }
    }

    /// With another [`coding`](Self::coding).
    #[must_use]
    pub fn with_coding(self, coding: Coding) -> Self {
        Self { coding, ..self }
    }

    /// With other [`restart_rows`](Self::restart_rows); `None` for none.
    #[must_use]
    pub fn with_restart_rows(self, rows: impl Into<Option<NonZeroU16>>) -> Self {
        Self { restart_rows: rows.into(), ..self }
    }
}

/// How coefficients are coded. The pixels are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coding {
    /// In one interleaved scan, with the Huffman tables of the standard: the fastest.
    Standard,
    /// In one interleaved scan, with Huffman tables made for this picture: 1 to 5 % smaller than with those of the standard,
    /// 1.3 times the time, and as easy to decode. All symbols of the picture are kept until the tables are known: that takes 4
    /// bytes of memory for each sample at most, of which photographs touch a tenth.
    #[default]
    Optimal,
    /// In scans that go from coarse to fine, each with tables of its own: 2 to 12 % smaller than with those of the standard, and
    /// mostly smaller than [`Coding::Optimal`], but five times the time, and up to three times the time to decode. Takes up to
    /// 7 bytes of memory for each sample.
    Progressive,
}

masthead_picture::names! {
    Coding, "coding":
    Standard = "standard",
    Optimal = "optimal",
    Progressive = "progressive",
}
