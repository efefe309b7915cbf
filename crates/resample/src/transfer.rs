//! The transfer between samples and the values that are summed: along the sRGB curve for linear light, straight for gamma
//! light.

use std::sync::LazyLock;

use masthead_picture::{Light, Transfer};
use masthead_simd::SimdLevel;

use crate::kernels::{
    Columns, Pair, ROWS, Sums, TILE_WIDTH, Values, encode, look_up, sum_columns, sum_columns_of_samples, widen,
};

/// The amount of light of each sample.
static LINEAR: LazyLock<Values> = LazyLock::new(|| Values::new(|sample| Transfer::srgb().linear(sample)));

/// Two rows of samples, one above the other, to pairs of values: amounts of light, or 128 times the sample.
pub(crate) fn decode(simd: SimdLevel, light: Light, upper: &[u8], lower: &[u8], ahead: usize, pairs: &mut [Pair]) {
    match light {
        Light::Linear => look_up(simd, upper, lower, ahead, &LINEAR, pairs),
        Light::Gamma => widen(simd, upper, lower, ahead, pairs),
    }
}

/// A part of a target, [`ROWS`] high and [`TILE_WIDTH`] wide, by columns: amounts of light, where they are needed, and samples.
pub(crate) struct Tile {
    values: [[u16; ROWS]; TILE_WIDTH],
    pub(crate) samples: [[u8; ROWS]; TILE_WIDTH],
}

impl Default for Tile {
    fn default() -> Self {
        Self { values: [[0; ROWS]; TILE_WIDTH], samples: [[0; ROWS]; TILE_WIDTH] }
    }
}

impl Tile {
    /// Fills its first columns with sums of weighted columns, the first of which has the number `base`.
    pub(crate) fn fill(&mut self, simd: SimdLevel, light: Light, columns: &[Columns], base: usize, sums: Sums<'_>) {
        match light {
            Light::Linear => {
                sum_columns(simd, columns, base, sums, &mut self.values);
                encode(simd, &self.values, &mut self.samples);
            }
            Light::Gamma => sum_columns_of_samples(simd, columns, base, sums, &mut self.samples),
        }
    }
}
