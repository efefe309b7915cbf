//! A plane and its place in a picture.

use crate::{Plane, Rect, Sampling};

/// One plane of a picture and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// The samples: of the whole component when the picture is whole, else at least those its window touches.
    pub plane: Plane,
    /// Samples per pixel.
    pub sampling: Sampling,
    /// Column of the whole component that is column 0 of `plane`.
    pub left: u32,
    /// Row of the whole component that is row 0 of `plane`.
    pub top: u32,
}

impl Component {
    /// A whole component.
    #[must_use]
    pub fn whole(plane: Plane, sampling: Sampling) -> Self {
        Self { plane, sampling, left: 0, top: 0 }
    }

    /// The samples that `plane` holds, as a rectangle of the whole component.
    pub(crate) fn extent(&self) -> Option<Rect> {
        Rect::new(self.left, self.top, self.plane.dimensions())
    }
}
