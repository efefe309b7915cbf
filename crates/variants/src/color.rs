//! From the colours of an embedded ICC profile to sRGB, over moxcms. The only file that imports it.

use std::fmt;
use std::sync::Arc;

use masthead_picture::{ColorModel, Interleaved, Picture};
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// Profiles above this many bytes are not looked at: those of cameras and editors have a few kilobytes.
const MOST_PROFILE_BYTES: usize = 1 << 20;

/// The steps of each colour channel at which a profile is compared with sRGB.
const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];

/// Brings pictures into sRGB. Applied to finished variants, which are small.
#[derive(Clone)]
pub struct ColorTransform {
    executor: Arc<Transform8BitExecutor>,
    layout: Interleaved,
}

impl fmt::Debug for ColorTransform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColorTransform").field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl ColorTransform {
    /// What the tables of a transform take, in bytes: measured, more rather than less.
    pub(crate) const MEMORY: u64 = 1 << 20;

    /// The transform from `profile` for pictures of this model. `None` when there is nothing to do: the profile is sRGB
    /// to within one step of 255, is for other pictures (CMYK, grey for colour), or cannot be read. A picture whose
    /// profile cannot be read is taken for sRGB, as browsers do.
    #[must_use]
    pub fn to_srgb(profile: &[u8], model: ColorModel) -> Option<Self> {
        if profile.len() > MOST_PROFILE_BYTES {
            return None;
        }
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        let (layout, expected) = match model {
            ColorModel::Gray => (Interleaved::Gray, DataColorSpace::Gray),
            ColorModel::YCbCr | ColorModel::Rgb => (Interleaved::Rgb, DataColorSpace::Rgb),
            ColorModel::Rgba => (Interleaved::Rgba, DataColorSpace::Rgb),
        };
        if profile.color_space != expected {
            return None;
        }
        let moxcms_layout = match layout {
            Interleaved::Gray => Layout::Gray,
            Interleaved::Rgb => Layout::Rgb,
            Interleaved::Rgba => Layout::Rgba,
        };
        let mut srgb = ColorProfile::new_srgb();
        if layout == Interleaved::Gray {
            let curve = srgb.green_trc;
            srgb = ColorProfile::new_gray_with_gamma(2.2);
            srgb.gray_trc = curve;
        }
        let executor =
            profile.create_transform_8bit(moxcms_layout, &srgb, moxcms_layout, TransformOptions::default()).ok()?;
        let transform = Self { executor, layout };
        (!transform.is_identity()).then_some(transform)
    }

    fn is_identity(&self) -> bool {
        let pixels: Vec<u8> = match self.layout {
            Interleaved::Gray => (0..=255).collect(),
            layout => {
                let colors = STEPS.iter().flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.map(|b| [*r, *g, b, 255])));
                colors.flat_map(|color| color.into_iter().take(layout.channels())).collect()
            }
        };
        self.converted(&pixels).is_none_or(|converted| pixels.iter().zip(&converted).all(|(a, b)| a.abs_diff(*b) <= 1))
    }

    fn converted(&self, pixels: &[u8]) -> Option<Vec<u8>> {
        let mut converted = vec![0; pixels.len()];
        self.executor.transform(pixels, &mut converted).ok()?;
        Some(converted)
    }

    /// The picture in sRGB: grey stays grey, YCbCr becomes RGB, alpha is kept.
    #[must_use]
    pub fn apply(&self, picture: Picture) -> Picture {
        picture.map_rows(self.layout, |row, converted| {
            if self.executor.transform(row, converted).is_err() {
                // It has converted rows of this kind before, when it was made.
                converted.copy_from_slice(row);
            }
        })
    }
}
