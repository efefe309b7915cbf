//! What is made of a plane, and which of the plane's samples that takes.

use std::ops::Range;

use masthead_picture::Dimensions;

use crate::taps::{Part, SLACK, support};
use crate::{Error, Filter, SourceRect, pyramid};

/// What is made of a plane: a part of it at another size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The part of the plane that is shown.
    pub rect: SourceRect,
    /// Width and height of the target.
    pub dimensions: Dimensions,
    /// The level of the pyramid that it is resampled from: 0 is the plane itself, and each further level half the size of the
    /// one before. [`pyramid_level`](crate::pyramid_level) tells how high it may be.
    pub level: u32,
}

impl Target {
    /// The columns and the rows of the plane that it depends on: those it shows, and what the filter and the levels of the
    /// pyramid read around them. They may reach beyond the plane.
    ///
    /// ```
    /// use masthead_picture::Dimensions;
    /// use masthead_resample::{Filter, SourceRect, Target};
    ///
    /// let rect = SourceRect::new(100.0, 50.0, 300.0, 100.0).unwrap();
    /// let target = Target { rect, dimensions: Dimensions::new(100, 100).unwrap(), level: 0 };
    /// // Lanczos3 takes three samples on each side: nine of the plane where three become one, three where there is one for
    /// // each; and ends are rounded outwards, to whole samples of the level.
    /// assert_eq!(target.support(Filter::Lanczos3), (90..410, 46..154));
    /// ```
    #[must_use]
    pub fn support(&self, filter: Filter) -> (Range<i64>, Range<i64>) {
        let level = self.level.min(pyramid::HIGHEST_LEVEL);
        let scale = f64::from(level).exp2();
        let along = |start: f64, length: f64, target: u32| {
            let taps = (support(filter, length / f64::from(target) / scale) * scale).ceil() as i64;
            let margin = taps.saturating_add((1 << level) + i64::from(pyramid::support(level)));
            let (first, end) = ((start + SLACK).floor() as i64, (start + length - SLACK).ceil() as i64);
            first.saturating_sub(margin)..end.saturating_add(margin)
        };
        let Self { rect, dimensions, .. } = self;
        (along(rect.left, rect.width, dimensions.width()), along(rect.top, rect.height, dimensions.height()))
    }

    /// The columns and the rows that it shows of its level of the pyramid over a plane, where the level has so many of them.
    pub(crate) fn parts(&self, plane: Dimensions, level: (usize, usize)) -> (Part, Part) {
        let scale = f64::from(self.level).exp2();
        let part = |start: f64, length: f64, whole: usize, full: u32| Part {
            start: start / scale,
            length: length / scale,
            whole,
            extent: f64::from(full) / scale,
        };
        let Self { rect, .. } = self;
        (part(rect.left, rect.width, level.0, plane.width()), part(rect.top, rect.height, level.1, plane.height()))
    }

    /// Fails when its rectangle lies outside the plane by more than a target sample, or its level is too high.
    pub(crate) fn check(&self, plane: Dimensions) -> Result<(), Error> {
        if self.level > pyramid::HIGHEST_LEVEL {
            return Err(Error::Level(self.level));
        }
        let lies_outside = |start: f64, length: f64, whole: u32, target: u32| {
            let excess = (-start).max(start + length - f64::from(whole));
            excess > (length / f64::from(target)).min(f64::from(whole)) + SLACK
        };
        let Self { rect, dimensions, .. } = self;
        if lies_outside(rect.left, rect.width, plane.width(), dimensions.width())
            || lies_outside(rect.top, rect.height, plane.height(), dimensions.height())
        {
            return Err(Error::Outside { rect: *rect, plane });
        }
        Ok(())
    }
}
