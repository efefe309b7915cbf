//! The transfer curve of sRGB, between stored samples and amounts of light, and in which of the two averages are taken.

use std::sync::LazyLock;

use crate::names;

/// In which light samples are averaged.
///
/// Stored samples follow the sRGB curve, roughly a square root of the light they stand for. Averaging them as they are
/// ([`Light::Gamma`], what most tools do) darkens fine bright detail and greys out text; averaging the light
/// ([`Light::Linear`]) is what a lens does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Light {
    /// Averages are taken of linear light. The default.
    #[default]
    Linear,
    /// Averages are taken of the stored samples.
    Gamma,
}

names! {
    Light, "light":
    Linear = "linear",
    Gamma = "gamma",
}

/// The linear value that stands for full light (sample 255): 15 bits, so that every sample has a value of its own
/// and an `i16` can hold it.
const LINEAR_MAX: u16 = 32_767;

/// The sRGB curve (IEC 61966-2-1) as two tables. `encode(linear(s)) == s` for every sample `s`.
#[derive(Debug)]
pub struct Transfer {
    linear: [u16; 256],
    encoded: [u8; LINEAR_MAX as usize + 1],
}

static SRGB: LazyLock<Box<Transfer>> = LazyLock::new(|| {
    let mut transfer = Box::new(Transfer { linear: [0; 256], encoded: [0; LINEAR_MAX as usize + 1] });
    for (sample, linear) in transfer.linear.iter_mut().enumerate() {
        *linear = (srgb_to_linear(sample as f64 / 255.0) * f64::from(LINEAR_MAX)).round() as u16;
    }
    for (linear, sample) in transfer.encoded.iter_mut().enumerate() {
        *sample = (linear_to_srgb(linear as f64 / f64::from(LINEAR_MAX)) * 255.0).round() as u8;
    }
    transfer
});

impl Transfer {
    /// The tables, made at the first call.
    #[must_use]
    pub fn srgb() -> &'static Self {
        &SRGB
    }

    /// The light of a sample, 0 to 32767, which is full light.
    #[inline]
    #[must_use]
    pub fn linear(&self, sample: u8) -> u16 {
        self.linear[usize::from(sample)]
    }

    /// The sample nearest to an amount of light; above 32767 it is 255.
    #[inline]
    #[must_use]
    pub fn encode(&self, linear: u16) -> u8 {
        self.encoded[usize::from(linear.min(LINEAR_MAX))]
    }

    /// `color` times `alpha`, in this light, as a sample again.
    #[inline]
    #[must_use]
    pub fn premultiply(&self, color: u8, alpha: u8, light: Light) -> u8 {
        match light {
            Light::Linear => self.encode(((u32::from(self.linear(color)) * u32::from(alpha) + 127) / 255) as u16),
            Light::Gamma => ((u32::from(color) * u32::from(alpha) + 127) / 255) as u8,
        }
    }

    /// Multiplies each of `colors` with the sample of `alpha` at its place, in this light. They are of one length.
    pub fn premultiply_samples(&self, colors: &mut [u8], alpha: &[u8], light: Light) {
        for (color, alpha) in colors.iter_mut().zip(alpha) {
            *color = self.premultiply(*color, *alpha, light);
        }
    }

    /// The colour whose product with `alpha` is `premultiplied`, in this light. Of no colour at all (alpha 0) it is 0.
    #[inline]
    #[must_use]
    pub fn unpremultiply(&self, premultiplied: u8, alpha: u8, light: Light) -> u8 {
        let divide = |value: u32, most: u32| match u32::from(alpha) {
            0 => 0,
            alpha => ((value * 255 + alpha / 2) / alpha).min(most),
        };
        match light {
            Light::Linear => {
                let linear = divide(u32::from(self.linear(premultiplied)), u32::from(LINEAR_MAX));
                self.encode(linear as u16)
            }
            Light::Gamma => divide(u32::from(premultiplied), 255) as u8,
        }
    }

    /// `premultiplied` with `alpha` over an opaque `background`, in this light.
    #[inline]
    #[must_use]
    pub fn over(&self, premultiplied: u8, alpha: u8, background: u8, light: Light) -> u8 {
        let rest = 255 - u32::from(alpha);
        match light {
            Light::Linear => {
                let behind = (u32::from(self.linear(background)) * rest + 127) / 255;
                let sum = u32::from(self.linear(premultiplied)) + behind;
                self.encode(sum.min(u32::from(LINEAR_MAX)) as u16)
            }
            Light::Gamma => (u32::from(premultiplied) + (u32::from(background) * rest + 127) / 255).min(255) as u8,
        }
    }
}

/// IEC 61966-2-1, 0 to 1.
fn srgb_to_linear(encoded: f64) -> f64 {
    if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

/// IEC 61966-2-1, 0 to 1.
fn linear_to_srgb(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_back() {
        let transfer = Transfer::srgb();
        for sample in 0..=255 {
            assert_eq!(transfer.encode(transfer.linear(sample)), sample);
        }
        assert_eq!(transfer.linear(0), 0);
        assert_eq!(transfer.linear(255), LINEAR_MAX);
        assert_eq!(transfer.encode(u16::MAX), 255);
        // Half the light is sample 188, as every description of sRGB has it.
        assert_eq!(transfer.encode(LINEAR_MAX / 2), 188);
    }

    #[test]
    fn opaque_pixels_are_left_alone_and_clear_ones_show_the_background() {
        let transfer = Transfer::srgb();
        for light in [Light::Linear, Light::Gamma] {
            for sample in 0..=255 {
                assert_eq!(transfer.premultiply(sample, 255, light), sample);
                assert_eq!(transfer.unpremultiply(sample, 255, light), sample);
                assert_eq!(transfer.over(sample, 255, 77, light), sample);
                assert_eq!(transfer.over(0, 0, sample, light), sample);
                assert_eq!(transfer.premultiply(sample, 0, light), 0);
            }
        }
    }

    #[test]
    fn premultiplying_loses_at_most_the_rounding() {
        let transfer = Transfer::srgb();
        for light in [Light::Linear, Light::Gamma] {
            for alpha in [64u8, 128, 200, 254] {
                for color in 0..=255u8 {
                    let back = transfer.unpremultiply(transfer.premultiply(color, alpha, light), alpha, light);
                    let bound = 255 / i32::from(alpha) + 1;
                    assert!(
                        (i32::from(back) - i32::from(color)).abs() <= bound,
                        "{light:?} {color} x {alpha} -> {back}"
                    );
                }
            }
        }
    }
}
