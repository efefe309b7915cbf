//! The picture every file shows, computed in integers, so that it is the same everywhere.
//!
//! No flip or rotation maps it onto itself, its discs and boxes have saturated colours on both
//! sides of an edge (a chroma plane that is placed wrongly shows), and it has stripes of single
//! pixels in both directions.

/// An RGB picture: rows from the top, pixels from the left, no padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: usize,
    /// Number of rows.
    pub height: usize,
    /// `width * height` pixels, each red, green, blue.
    pub rgb: Vec<[u8; 3]>,
}

impl Pixels {
    pub(crate) fn from_fn(width: usize, height: usize, mut pixel: impl FnMut(usize, usize) -> [u8; 3]) -> Self {
        let rgb = (0..width * height).map(|i| pixel(i % width, i / width)).collect();
        Self { width, height, rgb }
    }

    /// The pixel in column `x` of row `y`.
    ///
    /// # Panics
    ///
    /// When `y` is not a row of the picture.
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.rgb[y * self.width + x]
    }

    /// The picture to store so that a reader who honours EXIF `orientation` (1 to 8) shows `self`.
    pub fn stored_for(&self, orientation: u16) -> Self {
        let (right, bottom) = (self.width - 1, self.height - 1);
        let (width, height) = match orientation {
            5..=8 => (self.height, self.width),
            _ => (self.width, self.height),
        };
        // The displayed pixel that the stored column x and row y becomes.
        Self::from_fn(width, height, |x, y| match orientation {
            2 => self.at(right - x, y),
            3 => self.at(right - x, bottom - y),
            4 => self.at(x, bottom - y),
            5 => self.at(y, x),
            6 => self.at(right - y, x),
            7 => self.at(right - y, bottom - x),
            8 => self.at(y, bottom - x),
            _ => self.at(x, y),
        })
    }
}

/// The scene at a size in pixels; its shapes scale with the size, its stripes do not.
pub fn scene(width: usize, height: usize) -> Pixels {
    Pixels::from_fn(width, height, |x, y| {
        let (u, v) = position(x, y, width, height);
        shape(u, v, x, y).unwrap_or_else(|| sky(u, v))
    })
}

/// How opaque each pixel of the scene is in the files with alpha: clear around the sun, a ramp
/// from left to right along the bottom, opaque elsewhere.
pub fn alpha(width: usize, height: usize) -> Vec<u8> {
    let opacity = |x, y| {
        let (u, v) = position(x, y, width, height);
        if in_disc(u, v, SUN, 250) {
            0
        } else if v > 800 {
            (u * 255 / 2000) as u8
        } else {
            255
        }
    };
    (0..width * height).map(|i| opacity(i % width, i / width)).collect()
}

/// The palette of the files with palette indices of this bit depth, 1, 2, 4 or 8.
pub fn palette(depth: u8) -> Vec<[u8; 3]> {
    match depth {
        // A cube of six steps a side.
        8 => (0..216).map(|i| [i / 36, i / 6 % 6, i % 6].map(|step| step * 51)).collect(),
        depth => SMALL_PALETTE[..1 << depth].to_vec(),
    }
}

/// The index of the palette's colour nearest to this one: the one that the files have.
///
/// # Panics
///
/// When the palette is empty.
pub fn nearest(palette: &[[u8; 3]], pixel: [u8; 3]) -> usize {
    let distance =
        |colour: [u8; 3]| -> u32 { colour.iter().zip(pixel).map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    (0..palette.len()).min_by_key(|&i| distance(palette[i])).expect("a palette has colours")
}

/// Its first two and its first four colours are palettes too.
const SMALL_PALETTE: [[u8; 3]; 16] = [
    [130, 170, 210],
    [40, 80, 50],
    [255, 235, 60],
    [210, 40, 30],
    [0, 0, 0],
    [255, 255, 255],
    [200, 20, 160],
    [20, 220, 210],
    [20, 60, 240],
    [240, 140, 20],
    [70, 125, 220],
    [100, 145, 200],
    [170, 180, 190],
    [210, 195, 175],
    [235, 205, 165],
    [40, 60, 50],
];

const SUN: (i32, i32) = (400, 300);
/// The colour of the large box.
pub(crate) const RED: [u8; 3] = [210, 40, 30];

/// Column and row as thousandths: v runs from 0 to 999, u from 0 to 1999.
fn position(x: usize, y: usize, width: usize, height: usize) -> (i32, i32) {
    ((x * 2000 / width) as i32, (y * 1000 / height) as i32)
}

fn in_disc(u: i32, v: i32, (cu, cv): (i32, i32), radius: i32) -> bool {
    (u - cu).pow(2) + (v - cv).pow(2) < radius.pow(2)
}

fn shape(u: i32, v: i32, x: usize, y: usize) -> Option<[u8; 3]> {
    let stripe = |on: bool, a, b| Some(if on { a } else { b });
    match (u, v) {
        _ if in_disc(u, v, SUN, 180) => Some([255, 235, 60]),
        _ if in_disc(u, v, (1150, 560), 150) => Some([200, 20, 160]),
        (1300..1500, 100..350) => stripe(x.is_multiple_of(2), [0, 0, 0], [255, 255, 255]),
        (1550..1750, 100..350) => stripe(y.is_multiple_of(2), [0, 0, 0], [255, 255, 255]),
        (1300..1750, 400..480) => stripe((x / 4).is_multiple_of(2), [20, 60, 240], [240, 140, 20]),
        (1600..1700, 660..790) => Some([20, 220, 210]),
        (1450..1850, 600..850) => Some(RED),
        // A hill that falls to the right.
        _ if v > 550 + u / 3 => Some([40, 150 - (v / 10) as u8, 50]),
        _ => None,
    }
}

fn sky(u: i32, v: i32) -> [u8; 3] {
    [(60 + v * 180 / 1000) as u8, (120 + v * 90 / 1000) as u8, (230 - u * 80 / 2000) as u8]
}
