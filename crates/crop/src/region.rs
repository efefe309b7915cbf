//! The region of an image that is shown, proven to lie inside it.

use masthead_picture::{Dimensions, Rect};

use crate::error::Geometry;
use crate::{Cover, CropPolicy, CropRequest, Error};

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
        let (region, whole) = (Geometry { width, height, left, top }, Rect::of(image).into());

        // Right and bottom edges fit in u64, whatever was asked for.
        let right = u64::from(left) + u64::from(width);
        let bottom = u64::from(top) + u64::from(height);
        let inside = right <= u64::from(image.width()) && bottom <= u64::from(image.height());
        if !inside && policy == CropPolicy::Refuse {
            return Err(Error::Outside { region, image: whole });
        }
        let right = right.min(u64::from(image.width())) as u32;
        let bottom = bottom.min(u64::from(image.height())) as u32;
        let rect = Rect::from_edges(left, top, right, bottom).ok_or(Error::Empty { region, image: whole })?;
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
            return Err(Error::TooSmall { region: rect.into(), image: Rect::of(image).into(), least });
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
