//! Between samples and the values that are summed.

use std::sync::LazyLock;

use masthead_picture::{Light, Transfer};
use masthead_simd::SimdLevel;

use crate::kernels::{
    self, Columns, Pair, ROWS, SPAN, Values, look_up, sum_columns, sum_columns_of_samples, turn, widen,
};
use crate::taps::Taps;

/// The amount of light of each sample.
static LIGHT: LazyLock<Values> = LazyLock::new(|| Values::new(|sample| Transfer::srgb().linear(sample)));

/// Two rows of samples, one above the other, to pairs of values: amounts of light, or 128 times the sample.
pub(crate) fn decode(simd: SimdLevel, light: Light, upper: &[u8], lower: &[u8], ahead: usize, pairs: &mut [Pair]) {
    match light {
        Light::Linear => look_up(simd, upper, lower, ahead, &LIGHT, pairs),
        Light::Gamma => widen(simd, upper, lower, ahead, pairs),
    }
}

/// Resamples columns, the first of which is column `base`, into [`ROWS`] rows as long as there are weights.
pub(crate) fn finish_rows(
    simd: SimdLevel,
    light: Light,
    columns: &[Columns],
    base: usize,
    taps: &Taps,
    rows: &mut [u8],
) {
    let mut values = [[0; ROWS]; SPAN];
    let mut samples = [[0; ROWS]; SPAN];
    let stride = taps.len();
    for start in (0..stride).step_by(SPAN) {
        let sums = taps.sums(start..stride.min(start + SPAN));
        match light {
            Light::Linear => {
                sum_columns(simd, columns, base, sums, &mut values);
                kernels::encode(simd, &values, &mut samples);
            }
            Light::Gamma => sum_columns_of_samples(simd, columns, base, sums, &mut samples),
        }
        if sums.len() == SPAN {
            turn(simd, &samples, stride, &mut rows[start..]);
        } else {
            let mut turned = [0; ROWS * SPAN];
            turn(simd, &samples, SPAN, &mut turned);
            for (row, samples) in rows.chunks_exact_mut(stride).zip(turned.chunks_exact(SPAN)) {
                row[start..].copy_from_slice(&samples[..sums.len()]);
            }
        }
    }
}
