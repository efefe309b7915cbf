//! SSIMULACRA2 beside a reference.
//!
//! The metric compares a picture at six scales, each half of the one before, and leaves those out that have fewer than eight
//! rows or columns. Its weights are then read from the wrong places, chroma's from those of luma: a picture of 100 rows loses
//! twenty points to 4:2:0 that one of 260 rows does not. So small pictures are mirrored at their edges until all scales are
//! there, the reference and what is compared with it alike.

use std::error::Error;

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use masthead_picture::Dimensions;

/// So many rows and columns are still eight at the sixth scale, each scale half of the one before, rounded up.
const LEAST: u32 = 7 * 32 + 1;

/// A picture that others are compared with.
///
/// It keeps 16 bits. Rounded to 8 it would take the roundings of all that is compared with it for faults: one sample in a
/// hundred that falls to the other side costs four points of a hundred in dark pictures.
pub struct Reference {
    metric: Ssimulacra2Reference,
    dimensions: Dimensions,
}

impl Reference {
    /// Of red, green and blue samples from 0 to 255.
    ///
    /// # Errors
    /// When the metric refuses.
    pub fn new(planes: &[Vec<f64>], dimensions: Dimensions) -> Result<Self, Box<dyn Error>> {
        let sixteen_bits = |sample: f64| ((sample * 257.0).round() as u16).to_ne_bytes();
        let samples: Vec<[u8; 6]> = (0..planes[0].len())
            .map(|index| {
                let [[a, b], [c, d], [e, f]] = [0, 1, 2].map(|plane: usize| sixteen_bits(planes[plane][index]));
                [a, b, c, d, e, f]
            })
            .collect();
        let (samples, mirrored) = mirrored(&samples, dimensions);
        let slice = slice(samples.as_flattened(), mirrored, PixelDescriptor::RGB16_SRGB)?;
        Ok(Self { metric: Ssimulacra2Reference::new(&slice)?, dimensions })
    }

    /// Of interleaved RGB with 8 bits a sample; 100 is no difference at all.
    ///
    /// # Errors
    /// When the metric refuses.
    pub fn score(&self, rgb: &[u8]) -> Result<f64, Box<dyn Error>> {
        let (samples, mirrored) = mirrored(rgb.as_chunks::<3>().0, self.dimensions);
        Ok(self.metric.compare(&slice(samples.as_flattened(), mirrored, PixelDescriptor::RGB8_SRGB)?)?)
    }
}

/// A picture of at least [`LEAST`] rows and columns.
fn mirrored<T: Copy>(pixels: &[T], dimensions: Dimensions) -> (Vec<T>, Dimensions) {
    let (width, height) = (dimensions.width(), dimensions.height());
    let size = Dimensions::new(width.max(LEAST), height.max(LEAST)).expect("it is larger than the picture");
    let place =
        |at: u32, length: u32| if (at / length).is_multiple_of(2) { at % length } else { length - 1 - at % length };
    let pixel = |x, y| pixels[(place(y, height) * width + place(x, width)) as usize];
    ((0..size.height()).flat_map(|y| (0..size.width()).map(move |x| pixel(x, y))).collect(), size)
}

fn slice(
    samples: &[u8],
    dimensions: Dimensions,
    descriptor: PixelDescriptor,
) -> Result<PixelSlice<'_>, Box<dyn Error>> {
    let stride = samples.len() / dimensions.height() as usize;
    Ok(PixelSlice::new(samples, dimensions.width(), dimensions.height(), stride, descriptor)?.erase())
}
