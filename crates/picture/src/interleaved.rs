//! Pictures from and to the interleaved buffers that other libraries use.

use std::error::Error;
use std::fmt;

use crate::{ColorModel, Dimensions, Light, Picture, Plane};

/// The order of samples in an interleaved buffer: pixels row after row from the top, no padding, 8 bits a sample.
///
/// Another order would be a breaking change, so that the compiler names every place that has to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interleaved {
    /// One sample a pixel.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha; the colours are not premultiplied.
    Rgba,
}

impl Interleaved {
    /// Samples (bytes) a pixel.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A buffer of the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterleavedError {
    length: usize,
    dimensions: Dimensions,
    layout: Interleaved,
}

impl fmt::Display for InterleavedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { length, dimensions, layout } = self;
        let expected = u128::from(dimensions.pixels()) * layout.channels() as u128;
        write!(
            f,
            "a buffer of {length} bytes is not a {dimensions} picture of {layout:?} pixels (expected {expected} bytes)"
        )
    }
}

impl Error for InterleavedError {}

impl Picture {
    /// The picture in an interleaved buffer: [`crate::ColorModel::Gray`], `Rgb` or `Rgba` as `layout` says. Alpha is
    /// premultiplied for [`Light::Linear`]; use [`Picture::from_interleaved_in`] for the other.
    ///
    /// # Errors
    /// When the buffer is not exactly width x height x channels bytes long.
    pub fn from_interleaved(
        pixels: &[u8],
        dimensions: Dimensions,
        layout: Interleaved,
    ) -> Result<Self, InterleavedError> {
        Self::from_interleaved_in(pixels, dimensions, layout, Light::Linear)
    }

    /// [`Picture::from_interleaved`], with alpha premultiplied in `light`: the one it will be resampled in.
    ///
    /// # Errors
    /// When the buffer is not exactly width x height x channels bytes long.
    pub fn from_interleaved_in(
        pixels: &[u8],
        dimensions: Dimensions,
        layout: Interleaved,
        light: Light,
    ) -> Result<Self, InterleavedError> {
        let error = InterleavedError { length: pixels.len(), dimensions, layout };
        if u128::from(dimensions.pixels()) * layout.channels() as u128 != pixels.len() as u128 {
            return Err(error);
        }
        let plane = |channel: usize| {
            let samples = pixels.iter().skip(channel).step_by(layout.channels()).copied().collect();
            Plane::new(dimensions, samples).ok_or(error)
        };
        let picture = match layout {
            Interleaved::Gray => Some(Self::gray(plane(0)?)),
            Interleaved::Rgb => Self::rgb([plane(0)?, plane(1)?, plane(2)?]),
            Interleaved::Rgba => Self::rgba_from_straight([plane(0)?, plane(1)?, plane(2)?, plane(3)?], light),
        };
        picture.ok_or(error)
    }

    /// The picture with every pixel mapped, row after row: `map` is given a row of pixels in `layout` (alpha straight) and
    /// fills the row that takes its place. The result has the colour model of `layout`; colour is made of grey and alpha of
    /// nothing where it asks for them, and no more than two rows are held besides the planes.
    #[must_use]
    pub fn map_rows(self, layout: Interleaved, mut map: impl FnMut(&[u8], &mut [u8])) -> Self {
        let light = self.premultiplied();
        let mut planes = self.into_planes_of(layout);
        let channels = layout.channels();
        let mut row = vec![0; planes[0].width() * channels];
        let mut mapped = vec![0; row.len()];
        for y in 0..planes[0].height() {
            interleave_row(&planes, y, &mut row);
            map(&row, &mut mapped);
            for (channel, plane) in planes.iter_mut().enumerate() {
                for (sample, pixel) in plane.row_mut(y).iter_mut().zip(mapped.chunks_exact(channels)) {
                    *sample = pixel[channel];
                }
            }
        }
        let mut planes = planes.into_iter();
        let mut next = || planes.next().expect("there are as many planes as channels");
        match layout {
            Interleaved::Gray => Some(Self::gray(next())),
            Interleaved::Rgb => Self::rgb([next(), next(), next()]),
            Interleaved::Rgba => Self::rgba_from_straight([next(), next(), next(), next()], light),
        }
        .expect("the planes are of one size")
    }

    /// Gives every row of pixels in `layout` (alpha straight) to `take`, from the top, until it fails.
    ///
    /// # Errors
    /// What `take` fails with.
    pub fn try_for_each_row<E>(
        self,
        layout: Interleaved,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let planes = self.into_planes_of(layout);
        let mut row = vec![0; planes[0].width() * layout.channels()];
        for y in 0..planes[0].height() {
            interleave_row(&planes, y, &mut row);
            take(&row)?;
        }
        Ok(())
    }

    /// The pixels of the picture's window in an interleaved buffer of width x height x channels bytes.
    ///
    /// [`Interleaved::Gray`] of a coloured picture is its luma (ITU-R BT.601); [`Interleaved::Rgb`] and `Gray` of a picture with
    /// alpha drop the alpha and keep the colour, not premultiplied.
    #[must_use]
    pub fn to_interleaved(&self, layout: Interleaved) -> Vec<u8> {
        let planes = self.clone().into_planes_of(layout);
        let length = planes[0].width() * layout.channels();
        let mut pixels = vec![0; length * planes[0].height()];
        for (y, row) in pixels.chunks_exact_mut(length).enumerate() {
            interleave_row(&planes, y, row);
        }
        pixels
    }

    /// A plane for each channel of `layout`; alpha is straight.
    fn into_planes_of(self, layout: Interleaved) -> Vec<Plane> {
        let dimensions = self.dimensions();
        let mut planes = match (layout, self.model()) {
            (Interleaved::Gray, ColorModel::Gray | ColorModel::YCbCr) => {
                return vec![self.into_full_planes().swap_remove(0)];
            }
            (_, ColorModel::Rgba) => self.into_straight_planes(),
            _ => self.into_rgb().into_full_planes(),
        };
        if layout == Interleaved::Gray {
            let [red, green, blue, ..] = &mut planes[..] else { unreachable!("colour has three planes or more") };
            for ((r, g), b) in red.samples_mut().iter_mut().zip(green.samples()).zip(blue.samples()) {
                [*r, _, _] = crate::rgb_to_ycbcr(*r, *g, *b);
            }
        } else if layout == Interleaved::Rgba && planes.len() == 3 {
            planes.push(Plane::filled(dimensions, 255));
        }
        planes.truncate(layout.channels());
        planes
    }
}

/// Row `y` of as many planes as a pixel has samples.
fn interleave_row(planes: &[Plane], y: usize, row: &mut [u8]) {
    for (channel, plane) in planes.iter().enumerate() {
        for (pixel, sample) in row.chunks_exact_mut(planes.len()).zip(plane.row(y)) {
            pixel[channel] = *sample;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_length_is_checked_and_named() {
        let dimensions = Dimensions::new(2, 2).unwrap();
        let error = Picture::from_interleaved(&[0; 11], dimensions, Interleaved::Rgb).unwrap_err();
        assert_eq!(error.to_string(), "a buffer of 11 bytes is not a 2x2 picture of Rgb pixels (expected 12 bytes)");
        let huge = Dimensions::new(u32::MAX, u32::MAX).unwrap();
        assert!(Picture::from_interleaved(&[], huge, Interleaved::Rgba).is_err());
    }

    #[test]
    fn grey_of_a_coloured_picture_is_its_luma() {
        let dimensions = Dimensions::new(1, 1).unwrap();
        let picture = Picture::from_interleaved(&[255, 0, 0], dimensions, Interleaved::Rgb).unwrap();
        assert_eq!(picture.to_interleaved(Interleaved::Gray), [76]);
    }

    proptest! {
        #[test]
        fn opaque_pixels_come_back(width in 1u32..6, height in 1u32..6, seed: [u8; 32]) {
            let dimensions = Dimensions::new(width, height).unwrap();
            let pixels: Vec<u8> = seed.iter().cycle().take(dimensions.pixels() as usize * 3).copied().collect();
            let picture = Picture::from_interleaved(&pixels, dimensions, Interleaved::Rgb).unwrap();
            prop_assert_eq!(picture.model(), ColorModel::Rgb);
            prop_assert_eq!(picture.to_interleaved(Interleaved::Rgb), pixels.clone());
            let with_alpha: Vec<u8> = pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
            prop_assert_eq!(&picture.to_interleaved(Interleaved::Rgba), &with_alpha);
            let picture = Picture::from_interleaved(&with_alpha, dimensions, Interleaved::Rgba).unwrap();
            prop_assert_eq!(picture.to_interleaved(Interleaved::Rgba), with_alpha);
        }
    }
}
