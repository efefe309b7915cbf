//! The banners of a picture, as encoders get them, and what they are compared with.

use std::error::Error;

use masthead_benches::baseline::Pixels;
use masthead_benches::files::PictureFile;
use masthead_benches::metric::Reference;
use masthead_benches::part::part;
use masthead_crop::{CropPolicy, CropRegion, CropRequest};
use masthead_decode::Header;
use masthead_encode::{JpegOptions, Quality};
use masthead_picture::{ColorModel, Dimensions, Light, Picture, Rgb, Sampling};
use masthead_testdata::reference::{LANCZOS3, resampled};
use masthead_variants::{Chroma, Encoding, Plan, RenderOptions, Scratch, Source, VariantSet, resample};
use rayon::prelude::*;

/// The quality settings at which encoders are compared.
pub(crate) const QUALITIES: [u8; 3] = [75, 85, 92];

/// What the default options average in, and the reference with them.
const LIGHT: Light = Light::Linear;

/// A picture's banners.
pub(crate) struct Subject {
    /// In the order of the set.
    pub(crate) banners: Vec<Banner>,
    /// Whether it has colours.
    pub(crate) is_colour: bool,
}

/// A banner, from planes that the pipeline resampled.
pub(crate) struct Banner {
    /// With 4:2:0 chroma, unless it is grey.
    pub(crate) half: Picture,
    /// With 4:4:4 chroma, unless it is grey.
    pub(crate) full: Picture,
    /// The qualities at which 4:4:4 is what masthead writes of it.
    pub(crate) full_at: Vec<u8>,
    /// Lanczos3 in `f64` on RGB in linear light.
    reference: Reference,
}

impl Subject {
    pub(crate) fn new(file: &PictureFile) -> Result<Self, Box<dyn Error>> {
        Self::made(file).map_err(|error| format!("{}: {error}", file.name).into())
    }

    fn made(file: &PictureFile) -> Result<Self, Box<dyn Error>> {
        let mut header = file.decoder()?.header().clone();
        // The reference does not know colour profiles.
        header.icc_profile = None;
        let region = CropRegion::new(&CropRequest::default(), header.displayed(), CropPolicy::Refuse)?;
        let made = |chroma| banners(file, &plan(&header, &region, chroma, Quality::default()));
        let (half, full) = (made(Chroma::Half)?, made(Chroma::Full)?);
        let qualities = QUALITIES.iter().filter_map(|&quality| Quality::new(quality));
        let autos: Vec<(u8, Plan)> =
            qualities.map(|quality| (quality.get(), plan(&header, &region, Chroma::Auto, quality))).collect();

        let displayed = file.decode_whole(LIGHT)?.over(Rgb::WHITE).into_rgb().oriented(header.orientation);
        let rgb = displayed.into_full_planes();
        let reference = |dimensions: Dimensions| {
            let part = part(region.cover(dimensions), dimensions);
            let exact: Vec<Vec<f64>> = rgb.iter().map(|plane| resampled(plane, &part, &LANCZOS3, LIGHT)).collect();
            Reference::new(&exact, dimensions).map_err(|error| error.to_string())
        };
        let references: Vec<Reference> =
            half.par_iter().map(|banner| reference(banner.dimensions())).collect::<Result<_, _>>()?;
        let is_colour = half[0].model() != ColorModel::Gray;
        let banners = half.into_iter().zip(full).zip(references).enumerate();
        let banners = banners.map(|(index, ((half, full), reference))| {
            let full_at = autos.iter().filter(|(_, auto)| auto.chroma(index) == Sampling::FULL);
            let full_at = full_at.map(|(quality, _)| *quality).collect();
            Banner { half, full, full_at, reference }
        });
        Ok(Self { banners: banners.collect(), is_colour })
    }
}

fn plan(header: &Header, region: &CropRegion, chroma: Chroma, quality: Quality) -> Plan {
    let options = JpegOptions::default().with_quality(quality);
    let set = VariantSet::profile_banner().with_encoding(Encoding::jpeg(options).with_chroma(chroma));
    Plan::new(&Source::from(header), region, &set, &RenderOptions::default().with_light(LIGHT))
}

/// The banners as the pipeline resamples them.
fn banners(file: &PictureFile, plan: &Plan) -> Result<Vec<Picture>, Box<dyn Error>> {
    let banners = resample(plan, &file.decoder()?, &Scratch::default())?;
    let opaque = banners.into_iter().map(|banner| banner.over(Rgb::WHITE));
    Ok(opaque.enumerate().map(|(index, banner)| banner.into_ycbcr(plan.chroma(index))).collect())
}

impl Banner {
    /// SSIMULACRA2 of a file beside the reference.
    pub(crate) fn score(&self, file: &[u8]) -> Result<f64, Box<dyn Error>> {
        self.reference.score(Pixels::decode(file)?.samples())
    }
}
