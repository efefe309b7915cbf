//! The figures of one picture.

use std::error::Error;

use fast_image_resize::Resizer;
use masthead_benches::baseline::{self, Pixels};
use masthead_benches::files::{PictureFile, banner_plan};
use masthead_benches::metric::Reference;
use masthead_benches::part::{part, stored_part};
use masthead_crop::{Cover, CropPolicy, CropRegion, CropRequest};
use masthead_decode::Header;
use masthead_encode::{JpegOptions, encode_jpeg};
use masthead_picture::{ColorModel, Dimensions, Interleaved, Light, Orientation, Picture, Plane, Rgb, Sampling};
use masthead_testdata::reference::{LANCZOS3, psnr, resampled, rounded};
use masthead_variants::{RenderOptions, Scratch, VariantSet, VariantSpec, resample};
use rayon::prelude::*;

/// What the default options average in, and the reference with them.
const LIGHT: Light = Light::Linear;

/// One value for each of the pictures that are compared with the reference.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Columns<T> {
    /// What masthead makes.
    pub(crate) masthead: T,
    /// The interleaved baseline in gamma light.
    pub(crate) baseline: T,
    /// The reference itself, its chroma averaged to 4:2:0.
    pub(crate) linear: T,
}

impl<T: Copy> Columns<T> {
    /// Masthead, baseline, linear: the order of the tables.
    pub(crate) fn values(&self) -> [T; 3] {
        [self.masthead, self.baseline, self.linear]
    }

    fn try_map<U>(self, map: impl Fn(T) -> Result<U, Box<dyn Error>>) -> Result<Columns<U>, Box<dyn Error>> {
        Ok(Columns { masthead: map(self.masthead)?, baseline: map(self.baseline)?, linear: map(self.linear)? })
    }
}

/// How near a resampled plane is to the `f64` reference.
#[derive(Clone, Debug)]
pub(crate) struct PlaneQuality {
    pub(crate) variant: String,
    pub(crate) component: &'static str,
    /// In decibels.
    pub(crate) psnr: f64,
}

/// What a variant looks like beside the `f64` linear-light RGB reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VariantQuality {
    /// SSIMULACRA2 before encoding.
    pub(crate) before: Columns<f64>,
    /// SSIMULACRA2 after.
    pub(crate) after: Columns<f64>,
    /// Bytes of the files.
    pub(crate) bytes: Columns<usize>,
}

/// All figures of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) planes: Vec<PlaneQuality>,
    /// In the order of the set.
    pub(crate) variants: Vec<VariantQuality>,
}

pub(crate) fn measured(file: &PictureFile) -> Result<Measured, Box<dyn Error>> {
    let job = Job::new(file)?;
    Ok(Measured { name: file.name.clone(), planes: job.planes(), variants: job.variants(file)? })
}

/// The planes alone.
pub(crate) fn planes(file: &PictureFile) -> Result<Vec<PlaneQuality>, Box<dyn Error>> {
    Ok(Job::new(file)?.planes())
}

/// A picture, and what masthead resamples of it.
struct Job {
    header: Header,
    set: VariantSet,
    /// All pixels, as stored.
    whole: Picture,
    /// The variants as the pipeline makes them, from the window alone.
    resampled: Vec<Picture>,
    /// How chroma of their files is sampled.
    chroma: Vec<Sampling>,
}

impl Job {
    fn new(file: &PictureFile) -> Result<Self, Box<dyn Error>> {
        let decoder = file.decoder()?;
        let mut header = decoder.header().clone();
        // Nothing compared here knows colour profiles but masthead.
        header.icc_profile = None;
        let plan = banner_plan(&header, &RenderOptions::default().with_light(LIGHT));
        let window = decoder.decode(plan.window(), LIGHT)?;
        Ok(Self {
            header,
            set: VariantSet::profile_banner(),
            whole: file.decode_whole(LIGHT)?,
            resampled: resample(&plan, window, &Scratch::default())?,
            chroma: (0..plan.variant_count()).map(|index| plan.chroma(index)).collect(),
        })
    }

    /// The displayed pixels that a variant shows.
    fn cover(&self, variant: Dimensions) -> Cover {
        CropRegion::new(&CropRequest::default(), self.header.displayed(), CropPolicy::Refuse)
            .expect("the whole image was planned before")
            .cover(variant)
    }

    fn planes(&self) -> Vec<PlaneQuality> {
        let model = self.whole.model();
        let (orientation, displayed) = (self.header.orientation, self.header.displayed());
        let mut qualities = Vec::new();
        for (spec, variant) in self.set.iter().zip(&self.resampled) {
            let components = self.whole.components().iter().zip(variant.components());
            for (index, (stored, made)) in components.enumerate() {
                let (size, cover) = (spec.dimensions(), self.cover(spec.dimensions()));
                let part = stored_part(cover, size, made.sampling, stored.sampling, orientation, displayed);
                let light = if model.is_light(index) { LIGHT } else { Light::Gamma };
                let expected = resampled(&stored.plane, &part, &LANCZOS3, light);
                let made = made.plane.clone().oriented(turned_back(orientation));
                qualities.push(PlaneQuality {
                    variant: spec.name().to_owned(),
                    component: component_names(model)[index],
                    psnr: psnr(&made, &expected),
                });
            }
        }
        qualities
    }

    fn variants(&self, file: &PictureFile) -> Result<Vec<VariantQuality>, Box<dyn Error>> {
        let displayed = self.whole.clone().over(Rgb::WHITE).into_rgb().oriented(self.header.orientation);
        let rgb = displayed.into_full_planes();
        let pixels = Pixels::decode(&file.bytes)?;
        let specs: Vec<&VariantSpec> = self.set.iter().collect();
        specs
            .into_par_iter()
            .zip(self.resampled.par_iter().zip(&self.chroma))
            .map(|(spec, made)| self.variant(spec.dimensions(), made, &rgb, &pixels).map_err(|error| error.to_string()))
            .collect::<Result<_, String>>()
            .map_err(Into::into)
    }

    fn variant(
        &self,
        variant: Dimensions,
        (made, chroma): (&Picture, &Sampling),
        rgb: &[Plane],
        pixels: &Pixels,
    ) -> Result<VariantQuality, Box<dyn Error>> {
        let part = part(self.cover(variant), variant);
        let exact: Vec<Vec<f64>> = rgb.iter().map(|plane| resampled(plane, &part, &LANCZOS3, LIGHT)).collect();
        let metric = Reference::new(&exact, variant)?;
        let eight_bits: Vec<Plane> = exact.iter().map(|samples| rounded(samples, variant)).collect();
        let eight_bits = eight_bits.try_into().expect("there are three planes");

        // What the encoder is given.
        let made = made.clone().over(Rgb::WHITE).into_ycbcr(*chroma);
        let linear = Picture::rgb(eight_bits).expect("the planes are of one size").into_ycbcr(Sampling::HALF);
        let resized = pixels.resized(&mut Resizer::new(), self.header.orientation, variant)?;
        let files = Columns {
            masthead: encode_jpeg(&made, &JpegOptions::default())?,
            baseline: baseline::encoded(&resized, variant)?,
            linear: encode_jpeg(&linear, &JpegOptions::default())?,
        };
        let score = |pixels: &[u8]| metric.score(pixels);
        let before = Columns {
            masthead: score(&made.to_interleaved(Interleaved::Rgb))?,
            baseline: score(&resized)?,
            linear: score(&linear.to_interleaved(Interleaved::Rgb))?,
        };
        let files = Columns { masthead: &files.masthead, baseline: &files.baseline, linear: &files.linear };
        Ok(VariantQuality {
            before,
            after: files.try_map(|file| score(Pixels::decode(file)?.samples()))?,
            bytes: files.try_map(|file| Ok(file.len()))?,
        })
    }
}

/// What turns a displayed picture into the stored one.
fn turned_back(orientation: Orientation) -> Orientation {
    match orientation {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        own_inverse => own_inverse,
    }
}

fn component_names(model: ColorModel) -> &'static [&'static str] {
    match model {
        ColorModel::Gray => &["luma"],
        ColorModel::YCbCr => &["luma", "Cb", "Cr"],
        ColorModel::Rgb => &["red", "green", "blue"],
        ColorModel::Rgba => &["red", "green", "blue", "alpha"],
    }
}
