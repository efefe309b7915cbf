//! The filters: how much each source sample counts, by its distance.

use std::f64::consts::PI;

/// The weight of a source sample by its distance from the target sample's centre.
///
/// Distances are in target samples when the picture gets smaller and in source samples when it gets larger, so that
/// nothing is skipped and nothing aliases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Filter {
    /// Every sample within half a target sample counts alike: the plain average.
    Box,
    /// Weights fall linearly over one target sample (bilinear).
    Triangle,
    /// The cubic of Catmull and Rom (B = 0, C = 1/2): sharp, little ringing.
    CatmullRom,
    /// The cubic of Mitchell and Netravali (B = C = 1/3): soft, hardly any ringing.
    Mitchell,
    /// The sinc function windowed by its own main lobe, over three samples: the sharpest. The default.
    #[default]
    Lanczos3,
}

impl Filter {
    /// The distance from which on all weights are 0.
    #[must_use]
    pub const fn support(self) -> f64 {
        match self {
            Self::Box => 0.5,
            Self::Triangle => 1.0,
            Self::CatmullRom | Self::Mitchell => 2.0,
            Self::Lanczos3 => 3.0,
        }
    }

    /// The weight at `distance`, not normalised. (Lanczos3 is computed faster in the engine; this is the oracle of its tests.)
    ///
    /// Cubics: Mitchell and Netravali, "Reconstruction filters in computer graphics" (1988). Lanczos: Duchon,
    /// "Lanczos filtering in one and two dimensions" (1979).
    #[must_use]
    pub fn weight(self, distance: f64) -> f64 {
        let x = distance.abs();
        if x >= self.support() {
            // Half a sample away from two targets: the box gives the sample to the one on its right.
            return if self == Self::Box && distance == -0.5 { 1.0 } else { 0.0 };
        }
        match self {
            Self::Box => 1.0,
            Self::Triangle => 1.0 - x,
            Self::CatmullRom => cubic(x, 0.0, 0.5),
            Self::Mitchell => cubic(x, 1.0 / 3.0, 1.0 / 3.0),
            Self::Lanczos3 => sinc(x) * sinc(x / 3.0),
        }
    }
}

masthead_picture::names! {
    Filter, "filter":
    Box = "box",
    Triangle = "triangle",
    CatmullRom = "catmull-rom",
    Mitchell = "mitchell",
    Lanczos3 = "lanczos3",
}

fn cubic(x: f64, b: f64, c: f64) -> f64 {
    let sixfold = if x < 1.0 {
        ((12.0 - 9.0 * b - 6.0 * c) * x + (-18.0 + 12.0 * b + 6.0 * c)) * x * x + (6.0 - 2.0 * b)
    } else {
        (((-b - 6.0 * c) * x + (6.0 * b + 30.0 * c)) * x + (-12.0 * b - 48.0 * c)) * x + (8.0 * b + 24.0 * c)
    };
    sixfold / 6.0
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_whole_distances_are_what_the_papers_give() {
        for &filter in Filter::ALL {
            assert_eq!(filter.weight(filter.support() + 0.01), 0.0);
            // Samples one apart sum to one wherever the target's centre lies; Lanczos only nearly.
            for offset in [-0.4, -0.25, 0.0, 0.1, 0.499] {
                let sum: f64 = (-4..=4).map(|i| filter.weight(f64::from(i) + offset)).sum();
                let tolerance = if filter == Filter::Lanczos3 { 0.02 } else { 1e-12 };
                assert!((sum - 1.0).abs() < tolerance, "{filter} {offset} {sum}");
            }
        }
        assert!((Filter::Mitchell.weight(0.0) - 8.0 / 9.0).abs() < 1e-15);
        assert!(Filter::Lanczos3.weight(1.0).abs() < 1e-15 && Filter::CatmullRom.weight(1.0).abs() < 1e-15);
    }
}
