//! Which part of a stored plane a variant shows, for the reference resampler of `masthead-testdata`. Only what the displayed picture
//! shows of it is taken from `masthead-crop`, whose fractions are exact.

use std::num::NonZeroU32;

use masthead_crop::{Cover, Span};
use masthead_picture::{Dimensions, Orientation, Ratio, Sampling};
use masthead_testdata::reference::{Interval, Part};

/// The samples of a stored plane that make the component of a variant: the part `cover` of the displayed pixels that the variant
/// shows, for a component that is stored with `stored` samples per pixel and wanted with `wanted`. The target is not turned yet.
///
/// Where a chroma sample at the edge of the variant covers a pixel more than there is, so does the part.
#[must_use]
pub fn stored_part(
    cover: Cover,
    variant: Dimensions,
    wanted: Sampling,
    stored: Sampling,
    orientation: Orientation,
    displayed: Dimensions,
) -> Part {
    let target = wanted.component_dimensions(variant);
    let covering = |span: Span, ratio: Ratio, samples: u32, pixels: u32| {
        span.stretched(positive(samples * ratio.denominator()), positive(pixels * ratio.numerator()))
    };
    let pixels = Cover {
        horizontal: covering(cover.horizontal, wanted.horizontal, target.width(), variant.width()),
        vertical: covering(cover.vertical, wanted.vertical, target.height(), variant.height()),
    }
    .stored(orientation, displayed);
    let samples = |span: Span, ratio: Ratio| span.scaled(positive(ratio.numerator()), positive(ratio.denominator()));
    let source = Cover {
        horizontal: samples(pixels.horizontal, stored.horizontal),
        vertical: samples(pixels.vertical, stored.vertical),
    };
    part(source, orientation.displayed(target))
}

/// The part `source` of a plane, in samples, that becomes `target` samples.
#[must_use]
pub fn part(source: Cover, target: Dimensions) -> Part {
    let interval = |span: Span| Interval { start: span.start(), length: span.length() };
    Part { horizontal: interval(source.horizontal), vertical: interval(source.vertical), target }
}

fn positive(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("sizes and ratios are above zero")
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_crop::{CropPolicy, CropRegion, CropRequest};

    /// 313 pixels have 157 chroma samples, which cover 314.
    #[test]
    fn chroma_of_odd_variants_covers_a_pixel_more() {
        let dimensions = |width, height| Dimensions::new(width, height).unwrap();
        let (image, variant) = (dimensions(1252, 626), dimensions(626, 313));
        let region = CropRegion::new(&CropRequest::default(), image, CropPolicy::Refuse).unwrap();
        let half = Sampling::HALF;
        let of = |orientation| stored_part(region.cover(variant), variant, half, half, orientation, image);
        let upright = of(Orientation::Upright);
        assert_eq!(upright.target, dimensions(313, 157));
        assert_eq!(upright.vertical, Interval { start: 0.0, length: 314.0 });
        assert_eq!(upright.horizontal, Interval { start: 0.0, length: 626.0 });
        assert_eq!(of(Orientation::Rotate180).vertical, Interval { start: -1.0, length: 314.0 });
    }
}
