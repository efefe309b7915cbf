//! Lanczos3 as the textbook has it: every weight and every sum in `f64`, from the full picture, nothing halved, nothing
//! shared, nothing rounded. Slow, and right.
//!
//! It has no code in common with the engines. Only what a variant shows is taken from `masthead-crop`, whose fractions
//! are exact.

use std::f64::consts::PI;
use std::num::NonZeroU32;

use masthead_crop::{Cover, Span};
use masthead_picture::{Dimensions, Light, Orientation, Plane, Ratio, Sampling};
use rayon::prelude::*;

/// Three lobes on either side.
const SUPPORT: f64 = 3.0;

/// What a plane of a variant is made of.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The rectangle of the stored plane, in samples.
    pub source: Cover,
    /// The samples that it becomes, before the picture is turned.
    pub target: Dimensions,
}

impl Part {
    /// The part `cover` of the displayed pixels that a variant of dimensions `variant` shows, for a component that is
    /// stored with `stored` samples per pixel and wanted with `wanted`.
    ///
    /// Where a chroma sample at the edge of the variant covers a pixel more than there is, so does the part.
    #[must_use]
    pub fn new(
        cover: Cover,
        variant: Dimensions,
        wanted: Sampling,
        stored: Sampling,
        orientation: Orientation,
        displayed: Dimensions,
    ) -> Self {
        let target = wanted.component_dimensions(variant);
        let covering = |span: Span, ratio: Ratio, samples: u32, pixels: u32| {
            span.stretched(positive(samples * ratio.denominator()), positive(pixels * ratio.numerator()))
        };
        let pixels = Cover {
            horizontal: covering(cover.horizontal, wanted.horizontal, target.width(), variant.width()),
            vertical: covering(cover.vertical, wanted.vertical, target.height(), variant.height()),
        }
        .stored(orientation, displayed);
        let samples =
            |span: Span, ratio: Ratio| span.scaled(positive(ratio.numerator()), positive(ratio.denominator()));
        let source = Cover {
            horizontal: samples(pixels.horizontal, stored.horizontal),
            vertical: samples(pixels.vertical, stored.vertical),
        };
        Self { source, target: orientation.displayed(target) }
    }
}

fn positive(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("sizes and ratios are above zero")
}

/// The part of a plane, resampled: samples from 0 to 255 that are not rounded, rows from the top.
#[must_use]
pub fn resampled(plane: &Plane, part: Part, light: Light) -> Vec<f64> {
    let Part { source: Cover { horizontal, vertical }, target } = part;
    let columns = taps(horizontal, plane.width(), target.width());
    let rows = taps(vertical, plane.height(), target.height());
    let values: Vec<f64> = (0..=255u8).map(|sample| decoded(sample, light)).collect();
    let width = columns.len();
    let mut result = vec![0.0; width * rows.len()];
    result.par_chunks_exact_mut(width).zip(&rows).for_each(|(result, row)| {
        let mut line = vec![0.0; plane.width()];
        for &(y, weight) in row {
            let weighted: Vec<f64> = values.iter().map(|value| value * weight).collect();
            for (sum, &sample) in line.iter_mut().zip(plane.row(y)) {
                *sum += weighted[usize::from(sample)];
            }
        }
        for (sample, column) in result.iter_mut().zip(&columns) {
            let sum: f64 = column.iter().map(|&(x, weight)| line[x] * weight).sum();
            *sample = encoded(sum, light);
        }
    });
    result
}

/// Rounds samples to a plane.
///
/// # Panics
/// When there are not as many as `dimensions` say.
#[must_use]
pub fn rounded(samples: &[f64], dimensions: Dimensions) -> Plane {
    Plane::new(dimensions, samples.iter().map(|sample| sample.round() as u8).collect())
        .expect("there is a sample for each place")
}

/// Peak signal to noise ratio in decibels; infinite when there is no difference at all. Rounding alone costs all but 58.9.
#[must_use]
pub fn psnr(plane: &Plane, expected: &[f64]) -> f64 {
    let squares =
        plane.samples().iter().zip(expected).map(|(&sample, expected)| (f64::from(sample) - expected).powi(2));
    let mean = squares.sum::<f64>() / expected.len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}

/// For each target sample, the source samples it is made of and their weights, which sum to one. The plane's edges are
/// hard edges; where the span itself reaches beyond them, edge samples hold on.
fn taps(span: Span, whole: usize, target: u32) -> Vec<Vec<(usize, f64)>> {
    let step = span.length() / f64::from(target);
    let scale = step.max(1.0);
    let first = span.floor().min(0) as i64;
    let end = span.ceil().max(whole as i128) as i64;
    (0..target)
        .map(|index| {
            let center = span.start() + (f64::from(index) + 0.5) * step;
            let from = ((center - SUPPORT * scale).floor() as i64).max(first);
            let to = ((center + SUPPORT * scale).ceil() as i64).min(end);
            let weight = |sample: i64| lanczos3((sample as f64 + 0.5 - center) / scale);
            let sum: f64 = (from..to).map(weight).sum();
            (from..to).map(|sample| (sample.clamp(0, whole as i64 - 1) as usize, weight(sample) / sum)).collect()
        })
        .collect()
}

fn lanczos3(distance: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    if distance.abs() < SUPPORT { sinc(distance) * sinc(distance / SUPPORT) } else { 0.0 }
}

/// IEC 61966-2-1 without tables; in gamma light the sample itself.
fn decoded(sample: u8, light: Light) -> f64 {
    let encoded = f64::from(sample) / 255.0;
    match light {
        Light::Gamma => encoded,
        Light::Linear if encoded <= 0.040_45 => encoded / 12.92,
        Light::Linear => ((encoded + 0.055) / 1.055).powf(2.4),
    }
}

fn encoded(value: f64, light: Light) -> f64 {
    let value = value.clamp(0.0, 1.0);
    255.0
        * match light {
            Light::Gamma => value,
            Light::Linear if value <= 0.003_130_8 => value * 12.92,
            Light::Linear => 1.055 * value.powf(1.0 / 2.4) - 0.055,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_crop::{CropPolicy, CropRegion, CropRequest};
    use masthead_picture::Rect;

    fn dimensions(width: u32, height: u32) -> Dimensions {
        Dimensions::new(width, height).unwrap()
    }

    fn all_of(plane: Dimensions, target: Dimensions) -> Part {
        Part { source: Cover::of(Rect::of(plane)), target }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let size = dimensions(16, 16);
        let plane = Plane::new(size, (0..=255).collect()).unwrap();
        for light in [Light::Linear, Light::Gamma] {
            let same = resampled(&plane, all_of(size, size), light);
            assert!(psnr(&plane, &same) > 200.0);
            assert_eq!(rounded(&same, size), plane);
        }
    }

    #[test]
    fn a_constant_stays_to_its_edges_and_beyond() {
        let plane = Plane::filled(dimensions(51, 31), 200);
        let span =
            |length, beyond| Span::pixels(0, positive(length)).stretched(positive(length + beyond), positive(length));
        let part =
            Part { source: Cover { horizontal: span(51, 1), vertical: span(31, 2) }, target: dimensions(26, 90) };
        for light in [Light::Linear, Light::Gamma] {
            assert!(resampled(&plane, part, light).iter().all(|sample| (sample - 200.0).abs() < 1e-9));
        }
    }

    #[test]
    fn half_black_half_white_is_half_the_light() {
        let samples = (0..64 * 64).map(|i| if i % 2 == 0 { 255 } else { 0 }).collect();
        let plane = Plane::new(dimensions(64, 64), samples).unwrap();
        let middle = |light| resampled(&plane, all_of(dimensions(64, 64), dimensions(8, 8)), light)[8 * 4 + 4];
        assert!((middle(Light::Linear) - 187.5).abs() < 0.1);
        assert!((middle(Light::Gamma) - 127.5).abs() < 0.1);
    }

    /// 313 pixels have 157 chroma samples, which cover 314.
    #[test]
    fn chroma_of_odd_variants_covers_a_pixel_more() {
        let image = dimensions(1252, 626);
        let variant = dimensions(626, 313);
        let region = CropRegion::new(&CropRequest::default(), image, CropPolicy::Refuse).unwrap();
        let (half, upright) = (Sampling::HALF, Orientation::Upright);
        let part = Part::new(region.cover(variant), variant, half, half, upright, image);
        assert_eq!(part.target, dimensions(313, 157));
        assert_eq!((part.source.vertical.start(), part.source.vertical.length()), (0.0, 314.0));
        assert_eq!((part.source.horizontal.start(), part.source.horizontal.length()), (0.0, 626.0));
        let turned = Part::new(region.cover(variant), variant, half, half, Orientation::Rotate180, image);
        assert_eq!((turned.source.vertical.start(), turned.source.vertical.length()), (-1.0, 314.0));
    }
}
