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
use masthead_picture::{
    ColorModel, Component, Dimensions, Interleaved, Light, Orientation, Picture, Plane, Rgb, Sampling,
};
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
    /// The reference itself, rounded to 8 bits, its chroma sampled as masthead's file has it.
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

/// How near a resampled plane is to the same plane in `f64`.
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
    /// How chroma of masthead's file is sampled.
    pub(crate) chroma: Sampling,
    /// SSIMULACRA2 before encoding.
    pub(crate) before: Columns<f64>,
    /// The same of masthead's own planes, resampled in `f64`.
    pub(crate) exact: f64,
    /// The same of what masthead makes, softened by each of [`SOFTENINGS`].
    pub(crate) softened: [f64; SOFTENINGS.len()],
    /// SSIMULACRA2 after encoding.
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
    let exact = job.exact();
    Ok(Measured { name: file.name.clone(), planes: job.planes(&exact), variants: job.variants(file, &exact)? })
}

/// The planes alone.
pub(crate) fn planes(file: &PictureFile) -> Result<Vec<PlaneQuality>, Box<dyn Error>> {
    let job = Job::new(file)?;
    Ok(job.planes(&job.exact()))
}

/// The planes of a variant in `f64`, as they are stored.
type ExactPlanes = Vec<Vec<f64>>;

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
        Ok(Self {
            header,
            set: VariantSet::profile_banner(),
            whole: file.decode_whole(LIGHT)?,
            resampled: resample(&plan, &decoder, &Scratch::default())?,
            chroma: (0..plan.variant_count()).map(|index| plan.chroma(index)).collect(),
        })
    }

    /// The displayed pixels that a variant shows.
    fn cover(&self, variant: Dimensions) -> Cover {
        CropRegion::new(&CropRequest::default(), self.header.displayed(), CropPolicy::Refuse)
            .expect("the whole image was planned before")
            .cover(variant)
    }

    /// Each variant by masthead's method, from the whole picture: luma and colours in linear light, chroma as it is stored.
    fn exact(&self) -> Vec<ExactPlanes> {
        let (orientation, displayed) = (self.header.orientation, self.header.displayed());
        let variants: Vec<_> = self.set.iter().map(VariantSpec::dimensions).zip(&self.resampled).collect();
        let exact = |(size, made): (Dimensions, &Picture)| {
            let components = self.whole.components().iter().zip(made.components()).enumerate();
            let plane = |(index, (stored, made)): (usize, (&Component, &Component))| {
                let part = stored_part(self.cover(size), size, made.sampling, stored.sampling, orientation, displayed);
                let light = if self.whole.model().is_light(index) { LIGHT } else { Light::Gamma };
                resampled(&stored.plane, &part, &LANCZOS3, light)
            };
            components.map(plane).collect()
        };
        variants.into_par_iter().map(exact).collect()
    }

    fn planes(&self, exact: &[ExactPlanes]) -> Vec<PlaneQuality> {
        let names = component_names(self.whole.model());
        let mut qualities = Vec::new();
        for ((spec, variant), exact) in self.set.iter().zip(&self.resampled).zip(exact) {
            for ((made, exact), component) in variant.components().iter().zip(exact).zip(names) {
                let made = made.plane.clone().oriented(turned_back(self.header.orientation));
                let psnr = psnr(&made, exact);
                qualities.push(PlaneQuality { variant: spec.name().to_owned(), component, psnr });
            }
        }
        qualities
    }

    fn variants(&self, file: &PictureFile, exact: &[ExactPlanes]) -> Result<Vec<VariantQuality>, Box<dyn Error>> {
        let displayed = self.whole.clone().over(Rgb::WHITE).into_rgb().oriented(self.header.orientation);
        let rgb = displayed.into_full_planes();
        let pixels = Pixels::decode(&file.bytes)?;
        let quality =
            |index: usize| self.variant(index, &exact[index], &rgb, &pixels).map_err(|error| error.to_string());
        (0..self.resampled.len()).into_par_iter().map(quality).collect::<Result<_, _>>().map_err(Into::into)
    }

    fn variant(
        &self,
        index: usize,
        exact: &ExactPlanes,
        rgb: &[Plane],
        pixels: &Pixels,
    ) -> Result<VariantQuality, Box<dyn Error>> {
        let (resized, chroma) = (&self.resampled[index], self.chroma[index]);
        let variant = resized.dimensions();
        let part = part(self.cover(variant), variant);
        let reference: Vec<Vec<f64>> = rgb.iter().map(|plane| resampled(plane, &part, &LANCZOS3, LIGHT)).collect();
        let metric = Reference::new(&reference, variant)?;
        let eight_bits: Vec<Plane> = reference.iter().map(|samples| rounded(samples, variant)).collect();
        let eight_bits = eight_bits.try_into().expect("there are three planes");

        // What the encoder is given.
        let encodable = |picture: Picture| picture.over(Rgb::WHITE).into_ycbcr(chroma);
        let made = encodable(resized.clone());
        let linear = encodable(Picture::rgb(eight_bits).expect("the planes are of one size"));
        let exact = encodable(self.upright(resized, exact));
        let baseline = pixels.resized(&mut Resizer::new(), self.header.orientation, variant)?;
        let files = Columns {
            masthead: encode_jpeg(&made, &JpegOptions::default())?,
            baseline: baseline::encoded(&baseline, variant)?,
            linear: encode_jpeg(&linear, &JpegOptions::default())?,
        };
        let score = |pixels: &[u8]| metric.score(pixels);
        let score_of = |picture: &Picture| score(&picture.to_interleaved(Interleaved::Rgb));
        let before = Columns { masthead: score_of(&made)?, baseline: score(&baseline)?, linear: score_of(&linear)? };
        let softened = SOFTENINGS.iter().map(|part| score_of(&softened(made.clone(), *part)));
        let softened = softened.collect::<Result<Vec<_>, _>>()?;
        let files = Columns { masthead: &files.masthead, baseline: &files.baseline, linear: &files.linear };
        Ok(VariantQuality {
            chroma,
            before,
            exact: score_of(&exact)?,
            softened: softened.try_into().expect("there is a score for each"),
            after: files.try_map(|file| score(Pixels::decode(file)?.samples()))?,
            bytes: files.try_map(|file| Ok(file.len()))?,
        })
    }

    /// The picture of exact planes, rounded and turned as it is displayed; of the size and model that `like` has.
    fn upright(&self, like: &Picture, exact: &ExactPlanes) -> Picture {
        let orientation = self.header.orientation;
        let components = like.components().iter().zip(exact).map(|(component, samples)| {
            let stored = orientation.displayed(component.plane.dimensions());
            Component { plane: rounded(samples, stored).oriented(orientation), ..component.clone() }
        });
        Picture::new(like.model(), like.window(), components.collect(), like.premultiplied())
            .expect("the planes have the sizes of those they stand for")
    }
}

/// How far [`softened`] moves samples. The least of it costs a point or two of most sizes; pictures that were enlarged, which are
/// soft already, take more.
pub(crate) const SOFTENINGS: [f64; 3] = [0.1, 0.2, 0.4];

/// The picture with each sample of luma moved by a part of the way to the mean of its neighbours in the row: a mistake that the
/// bounds must not let pass.
fn softened(picture: Picture, part: f64) -> Picture {
    let (model, window, light) = (picture.model(), picture.window(), picture.premultiplied());
    let mut components = picture.into_components();
    for row in components[0].plane.rows_mut() {
        let sharp: Vec<f64> = row.iter().map(|sample| f64::from(*sample)).collect();
        for (x, sample) in row.iter_mut().enumerate() {
            let mean = (sharp[x.saturating_sub(1)] + sharp[(x + 1).min(sharp.len() - 1)]) / 2.0;
            *sample = (sharp[x] + (mean - sharp[x]) * part).round() as u8;
        }
    }
    Picture::new(model, window, components, light).expect("it has the planes that it had")
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
