//! Resampling by its definition: every weight and every sum in `f64`, from the full plane, nothing shared, no pyramid,
//! nothing rounded. Slow, and right: what fast resamplers are measured against.
//!
//! Filters and the sRGB curve are written down here once more, so that it has no code in common with what it checks.
//!
//! ```
//! use masthead_picture::{Dimensions, Light, Plane};
//! use masthead_testdata::reference::{LANCZOS3, Part, psnr, resampled, rounded};
//!
//! let plane = Plane::filled(Dimensions::new(40, 30).unwrap(), 200);
//! let target = Dimensions::new(20, 10).unwrap();
//! let samples = resampled(&plane, &Part::whole(&plane, target), &LANCZOS3, Light::Linear);
//! assert!(psnr(&Plane::filled(target, 200), &samples) > 200.0);
//! assert_eq!(rounded(&samples, target), Plane::filled(target, 200));
//! ```

use std::f64::consts::PI;

use masthead_picture::{Dimensions, Light, Plane};

/// A reconstruction filter: the weight of a sample by its distance from the centre of the target sample, in samples of the
/// target, or of the source where that has fewer.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// The distance from which on all weights are 0.
    pub support: f64,
    /// The weight at a distance of either sign.
    pub weight: fn(f64) -> f64,
}

/// The plain average.
pub const BOX: Kernel = Kernel { support: 0.5, weight: |_| 1.0 };

/// Linear interpolation.
pub const TRIANGLE: Kernel = Kernel { support: 1.0, weight: |x| 1.0 - x.abs() };

/// The cubic of Catmull and Rom: that of Keys with a = -1/2.
pub const CATMULL_ROM: Kernel = Kernel {
    support: 2.0,
    weight: |x| match x.abs() {
        x if x < 1.0 => 1.5 * x.powi(3) - 2.5 * x.powi(2) + 1.0,
        x => -0.5 * x.powi(3) + 2.5 * x.powi(2) - 4.0 * x + 2.0,
    },
};

/// The cubic of Mitchell and Netravali with B = C = 1/3.
pub const MITCHELL: Kernel = Kernel {
    support: 2.0,
    weight: |x| match x.abs() {
        x if x < 1.0 => (21.0 * x.powi(3) - 36.0 * x.powi(2) + 16.0) / 18.0,
        x => (-7.0 * x.powi(3) + 36.0 * x.powi(2) - 60.0 * x + 32.0) / 18.0,
    },
};

/// The sinc function, windowed by its own main lobe over three samples.
pub const LANCZOS3: Kernel = Kernel { support: 3.0, weight: |x| sinc(x) * sinc(x / 3.0) };

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Columns or rows of a plane, in samples; edges may lie inside samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The edge on the left, or at the top.
    pub start: f64,
    /// How many samples there are from there.
    pub length: f64,
}

/// What is made of which part of a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The columns that are shown.
    pub horizontal: Interval,
    /// The rows that are shown.
    pub vertical: Interval,
    /// The samples that they become.
    pub target: Dimensions,
}

impl Part {
    /// All of a plane.
    #[must_use]
    pub fn whole(plane: &Plane, target: Dimensions) -> Self {
        let all = |length: usize| Interval { start: 0.0, length: length as f64 };
        Self { horizontal: all(plane.width()), vertical: all(plane.height()), target }
    }
}

/// The part of a plane, resampled: samples from 0 to 255 that are not rounded, rows from the top.
///
/// The plane's edges are hard edges: what a filter finds beyond them does not count, and the weights that are left are made to sum
/// to one. Where the part itself reaches beyond an edge, edge samples are repeated. A part of as many samples as the target has, at a
/// whole sample, is copied, whatever the filter.
#[must_use]
pub fn resampled(plane: &Plane, part: &Part, kernel: &Kernel, light: Light) -> Vec<f64> {
    let columns = taps(part.horizontal, plane.width(), part.target.width(), kernel);
    let rows = taps(part.vertical, plane.height(), part.target.height(), kernel);
    let values: Vec<f64> = (0..=255_u8).map(|sample| decoded(sample, light)).collect();
    let mut result = Vec::with_capacity(columns.len() * rows.len());
    for row in &rows {
        let mut line = vec![0.0; plane.width()];
        for &(y, weight) in row {
            let weighted: Vec<f64> = values.iter().map(|value| value * weight).collect();
            for (sum, &sample) in line.iter_mut().zip(plane.row(y)) {
                *sum += weighted[usize::from(sample)];
            }
        }
        result.extend(columns.iter().map(|column| {
            let sum: f64 = column.iter().map(|&(x, weight)| line[x] * weight).sum();
            encoded(sum, light)
        }));
    }
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
    assert_eq!(plane.samples().len(), expected.len(), "only planes of one size can be compared");
    let squares =
        plane.samples().iter().zip(expected).map(|(&sample, expected)| (f64::from(sample) - expected).powi(2));
    let mean = squares.sum::<f64>() / expected.len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}

/// For each target sample, the source samples it is made of and their weights, which sum to one.
fn taps(Interval { start, length }: Interval, whole: usize, target: u32, kernel: &Kernel) -> Vec<Vec<(usize, f64)>> {
    let inside = |sample: i64| sample.clamp(0, whole as i64 - 1) as usize;
    if length == f64::from(target) && start.fract() == 0.0 {
        return (0..i64::from(target)).map(|index| vec![(inside(start as i64 + index), 1.0)]).collect();
    }
    // An edge that is a whole number may have come out a last digit beside it.
    let slack = 1e-9;
    let first = ((start + slack).floor() as i64).min(0);
    let end = ((start + length - slack).ceil() as i64).max(whole as i64);
    let step = length / f64::from(target);
    let scale = step.max(1.0);
    (0..target)
        .map(|index| {
            let center = start + (f64::from(index) + 0.5) * step;
            let from = ((center - kernel.support * scale).floor() as i64).max(first);
            let to = ((center + kernel.support * scale).ceil() as i64).min(end);
            let weights = (from..to).filter_map(|sample| {
                let distance = (sample as f64 + 0.5 - center) / scale;
                (distance.abs() < kernel.support).then(|| (inside(sample), (kernel.weight)(distance)))
            });
            let weights: Vec<_> = weights.collect();
            let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
            weights.into_iter().map(|(sample, weight)| (sample, weight / sum)).collect()
        })
        .collect()
}

/// IEC 61966-2-1; in gamma light the sample itself.
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

    const ALL: [Kernel; 5] = [BOX, TRIANGLE, CATMULL_ROM, MITCHELL, LANCZOS3];

    fn dimensions(width: u32, height: u32) -> Dimensions {
        Dimensions::new(width, height).unwrap()
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let size = dimensions(16, 16);
        let plane = Plane::new(size, (0..=255).collect()).unwrap();
        for (kernel, light) in ALL.iter().flat_map(|kernel| [(kernel, Light::Linear), (kernel, Light::Gamma)]) {
            let same = resampled(&plane, &Part::whole(&plane, size), kernel, light);
            assert!(psnr(&plane, &same) > 200.0);
            assert_eq!(rounded(&same, size), plane);
        }
    }

    #[test]
    fn a_constant_stays_to_its_edges_and_beyond() {
        let plane = Plane::filled(dimensions(51, 31), 200);
        let part = Part {
            horizontal: Interval { start: -0.5, length: 52.0 },
            vertical: Interval { start: 0.0, length: 33.0 },
            target: dimensions(26, 90),
        };
        for (kernel, light) in ALL.iter().flat_map(|kernel| [(kernel, Light::Linear), (kernel, Light::Gamma)]) {
            assert!(resampled(&plane, &part, kernel, light).iter().all(|sample| (sample - 200.0).abs() < 1e-9));
        }
    }

    #[test]
    fn half_black_half_white_is_half_the_light() {
        let samples = (0..64 * 64).map(|i| if i % 2 == 0 { 255 } else { 0 }).collect();
        let plane = Plane::new(dimensions(64, 64), samples).unwrap();
        let part = Part::whole(&plane, dimensions(8, 8));
        let middle = |light| resampled(&plane, &part, &LANCZOS3, light)[8 * 4 + 4];
        assert!((middle(Light::Linear) - 187.5).abs() < 0.1);
        assert!((middle(Light::Gamma) - 127.5).abs() < 0.1);
    }

    /// Filters that reproduce straight lines keep a ramp where it was, whichever part is shown.
    #[test]
    fn a_ramp_stays_in_its_place() {
        let plane = Plane::new(dimensions(60, 1), (0..60).map(|x| 4 * x + 8).collect()).unwrap();
        let part = Part {
            horizontal: Interval { start: 10.25, length: 40.5 },
            vertical: Interval { start: 0.0, length: 1.0 },
            target: dimensions(100, 1),
        };
        for kernel in [TRIANGLE, CATMULL_ROM, MITCHELL] {
            for (x, sample) in resampled(&plane, &part, &kernel, Light::Gamma).iter().enumerate() {
                let position = 10.25 + (x as f64 + 0.5) * 0.405 - 0.5;
                assert!((sample - (4.0 * position + 8.0)).abs() < 1e-9, "{x}: {sample}");
            }
        }
    }
}
