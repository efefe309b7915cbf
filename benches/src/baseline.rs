//! The job as it is usually put together from published crates: decode the whole file to interleaved RGB, resize that
//! once for each variant, encode. In gamma light, as those crates do unless they are told otherwise.
//!
//! It does less than masthead: no colour profile, no limits, and orientation is told to it. What it does, it does the
//! quickest way these crates offer without giving up their quality: the resizer keeps its scratch memory, and a picture is
//! turned when it is small.

use std::error::Error;
use std::io::Cursor;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, ImageBuffer, JpegColorType, SamplingFactor};
use masthead_crop::Cover;
use masthead_crop::{CropPolicy, CropRegion, CropRequest};
use masthead_picture::{Dimensions, Interleaved, Light, Orientation, Picture, Sampling, Transfer};
use masthead_variants::VariantSet;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// JPEG quality of the encoded variants.
pub const QUALITY: u8 = 85;

/// A decoded picture as stored: RGB, or RGBA with straight alpha.
#[derive(Clone, Debug)]
pub struct Pixels {
    dimensions: Dimensions,
    layout: Interleaved,
    samples: Vec<u8>,
}

impl Pixels {
    /// Interleaved RGB of a JPEG or PNG file, whole; RGBA of a PNG with alpha.
    ///
    /// # Errors
    /// When zune-jpeg or png refuse the file.
    pub fn decode(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        if bytes.starts_with(&[0xff, 0xd8]) { Self::decode_jpeg(bytes) } else { Self::decode_png(bytes) }
    }

    fn decode_jpeg(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        let samples = decoder.decode().map_err(|error| format!("{error:?}"))?;
        let (width, height) = decoder.dimensions().ok_or("a decoded picture has dimensions")?;
        let dimensions = Dimensions::new(width.try_into()?, height.try_into()?).ok_or("an empty picture")?;
        Ok(Self { dimensions, layout: Interleaved::Rgb, samples })
    }

    fn decode_png(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut samples = vec![0; reader.output_buffer_size().ok_or("too large a picture")?];
        let info = reader.next_frame(&mut samples)?;
        samples.truncate(info.buffer_size());
        let (layout, samples) = match info.color_type {
            png::ColorType::Rgb => (Interleaved::Rgb, samples),
            png::ColorType::Rgba => (Interleaved::Rgba, samples),
            png::ColorType::Grayscale => (Interleaved::Rgb, samples.iter().flat_map(|&gray| [gray; 3]).collect()),
            png::ColorType::GrayscaleAlpha => {
                let pixels = samples.as_chunks::<2>().0;
                (Interleaved::Rgba, pixels.iter().flat_map(|&[gray, alpha]| [gray, gray, gray, alpha]).collect())
            }
            png::ColorType::Indexed => return Err("palettes are expanded".into()),
        };
        let dimensions = Dimensions::new(info.width, info.height).ok_or("an empty picture")?;
        Ok(Self { dimensions, layout, samples })
    }

    /// Width and height as stored.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// The samples, interleaved; RGB unless the file has alpha.
    #[must_use]
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// The centred part of the picture that a variant of dimensions `target` shows, as interleaved RGB, the way the
    /// picture is displayed. Alpha is put over white.
    ///
    /// # Errors
    /// When fast_image_resize refuses.
    pub fn resized(
        &self,
        resizer: &mut Resizer,
        orientation: Orientation,
        target: Dimensions,
    ) -> Result<Vec<u8>, Box<dyn Error>> {
        let displayed = orientation.displayed(self.dimensions);
        let region = CropRegion::new(&CropRequest::default(), displayed, CropPolicy::Refuse)?;
        let Cover { horizontal, vertical } = region.cover(target).stored(orientation, displayed);
        let stored_target = orientation.displayed(target);
        let (width, height) = (self.dimensions.width(), self.dimensions.height());
        // Rounded once, the rectangle may end a last digit beyond the picture.
        let (left, top) = (horizontal.start().max(0.0), vertical.start().max(0.0));
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .use_alpha(self.layout == Interleaved::Rgba)
            .crop(
                left,
                top,
                horizontal.length().min(f64::from(width) - left),
                vertical.length().min(f64::from(height) - top),
            );
        let pixel_type = if self.layout == Interleaved::Rgba { PixelType::U8x4 } else { PixelType::U8x3 };
        let source = ImageRef::new(width, height, &self.samples, pixel_type)?;
        let mut resized = Image::new(stored_target.width(), stored_target.height(), pixel_type);
        resizer.resize(&source, &mut resized, &options)?;

        let mut rgb = resized.into_vec();
        if self.layout == Interleaved::Rgba {
            rgb = over_white(&rgb);
        }
        if orientation != Orientation::Upright {
            let picture = Picture::from_interleaved(&rgb, stored_target, Interleaved::Rgb)?;
            rgb = picture.oriented(orientation).to_interleaved(Interleaved::Rgb);
        }
        Ok(rgb)
    }
}

/// Straight RGBA to RGB. In linear light, so that a comparison of resamplers is not one of compositing.
fn over_white(rgba: &[u8]) -> Vec<u8> {
    let transfer = Transfer::srgb();
    let over =
        |color, alpha| transfer.over(transfer.premultiply(color, alpha, Light::Linear), alpha, 255, Light::Linear);
    rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, alpha]| [r, g, b].map(|color| over(color, alpha))).collect()
}

/// Interleaved RGB as a JPEG file: 4:2:0, all else as jpeg-encoder has it.
///
/// # Errors
/// When jpeg-encoder refuses.
pub fn encoded(rgb: &[u8], dimensions: Dimensions) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(rgb, dimensions.width().try_into()?, dimensions.height().try_into()?, ColorType::Rgb)?;
    Ok(file)
}

/// The planes of a whole picture, grey or 4:2:0, as a JPEG file, the quickest way that jpeg-encoder offers: it takes rows of full size and
/// picks its chroma from them, so chroma is repeated 2x2.
///
/// # Errors
/// When jpeg-encoder refuses.
pub fn encoded_planes(picture: &Picture, quality: u8, optimised: bool) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    if picture.components().len() > 1 {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
    }
    // Of four equal samples any one is the average, and taking one is faster.
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Nearest);
    encoder.set_optimized_huffman_tables(optimised);
    encoder.encode_image(Repeated(picture))?;
    Ok(file)
}

struct Repeated<'a>(&'a Picture);

impl ImageBuffer for Repeated<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.0.components().len() == 1 { JpegColorType::Luma } else { JpegColorType::Ycbcr }
    }

    fn width(&self) -> u16 {
        self.0.dimensions().width() as u16
    }

    fn height(&self) -> u16 {
        self.0.dimensions().height() as u16
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let width = usize::from(self.width());
        for (buffer, component) in buffers.iter_mut().zip(self.0.components()) {
            if component.sampling == Sampling::FULL {
                buffer.extend_from_slice(component.plane.row(y.into()));
                continue;
            }
            let start = buffer.len();
            let samples = component.plane.row(usize::from(y / 2));
            buffer.resize(start + 2 * samples.len(), 0);
            for (pair, sample) in buffer[start..].as_chunks_mut::<2>().0.iter_mut().zip(samples) {
                *pair = [*sample; 2];
            }
            buffer.truncate(start + width);
        }
    }
}

/// The whole job: all variants of a set, as JPEG files.
///
/// # Errors
/// When one of the crates refuses.
pub fn job(
    bytes: &[u8],
    orientation: Orientation,
    set: &VariantSet,
    resizer: &mut Resizer,
) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let pixels = Pixels::decode(bytes)?;
    set.iter()
        .map(|spec| encoded(&pixels.resized(resizer, orientation, spec.dimensions())?, spec.dimensions()))
        .collect()
}
