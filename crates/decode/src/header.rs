//! What a file says about its picture.

use std::fmt;
use std::sync::Arc;

use masthead_picture::{ColorModel, Dimensions, Orientation, Sampling};

use crate::Format;

/// What is known of a picture before its pixels are decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The file format.
    pub format: Format,
    /// Width and height as stored; windows are counted in these.
    pub stored: Dimensions,
    /// How the stored picture has to be turned to be shown (EXIF). Of a PNG whose EXIF comes after the pixels it is
    /// [`Orientation::Upright`].
    pub orientation: Orientation,
    /// The colour model of the file.
    pub color: FileColor,
    /// Sampling factors of a JPEG of more than one component.
    pub subsampling: Option<Subsampling>,
    /// How each plane of the decoded picture is sampled: as many as [`Header::model`] has planes. All of them are
    /// [`Sampling::FULL`] but those of YCbCr.
    pub samplings: Vec<Sampling>,
    /// Bits of a stored sample, or of a palette index: 1, 2, 4, 8 or 16.
    pub bit_depth: u8,
    /// Whether pixels may be transparent.
    pub alpha: bool,
    /// Whether the file holds the picture coarse first: a progressive JPEG or an interlaced PNG.
    pub progressive: bool,
    /// Scans of a JPEG; 1 for a PNG.
    pub scans: usize,
    /// The embedded ICC profile, as it is in the file; shared, for it may be long. Damaged ones may be missing.
    pub icc_profile: Option<Arc<[u8]>>,
}

impl Header {
    /// Width and height of the picture as it is shown.
    #[must_use]
    pub fn displayed(&self) -> Dimensions {
        self.orientation.displayed(self.stored)
    }

    /// The colour model of the decoded picture.
    #[must_use]
    pub fn model(&self) -> ColorModel {
        match self.color {
            _ if self.alpha => ColorModel::Rgba,
            FileColor::Gray | FileColor::GrayAlpha => ColorModel::Gray,
            FileColor::YCbCr => ColorModel::YCbCr,
            FileColor::Rgb | FileColor::Rgba | FileColor::Palette | FileColor::Cmyk | FileColor::Ycck => {
                ColorModel::Rgb
            }
        }
    }
}

/// The colour model of a file, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileColor {
    /// Grey.
    Gray,
    /// Grey and alpha.
    GrayAlpha,
    /// Luma and two colour differences.
    YCbCr,
    /// Red, green and blue.
    Rgb,
    /// Red, green, blue and alpha.
    Rgba,
    /// Indices of RGB colours, which may have alpha.
    Palette,
    /// Inks: cyan, magenta, yellow and black.
    Cmyk,
    /// Inks, with the first three as luma and two colour differences.
    Ycck,
}

impl fmt::Display for FileColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Gray => "grey",
            Self::GrayAlpha => "grey with alpha",
            Self::YCbCr => "YCbCr",
            Self::Rgb => "RGB",
            Self::Rgba => "RGBA",
            Self::Palette => "palette",
            Self::Cmyk => "CMYK",
            Self::Ycck => "YCCK",
        })
    }
}

/// The sampling factors of a JPEG's components, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subsampling {
    factors: Vec<(u8, u8)>,
}

impl Subsampling {
    pub(crate) fn new(factors: Vec<(u8, u8)>) -> Self {
        Self { factors }
    }

    /// Horizontal and vertical factor of each component, 1 to 4 each.
    #[must_use]
    pub fn factors(&self) -> &[(u8, u8)] {
        &self.factors
    }

    /// The usual name, such as `4:2:0`; `None` when there is none, or none that tells everything.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        let [luma, chroma, other, black @ ..] = &self.factors[..] else { return None };
        if chroma != other || black.iter().any(|black| black != luma) {
            return None;
        }
        if !luma.0.is_multiple_of(chroma.0) || !luma.1.is_multiple_of(chroma.1) {
            return None;
        }
        match (luma.0 / chroma.0, luma.1 / chroma.1) {
            (1, 1) => Some("4:4:4"),
            (2, 1) => Some("4:2:2"),
            (1, 2) => Some("4:4:0"),
            (2, 2) => Some("4:2:0"),
            (4, 1) => Some("4:1:1"),
            (4, 2) => Some("4:1:0"),
            _ => None,
        }
    }
}

impl fmt::Display for Subsampling {
    /// `4:2:0`, or `1x1,2x2,2x2` where no name says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            return f.pad(name);
        }
        let factors: Vec<_> = self.factors.iter().map(|(across, down)| format!("{across}x{down}")).collect();
        f.pad(&factors.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsampling_is_named_where_the_name_tells_everything() {
        let shown = |factors: &[(u8, u8)]| Subsampling::new(factors.to_vec()).to_string();
        assert_eq!(shown(&[(2, 2), (1, 1), (1, 1)]), "4:2:0");
        assert_eq!(shown(&[(2, 2), (2, 1), (2, 1)]), "4:4:0");
        assert_eq!(shown(&[(4, 2), (1, 1), (1, 1)]), "4:1:0");
        assert_eq!(shown(&[(2, 2), (2, 2), (2, 2)]), "4:4:4");
        assert_eq!(shown(&[(2, 2), (1, 1), (1, 1), (2, 2)]), "4:2:0");
        assert_eq!(shown(&[(2, 2), (1, 1), (1, 1), (1, 1)]), "2x2,1x1,1x1,1x1");
        assert_eq!(shown(&[(1, 1), (2, 2), (2, 2)]), "1x1,2x2,2x2");
        assert_eq!(shown(&[(2, 2), (2, 1), (1, 2)]), "2x2,2x1,1x2");
    }
}
