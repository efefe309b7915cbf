//! How a stored picture has to be turned to be shown.

use crate::Dimensions;

/// The eight orientations of EXIF (tag 274), named by what turns the stored picture into the shown one.
///
/// Each is: exchange rows and columns if [`Orientation::transposes`], then mirror left and right if
/// [`Orientation::flips_horizontally`], then mirror top and bottom if [`Orientation::flips_vertically`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Orientation {
    /// 1: shown as stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    FlipHorizontal,
    /// 3: turned by 180 degrees.
    Rotate180,
    /// 4: mirrored top to bottom.
    FlipVertical,
    /// 5: rows become columns.
    Transpose,
    /// 6: turned by 90 degrees clockwise.
    Rotate90,
    /// 7: rows become columns, then turned by 180 degrees.
    Transverse,
    /// 8: turned by 270 degrees clockwise.
    Rotate270,
}

impl Orientation {
    /// All of them, in the order of their EXIF numbers.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::FlipHorizontal,
        Self::Rotate180,
        Self::FlipVertical,
        Self::Transpose,
        Self::Rotate90,
        Self::Transverse,
        Self::Rotate270,
    ];

    /// The orientation with this EXIF number, 1 to 8.
    #[must_use]
    pub fn from_exif(number: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// The EXIF number, 1 to 8.
    #[must_use]
    pub const fn exif(self) -> u32 {
        self as u32 + 1
    }

    /// Whether rows and columns are exchanged (first step).
    #[must_use]
    pub const fn transposes(self) -> bool {
        matches!(self, Self::Transpose | Self::Rotate90 | Self::Transverse | Self::Rotate270)
    }

    /// Whether left and right are exchanged (second step).
    #[must_use]
    pub const fn flips_horizontally(self) -> bool {
        matches!(self, Self::FlipHorizontal | Self::Rotate180 | Self::Rotate90 | Self::Transverse)
    }

    /// Whether top and bottom are exchanged (third step).
    #[must_use]
    pub const fn flips_vertically(self) -> bool {
        matches!(self, Self::FlipVertical | Self::Rotate180 | Self::Transverse | Self::Rotate270)
    }

    /// The dimensions that something stored with `stored` has when it is shown, and the other way round.
    #[must_use]
    pub const fn displayed(self, stored: Dimensions) -> Dimensions {
        if self.transposes() { stored.transposed() } else { stored }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exif_numbers() {
        for (number, orientation) in (1..).zip(Orientation::ALL) {
            assert_eq!(orientation.exif(), number);
            assert_eq!(Orientation::from_exif(number), Some(orientation));
        }
        assert_eq!(Orientation::from_exif(0), None);
        assert_eq!(Orientation::from_exif(9), None);
        assert_eq!(Orientation::from_exif(u32::MAX), None);
    }
}
