//! Files to samples.

use crate::ffi::Reader;
use crate::{ColorSpace, Error};

/// The samples of a file's components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planes {
    /// Of the picture, in pixels.
    pub width: u32,
    /// Of the picture, in pixels.
    pub height: u32,
    /// What the components are.
    pub color_space: ColorSpace,
    /// Each component.
    pub planes: Vec<Plane>,
    /// How often libjpeg-turbo found the data broken and went on.
    pub warnings: u64,
    /// The first warning, if there is one.
    pub warning: String,
}

/// The samples of a component: all of its blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Horizontal sampling factor.
    pub horizontal: u32,
    /// Vertical sampling factor.
    pub vertical: u32,
    /// Samples of a row that belong to the picture.
    pub width: u32,
    /// Rows that belong to the picture.
    pub height: u32,
    /// Samples from one row to the next: those of whole blocks.
    pub stride: usize,
    /// All rows of whole blocks, the first row first.
    pub samples: Vec<u8>,
}

impl Plane {
    /// Row `y`, as wide as the picture has it.
    #[must_use]
    pub fn row(&self, y: u32) -> &[u8] {
        &self.samples[y as usize * self.stride..][..self.width as usize]
    }
}

/// Decodes a file with the accurate inverse DCT (`islow`), and neither upsampling nor smoothing of blocks.
///
/// # Errors
/// What libjpeg-turbo refuses. Data that is merely broken is no error, but counted in [`Planes::warnings`].
pub fn planes(file: &[u8]) -> Result<Planes, Error> {
    let reader = Reader::open(file)?;
    let picture = *reader.picture();
    let mut planes: Vec<Plane> = picture
        .components()
        .iter()
        .map(|component| {
            let stride = component.blocks_across as usize * 8;
            let mcu_rows = (component.blocks_down as usize).div_ceil(component.vertical as usize);
            Plane {
                horizontal: component.horizontal as u32,
                vertical: component.vertical as u32,
                width: component.width,
                height: component.height,
                stride,
                samples: vec![0; stride * 8 * mcu_rows * component.vertical as usize],
            }
        })
        .collect();
    let mut samples: Vec<&mut [u8]> = planes.iter_mut().map(|plane| &mut plane.samples[..]).collect();
    let (warnings, warning) = reader.planes(&mut samples, u32::MAX, true)?.warnings();
    for (plane, component) in planes.iter_mut().zip(picture.components()) {
        plane.samples.truncate(plane.stride * 8 * component.blocks_down as usize);
    }
    let color_space = ColorSpace::new(picture.color_space);
    Ok(Planes { width: picture.width, height: picture.height, color_space, planes, warnings, warning })
}

/// For benchmarks: decodes MCU rows into buffers of one MCU row, which it keeps.
#[derive(Debug, Default)]
pub struct Decoder {
    rows: Vec<Vec<u8>>,
}

impl Decoder {
    /// Decodes a file until `rows` rows of pixels are there, or all of them. Only the last MCU row is kept: a sample of it is returned,
    /// so that nothing is optimised away.
    ///
    /// # Errors
    /// What libjpeg-turbo refuses, and warnings.
    pub fn decode(&mut self, file: &[u8], rows: u32) -> Result<u8, Error> {
        let reader = Reader::open(file)?;
        let components = reader.picture().components();
        self.rows.resize_with(components.len(), Vec::new);
        for (row, component) in self.rows.iter_mut().zip(components) {
            row.resize(component.blocks_across as usize * 64 * component.vertical as usize, 0);
        }
        let mut buffers: Vec<&mut [u8]> = self.rows.iter_mut().map(|row| &mut row[..]).collect();
        match reader.planes(&mut buffers, rows, false)?.warnings() {
            (0, _) => Ok(self.rows[0][0]),
            (_, warning) => Err(Error(warning)),
        }
    }
}
