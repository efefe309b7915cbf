//! JPEG, over jpeg-encoder. The only file that imports it.

use jpeg_encoder::{ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, SamplingFactor};
use masthead_picture::{ColorModel, Component, Picture, Plane, Rect, Sampling};

use crate::Error;

/// The quality of a JPEG file, 1 to 100, as the Independent JPEG Group scales it: the quantisation tables of the standard
/// (ITU-T T.81, annex K) are used as they are at 50, halved at 75 and all ones at 100.
///
/// # Guarantees
/// - it is between 1 and 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quality(u8);

impl Quality {
    /// `None` unless `quality` is between 1 and 100.
    #[must_use]
    pub const fn new(quality: u8) -> Option<Self> {
        match quality {
            1..=100 => Some(Self(quality)),
            _ => None,
        }
    }

    /// The number, 1 to 100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Quality {
    /// 85: artefacts are hard to see, and bytes are a third of what 95 takes.
    fn default() -> Self {
        Self(85)
    }
}

impl std::fmt::Display for Quality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How a JPEG file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct JpegOptions {
    /// Quality. Default: 85.
    pub quality: Quality,
    /// Whether Huffman tables are made for this picture: some percent smaller, about 1.6 times the time, and each
    /// component in a scan of its own. Default: no, the tables of the standard.
    pub optimized_tables: bool,
}

/// The picture as a baseline JPEG file (JFIF). Chroma is written as sampled: 4:4:4 or 4:2:0.
///
/// # Errors
/// When the picture is neither grey nor YCbCr, when its chroma is sampled otherwise, or when it is larger than
/// 65535x65535.
pub fn encode_jpeg(picture: &Picture, options: &JpegOptions) -> Result<Vec<u8>, Error> {
    let source = Source::new(picture)?;
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, options.quality.get());
    if let Source::Half { .. } = source {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        // Of four equal samples any one is the average, and taking one is faster.
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Nearest);
    } else {
        encoder.set_sampling_factor(SamplingFactor::F_1_1);
    }
    encoder.set_optimized_huffman_tables(options.optimized_tables);
    encoder.encode_image(source).map_err(|error| Error::Encoder(error.to_string()))?;
    Ok(file)
}

/// The planes, as rows of full size: the encoder asks for those and takes chroma from them itself. Chroma that is at half
/// size already (averaged, when it was resampled) is repeated 2x2 and comes out as it was.
enum Source<'a> {
    Gray(&'a Plane),
    Full([&'a Plane; 3]),
    Half { luma: &'a Plane, chroma: [&'a Plane; 2] },
}

impl<'a> Source<'a> {
    fn new(picture: &'a Picture) -> Result<Self, Error> {
        let dimensions = picture.dimensions();
        if dimensions.width().max(dimensions.height()) > u32::from(u16::MAX) {
            return Err(Error::TooLarge(dimensions));
        }
        // Whole pictures only: planes that begin where the picture begins and end where it ends.
        let is = |component: &Component, sampling| {
            component.sampling == sampling && component.plane.dimensions() == sampling.component_dimensions(dimensions)
        };
        let whole = picture.window() == Rect::of(dimensions);
        match (picture.model(), picture.components()) {
            (ColorModel::Gray, [luma]) if whole && is(luma, Sampling::FULL) => Ok(Self::Gray(&luma.plane)),
            (ColorModel::YCbCr, [luma, cb, cr]) if whole && is(luma, Sampling::FULL) => {
                let both = |sampling| is(cb, sampling) && is(cr, sampling);
                if both(Sampling::FULL) {
                    Ok(Self::Full([&luma.plane, &cb.plane, &cr.plane]))
                } else if both(Sampling::HALF) {
                    Ok(Self::Half { luma: &luma.plane, chroma: [&cb.plane, &cr.plane] })
                } else {
                    Err(Error::Model(ColorModel::YCbCr))
                }
            }
            (model, _) => Err(Error::Model(model)),
        }
    }

    fn luma(&self) -> &Plane {
        match self {
            Self::Gray(luma) | Self::Full([luma, ..]) | Self::Half { luma, .. } => luma,
        }
    }
}

impl ImageBuffer for Source<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        match self {
            Self::Gray(_) => JpegColorType::Luma,
            Self::Full(_) | Self::Half { .. } => JpegColorType::Ycbcr,
        }
    }

    fn width(&self) -> u16 {
        self.luma().width() as u16
    }

    fn height(&self) -> u16 {
        self.luma().height() as u16
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let y = usize::from(y);
        match self {
            Self::Gray(luma) => buffers[0].extend_from_slice(luma.row(y)),
            Self::Full(planes) => {
                for (buffer, plane) in buffers.iter_mut().zip(planes) {
                    buffer.extend_from_slice(plane.row(y));
                }
            }
            Self::Half { luma, chroma } => {
                let [first, rest @ ..] = buffers;
                first.extend_from_slice(luma.row(y));
                for (buffer, plane) in rest.iter_mut().zip(chroma) {
                    let start = buffer.len();
                    let samples = plane.row(y / 2);
                    buffer.resize(start + 2 * samples.len(), 0);
                    for (pair, sample) in buffer[start..].as_chunks_mut::<2>().0.iter_mut().zip(samples) {
                        *pair = [*sample; 2];
                    }
                    buffer.truncate(start + luma.width());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_picture::Dimensions;

    #[test]
    fn quality_is_1_to_100() {
        assert_eq!(Quality::new(0), None);
        assert_eq!(Quality::new(101), None);
        assert_eq!(Quality::new(100).map(Quality::get), Some(100));
        assert_eq!(Quality::default().to_string(), "85");
    }

    #[test]
    fn other_models_are_refused() {
        let plane = Plane::filled(Dimensions::new(4, 4).unwrap(), 0);
        let rgb = Picture::rgb([plane.clone(), plane.clone(), plane]).unwrap();
        assert_eq!(encode_jpeg(&rgb, &JpegOptions::default()), Err(Error::Model(ColorModel::Rgb)));
        let wide = Picture::gray(Plane::filled(Dimensions::new(65_536, 1).unwrap(), 0));
        assert_eq!(
            encode_jpeg(&wide, &JpegOptions::default()).unwrap_err().to_string(),
            "picture is 65536x1, at most 65535x65535 fits in a JPEG file"
        );
    }
}
