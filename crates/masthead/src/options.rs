//! Options of a processor.

use masthead_crop::CropPolicy;
use masthead_decode::Limits;
use masthead_picture::{Dimensions, Light, Rgb};
use masthead_resample::Filter;
use masthead_variants::{RenderOptions, VariantSet};

/// What a [`Processor`](crate::Processor) makes, and what it refuses.
///
/// ```
/// use masthead::{CropPolicy, Dimensions, Options};
///
/// let options = Options::default()
///     .with_crop_policy(CropPolicy::Clamp)
///     .with_min_region(Dimensions::new(1, 1).unwrap());
/// assert_eq!(options.variants.len(), 10);
/// ```
///
/// With the feature `serde` it is a table of the fields, all of which may be left out: `variants` is a list of tables, as
/// [`VariantSettings`](crate::VariantSettings) describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
#[non_exhaustive]
pub struct Options {
    /// The files to make. Default: [`VariantSet::profile_banner`].
    pub variants: VariantSet,
    /// What is refused. Default: [`Limits::default`].
    pub limits: Limits,
    /// What happens to a region that reaches outside its image. Default: it is refused.
    pub crop_policy: CropPolicy,
    /// The least width and height of a region, in pixels. Default: 200x66.
    pub min_region: Dimensions,
    /// In which light samples are averaged. Default: [`Light::Linear`].
    pub light: Light,
    /// The filter. Default: [`Filter::Lanczos3`].
    pub filter: Filter,
    /// What stands behind transparent pixels in JPEG files. Default: white.
    pub background: Rgb,
    /// Where the variants are made. Default: [`Threads::Pool`].
    pub threads: Threads,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            variants: VariantSet::default(),
            limits: Limits::default(),
            crop_policy: CropPolicy::default(),
            min_region: Dimensions::new(200, 66).expect("neither is zero"),
            light: Light::default(),
            filter: Filter::default(),
            background: Rgb::WHITE,
            threads: Threads::default(),
        }
    }
}

impl Options {
    /// With these files to make.
    #[must_use]
    pub fn with_variants(self, variants: VariantSet) -> Self {
        Self { variants, ..self }
    }

    /// With these limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With this answer to regions that reach outside their image.
    #[must_use]
    pub fn with_crop_policy(self, crop_policy: CropPolicy) -> Self {
        Self { crop_policy, ..self }
    }

    /// With regions of at least this width and height.
    #[must_use]
    pub fn with_min_region(self, min_region: Dimensions) -> Self {
        Self { min_region, ..self }
    }

    /// With samples averaged in this light.
    #[must_use]
    pub fn with_light(self, light: Light) -> Self {
        Self { light, ..self }
    }

    /// With this filter.
    #[must_use]
    pub fn with_filter(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// With this colour behind transparent pixels.
    #[must_use]
    pub fn with_background(self, background: Rgb) -> Self {
        Self { background, ..self }
    }

    /// With variants made there.
    #[must_use]
    pub fn with_threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }

    pub(crate) fn render_options(&self) -> RenderOptions {
        RenderOptions::default()
            .with_light(self.light)
            .with_filter(self.filter)
            .with_background(self.background)
            .with_parallel(self.threads.is_parallel())
    }
}

/// Where the variants of one picture are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Threads {
    /// In parallel on the rayon pool that the job is rendered in (`pool.install(|| ...)`), or on the global pool. With one thread
    /// in the pool they are made in order, as with [`Threads::Caller`]. The default.
    #[default]
    Pool,
    /// One after the other on the calling thread.
    Caller,
}

masthead_picture::names! {
    Threads, "threads":
    Pool = "pool",
    Caller = "caller",
}

impl Threads {
    pub(crate) fn is_parallel(self) -> bool {
        self == Self::Pool
    }
}
