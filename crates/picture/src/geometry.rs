//! Checked sizes and places, in pixels.

use std::fmt;
use std::str::FromStr;

use crate::InvalidDimensions;

/// The width and height of something that has pixels. Shown, read, and with the feature `serde` stored, as `1500x500`.
///
/// ```
/// use masthead_picture::Dimensions;
///
/// assert_eq!("1500x500".parse(), Ok(Dimensions::new(1500, 500).unwrap()));
/// let error = "1500x0".parse::<Dimensions>().unwrap_err();
/// let expected = "invalid dimensions \"1500x0\" (expected width and height from 1 to 4294967295, such as 1500x500)";
/// assert_eq!(error.to_string(), expected);
/// ```
///
/// # Guarantees
/// - width and height are at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dimensions {
    width: u32,
    height: u32,
}

impl Dimensions {
    /// `width` x `height`; `None` when one of them is 0.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Option<Self> {
        if width == 0 || height == 0 {
            return None;
        }
        Some(Self { width, height })
    }

    /// Columns, at least 1.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.width
    }

    /// Rows, at least 1.
    #[must_use]
    pub const fn height(self) -> u32 {
        self.height
    }

    /// Width times height; cannot overflow.
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Width and height exchanged.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

impl fmt::Display for Dimensions {
    /// `1500x500`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl FromStr for Dimensions {
    type Err = InvalidDimensions;

    /// Reads `1500x500`: two numbers of decimal digits, from 1 to `u32::MAX` each.
    fn from_str(text: &str) -> Result<Self, InvalidDimensions> {
        let number = |digits: &str| {
            let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| all_digits)
        };
        let dimensions = text.split_once('x').and_then(|(width, height)| Self::new(number(width)?, number(height)?));
        dimensions.ok_or_else(|| InvalidDimensions { text: text.to_owned() })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Dimensions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Dimensions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A rectangle of whole pixels; the origin is the top left corner.
///
/// # Guarantees
/// - width and height are at least 1;
/// - the right and bottom edges fit in `u32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rect {
    left: u32,
    top: u32,
    dimensions: Dimensions,
}

impl Rect {
    /// A rectangle of `dimensions` with its top left corner at (`left`, `top`); `None` when its right or bottom edge
    /// does not fit in `u32`.
    #[must_use]
    pub const fn new(left: u32, top: u32, dimensions: Dimensions) -> Option<Self> {
        if left.checked_add(dimensions.width).is_none() || top.checked_add(dimensions.height).is_none() {
            return None;
        }
        Some(Self { left, top, dimensions })
    }

    /// The rectangle between two corners, right and bottom exclusive; `None` when it is empty.
    #[must_use]
    pub fn from_edges(left: u32, top: u32, right: u32, bottom: u32) -> Option<Self> {
        let dimensions = Dimensions::new(right.checked_sub(left)?, bottom.checked_sub(top)?)?;
        Some(Self { left, top, dimensions })
    }

    /// All of something of these dimensions.
    #[must_use]
    pub const fn of(dimensions: Dimensions) -> Self {
        Self { left: 0, top: 0, dimensions }
    }

    /// First column.
    #[must_use]
    pub const fn left(self) -> u32 {
        self.left
    }

    /// First row.
    #[must_use]
    pub const fn top(self) -> u32 {
        self.top
    }

    /// The column after the last one.
    #[must_use]
    pub const fn right(self) -> u32 {
        self.left + self.dimensions.width
    }

    /// The row after the last one.
    #[must_use]
    pub const fn bottom(self) -> u32 {
        self.top + self.dimensions.height
    }

    /// Width and height.
    #[must_use]
    pub const fn dimensions(self) -> Dimensions {
        self.dimensions
    }

    /// Columns, at least 1.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.dimensions.width
    }

    /// Rows, at least 1.
    #[must_use]
    pub const fn height(self) -> u32 {
        self.dimensions.height
    }

    /// Whether every pixel of `other` is one of `self`.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right() >= other.right()
            && self.bottom() >= other.bottom()
    }

    /// The pixels of both; `None` when there are none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::from_edges(
            self.left.max(other.left),
            self.top.max(other.top),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        )
    }

    /// The smallest rectangle that contains both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let width = self.right().max(other.right()) - left;
        let height = self.bottom().max(other.bottom()) - top;
        Self { left, top, dimensions: Dimensions { width, height } }
    }
}

impl fmt::Display for Rect {
    /// The geometry notation of the X window system: `1500x500+10+20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.dimensions, self.left, self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimensions(width: u32, height: u32) -> Dimensions {
        Dimensions::new(width, height).unwrap()
    }

    #[test]
    fn nothing_empty_can_be_made() {
        assert_eq!(Dimensions::new(0, 5), None);
        assert_eq!(Dimensions::new(5, 0), None);
        assert_eq!(Rect::from_edges(4, 0, 4, 1), None);
        assert_eq!(Rect::from_edges(5, 0, 4, 1), None);
    }

    #[test]
    fn dimensions_are_read_as_they_are_shown() {
        for shown in [dimensions(1, 1), dimensions(1500, 500), dimensions(u32::MAX, 1)] {
            assert_eq!(shown.to_string().parse(), Ok(shown));
        }
        for text in
            ["", "x", "1500", "1500x", "x500", "0x5", "5x0", "+1x1", "1x-1", "1 x 1", "1X1", "4294967296x1", "1x1x1"]
        {
            let refused = text.parse::<Dimensions>().unwrap_err().to_string();
            assert!(refused.starts_with(&format!("invalid dimensions {text:?} (expected ")), "{refused}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn dimensions_are_stored_as_they_are_shown() {
        let stored = serde_json::to_string(&dimensions(1500, 500)).unwrap();
        assert_eq!(stored, r#""1500x500""#);
        assert_eq!(serde_json::from_str::<Dimensions>(&stored).unwrap(), dimensions(1500, 500));
        assert!(serde_json::from_str::<Dimensions>(r#""1500x0""#).is_err());
    }

    #[test]
    fn edges_never_overflow() {
        assert_eq!(Rect::new(u32::MAX, 0, dimensions(1, 1)), None);
        let last = Rect::new(u32::MAX - 1, 0, dimensions(1, 1)).unwrap();
        assert_eq!(last.right(), u32::MAX);
        assert_eq!(dimensions(u32::MAX, u32::MAX).pixels(), 18_446_744_065_119_617_025);
    }

    #[test]
    fn union_and_intersection() {
        let a = Rect::new(0, 0, dimensions(10, 10)).unwrap();
        let b = Rect::new(5, 2, dimensions(10, 3)).unwrap();
        assert_eq!(a.intersection(b), Rect::from_edges(5, 2, 10, 5));
        assert_eq!(a.union(b), Rect::from_edges(0, 0, 15, 10).unwrap());
        assert!(a.union(b).contains(a) && !a.contains(b));
        assert_eq!(a.intersection(Rect::new(10, 0, dimensions(1, 1)).unwrap()), None);
    }

    #[test]
    fn shown_as_geometry() {
        assert_eq!(Rect::new(10, 20, dimensions(1500, 500)).unwrap().to_string(), "1500x500+10+20");
    }
}
