//! The picture that variants are made of, as far as a plan has to know it.

use masthead_crop::CropRegion;
use masthead_decode::Header;
use masthead_picture::{ColorModel, Dimensions, Orientation, Picture, Ratio, Rect, Sampling};

/// The picture that variants are made of, without its pixels: from a [`Header`] before it is decoded, or from a
/// [`Picture`].
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The pixels there are, in stored coordinates.
    pub(crate) stored: Rect,
    /// How they have to be turned to be shown.
    pub(crate) orientation: Orientation,
    pub(crate) model: ColorModel,
    /// How each component is sampled.
    pub(crate) samplings: Vec<Sampling>,
    pub(crate) icc_profile: Option<&'a [u8]>,
}

impl<'a> From<&'a Header> for Source<'a> {
    fn from(header: &'a Header) -> Self {
        Self {
            stored: Rect::of(header.stored),
            orientation: header.orientation,
            model: header.model(),
            samplings: header.samplings.clone(),
            icc_profile: header.icc_profile.as_deref(),
        }
    }
}

impl From<&Picture> for Source<'_> {
    /// An upright sRGB picture. A window of a larger picture counts as a picture of its own.
    fn from(picture: &Picture) -> Self {
        Self {
            stored: picture.window(),
            orientation: Orientation::Upright,
            model: picture.model(),
            samplings: picture.components().iter().map(|component| component.sampling).collect(),
            icc_profile: None,
        }
    }
}

impl Source<'_> {
    /// Width and height as it is shown.
    pub(crate) fn displayed(&self) -> Dimensions {
        self.orientation.displayed(self.stored.dimensions())
    }

    /// Whether every component has at least a sample for each pixel of a variant of these dimensions: else 4:4:4 is an
    /// enlargement of chroma.
    pub(crate) fn fills(&self, region: &CropRegion, variant: Dimensions) -> bool {
        let shown = region.cover(variant).stored(self.orientation, self.displayed());
        let target = self.orientation.displayed(variant);
        let samples =
            |pixels: f64, ratio: Ratio| pixels * f64::from(ratio.numerator()) / f64::from(ratio.denominator());
        self.samplings.iter().all(|sampling| {
            samples(shown.horizontal.length(), sampling.horizontal) >= f64::from(target.width())
                && samples(shown.vertical.length(), sampling.vertical) >= f64::from(target.height())
        })
    }
}
