//! How many samples a component has for the pixels of its picture: chroma often has fewer.

use crate::{Dimensions, Rect};

/// A positive fraction of at most 1: samples per pixel in one direction.
///
/// # Guarantees
/// - 1 <= numerator <= denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u8,
    denominator: u8,
}

impl Ratio {
    /// One sample for each pixel.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };
    /// One sample for two pixels.
    pub const HALF: Self = Self { numerator: 1, denominator: 2 };

    /// `numerator` samples for `denominator` pixels, reduced; `None` unless 1 <= numerator <= denominator.
    #[must_use]
    pub const fn new(numerator: u8, denominator: u8) -> Option<Self> {
        if numerator == 0 || numerator > denominator {
            return None;
        }
        let (mut a, mut b) = (denominator, numerator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(Self { numerator: numerator / a, denominator: denominator / a })
    }

    /// Samples.
    #[must_use]
    pub const fn numerator(self) -> u32 {
        self.numerator as u32
    }

    /// Pixels.
    #[must_use]
    pub const fn denominator(self) -> u32 {
        self.denominator as u32
    }

    /// The sample in which pixel edge `position` lies.
    #[must_use]
    pub const fn floor(self, position: u32) -> u32 {
        (position as u64 * self.numerator as u64 / self.denominator as u64) as u32
    }

    /// The first sample that begins at or after pixel edge `position`.
    #[must_use]
    pub const fn ceil(self, position: u32) -> u32 {
        (position as u64 * self.numerator as u64).div_ceil(self.denominator as u64) as u32
    }
}

/// How many samples a component has for the pixels of its picture. Samples are centred on the pixels they cover, as in
/// JFIF, so a position in pixels times the ratio is the position in samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sampling {
    /// From left to right.
    pub horizontal: Ratio,
    /// From top to bottom.
    pub vertical: Ratio,
}

impl Sampling {
    /// A sample for each pixel.
    pub const FULL: Self = Self { horizontal: Ratio::ONE, vertical: Ratio::ONE };
    /// A sample for 2x2 pixels: chroma of 4:2:0.
    pub const HALF: Self = Self { horizontal: Ratio::HALF, vertical: Ratio::HALF };

    /// Rows and columns exchanged.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self { horizontal: self.vertical, vertical: self.horizontal }
    }

    /// The samples that the pixels of `window` touch.
    #[must_use]
    pub fn cover(self, window: Rect) -> Rect {
        Rect::from_edges(
            self.horizontal.floor(window.left()),
            self.vertical.floor(window.top()),
            self.horizontal.ceil(window.right()),
            self.vertical.ceil(window.bottom()),
        )
        .expect("a window of at least one pixel touches at least one sample")
    }

    /// The dimensions of a component of a picture of these dimensions.
    #[must_use]
    pub fn component_dimensions(self, picture: Dimensions) -> Dimensions {
        self.cover(Rect::of(picture)).dimensions()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_reduced_and_round_outwards() {
        assert_eq!(Ratio::new(2, 4), Some(Ratio::HALF));
        assert_eq!(Ratio::new(4, 4), Some(Ratio::ONE));
        assert_eq!(Ratio::new(0, 4), None);
        assert_eq!(Ratio::new(5, 4), None);
        let third = Ratio::new(1, 3).unwrap();
        assert_eq!((third.floor(7), third.ceil(7)), (2, 3));
        assert_eq!((Ratio::ONE.floor(u32::MAX), Ratio::ONE.ceil(u32::MAX)), (u32::MAX, u32::MAX));
    }
}
