//! How the components of a variant are made: which samples each of them shows, and what has to be decoded for that.

use std::num::NonZeroU32;
use std::ops::Range;

use masthead_crop::{Cover, CropRegion, Span};
use masthead_picture::{ColorModel, Dimensions, Light, Ratio, Rect, Sampling};
use masthead_resample::{Filter, MAX_LEVEL, SourceRect, Target, pyramid_level};

use crate::{RenderOptions, Source, VariantSpec};

/// Windows begin at multiples of this many pixels from the region's corner, so that the levels of the pyramid are the same
/// whatever other variants a set has: 2 to the power of the highest, for chroma at a quarter of the samples.
const ALIGNMENT: u32 = 4 << MAX_LEVEL;

/// How one component of one variant is made.
#[derive(Clone, Debug)]
pub(crate) struct PlannedComponent {
    /// The columns it shows, in samples of the whole stored component.
    pub(crate) horizontal: Span,
    /// The rows it shows.
    pub(crate) vertical: Span,
    /// Its size before it is turned.
    pub(crate) target: Dimensions,
    /// The level of the pyramid that it is resampled from.
    pub(crate) level: u32,
    pub(crate) light: Light,
}

impl PlannedComponent {
    /// What is made of a plane that begins at sample (`left`, `top`) of the component.
    pub(crate) fn target(&self, left: u32, top: u32) -> Target {
        let (horizontal, vertical) = (self.horizontal.relative_to(left), self.vertical.relative_to(top));
        let rect = SourceRect::new(horizontal.start(), vertical.start(), horizontal.length(), vertical.length())
            .expect("a span is finite and not empty");
        Target { rect, dimensions: self.target, level: self.level }
    }
}

/// The components of a variant, its chroma planes sampled as `chroma` says.
pub(crate) fn planned_components(
    source: &Source<'_>,
    region: &CropRegion,
    spec: &VariantSpec,
    chroma: Sampling,
    options: &RenderOptions,
) -> Vec<PlannedComponent> {
    let displayed = source.displayed();
    let cover = region.cover(spec.dimensions());
    source
        .samplings
        .iter()
        .enumerate()
        .map(|(index, sampling)| {
            let is_chroma = source.model == ColorModel::YCbCr && index > 0;
            let wanted = if is_chroma { chroma } else { Sampling::FULL };
            let target = wanted.component_dimensions(spec.dimensions());
            let whole_samples = Cover {
                horizontal: whole_samples(
                    cover.horizontal,
                    wanted.horizontal,
                    target.width(),
                    spec.dimensions().width(),
                ),
                vertical: whole_samples(cover.vertical, wanted.vertical, target.height(), spec.dimensions().height()),
            };
            let stored = whole_samples.stored(source.orientation, displayed);
            let samples = |span: Span, origin: u32, ratio: Ratio| {
                span.shifted(origin).scaled(numerator(ratio), denominator(ratio))
            };
            let horizontal = samples(stored.horizontal, source.stored.left(), sampling.horizontal);
            let vertical = samples(stored.vertical, source.stored.top(), sampling.vertical);
            let target = source.orientation.displayed(target);
            PlannedComponent {
                horizontal,
                vertical,
                target,
                level: pyramid_level(
                    source.model,
                    index,
                    horizontal.length() / f64::from(target.width()),
                    vertical.length() / f64::from(target.height()),
                ),
                light: if source.model.is_light(index) { options.light } else { Light::Gamma },
            }
        })
        .collect()
}

/// `span` of the pixels of a target, made longer so that it is a whole number of samples: the last chroma sample of an
/// odd number of pixels covers half a pixel that is not there.
fn whole_samples(span: Span, ratio: Ratio, samples: u32, pixels: u32) -> Span {
    let covered = NonZeroU32::new(samples * ratio.denominator()).expect("a target has samples");
    let pixels = NonZeroU32::new(pixels * ratio.numerator()).expect("a target has pixels");
    span.stretched(covered, pixels)
}

/// The pixels whose samples a component depends on, inside the region, aligned to it.
pub(crate) fn needed_pixels(component: &PlannedComponent, sampling: Sampling, filter: Filter, region: Rect) -> Rect {
    let (columns, rows) = component.target(0, 0).support(filter);
    let along = |samples: Range<i64>, ratio: Ratio, start: u32, end: u32| {
        let pixel = |sample: i64| sample * i64::from(ratio.denominator()) / i64::from(ratio.numerator());
        let clamp = |pixel: i64| pixel.clamp(start.into(), end.into()) as u32;
        let (first, last) = (clamp(pixel(samples.start) - 1), clamp(pixel(samples.end) + 1));
        let first = start + (first - start) / ALIGNMENT * ALIGNMENT;
        let last = end.min(start.saturating_add((last - start).next_multiple_of(ALIGNMENT)));
        (first, last)
    };
    let (left, right) = along(columns, sampling.horizontal, region.left(), region.right());
    let (top, bottom) = along(rows, sampling.vertical, region.top(), region.bottom());
    Rect::from_edges(left, top, right, bottom).expect("a variant shows a part of its region")
}

fn numerator(ratio: Ratio) -> NonZeroU32 {
    NonZeroU32::new(ratio.numerator()).expect("a ratio is above zero")
}

fn denominator(ratio: Ratio) -> NonZeroU32 {
    NonZeroU32::new(ratio.denominator()).expect("a ratio is above zero")
}
