//! From a request to a region.

use std::fmt;

use masthead_picture::{Dimensions, Rect};

use crate::Cover;

/// The longest part of an untrusted number that a message repeats.
const QUOTED: usize = 24;

/// The region a person asked for, in pixels of the displayed image, origin top left. Nothing is checked yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CropRequest {
    /// Width of the region. Default: to the right edge of the image.
    pub width: Option<u32>,
    /// Height of the region. Default: to the bottom edge of the image.
    pub height: Option<u32>,
    /// First column. Default: 0.
    pub offset_left: Option<u32>,
    /// First row. Default: 0.
    pub offset_top: Option<u32>,
}

impl From<Rect> for CropRequest {
    /// Exactly this rectangle: that of a [`CropRegion`] which was stored, for one.
    fn from(rect: Rect) -> Self {
        Self {
            width: Some(rect.width()),
            height: Some(rect.height()),
            offset_left: Some(rect.left()),
            offset_top: Some(rect.top()),
        }
    }
}

/// What happens to a region that reaches outside its image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CropPolicy {
    /// It is refused. The default.
    #[default]
    Refuse,
    /// The part inside the image is used.
    Clamp,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number that is not a whole number of pixels.
    #[error("{name} is {value} (expected a whole number of pixels from 0 to {})", u32::MAX)]
    Number {
        /// Which of the four.
        name: &'static str,
        /// What was given, shortened.
        value: String,
    },
    /// The region has no pixels.
    #[error("region {region} is empty in the image {image}")]
    Empty {
        /// The region.
        region: Geometry,
        /// The image.
        image: Geometry,
    },
    /// The region is not inside the image.
    #[error("region {region} reaches outside the image {image}")]
    Outside {
        /// The region.
        region: Geometry,
        /// The image.
        image: Geometry,
    },
    /// The region is smaller than [`CropRegion::at_least`] accepts.
    #[error("region {region} of the image {image} is too small, at least {least} is accepted")]
    TooSmall {
        /// The region.
        region: Geometry,
        /// The image.
        image: Geometry,
        /// The least width and height.
        least: Dimensions,
    },
}

/// A rectangle that was asked for and need not be possible; shown as `1500x500+10+20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    width: u32,
    height: u32,
    left: u32,
    top: u32,
}

impl Geometry {
    fn of(image: Dimensions) -> Self {
        Self { width: image.width(), height: image.height(), left: 0, top: 0 }
    }
}

impl fmt::Display for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}+{}+{}", self.width, self.height, self.left, self.top)
    }
}

/// Reads one of the four numbers of a [`CropRequest`] from text: decimal digits and nothing else.
///
/// # Errors
/// [`Error::Number`] on anything else, with `name` and the value: a sign, a fraction, an exponent, a space, nothing at
/// all, or more than `u32::MAX`.
///
/// ```
/// use masthead_crop::parse_pixels;
///
/// assert_eq!(parse_pixels("width", "1500").unwrap(), 1500);
/// let error = parse_pixels("offset_left", "-1").unwrap_err();
/// assert_eq!(error.to_string(), "offset_left is \"-1\" (expected a whole number of pixels from 0 to 4294967295)");
/// ```
pub fn parse_pixels(name: &'static str, value: &str) -> Result<u32, Error> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| {
        let shortened: String = value.chars().take(QUOTED).collect();
        let more = if shortened.len() < value.len() { "..." } else { "" };
        Error::Number { name, value: format!("{shortened:?}{more}") }
    })
}

/// A region of one image, in pixels of the displayed image.
///
/// # Guarantees
/// - it lies inside the image it was made for;
/// - it is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CropRegion {
    rect: Rect,
    image: Dimensions,
}

impl CropRegion {
    /// The region of an image with displayed dimensions `image` that `request` asks for.
    ///
    /// # Errors
    /// When the region is empty, or reaches outside the image (unless `policy` is [`CropPolicy::Clamp`]).
    pub fn new(request: &CropRequest, image: Dimensions, policy: CropPolicy) -> Result<Self, Error> {
        let left = request.offset_left.unwrap_or(0);
        let top = request.offset_top.unwrap_or(0);
        let width = request.width.unwrap_or(image.width().saturating_sub(left));
        let height = request.height.unwrap_or(image.height().saturating_sub(top));
        let region = Geometry { width, height, left, top };
        let refused = (region, Geometry::of(image));

        // Right and bottom edges fit in u64, whatever was asked for.
        let right = u64::from(left) + u64::from(width);
        let bottom = u64::from(top) + u64::from(height);
        let inside = right <= u64::from(image.width()) && bottom <= u64::from(image.height());
        if !inside && policy == CropPolicy::Refuse {
            let (region, image) = refused;
            return Err(Error::Outside { region, image });
        }
        let right = right.min(u64::from(image.width())) as u32;
        let bottom = bottom.min(u64::from(image.height())) as u32;
        let Some(rect) = Rect::from_edges(left, top, right, bottom) else {
            let (region, image) = refused;
            return Err(Error::Empty { region, image });
        };
        Ok(Self { rect, image })
    }

    /// The same region, if it has at least the width and the height of `least`.
    ///
    /// ```
    /// use masthead_crop::{CropPolicy, CropRegion, CropRequest};
    /// use masthead_picture::Dimensions;
    ///
    /// let image = Dimensions::new(300, 100).unwrap();
    /// let region = CropRegion::new(&CropRequest::default(), image, CropPolicy::Refuse)?;
    /// assert_eq!(region.at_least(Dimensions::new(300, 1).unwrap()), Ok(region));
    /// let error = region.at_least(Dimensions::new(1, 101).unwrap()).unwrap_err();
    /// assert_eq!(error.to_string(), "region 300x100+0+0 of the image 300x100+0+0 is too small, at least 1x101 is accepted");
    /// # Ok::<(), masthead_crop::Error>(())
    /// ```
    ///
    /// # Errors
    /// When it has not.
    pub fn at_least(self, least: Dimensions) -> Result<Self, Error> {
        let Self { rect, image } = self;
        if rect.width() < least.width() || rect.height() < least.height() {
            let region = Geometry { width: rect.width(), height: rect.height(), left: rect.left(), top: rect.top() };
            return Err(Error::TooSmall { region, image: Geometry::of(image), least });
        }
        Ok(self)
    }

    /// The region.
    #[must_use]
    pub fn rect(&self) -> Rect {
        self.rect
    }

    /// The displayed dimensions of the image it lies in.
    #[must_use]
    pub fn image(&self) -> Dimensions {
        self.image
    }

    /// The largest centred part of the region that has the shape of `target`.
    #[must_use]
    pub fn cover(&self, target: Dimensions) -> Cover {
        Cover::new(self.rect, target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IMAGE: Dimensions = Dimensions::new(2048, 1365).unwrap();
    const LEAST: Dimensions = Dimensions::new(200, 66).unwrap();

    fn request(width: u32, height: u32, left: u32, top: u32) -> CropRequest {
        CropRequest { width: Some(width), height: Some(height), offset_left: Some(left), offset_top: Some(top) }
    }

    fn refusal(request: CropRequest) -> String {
        let region = CropRegion::new(&request, IMAGE, CropPolicy::Refuse);
        region.and_then(|region| region.at_least(LEAST)).unwrap_err().to_string()
    }

    #[test]
    fn nothing_asked_for_is_the_whole_image() {
        let region = CropRegion::new(&CropRequest::default(), IMAGE, CropPolicy::Refuse).unwrap();
        assert_eq!(region.rect(), Rect::of(IMAGE));
    }

    #[test]
    fn what_is_missing_reaches_to_the_far_edge() {
        let request = CropRequest { offset_left: Some(48), height: Some(100), ..CropRequest::default() };
        let region = CropRegion::new(&request, IMAGE, CropPolicy::Refuse).unwrap();
        assert_eq!(region.rect().to_string(), "2000x100+48+0");
    }

    #[test]
    fn refusals_name_region_and_image() {
        let image = "image 2048x1365+0+0";
        assert_eq!(refusal(request(0, 100, 0, 0)), format!("region 0x100+0+0 is empty in the {image}"));
        assert_eq!(refusal(request(300, 100, 1749, 0)), format!("region 300x100+1749+0 reaches outside the {image}"));
        assert_eq!(
            refusal(request(u32::MAX, u32::MAX, u32::MAX, u32::MAX)),
            format!("region 4294967295x4294967295+4294967295+4294967295 reaches outside the {image}")
        );
        assert_eq!(
            refusal(request(199, 66, 0, 0)),
            format!("region 199x66+0+0 of the {image} is too small, at least 200x66 is accepted")
        );
        let beyond = CropRequest { offset_left: Some(5000), ..CropRequest::default() };
        assert_eq!(refusal(beyond), format!("region 0x1365+5000+0 reaches outside the {image}"));
    }

    #[test]
    fn clamping_uses_the_part_inside() {
        let clamp = |request| CropRegion::new(&request, IMAGE, CropPolicy::Clamp);
        let region = clamp(request(u32::MAX, 1000, 100, 1000)).unwrap();
        assert_eq!(region.rect().to_string(), "1948x365+100+1000");
        assert!(matches!(clamp(request(300, 300, 2048, 0)), Err(Error::Empty { .. })));
        // What is left is what is too small.
        assert_eq!(
            clamp(request(300, 300, 2000, 0)).unwrap().at_least(LEAST).unwrap_err().to_string(),
            "region 48x300+2000+0 of the image 2048x1365+0+0 is too small, at least 200x66 is accepted"
        );
    }

    #[test]
    fn numbers_are_digits_only() {
        for value in ["", "-1", "+1", "1.5", "1e3", " 1", "1 ", "0x10", "١٢", "4294967296", "99999999999"] {
            assert!(parse_pixels("width", value).is_err(), "{value:?}");
        }
        assert_eq!(parse_pixels("width", "4294967295"), Ok(u32::MAX));
        assert_eq!(parse_pixels("width", "0007"), Ok(7));
        let error = parse_pixels("height", &"9".repeat(1000)).unwrap_err().to_string();
        assert!(error.len() < 120, "{error}");
    }

    proptest! {
        #[test]
        fn a_region_is_always_inside_its_image(
            fields: [Option<u32>; 4], small: [Option<u16>; 4], use_small: bool,
            width in 1u32..5000, height in 1u32..5000, clamp: bool,
        ) {
            let [w, h, x, y] = if use_small { small.map(|v| v.map(u32::from)) } else { fields };
            let request = CropRequest { width: w, height: h, offset_left: x, offset_top: y };
            let image = Dimensions::new(width, height).unwrap();
            let policy = if clamp { CropPolicy::Clamp } else { CropPolicy::Refuse };
            if let Ok(region) = CropRegion::new(&request, image, policy) {
                prop_assert!(Rect::of(image).contains(region.rect()));
                let large = region.rect().width() >= LEAST.width() && region.rect().height() >= LEAST.height();
                prop_assert_eq!(region.at_least(LEAST).is_ok(), large);
                prop_assert_eq!(CropRegion::new(&region.rect().into(), image, CropPolicy::Refuse), Ok(region));
                prop_assert_eq!(region.rect().left(), x.unwrap_or(0));
                prop_assert_eq!(region.rect().top(), y.unwrap_or(0));
                if !clamp {
                    prop_assert!(w.is_none_or(|w| w == region.rect().width()));
                    prop_assert!(h.is_none_or(|h| h == region.rect().height()));
                }
            }
        }
    }
}
