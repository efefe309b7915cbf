//! Dividing by the steps of a quantisation table, without a division.

use super::quantisation::DeadZone;
use crate::tables::ZIGZAG;

/// What coefficients of the transform do not exceed: 64 samples of -128 give 8192, and roundings add less than one.
#[cfg(test)]
const LARGEST: u32 = 8192 + 8;

/// Steps as the kernels use them. A coefficient `c` of the transform is eight times too large; its multiple of step `s` is
/// `c.abs() / (8 * s)` with the sign of `c`, rounded to nearest, halves away from zero.
///
/// The division is two multiplications of signed 16-bit numbers, as processors have them: by `ceil(2^(13 + b) / d)` for a
/// divisor `d` of `b` bits, of which the upper 16 bits stay, and by `2^(18 - b)`, rounded to 15 bits less. A test shows that
/// this is exact for all dividends that there are: the transform of 8-bit samples gives none beyond [`LARGEST`].
pub(super) struct Quantiser {
    /// What the absolute values of the transform are lowered by, in row-major order. Those below become zero.
    pub(super) dead: [i16; 64],
    /// The first factors, in row-major order.
    pub(super) reciprocal: [i16; 64],
    /// The second factors, in row-major order.
    pub(super) scale: [i16; 64],
    /// The steps in zigzag order.
    pub(super) steps: [u8; 64],
}

impl Quantiser {
    /// From steps in row-major order, none of them 0.
    pub(super) fn new(steps: &[u8; 64], dead_zone: DeadZone) -> Self {
        let divisors = steps.map(|step| 8 * u32::from(step.max(1)));
        let bits = |divisor: u32| u32::BITS - divisor.leading_zeros();
        let mut dead = divisors.map(|divisor| (divisor * u32::from(dead_zone.get()) / 100) as i16);
        dead[0] = 0;
        Self {
            dead,
            reciprocal: divisors.map(|divisor| (1_u32 << (13 + bits(divisor))).div_ceil(divisor) as i16),
            scale: divisors.map(|divisor| 1 << (18 - bits(divisor))),
            steps: ZIGZAG.map(|position| steps[usize::from(position)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividing_rounds_to_nearest() {
        for step in 1..=255 {
            let Quantiser { reciprocal, scale, .. } = Quantiser::new(&[step; 64], DeadZone::default());
            let divisor = 8 * u32::from(step);
            for dividend in 0..=LARGEST {
                let high = (dividend * u32::from(reciprocal[0].unsigned_abs())) >> 16;
                let quotient = (high * u32::from(scale[0].unsigned_abs()) + (1 << 14)) >> 15;
                assert_eq!(quotient, (dividend + divisor / 2) / divisor, "{dividend} / {divisor}");
            }
        }
    }
}
