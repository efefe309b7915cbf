//! The part of a region that a target of another shape shows.

use std::num::NonZeroU32;

use masthead_picture::{Dimensions, Orientation, Rect};

use crate::Span;

/// A rectangle in exact fractions of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Its columns.
    pub horizontal: Span,
    /// Its rows.
    pub vertical: Span,
}

impl Cover {
    /// The largest centred part of `region` with the shape of `target`.
    pub(crate) fn new(region: Rect, target: Dimensions) -> Self {
        let (width, height) = (i128::from(region.width()), i128::from(region.height()));
        let (target_width, target_height) = (i128::from(target.width()), i128::from(target.height()));
        // The whole region in one direction; in the other, `extent * target_extent / other_target_extent`.
        let centred = |start: u32, whole: i128, numerator: i128, denominator: i128| {
            let twice = 2 * denominator;
            let start = i128::from(start) * twice + whole * denominator - numerator;
            Span::new(start, 2 * numerator, twice)
        };
        let whole = |start: u32, whole: i128| Span::new(i128::from(start), whole, 1);
        if width * target_height >= height * target_width {
            Self {
                horizontal: centred(region.left(), width, height * target_width, target_height),
                vertical: whole(region.top(), height),
            }
        } else {
            Self {
                horizontal: whole(region.left(), width),
                vertical: centred(region.top(), height, width * target_height, target_width),
            }
        }
    }

    /// A rectangle of whole pixels.
    #[must_use]
    pub fn of(rect: Rect) -> Self {
        let pixels = |start, length| {
            Span::pixels(start, NonZeroU32::new(length).expect("a rectangle has at least one row and column"))
        };
        Self { horizontal: pixels(rect.left(), rect.width()), vertical: pixels(rect.top(), rect.height()) }
    }

    /// The same rectangle on the pixels as they are stored, for an image that `orientation` turns into one of
    /// `displayed` dimensions.
    #[must_use]
    pub fn stored(&self, orientation: Orientation, displayed: Dimensions) -> Self {
        let mut cover = *self;
        if orientation.flips_horizontally() {
            cover.horizontal = cover.horizontal.mirrored(displayed.width());
        }
        if orientation.flips_vertically() {
            cover.vertical = cover.vertical.mirrored(displayed.height());
        }
        if orientation.transposes() {
            std::mem::swap(&mut cover.horizontal, &mut cover.vertical);
        }
        cover
    }
}

/// `rect` of an image of `displayed` dimensions, on the pixels as they are stored. It must lie inside the image.
#[must_use]
pub fn stored_rect(rect: Rect, orientation: Orientation, displayed: Dimensions) -> Rect {
    debug_assert!(Rect::of(displayed).contains(rect));
    let (mut left, mut right) = (rect.left(), rect.right());
    let (mut top, mut bottom) = (rect.top(), rect.bottom());
    if orientation.flips_horizontally() {
        (left, right) = (displayed.width() - right, displayed.width() - left);
    }
    if orientation.flips_vertically() {
        (top, bottom) = (displayed.height() - bottom, displayed.height() - top);
    }
    if orientation.transposes() {
        (left, top, right, bottom) = (top, left, bottom, right);
    }
    Rect::from_edges(left, top, right, bottom).expect("a turned rectangle is not empty")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CropPolicy, CropRegion, CropRequest};
    use masthead_picture::Plane;
    use proptest::prelude::*;

    fn dimensions() -> impl Strategy<Value = Dimensions> {
        (200u32..9000, 66u32..9000).prop_map(|(width, height)| Dimensions::new(width, height).unwrap())
    }

    #[test]
    fn the_same_shape_is_all_of_the_region() {
        let region = Rect::from_edges(7, 9, 307, 109).unwrap();
        assert_eq!(Cover::new(region, Dimensions::new(1500, 500).unwrap()), Cover::of(region));
    }

    #[test]
    fn a_stored_rectangle_holds_the_pixels_that_are_shown() {
        let stored = Dimensions::new(7, 5).unwrap();
        let plane = Plane::new(stored, (0..35).collect()).unwrap();
        for orientation in Orientation::ALL {
            let shown = plane.clone().oriented(orientation);
            let rect = Rect::from_edges(1, 2, 4, 4).unwrap();
            let cut = plane.cropped(stored_rect(rect, orientation, shown.dimensions())).unwrap();
            assert_eq!(cut.oriented(orientation), shown.cropped(rect).unwrap(), "{orientation:?}");
        }
    }

    proptest! {
        #[test]
        fn covers_fill_one_direction_are_centred_and_have_the_shape(image in dimensions(), target in dimensions()) {
            let region = CropRegion::new(&CropRequest::default(), image, CropPolicy::Refuse).unwrap();
            let Cover { horizontal, vertical } = region.cover(target);
            let (width, height) = (f64::from(image.width()), f64::from(image.height()));
            prop_assert!(horizontal.length() == width || vertical.length() == height);
            prop_assert!(horizontal.floor() >= 0 && horizontal.ceil() <= image.width().into());
            prop_assert!(vertical.floor() >= 0 && vertical.ceil() <= image.height().into());
            prop_assert_eq!(horizontal.mirrored(image.width()), horizontal);
            prop_assert_eq!(vertical.mirrored(image.height()), vertical);
            let shape = horizontal.length() / vertical.length();
            let expected = f64::from(target.width()) / f64::from(target.height());
            prop_assert!((shape / expected - 1.0).abs() < 1e-14);
        }

        #[test]
        fn covers_and_rectangles_turn_alike(image in dimensions(), left in 0u32..100, top in 0u32..40) {
            for orientation in Orientation::ALL {
                let rect = Rect::from_edges(left, top, image.width(), image.height()).unwrap();
                prop_assert_eq!(
                    Cover::of(rect).stored(orientation, image),
                    Cover::of(stored_rect(rect, orientation, image))
                );
            }
        }
    }
}
