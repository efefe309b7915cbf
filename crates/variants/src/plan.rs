//! What a job has to decode and to make, from the header alone.

use masthead_crop::{CropRegion, stored_rect};
use masthead_picture::{ColorModel, Orientation, Rect, Sampling};
use masthead_resample::Target;

use crate::component::{PlannedComponent, needed_pixels, planned_components};
use crate::source::Source;
use crate::{ColorTransform, Error, RenderOptions, VariantSet, VariantSpec};

/// How one variant is made.
#[derive(Clone, Debug)]
pub(crate) struct PlannedVariant {
    pub(crate) spec: VariantSpec,
    /// How chroma of its file is sampled.
    pub(crate) chroma: Sampling,
    pub(crate) components: Vec<PlannedComponent>,
}

impl PlannedVariant {
    /// What its planes take, in bytes.
    pub(crate) fn plane_bytes(&self) -> u64 {
        self.components.iter().map(|component| component.target.pixels()).sum()
    }

    /// What the largest of them takes, in bytes.
    pub(crate) fn largest_plane_bytes(&self) -> u64 {
        self.components.iter().map(|component| component.target.pixels()).max().unwrap_or(0)
    }
}

/// What is decoded and made for one picture, one region and one set.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) variants: Vec<PlannedVariant>,
    pub(crate) orientation: Orientation,
    pub(crate) options: RenderOptions,
    pub(crate) color: Option<ColorTransform>,
    pub(crate) window: Rect,
    /// What the components of the source mean.
    pub(crate) model: ColorModel,
    /// How each component of the source is sampled.
    pub(crate) samplings: Vec<Sampling>,
}

impl Plan {
    /// Plans all variants of `set`.
    ///
    /// # Panics
    /// When the region was made for an image of other displayed dimensions than `source` has.
    #[must_use]
    pub fn new(source: &Source<'_>, region: &CropRegion, set: &VariantSet, options: &RenderOptions) -> Self {
        assert_eq!(region.image(), source.displayed(), "the region is one of another image");
        let color = source.icc_profile.and_then(|profile| ColorTransform::to_srgb(profile, source.model));
        let variants: Vec<_> = set
            .iter()
            .map(|spec| {
                let fills = source.fills(region, spec.dimensions());
                let chroma = spec.encoding().chroma_sampling(spec.dimensions(), fills);
                // Chroma goes straight to the samples that the file will have. A colour transform needs all of them.
                let resampled = if color.is_some() { Sampling::FULL } else { chroma };
                let components = planned_components(source, region, spec, resampled, options);
                PlannedVariant { spec: spec.clone(), chroma, components }
            })
            .collect();
        let stored = stored_rect(region.rect(), source.orientation, source.displayed());
        let stored =
            Rect::new(stored.left() + source.stored.left(), stored.top() + source.stored.top(), stored.dimensions())
                .expect("the region lies inside the picture");
        let window = variants
            .iter()
            .flat_map(|variant| variant.components.iter().zip(&source.samplings))
            .map(|(component, sampling)| needed_pixels(component, *sampling, options.filter, stored))
            .reduce(Rect::union)
            .expect("a set has variants");
        Self {
            variants,
            orientation: source.orientation,
            options: *options,
            color,
            window,
            model: source.model,
            samplings: source.samplings.clone(),
        }
    }

    /// The same plan, its variants made in parallel or not: see [`RenderOptions::parallel`].
    #[must_use]
    pub fn with_parallel(mut self, parallel: bool) -> Self {
        self.options.parallel = parallel;
        self
    }

    /// The stored pixels that have to be decoded. They lie inside the region: what is outside it is never looked at.
    #[must_use]
    pub fn window(&self) -> Rect {
        self.window
    }

    /// How many threads [`render`](crate::render) will use when called here and now.
    #[must_use]
    pub fn threads(&self) -> usize {
        if self.options.parallel { rayon::current_num_threads() } else { 1 }
    }

    /// Fails when the source has other components than the plan was made for.
    pub(crate) fn check_source(&self, model: ColorModel, samplings: &[Sampling]) -> Result<(), Error> {
        let is_same = model == self.model && samplings == self.samplings;
        is_same.then_some(()).ok_or(Error::Source)
    }

    /// The samples of a component of the source that lie in the window. Filters do not reach beyond its edges.
    pub(crate) fn inside(&self, component: usize) -> Rect {
        self.samplings[component].cover(self.window)
    }

    /// What is made of a component of the source, for each variant.
    pub(crate) fn targets(&self, component: usize) -> Vec<Target> {
        let inside = self.inside(component);
        self.variants.iter().map(|variant| variant.components[component].target(inside.left(), inside.top())).collect()
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
}
