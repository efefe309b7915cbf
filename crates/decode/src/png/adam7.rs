//! The passes in which a PNG holds its pixels.

use std::ops::Range;

use masthead_picture::{Dimensions, Rect};

/// A grid of pixels: every `x_step`th of every `y_step`th row, from `x` and `y` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pass {
    x: u32,
    y: u32,
    x_step: u32,
    y_step: u32,
}

/// The single pass of a picture that is not interlaced.
const WHOLE: [Pass; 1] = [Pass::new(0, 0, 1, 1)];

/// The passes of Adam7 (PNG specification, third edition, section 8.1).
const ADAM7: [Pass; 7] = [
    Pass::new(0, 0, 8, 8),
    Pass::new(4, 0, 8, 8),
    Pass::new(0, 4, 4, 8),
    Pass::new(2, 0, 4, 4),
    Pass::new(0, 2, 2, 4),
    Pass::new(1, 0, 2, 2),
    Pass::new(0, 1, 1, 2),
];

impl Pass {
    const fn new(x: u32, y: u32, x_step: u32, y_step: u32) -> Self {
        Self { x, y, x_step, y_step }
    }

    /// The rows that a file holds, in its order, down to the last that has pixels of `window`: each with its pass, and the
    /// row of the picture that it is.
    pub(super) fn rows(
        interlaced: bool,
        picture: Dimensions,
        window: Rect,
    ) -> impl Iterator<Item = (Self, u32)> + Send {
        let passes = if interlaced { &ADAM7[..] } else { &WHOLE[..] };
        // Passes without a pixel are not in the file.
        let mut passes =
            passes.iter().filter(move |pass| pass.x < picture.width() && pass.y < picture.height()).peekable();
        std::iter::from_fn(move || passes.next().map(|pass| (*pass, passes.peek().is_none()))).flat_map(
            move |(pass, is_last)| {
                let end = if is_last { window.bottom() } else { picture.height() };
                (pass.y..end).step_by(pass.y_step as usize).map(move |y| (pass, y))
            },
        )
    }

    /// The pixels of a row of the pass that lie in the columns of `window`, and the column of the window in which the
    /// first of them lies.
    pub(super) fn pixels(self, window: Rect) -> (Range<usize>, usize) {
        let pixels_before = |column: u32| column.saturating_sub(self.x).div_ceil(self.x_step);
        let (first, end) = (pixels_before(window.left()), pixels_before(window.right()));
        let column = self.x + first * self.x_step - window.left();
        (first as usize..end as usize, column as usize)
    }

    /// Columns from one pixel to the next.
    pub(super) fn step(self) -> usize {
        self.x_step as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_of_every_window_comes_once() {
        for (width, height) in [(1, 1), (3, 2), (8, 8), (13, 11)] {
            let picture = Dimensions::new(width, height).unwrap();
            for interlaced in [false, true] {
                for (left, right) in [(0, width), (width / 2, width), (0, 1), (width - 1, width)] {
                    let window = Rect::from_edges(left, 0, right, height).unwrap();
                    let mut seen = vec![0; window.dimensions().pixels() as usize];
                    for (pass, y) in Pass::rows(interlaced, picture, window) {
                        let (pixels, column) = pass.pixels(window);
                        for i in 0..pixels.len() {
                            seen[y as usize * window.width() as usize + column + i * pass.step()] += 1;
                        }
                    }
                    assert!(seen.iter().all(|count| *count == 1), "{picture} {window} {interlaced}");
                }
            }
        }
    }
}
