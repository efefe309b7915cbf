//! What a job takes, from the header alone.

use std::cmp::Reverse;

use masthead_crop::{CropRegion, stored_rect};
use masthead_decode::Header;
use masthead_picture::{ColorModel, Dimensions, Light, Orientation, Picture, Ratio, Rect, Rgb, Sampling};
use masthead_resample::{Filter, Resampling, Target};

use crate::component::{PlannedComponent, planned_components, reach};
use crate::{ColorTransform, Encoding, Error, VariantSet, VariantSpec};

/// Variants are made in one pass over the source as long as their planes take no more than this together, in bytes. Those of
/// the ten profile banners take 5 MB.
const GROUP_BYTES: u64 = 8 << 20;

/// The fewest rows of a component that a thread resamples: what it decodes beyond them is up to a hundred more on each side.
const BAND_ROWS: usize = 256;

/// How variants are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderOptions {
    /// In which light samples are averaged. Default: [`Light::Linear`].
    pub light: Light,
    /// The filter. Default: [`Filter::Lanczos3`].
    pub filter: Filter,
    /// What stands behind transparent pixels in JPEG files. Default: white.
    pub background: Rgb,
    /// Whether variants are made in parallel on the current rayon pool. Default: yes.
    pub parallel: bool,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { light: Light::default(), filter: Filter::default(), background: Rgb::WHITE, parallel: true }
    }
}

/// What a plan needs to know of a picture: from a [`Header`] before it is decoded, or from a [`Picture`].
#[derive(Clone, Debug)]
pub struct Source {
    /// The pixels there are, in stored coordinates.
    pub(crate) stored: Rect,
    pub(crate) orientation: Orientation,
    pub(crate) model: ColorModel,
    pub(crate) samplings: Vec<Sampling>,
    icc_profile: Option<Vec<u8>>,
}

impl From<&Header> for Source {
    fn from(header: &Header) -> Self {
        let model = header.model();
        let factors = header.subsampling.as_ref().map_or(&[][..], |subsampling| subsampling.factors());
        let most = |of: fn(&(u8, u8)) -> u8| factors.iter().map(of).max().unwrap_or(1);
        let (across, down) = (most(|factor| factor.0), most(|factor| factor.1));
        let sampling = |index: usize| match (model, factors.get(index)) {
            (ColorModel::YCbCr, Some(factor)) => Sampling {
                horizontal: Ratio::new(factor.0, across).unwrap_or(Ratio::ONE),
                vertical: Ratio::new(factor.1, down).unwrap_or(Ratio::ONE),
            },
            _ => Sampling::FULL,
        };
        Self {
            stored: Rect::of(header.stored),
            orientation: header.orientation,
            model,
            samplings: (0..model.planes()).map(sampling).collect(),
            icc_profile: header.icc_profile.clone(),
        }
    }
}

impl From<&Picture> for Source {
    /// An upright sRGB picture. A window of a larger picture counts as a picture of its own.
    fn from(picture: &Picture) -> Self {
        Self {
            stored: picture.window(),
            orientation: Orientation::Upright,
            model: picture.model(),
            samplings: picture.components().iter().map(|component| component.sampling).collect(),
            icc_profile: None,
        }
    }
}

impl Source {
    /// How chroma of the file of a variant is sampled.
    fn chroma_of(&self, spec: &VariantSpec, region: &CropRegion) -> Sampling {
        let Encoding::Jpeg { options, chroma } = spec.encoding() else { return Sampling::FULL };
        let displayed = self.orientation.displayed(self.stored.dimensions());
        let shown = region.cover(spec.dimensions()).stored(self.orientation, displayed);
        let target = self.orientation.displayed(spec.dimensions());
        let samples =
            |pixels: f64, ratio: Ratio| pixels * f64::from(ratio.numerator()) / f64::from(ratio.denominator());
        // Red, green and blue, and luma, have a sample for each pixel.
        let fills = self.samplings.iter().all(|sampling| {
            samples(shown.horizontal.length(), sampling.horizontal) >= f64::from(target.width())
                && samples(shown.vertical.length(), sampling.vertical) >= f64::from(target.height())
        });
        chroma.sampling(spec.dimensions(), options.quality, fills)
    }
}

/// How one variant is made.
#[derive(Clone, Debug)]
pub(crate) struct PlannedVariant {
    pub(crate) spec: VariantSpec,
    /// How chroma of its file is sampled.
    pub(crate) chroma: Sampling,
    pub(crate) components: Vec<PlannedComponent>,
}

/// What is decoded and made for one picture, one region and one set.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) variants: Vec<PlannedVariant>,
    /// Indices of `variants`, dearest first.
    pub(crate) order: Vec<usize>,
    pub(crate) orientation: Orientation,
    pub(crate) options: RenderOptions,
    pub(crate) color: Option<ColorTransform>,
    window: Rect,
    samplings: Vec<Sampling>,
}

impl Plan {
    /// Plans all variants of `set`.
    ///
    /// # Panics
    /// When the region was made for an image of other displayed dimensions than `source` has.
    #[must_use]
    pub fn new(source: &Source, region: &CropRegion, set: &VariantSet, options: &RenderOptions) -> Self {
        let displayed = source.orientation.displayed(source.stored.dimensions());
        assert_eq!(region.image(), displayed, "the region is one of another image");
        let color = source.icc_profile.as_deref().and_then(|profile| ColorTransform::to_srgb(profile, source.model));
        let variants: Vec<_> = set
            .iter()
            .map(|spec| {
                let chroma = source.chroma_of(spec, region);
                // Chroma goes straight to the samples that the file will have. A colour transform needs all of them.
                let resampled = if color.is_some() { Sampling::FULL } else { chroma };
                let components = planned_components(source, region, spec, resampled, options);
                PlannedVariant { spec: spec.clone(), chroma, components }
            })
            .collect();
        let mut order: Vec<_> = (0..variants.len()).collect();
        order.sort_by_key(|&index| Reverse(variants[index].plane_bytes()));

        let stored = stored_rect(region.rect(), source.orientation, displayed);
        let stored =
            Rect::new(stored.left() + source.stored.left(), stored.top() + source.stored.top(), stored.dimensions())
                .expect("the region lies inside the picture");
        let window = variants
            .iter()
            .flat_map(|variant| variant.components.iter().zip(&source.samplings))
            .map(|(component, sampling)| reach(component, *sampling, options.filter, stored))
            .reduce(Rect::union)
            .expect("a set has variants");
        Self {
            variants,
            order,
            orientation: source.orientation,
            options: *options,
            color,
            window,
            samplings: source.samplings.clone(),
        }
    }

    /// The stored pixels that have to be decoded. They lie inside the region: what is outside it is never looked at.
    #[must_use]
    pub fn window(&self) -> Rect {
        self.window
    }

    /// How many variants there are.
    #[must_use]
    pub fn variant_count(&self) -> usize {
        self.variants.len()
    }

    /// How chroma of the file of variant `index` is sampled; without a meaning for PNG files and grey pictures.
    ///
    /// # Panics
    /// When there are not so many variants.
    #[must_use]
    pub fn chroma(&self, index: usize) -> Sampling {
        self.variants[index].chroma
    }

    /// How many threads [`render`](crate::render) will use when called here and now.
    #[must_use]
    pub fn threads(&self) -> usize {
        if self.options.parallel { rayon::current_num_threads() } else { 1 }
    }

    /// The most memory that decoding and rendering take together, in bytes: `decode` is what decoding the window takes,
    /// the picture included; variants are made by `threads` threads.
    #[must_use]
    pub fn memory(&self, decode: u64, threads: usize) -> u64 {
        let groups = self.groups();
        // The resamplers' scratch memory stays.
        let (mut files, mut render, mut scratch) = (0, 0, 0);
        for (number, group) in groups.iter().enumerate() {
            let variants: Vec<&PlannedVariant> = group.iter().map(|&index| &self.variants[index]).collect();
            let is_last = number + 1 == groups.len();
            // Planes of the source that have served go while the last group is resampled.
            let (mut sources, mut planes) = (self.source_planes().map(|plane| plane.pixels()).sum::<u64>(), 0);
            for (index, plane) in self.source_planes().enumerate() {
                planes += variants.iter().map(|variant| variant.components[index].target.pixels()).sum::<u64>();
                scratch = self.resample_bytes(index, &variants, threads).max(scratch);
                render = render.max(files + sources + planes + scratch);
                sources -= if is_last { plane.pixels() } else { 0 };
            }
            files += variants.iter().map(|variant| variant.file_bytes()).sum::<u64>();
            let mut encode: Vec<u64> = variants.iter().map(|variant| variant.encode_bytes()).collect();
            encode.sort_unstable_by_key(|&bytes| Reverse(bytes));
            render = render.max(files + sources + planes + scratch + encode.iter().take(threads.max(1)).sum::<u64>());
        }
        let color = if self.color.is_some() { ColorTransform::MEMORY } else { 0 };
        // What the allocator needs for itself, and code that is loaded when it first runs.
        let overhead = |bytes: u64| bytes + bytes / 16 + (128 << 10);
        overhead(decode.max(render) + color)
    }

    /// The dimensions of the source's planes, inside the window.
    fn source_planes(&self) -> impl Iterator<Item = Dimensions> {
        self.samplings.iter().map(|sampling| sampling.cover(self.window).dimensions())
    }

    /// What resampling component `index` of these variants takes besides the planes, in bytes.
    fn resample_bytes(&self, index: usize, variants: &[&PlannedVariant], threads: usize) -> u64 {
        let inside = self.samplings[index].cover(self.window);
        let targets = variants.iter().map(|variant| variant.components[index].target(inside.left(), inside.top()));
        let targets: Vec<Target> = targets.collect();
        // Bands of several threads are put together, one target after the other.
        let largest = targets.iter().map(|target| target.dimensions.pixels()).max().unwrap_or(0);
        let bands = self.bands(index, threads);
        let assembling = if bands > 1 { largest } else { 0 };
        assembling + Resampling::memory(inside.dimensions(), &targets, self.options.filter, bands)
    }

    /// Refuses a job that takes more memory than is allowed.
    ///
    /// # Errors
    /// [`Error::Memory`] when `needed` is above `most`.
    pub fn check_memory(&self, needed: u64, most: u64) -> Result<(), Error> {
        if needed > most { Err(Error::Memory { needed, most }) } else { Ok(()) }
    }

    /// How many bands a component is resampled in by so many threads: each decodes anew what is in reach of its edges.
    pub(crate) fn bands(&self, component: usize, threads: usize) -> usize {
        let rows = self.samplings[component].cover(self.window).height() as usize;
        threads.min(rows / BAND_ROWS).max(1)
    }

    /// The variants in groups whose planes are made in one pass, dearest first: as many as do not take much memory.
    pub(crate) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut bytes = 0;
        for &index in &self.order {
            bytes += self.variants[index].plane_bytes();
            match groups.last_mut() {
                Some(group) if bytes <= GROUP_BYTES => group.push(index),
                _ => {
                    bytes = self.variants[index].plane_bytes();
                    groups.push(vec![index]);
                }
            }
        }
        groups
    }
}
