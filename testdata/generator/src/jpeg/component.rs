//! From a picture to the components of a JPEG: colour models, subsampling, blocks.

use super::dct;
use super::frame::Geometry;
use crate::scene::Pixels;

/// One colour channel at full size, and how it is to be stored.
#[derive(Clone)]
pub(crate) struct Component {
    pub id: u8,
    /// Horizontal and vertical sampling factor.
    pub sampling: (usize, usize),
    /// The number of its quantisation and Huffman tables: 0 luma, 1 chroma.
    pub tables: u8,
    /// The steps of its quantisation table.
    pub steps: [u16; 64],
    samples: Vec<u8>,
}

impl Component {
    fn new(id: u8, tables: u8, picture: &Pixels, sample: impl Fn([u8; 3]) -> u8) -> Self {
        let samples = picture.rgb.iter().map(|&pixel| sample(pixel)).collect();
        Self { id, sampling: (1, 1), tables, steps: dct::quantisation(tables), samples }
    }
}

pub(super) fn grey(picture: &Pixels) -> Vec<Component> {
    vec![Component::new(1, 0, picture, luma)]
}

pub(super) fn ycbcr(picture: &Pixels) -> Vec<Component> {
    vec![
        Component::new(1, 0, picture, luma),
        Component::new(2, 1, picture, blue_difference),
        Component::new(3, 1, picture, red_difference),
    ]
}

pub(super) fn rgb(picture: &Pixels, ids: [u8; 3]) -> Vec<Component> {
    (0..3).map(|i| Component::new(ids[i], 0, picture, move |pixel| pixel[i])).collect()
}

/// CMYK as Adobe stores it, 255 standing for no ink: red is cyan times black, over 255.
pub(super) fn inverted_cmyk(picture: &Pixels) -> Vec<Component> {
    let mut components: Vec<_> =
        (0..3).map(|i| Component::new(i as u8 + 1, 0, picture, move |pixel| without_black(pixel)[i])).collect();
    components.push(Component::new(4, 0, picture, black));
    components
}

/// [`inverted_cmyk`] with its first three components turned into YCbCr. Readers turn YCbCr into
/// RGB and take cyan for 255 less red, so what is turned is the ink.
pub(super) fn ycck(picture: &Pixels) -> Vec<Component> {
    vec![
        Component::new(1, 0, picture, |pixel| luma(ink(pixel))),
        Component::new(2, 1, picture, |pixel| blue_difference(ink(pixel))),
        Component::new(3, 1, picture, |pixel| red_difference(ink(pixel))),
        Component::new(4, 0, picture, black),
    ]
}

// JFIF's conversion (ITU-R BT.601, full range) in 16 bits.

fn luma(pixel: [u8; 3]) -> u8 {
    weigh(pixel, [19595, 38470, 7471], 0)
}

fn blue_difference(pixel: [u8; 3]) -> u8 {
    weigh(pixel, [-11059, -21709, 32768], 128)
}

fn red_difference(pixel: [u8; 3]) -> u8 {
    weigh(pixel, [32768, -27439, -5329], 128)
}

fn weigh(pixel: [u8; 3], weights: [i32; 3], offset: i32) -> u8 {
    let sum: i32 = pixel.iter().zip(weights).map(|(&sample, weight)| i32::from(sample) * weight).sum();
    (((sum + 32768) >> 16) + offset).clamp(0, 255) as u8
}

fn black([red, green, blue]: [u8; 3]) -> u8 {
    red.max(green).max(blue)
}

fn without_black(pixel: [u8; 3]) -> [u8; 3] {
    let black = u32::from(black(pixel)).max(1);
    pixel.map(|sample| ((u32::from(sample) * 255 + black / 2) / black) as u8)
}

fn ink(pixel: [u8; 3]) -> [u8; 3] {
    without_black(pixel).map(|sample| 255 - sample)
}

/// The quantised blocks of a component in a picture of this size.
pub(super) fn blocks(component: &Component, size: (usize, usize), max: (usize, usize)) -> Vec<[i32; 64]> {
    let geometry = Geometry::new(size, component.sampling, max);
    let (width, height) = geometry.samples;
    let average = |x: usize, y: usize| {
        let at = (x.min(width - 1), y.min(height - 1));
        box_average(&component.samples, size, at, component.sampling, max)
    };
    let (wide, high) = geometry.padded;
    (0..wide * high)
        .map(|block| {
            let (left, top) = (block % wide * 8, block / wide * 8);
            let samples = std::array::from_fn(|i| average(left + i % 8, top + i / 8));
            dct::forward(&samples, &component.steps)
        })
        .collect()
}

/// The mean of the pixels that sample `at` of the smaller plane stands for, in parts where its edge cuts them: `max / factors`
/// of them in either direction. Past the edges the last pixel is repeated.
fn box_average(
    samples: &[u8],
    size: (usize, usize),
    at: (usize, usize),
    factors: (usize, usize),
    max: (usize, usize),
) -> u8 {
    // A pixel is as many parts wide as the factor; a sample as many as the largest factor.
    let covered = |at: usize, factor: usize, max: usize, size: usize| {
        let (start, end) = (at * max, (at + 1) * max);
        (start / factor..end.div_ceil(factor)).map(move |pixel| {
            let parts = end.min((pixel + 1) * factor) - start.max(pixel * factor);
            (pixel.min(size - 1), parts)
        })
    };
    let mut sum = 0;
    for (y, rows) in covered(at.1, factors.1, max.1, size.1) {
        for (x, columns) in covered(at.0, factors.0, max.0, size.0) {
            sum += rows * columns * usize::from(samples[y * size.0 + x]);
        }
    }
    let count = max.0 * max.1;
    ((sum + count / 2) / count) as u8
}
