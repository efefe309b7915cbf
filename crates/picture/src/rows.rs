//! Some rows of a plane.

/// Neighbouring rows of a plane that need not be there as a whole: a view of samples that someone else holds, such as the
/// rows that a decoder has just made.
///
/// # Guarantees
/// - each row has as many samples as [`PlaneRows::width`] says, at least one; there may be no rows.
///
/// ```
/// use masthead_picture::PlaneRows;
///
/// // Rows of three samples in a buffer that leaves room for four.
/// let rows = PlaneRows::new(&[1, 2, 3, 0, 4, 5, 6, 0], 3, 4).unwrap();
/// assert_eq!((rows.width(), rows.height()), (3, 2));
/// assert_eq!(rows.row(1), [4, 5, 6]);
/// assert!(PlaneRows::new(&[1, 2, 3, 0, 4], 3, 4).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaneRows<'a> {
    samples: &'a [u8],
    width: usize,
    stride: usize,
    height: usize,
}

impl<'a> PlaneRows<'a> {
    /// Rows of `width` samples, each of which begins `stride` samples after the one above it. What follows the samples of the
    /// last row may be missing; no samples are no rows.
    ///
    /// `None` when the width is 0 or exceeds the stride, or the last row is not complete.
    #[must_use]
    pub fn new(samples: &'a [u8], width: usize, stride: usize) -> Option<Self> {
        if width == 0 || width > stride {
            return None;
        }
        let rest = samples.len() % stride;
        let complete = rest == 0 || rest >= width;
        complete.then(|| Self { samples, width, stride, height: samples.len().div_ceil(stride) })
    }

    /// Samples in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// How many samples lie between the beginnings of two rows.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Row `y`, counted from the top.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    pub fn row(&self, y: usize) -> &'a [u8] {
        &self.samples[y * self.stride..][..self.width]
    }

    /// The rows from the top.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + DoubleEndedIterator + Clone + use<'a> {
        let width = self.width;
        self.samples.chunks(self.stride).map(move |row| &row[..width])
    }

    /// The same rows, so many at a time; the last portion may have fewer.
    ///
    /// # Panics
    /// When `rows` is 0.
    pub fn portions(&self, rows: usize) -> impl ExactSizeIterator<Item = Self> + use<'a> {
        let Self { width, stride, .. } = *self;
        self.samples.chunks(stride.saturating_mul(rows)).map(move |samples| Self {
            samples,
            width,
            stride,
            height: samples.len().div_ceil(stride),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_complete_or_refused() {
        let samples: Vec<u8> = (0..12).collect();
        for (length, width, stride, expected) in [
            (0, 3, 4, Some(0)),
            (3, 3, 4, Some(1)),
            (4, 3, 4, Some(1)),
            (5, 3, 4, None),
            (7, 3, 4, Some(2)),
            (8, 4, 4, Some(2)),
            (8, 5, 4, None),
            (8, 0, 4, None),
            (0, 0, 0, None),
        ] {
            let rows = PlaneRows::new(&samples[..length], width, stride);
            assert_eq!(rows.map(|rows| rows.height()), expected, "{length} {width} {stride}");
        }
    }

    #[test]
    fn rows_and_row_agree() {
        let samples: Vec<u8> = (0..11).collect();
        let rows = PlaneRows::new(&samples, 3, 4).unwrap();
        let expected: [&[u8]; 3] = [&[0, 1, 2], &[4, 5, 6], &[8, 9, 10]];
        assert!(rows.rows().eq(expected));
        assert!((0..3).map(|y| rows.row(y)).eq(expected));
        let portions: Vec<_> = rows.portions(2).collect();
        assert_eq!((portions[0].height(), portions[1].height()), (2, 1));
        assert!(portions.iter().flat_map(PlaneRows::rows).eq(expected));
        assert!(rows.portions(usize::MAX).eq([rows]));
    }
}
