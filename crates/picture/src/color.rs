//! Conversions between YCbCr and RGB, for whole small pictures.

use crate::{ColorModel, Dimensions, Light, Picture, Plane, Rgb, Sampling, Transfer};

/// Fixed-point bits of the conversions.
const BITS: u32 = 16;
const HALF: i32 = 1 << (BITS - 1);

/// `value` in fixed point.
const fn fixed(value: f64) -> i32 {
    (value * (1 << BITS) as f64 + if value < 0.0 { -0.5 } else { 0.5 }) as i32
}

/// JFIF's YCbCr (ITU-R BT.601, full range) to RGB, rounded to nearest.
#[inline]
#[must_use]
pub fn ycbcr_to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let y = (i32::from(y) << BITS) + HALF;
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    [
        y + const { fixed(1.402) } * cr,
        y - const { fixed(0.344_136_286) } * cb - const { fixed(0.714_136_286) } * cr,
        y + const { fixed(1.772) } * cb,
    ]
    .map(|value| (value >> BITS).clamp(0, 255) as u8)
}

/// RGB to JFIF's YCbCr (ITU-R BT.601, full range), rounded to nearest.
#[inline]
#[must_use]
pub fn rgb_to_ycbcr(red: u8, green: u8, blue: u8) -> [u8; 3] {
    let (red, green, blue) = (i32::from(red), i32::from(green), i32::from(blue));
    // The three weights of each row sum exactly to one (luma) or zero (chroma), so that greys stay grey.
    const Y: [i32; 3] = [fixed(0.299), (1 << BITS) - fixed(0.299) - fixed(0.114), fixed(0.114)];
    const CB: [i32; 3] = [fixed(-0.168_735_892), -fixed(0.5) - fixed(-0.168_735_892), fixed(0.5)];
    const CR: [i32; 3] = [fixed(0.5), -fixed(0.5) - fixed(-0.081_312_411), fixed(-0.081_312_411)];
    let sum = |weights: [i32; 3], offset: i32| {
        let value = weights[0] * red + weights[1] * green + weights[2] * blue + (offset << BITS) + HALF;
        (value >> BITS).clamp(0, 255) as u8
    };
    [sum(Y, 0), sum(CB, 128), sum(CR, 128)]
}

impl Picture {
    /// The same picture as three RGB planes (grey becomes three equal ones). Chroma of fewer samples is interpolated
    /// linearly between sample centres; alpha is kept ([`ColorModel::Rgba`] stays what it is).
    #[must_use]
    pub fn into_rgb(self) -> Self {
        match self.model() {
            ColorModel::Rgb | ColorModel::Rgba => self,
            ColorModel::Gray => {
                let plane = self.into_full_planes().swap_remove(0);
                Self::rgb([plane.clone(), plane.clone(), plane]).expect("the planes are equal")
            }
            ColorModel::YCbCr => {
                let mut planes = self.into_full_planes();
                let [y, cb, cr] = &mut planes[..] else { unreachable!("YCbCr has three planes") };
                for ((y, cb), cr) in y.samples_mut().iter_mut().zip(cb.samples_mut()).zip(cr.samples_mut()) {
                    [*y, *cb, *cr] = ycbcr_to_rgb(*y, *cb, *cr);
                }
                Self::rgb(planes.try_into().expect("there are three planes")).expect("the planes are of one size")
            }
        }
    }

    /// An opaque RGB picture as YCbCr with chroma at `sampling` ([`Sampling::FULL`] or [`Sampling::HALF`]): chroma is
    /// the average of the pixels each of its samples covers. Grey and YCbCr pictures are returned as they are.
    ///
    /// # Panics
    /// On [`ColorModel::Rgba`]: put it over a background first.
    #[must_use]
    pub fn into_ycbcr(self, sampling: Sampling) -> Self {
        match self.model() {
            ColorModel::Gray | ColorModel::YCbCr => return self,
            ColorModel::Rgb => {}
            ColorModel::Rgba => panic!("a picture with alpha has no YCbCr form"),
        }
        let mut planes = self.into_full_planes();
        let [red, green, blue] = &mut planes[..] else { unreachable!("RGB has three planes") };
        for ((r, g), b) in red.samples_mut().iter_mut().zip(green.samples_mut()).zip(blue.samples_mut()) {
            [*r, *g, *b] = rgb_to_ycbcr(*r, *g, *b);
        }
        if sampling == Sampling::HALF {
            for chroma in &mut planes[1..] {
                *chroma = box_halved(chroma);
            }
        }
        Self::ycbcr(planes.try_into().expect("there are three planes")).expect("chroma is full or half size")
    }

    /// A picture with alpha over an opaque background; other pictures are returned as they are.
    #[must_use]
    pub fn over(self, background: Rgb) -> Self {
        if self.model() != ColorModel::Rgba {
            return self;
        }
        let light = self.premultiplied();
        let transfer = Transfer::srgb();
        let mut planes = self.into_full_planes();
        let alpha = planes.pop().expect("RGBA has four planes");
        for (plane, behind) in planes.iter_mut().zip(background.samples()) {
            for (sample, alpha) in plane.samples_mut().iter_mut().zip(alpha.samples()) {
                *sample = transfer.over(*sample, *alpha, behind, light);
            }
        }
        Self::rgb(planes.try_into().expect("there are three planes")).expect("the planes are of one size")
    }

    /// The same picture, premultiplied in `light` if it has alpha.
    #[must_use]
    pub fn premultiplied_in(self, light: Light) -> Self {
        if self.model() != ColorModel::Rgba || self.premultiplied() == light {
            return self;
        }
        let planes = self.into_straight_planes().try_into().expect("RGBA has four planes");
        Self::rgba_from_straight(planes, light).expect("the planes are of one size")
    }

    /// Straight (not premultiplied) red, green, blue and alpha planes of a picture with alpha.
    pub(crate) fn into_straight_planes(self) -> Vec<Plane> {
        let light = self.premultiplied();
        let transfer = Transfer::srgb();
        let mut planes = self.into_full_planes();
        let (alpha, colors) = planes.split_last_mut().expect("RGBA has four planes");
        for plane in colors {
            for (sample, alpha) in plane.samples_mut().iter_mut().zip(alpha.samples()) {
                *sample = transfer.unpremultiply(*sample, *alpha, light);
            }
        }
        planes
    }
}

/// Averages of 2x2 samples; at an odd edge, of the samples that are there.
fn box_halved(plane: &Plane) -> Plane {
    let dimensions = plane.dimensions();
    let half = Dimensions::new(dimensions.width().div_ceil(2), dimensions.height().div_ceil(2))
        .expect("half of something, rounded up, is something");
    let mut halved = Plane::filled(half, 0);
    for (y, row) in halved.rows_mut().enumerate() {
        let above = plane.row(2 * y);
        let below = plane.row((2 * y + 1).min(plane.height() - 1));
        for ((sample, above), below) in row.iter_mut().zip(above.chunks(2)).zip(below.chunks(2)) {
            let sum: u16 =
                [above[0], above[above.len() - 1], below[0], below[below.len() - 1]].map(u16::from).iter().sum();
            *sample = ((sum + 2) / 4) as u8;
        }
    }
    halved
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formulas of ITU-T T.871 (JFIF), section 7, in floating point.
    #[test]
    fn conversions_match_the_formulas() {
        for r in (0..=255u8).step_by(15) {
            for g in (0..=255u8).step_by(15) {
                for b in (0..=255u8).step_by(15) {
                    let (rf, gf, bf) = (f64::from(r), f64::from(g), f64::from(b));
                    let y = 0.299 * rf + 0.587 * gf + 0.114 * bf;
                    let expected = [y, (bf - y) / 1.772 + 128.0, (rf - y) / 1.402 + 128.0];
                    for (value, expected) in rgb_to_ycbcr(r, g, b).into_iter().zip(expected) {
                        assert!((f64::from(value) - expected.min(255.0)).abs() <= 0.51);
                    }
                    let (yf, cb, cr) = (rf, gf - 128.0, bf - 128.0);
                    let expected =
                        [yf + 1.402 * cr, yf - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587, yf + 1.772 * cb];
                    for (value, expected) in ycbcr_to_rgb(r, g, b).into_iter().zip(expected) {
                        assert!((f64::from(value) - expected.clamp(0.0, 255.0)).abs() <= 0.51);
                    }
                }
            }
        }
    }

    #[test]
    fn greys_stay_grey() {
        for sample in 0..=255 {
            assert_eq!(rgb_to_ycbcr(sample, sample, sample), [sample, 128, 128]);
            assert_eq!(ycbcr_to_rgb(sample, 128, 128), [sample; 3]);
        }
    }

    #[test]
    fn odd_edges_average_what_is_there() {
        let plane = Plane::new(Dimensions::new(3, 3).unwrap(), vec![0, 4, 8, 2, 6, 10, 20, 30, 40]).unwrap();
        let halved = box_halved(&plane);
        assert_eq!(halved.samples(), [3, 9, 25, 40]);
    }

    #[test]
    fn half_transparent_white_over_black_is_half_the_light() {
        let planes = [255, 255, 255, 128].map(|s| Plane::filled(Dimensions::new(1, 1).unwrap(), s));
        let picture = Picture::rgba_from_straight(planes, Light::Linear).unwrap();
        let black = Rgb { red: 0, green: 0, blue: 0 };
        assert_eq!(picture.over(black).into_full_planes()[0].samples(), [188]);
    }
}
