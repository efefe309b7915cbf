//! The reduction by two that large reductions share.
//!
//! A plain average of 2x2 lets half of what lies above the new limit through as aliasing: resampling from such a plane
//! is within 50 dB of resampling from the full one only where the halved plane is still 3.5 times as large as its target.
//! With six taps that were fitted for it, 1.85 times is enough, so twice as many targets can use the halved plane:
//!
//! | reduction in all | 2x2 average | six taps |
//! |---|---|---|
//! | 3.5 | 43.4 | 49.8 |
//! | 3.8 | 45.1 | 51.4 |
//! | 4.5 | 47 | 52.6 |
//! | 6.1 | 48.8 | 57 |
//!
//! (Lowest PSNR in dB over six photographs and a screenshot, luma in linear light, Lanczos3 from the halved plane against
//! Lanczos3 from the full one.)

use std::array::from_fn;

use masthead_picture::{ColorModel, Dimensions, Light, Plane};

use crate::curve::Curve;
use crate::kernels::{sum_every_second, sum_pairs};
use crate::level::Level;

/// The most halvings [`halvings`] asks for. A third one would cost too much: 47 dB.
pub const MAX_HALVINGS: u32 = 2;

/// From these reductions on a plane may be halved once, twice: what is resampled from it is then within 50 dB of what
/// would be resampled from the full plane. Single colours reach deeper into the dark than luma, where differences show.
const LEAST_REDUCTIONS: [f64; MAX_HALVINGS as usize] = [3.7, 12.0];
const LEAST_REDUCTIONS_OF_COLORS: [f64; MAX_HALVINGS as usize] = [4.4, 14.0];

/// The taps in 128ths, from the innermost pair outwards. Fitted by a simplex search for the largest PSNR of the table
/// above; they sum to 128.
const TAPS: [f32; 3] = [59.0, 13.0, -8.0];
const TAP_SUM: f32 = 128.0;

/// Samples beyond the two that a halved sample covers, on each side.
const REACH: usize = 2;

/// How often a plane of a picture of this model may be halved before it is resampled with these reductions (source
/// samples per target sample, horizontally and vertically).
#[must_use]
pub fn halvings(model: ColorModel, horizontal: f64, vertical: f64) -> u32 {
    let least = match model {
        ColorModel::Gray | ColorModel::YCbCr => LEAST_REDUCTIONS,
        ColorModel::Rgb | ColorModel::Rgba => LEAST_REDUCTIONS_OF_COLORS,
    };
    let reduction = horizontal.min(vertical);
    least.iter().take_while(|least| reduction >= **least).count() as u32
}

/// How many samples beyond its own on each side a sample depends on that was halved `times` times.
#[must_use]
pub const fn halving_reach(times: u32) -> u32 {
    REACH as u32 * ((1 << times) - 1)
}

/// The plane at half its size, rounded up, in this light. Beyond the plane its edge samples hold on.
///
/// Position `x` of the plane is position `x / 2` of the halved one.
#[must_use]
pub fn halved(plane: &Plane, light: Light) -> Plane {
    let mut result = Plane::filled(halved_dimensions(plane.dimensions()), 0);
    halve_rows(plane, light, 0, result.samples_mut());
    result
}

/// The dimensions of a halved plane.
#[must_use]
pub fn halved_dimensions(dimensions: Dimensions) -> Dimensions {
    Dimensions::new(dimensions.width().div_ceil(2), dimensions.height().div_ceil(2))
        .expect("half of something, rounded up, is something")
}

/// Some rows of [`halved`], from row `first` on, into `rows`: as many as it holds, so that threads can share the work.
///
/// # Panics
/// When `rows` is not a whole number of rows, or they reach beyond the halved plane.
pub fn halve_rows(plane: &Plane, light: Light, first: usize, rows: &mut [u8]) {
    let (width, height) = (plane.width(), plane.height());
    let half = width.div_ceil(2);
    assert!(rows.len().is_multiple_of(half), "{} samples are no whole rows of {half}", rows.len());
    assert!(first + rows.len() / half <= height.div_ceil(2), "rows from {first} on reach beyond the halved plane");
    let (level, curve) = (Level::detect(), Curve::new(light));
    // The last six source rows, each at its number modulo 6.
    let mut ring: [Vec<f32>; 6] = from_fn(|_| vec![0.0; width]);
    let mut decoded = (2 * first).saturating_sub(REACH);
    // One row, filtered vertically, with room for the taps beyond its ends.
    let mut vertical = vec![0.0; 2 * half + 2 * REACH];
    let mut sums = vec![0; half];
    for (y, row) in (first..).zip(rows.chunks_exact_mut(half)) {
        let last = (2 * y + 1 + REACH).min(height - 1);
        for source in decoded..=last {
            curve.decode(level, plane.row(source), &mut ring[source % 6]);
        }
        decoded = last + 1;

        let tap = |i: usize| &ring[(2 * y + i).saturating_sub(REACH).min(height - 1) % 6][..];
        let pairs = [[tap(2), tap(3)], [tap(1), tap(4)], [tap(0), tap(5)]];
        let inner = &mut vertical[REACH..REACH + width];
        sum_pairs(level, pairs, TAPS, inner);
        let (left, right) = (inner[0], inner[width - 1]);
        vertical[..REACH].fill(left);
        vertical[REACH + width..].fill(right);

        // Products and sums of whole numbers that end in zeros where they are above 2^24: constants stay constant.
        sum_every_second(level, &vertical, TAPS, 1.0 / (TAP_SUM * TAP_SUM), curve.most().into(), &mut sums);
        curve.encode(sums.iter().copied(), row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: u32, height: u32, samples: &[u8]) -> Plane {
        Plane::new(Dimensions::new(width, height).unwrap(), samples.to_vec()).unwrap()
    }

    #[test]
    fn halving_stops_before_it_shows() {
        let luma = |horizontal, vertical| halvings(ColorModel::YCbCr, horizontal, vertical);
        assert_eq!((luma(0.5, 0.5), luma(3.69, 100.0), luma(3.7, 3.7), luma(13.6, 12.0)), (0, 0, 1, 2));
        assert_eq!(luma(1e9, 1e9), MAX_HALVINGS);
        assert_eq!(halvings(ColorModel::Rgb, 4.3, 4.3), 0);
        assert_eq!((halving_reach(0), halving_reach(1), halving_reach(2)), (0, 2, 6));
    }

    /// Fine black and white is half of the light: sample 188 in linear light, 128 in gamma light.
    #[test]
    fn averages_are_of_light_or_of_samples() {
        let checkered: Vec<u8> = (0..32 * 32).map(|i| if (i + i / 32) % 2 == 0 { 255 } else { 0 }).collect();
        let checkered = plane(32, 32, &checkered);
        let middle = |light| halved(&checkered, light).row(8)[8];
        assert_eq!((middle(Light::Linear), middle(Light::Gamma)), (188, 128));
    }

    /// The taps one after the other in whole numbers, edges repeated.
    #[test]
    fn each_sample_is_the_weighted_sum() {
        for (width, height) in [(1, 1), (2, 2), (3, 5), (8, 7), (31, 6), (6, 31)] {
            let samples: Vec<u8> = (0..width * height).map(|i| (i * 73 % 251) as u8).collect();
            let source = plane(width, height, &samples);
            let half = halved(&source, Light::Gamma);
            let taps: [i32; 6] = [-8, 13, 59, 59, 13, -8];
            let at = |position: i64, length: u32| position.clamp(0, i64::from(length) - 1) as usize;
            for y in 0..half.height() {
                for x in 0..half.width() {
                    let mut sum = 0;
                    for (j, down) in taps.iter().enumerate() {
                        for (i, across) in taps.iter().enumerate() {
                            let row = source.row(at(2 * y as i64 + j as i64 - 2, height));
                            sum += down * across * i32::from(row[at(2 * x as i64 + i as i64 - 2, width)]);
                        }
                    }
                    // Rounded to 15 bits first, then to 8.
                    let wide = (f64::from(sum) / 128.0).round_ties_even().clamp(0.0, 255.0 * 128.0);
                    let expected = (wide as u32 + 64) >> 7;
                    assert_eq!(u32::from(half.row(y)[x]), expected, "{width}x{height} ({x}, {y})");
                }
            }
        }
    }

    #[test]
    fn rows_are_the_same_whoever_makes_them() {
        let samples: Vec<u8> = (0..41 * 37).map(|i| (i * i % 256) as u8).collect();
        let source = plane(41, 37, &samples);
        for light in [Light::Linear, Light::Gamma] {
            let whole = halved(&source, light);
            for first in 0..whole.height() {
                let mut rows = vec![0; 2.min(whole.height() - first) * whole.width()];
                halve_rows(&source, light, first, &mut rows);
                assert_eq!(rows, whole.samples()[first * whole.width()..][..rows.len()]);
            }
        }
    }

    #[test]
    fn constants_stay() {
        for sample in 0..=255 {
            let constant = Plane::filled(Dimensions::new(9, 5).unwrap(), sample);
            for light in [Light::Linear, Light::Gamma] {
                assert!(halved(&constant, light).samples().iter().all(|&s| s == sample), "{sample} {light:?}");
            }
        }
    }
}
