//! Pictures from the `image` crate, which reads many formats. The only file that imports it, with the feature `image`.

use std::error::Error;
use std::fmt;

use image::DynamicImage;

use crate::{Dimensions, Interleaved, Light, Picture};

/// An image without pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmptyImage {
    width: u32,
    height: u32,
}

impl fmt::Display for EmptyImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an image of {}x{} pixels is empty (expected at least 1x1)", self.width, self.height)
    }
}

impl Error for EmptyImage {}

impl Picture {
    /// A picture of the `image` crate, its alpha premultiplied in `light`: the one it will be resampled in.
    ///
    /// Samples are taken for sRGB and reduced to 8 bits, rounded; floating point is cut to 0 to 1 first. Grey stays grey, and
    /// becomes RGBA with alpha.
    ///
    /// # Errors
    /// When the image has no pixels.
    pub fn from_image(image: &DynamicImage, light: Light) -> Result<Self, EmptyImage> {
        let (width, height) = (image.width(), image.height());
        let Some(dimensions) = Dimensions::new(width, height) else { return Err(EmptyImage { width, height }) };
        let picture = |samples: &[u8], layout: Interleaved| {
            // An image may hold a buffer that is longer than its pixels.
            let length = width as usize * height as usize * layout.channels();
            Self::from_interleaved_in(&samples[..length], dimensions, layout, light)
                .expect("an image has samples for all of its pixels")
        };
        Ok(match image {
            DynamicImage::ImageLuma8(image) => picture(image, Interleaved::Gray),
            DynamicImage::ImageRgb8(image) => picture(image, Interleaved::Rgb),
            DynamicImage::ImageRgba8(image) => picture(image, Interleaved::Rgba),
            DynamicImage::ImageLuma16(_) => picture(&image.to_luma8(), Interleaved::Gray),
            _ if image.color().has_alpha() => picture(&image.to_rgba8(), Interleaved::Rgba),
            _ => picture(&image.to_rgb8(), Interleaved::Rgb),
        })
    }
}

impl TryFrom<&DynamicImage> for Picture {
    type Error = EmptyImage;

    /// [`Picture::from_image`], for [`Light::Linear`].
    fn try_from(image: &DynamicImage) -> Result<Self, EmptyImage> {
        Self::from_image(image, Light::Linear)
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageBuffer, Luma, LumaA, Rgb, Rgba};

    use super::*;

    #[test]
    fn every_kind_of_image_is_taken_as_it_looks() {
        let shown = |image: DynamicImage, layout: Interleaved| {
            let picture = Picture::try_from(&image).unwrap();
            assert_eq!(picture.dimensions(), Dimensions::new(2, 3).unwrap());
            picture.to_interleaved(layout)[..layout.channels()].to_vec()
        };
        let (gray, rgb, rgba) = (Interleaved::Gray, Interleaved::Rgb, Interleaved::Rgba);
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, Luma([7_u8])).into(), gray), [7]);
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, Luma([0x1234_u16])).into(), gray), [0x12]);
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, LumaA([200_u8, 255])).into(), rgba), [200, 200, 200, 255]);
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, Rgb([1_u8, 2, 3])).into(), rgb), [1, 2, 3]);
        // 0x01ff is nearer to 2 * 257 than to 1 * 257.
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, Rgb([0x01ff_u16, 0, 65535])).into(), rgb), [2, 0, 255]);
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, Rgb([0.5_f32, -1.0, 2.0])).into(), rgb), [128, 0, 255]);
        assert_eq!(shown(ImageBuffer::from_pixel(2, 3, Rgba([255_u8, 100, 0, 255])).into(), rgba), [255, 100, 0, 255]);
        let clear = ImageBuffer::from_pixel(2, 3, Rgba([65535_u16, 65535, 0, 0]));
        assert_eq!(shown(clear.into(), rgba), [0, 0, 0, 0]);
    }

    #[test]
    fn alpha_is_premultiplied_in_the_light_asked_for() {
        let image = DynamicImage::from(ImageBuffer::from_pixel(4, 4, Rgba([255_u8, 255, 255, 128])));
        let red = |light| {
            let picture = Picture::from_image(&image, light).unwrap();
            assert_eq!(picture.premultiplied(), light);
            picture.components()[0].plane.samples()[0]
        };
        // Half of the light is sample 188, half of the sample 128.
        assert_eq!((red(Light::Linear), red(Light::Gamma)), (188, 128));
    }

    #[test]
    fn an_image_without_pixels_is_refused_and_a_long_buffer_is_not() {
        let error = Picture::try_from(&DynamicImage::new_rgb8(0, 5)).unwrap_err();
        assert_eq!(error.to_string(), "an image of 0x5 pixels is empty (expected at least 1x1)");
        let long = ImageBuffer::<Rgb<u8>, _>::from_raw(1, 1, vec![1, 2, 3, 4, 5, 6, 7]).unwrap();
        let picture = Picture::try_from(&DynamicImage::from(long)).unwrap();
        assert_eq!(picture.to_interleaved(Interleaved::Rgb), [1, 2, 3]);
    }
}
