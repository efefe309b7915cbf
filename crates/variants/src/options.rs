//! Options of rendering that all variants of a job share.

use masthead_picture::{Light, Rgb};
use masthead_resample::Filter;

/// How variants are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

impl RenderOptions {
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

    /// With variants made in parallel, or one after the other.
    #[must_use]
    pub fn with_parallel(self, parallel: bool) -> Self {
        Self { parallel, ..self }
    }
}
