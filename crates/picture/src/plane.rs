//! One plane of samples.

use crate::{Dimensions, Orientation, PlaneRows, Rect};

/// The side of the blocks in which a plane is transposed: 16 rows of 16 bytes stay in the first-level cache.
const TRANSPOSE_BLOCK: usize = 16;

/// A rectangle of `u8` samples, row after row from the top, without padding between rows.
///
/// # Guarantees
/// - there are exactly width x height samples, so rows and columns inside [`Plane::dimensions`] always exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    dimensions: Dimensions,
    samples: Vec<u8>,
}

impl Plane {
    /// A plane of these samples, rows from the top; `None` when there are not exactly width x height of them.
    #[must_use]
    pub fn new(dimensions: Dimensions, samples: Vec<u8>) -> Option<Self> {
        (u64::try_from(samples.len()) == Ok(dimensions.pixels())).then_some(Self { dimensions, samples })
    }

    /// A plane whose every sample is `sample`.
    ///
    /// # Panics
    /// When the plane is larger than the address space.
    #[must_use]
    pub fn filled(dimensions: Dimensions, sample: u8) -> Self {
        let length = usize::try_from(dimensions.pixels()).expect("a plane fits in the address space");
        Self { dimensions, samples: vec![sample; length] }
    }

    /// Width and height in samples.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Samples in a row; also the distance between the starts of two rows.
    #[must_use]
    pub fn width(&self) -> usize {
        self.dimensions.width() as usize
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.dimensions.height() as usize
    }

    /// Every sample, rows from the top.
    #[must_use]
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// Every sample, rows from the top.
    pub fn samples_mut(&mut self) -> &mut [u8] {
        &mut self.samples
    }

    /// The samples, given back.
    #[must_use]
    pub fn into_samples(self) -> Vec<u8> {
        self.samples
    }

    /// Row `y`, counted from the top.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    pub fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.width()..][..self.width()]
    }

    /// Row `y`, counted from the top.
    ///
    /// # Panics
    /// When `y` is not below the height.
    pub fn row_mut(&mut self, y: usize) -> &mut [u8] {
        let width = self.width();
        &mut self.samples[y * width..][..width]
    }

    /// The rows from the top.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        self.samples.chunks_exact(self.width())
    }

    /// All its rows, as what takes rows in portions takes them.
    #[must_use]
    pub fn as_rows(&self) -> PlaneRows<'_> {
        PlaneRows::new(&self.samples, self.width(), self.width()).expect("a plane has complete rows")
    }

    /// The rows from the top.
    pub fn rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [u8]> {
        let width = self.width();
        self.samples.chunks_exact_mut(width)
    }

    /// A copy of the samples inside `rect`; `None` when `rect` reaches outside the plane.
    #[must_use]
    pub fn cropped(&self, rect: Rect) -> Option<Self> {
        if !Rect::of(self.dimensions).contains(rect) {
            return None;
        }
        let columns = rect.left() as usize..rect.right() as usize;
        let mut samples = Vec::with_capacity(rect.width() as usize * rect.height() as usize);
        for y in rect.top() as usize..rect.bottom() as usize {
            samples.extend_from_slice(&self.row(y)[columns.clone()]);
        }
        Some(Self { dimensions: rect.dimensions(), samples })
    }

    /// The plane as it is shown: turned and mirrored as `orientation` says. Costs nothing when there is nothing to do.
    #[must_use]
    pub fn oriented(mut self, orientation: Orientation) -> Self {
        if orientation.transposes() {
            self = self.transposed();
        }
        if orientation.flips_vertically() && orientation.flips_horizontally() {
            self.samples.reverse();
        } else if orientation.flips_horizontally() {
            self.rows_mut().for_each(<[u8]>::reverse);
        } else if orientation.flips_vertically() {
            let (width, height) = (self.width(), self.height());
            let (top, bottom) = self.samples.split_at_mut(height / 2 * width);
            for (above, below) in top.chunks_exact_mut(width).zip(bottom.chunks_exact_mut(width).rev()) {
                above.swap_with_slice(below);
            }
        }
        self
    }

    fn transposed(&self) -> Self {
        let mut samples = vec![0; self.samples.len()];
        let (width, height) = (self.width(), self.height());
        for top in (0..height).step_by(TRANSPOSE_BLOCK) {
            for left in (0..width).step_by(TRANSPOSE_BLOCK) {
                for y in top..height.min(top + TRANSPOSE_BLOCK) {
                    let row = &self.samples[y * width..][..width];
                    for x in left..width.min(left + TRANSPOSE_BLOCK) {
                        samples[x * height + y] = row[x];
                    }
                }
            }
        }
        Self { dimensions: self.dimensions.transposed(), samples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: u32, height: u32) -> Plane {
        let dimensions = Dimensions::new(width, height).unwrap();
        Plane::new(dimensions, (0..width * height).map(|i| (i * 7 % 251) as u8).collect()).unwrap()
    }

    #[test]
    fn length_must_match() {
        let dimensions = Dimensions::new(3, 2).unwrap();
        assert_eq!(Plane::new(dimensions, vec![0; 5]), None);
        assert_eq!(Plane::new(dimensions, vec![0; 7]), None);
    }

    /// The definition: sample (x, y) of the shown plane is the stored sample that the orientation names.
    #[test]
    fn oriented_follows_the_definition_at_odd_sizes() {
        for (width, height) in [(1, 1), (5, 1), (1, 4), (7, 3), (33, 18)] {
            let stored = plane(width, height);
            for orientation in Orientation::ALL {
                let shown = stored.clone().oriented(orientation);
                assert_eq!(shown.dimensions(), orientation.displayed(stored.dimensions()));
                for y in 0..shown.height() {
                    for x in 0..shown.width() {
                        let x1 = if orientation.flips_horizontally() { shown.width() - 1 - x } else { x };
                        let y1 = if orientation.flips_vertically() { shown.height() - 1 - y } else { y };
                        let (x1, y1) = if orientation.transposes() { (y1, x1) } else { (x1, y1) };
                        assert_eq!(shown.row(y)[x], stored.row(y1)[x1], "{orientation:?} {width}x{height} ({x}, {y})");
                    }
                }
            }
        }
    }

    #[test]
    fn cropped_keeps_only_the_rectangle() {
        let cropped = plane(5, 4).cropped(Rect::from_edges(1, 2, 4, 4).unwrap()).unwrap();
        assert_eq!(cropped.samples(), [77, 84, 91, 112, 119, 126]);
        assert_eq!(plane(5, 4).cropped(Rect::from_edges(1, 2, 6, 4).unwrap()), None);
    }
}
