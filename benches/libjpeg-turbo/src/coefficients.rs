//! Files to coefficients, and back.

use crate::layout::{Component, MOST_COMPONENTS, Picture};
use crate::{ColorSpace, Error, Script, ffi};

/// What a file holds: quantised coefficients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coefficients {
    /// Of the picture, in pixels.
    pub width: u32,
    /// Of the picture, in pixels.
    pub height: u32,
    /// What the components are.
    pub color_space: ColorSpace,
    /// 1 to 4 of them.
    pub components: Vec<CoefficientsOfComponent>,
}

/// Those of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoefficientsOfComponent {
    /// Horizontal sampling factor, 1 to 4.
    pub horizontal: u32,
    /// Vertical sampling factor, 1 to 4.
    pub vertical: u32,
    /// Blocks in a row: those that hold samples of the picture, and none that only fill up MCUs.
    pub blocks_across: u32,
    /// Steps of quantisation, row-major.
    pub steps: [u16; 64],
    /// Blocks, row-major, and so are their coefficients.
    pub blocks: Vec<[i16; 64]>,
}

impl Coefficients {
    /// Those of a file.
    ///
    /// # Errors
    /// What libjpeg-turbo refuses, and broken data.
    pub fn read(file: &[u8]) -> Result<Self, Error> {
        let (picture, blocks) = ffi::Reader::open(file)?.coefficients()?;
        let components = picture.components().iter().zip(blocks).map(|(component, blocks)| CoefficientsOfComponent {
            horizontal: component.horizontal as u32,
            vertical: component.vertical as u32,
            blocks_across: component.blocks_across,
            steps: component.steps,
            blocks: blocks.as_chunks().0.to_vec(),
        });
        Ok(Self {
            width: picture.width,
            height: picture.height,
            color_space: ColorSpace::new(picture.color_space),
            components: components.collect(),
        })
    }

    /// A file that has them: entropy-coded with optimal Huffman codes or arithmetically, with a restart after so many MCUs, or none for 0.
    ///
    /// # Errors
    /// What libjpeg-turbo cannot write: scripts that are none, coefficients that need more bits than it has codes for, MCUs of
    /// more than ten blocks.
    ///
    /// # Panics
    /// When the numbers of blocks do not fit the size of the picture.
    pub fn write(&self, script: &Script, restart_interval: u16, arithmetic: bool) -> Result<Vec<u8>, Error> {
        let mut picture = Picture::EMPTY;
        (picture.width, picture.height) = (self.width, self.height);
        picture.color_space = self.color_space.number();
        assert!(self.components.len() <= MOST_COMPONENTS, "{} components", self.components.len());
        picture.components = self.components.len() as i32;
        let most = |factor: fn(&CoefficientsOfComponent) -> u32| self.components.iter().map(factor).max().unwrap_or(1);
        let (horizontal, vertical) = (most(|component| component.horizontal), most(|component| component.vertical));
        let mut blocks = Vec::new();
        for (to, from) in picture.component.iter_mut().zip(&self.components) {
            let size = |picture: u32, factor: u32, most: u32| (picture * factor).div_ceil(most);
            let width = size(self.width, from.horizontal, horizontal);
            let height = size(self.height, from.vertical, vertical);
            *to = Component {
                horizontal: from.horizontal as i32,
                vertical: from.vertical as i32,
                blocks_across: from.blocks_across,
                blocks_down: height.div_ceil(8),
                width,
                height,
                steps: from.steps,
            };
            assert_eq!(to.blocks_across, width.div_ceil(8), "{}x{}", self.width, self.height);
            assert_eq!(to.coefficients(), from.blocks.len() * 64, "{}x{}", self.width, self.height);
            blocks.push(from.blocks.as_flattened().to_vec());
        }
        let progressive = *script == Script::Progressive;
        ffi::write(&picture, &blocks, &script.layout(), progressive, restart_interval, arithmetic)
    }

    /// The picture `columns` times beside itself and that `rows` times below: as large as whole blocks of all components are.
    /// A picture that is no multiple of whole MCUs has its filling at the seams.
    #[must_use]
    pub fn tiled(&self, columns: u32, rows: u32) -> Self {
        let most = |factor: fn(&CoefficientsOfComponent) -> u32| self.components.iter().map(factor).max().unwrap_or(1);
        let (across, down) = (8 * most(|component| component.horizontal), 8 * most(|component| component.vertical));
        // Whole MCUs of the picture alone: there, each component has all of its blocks.
        let (mcus, mcu_rows) = (self.width / across, self.height / down);
        let components = self.components.iter().map(|component| {
            let (width, height) = ((mcus * component.horizontal) as usize, (mcu_rows * component.vertical) as usize);
            let mut blocks = Vec::with_capacity(width * height * (columns * rows) as usize);
            for y in 0..rows as usize * height {
                let row = &component.blocks[y % height * component.blocks_across as usize..][..width];
                (0..columns).for_each(|_| blocks.extend_from_slice(row));
            }
            CoefficientsOfComponent { blocks_across: width as u32 * columns, blocks, ..component.clone() }
        });
        Self {
            width: mcus * across * columns,
            height: mcu_rows * down * rows,
            color_space: self.color_space,
            components: components.collect(),
        }
    }
}

/// The same picture in other scans, without loss: [`Coefficients::read`] and [`Coefficients::write`].
///
/// # Errors
/// As those.
pub fn transcode(file: &[u8], script: &Script, restart_interval: u16, arithmetic: bool) -> Result<Vec<u8>, Error> {
    Coefficients::read(file)?.write(script, restart_interval, arithmetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AVAILABLE, Decoder, planes};

    /// A picture of three components, 4:2:0, whose blocks are all different.
    fn coefficients() -> Coefficients {
        let component = |factor: u32, blocks: [u32; 2]| CoefficientsOfComponent {
            horizontal: factor,
            vertical: factor,
            blocks_across: blocks[0],
            steps: [16; 64],
            blocks: (0..blocks[0] * blocks[1])
                .map(|i| std::array::from_fn(|k| if k % 7 == 0 { (i % 50) as i16 - 20 } else { 0 }))
                .collect(),
        };
        Coefficients {
            width: 43,
            height: 50,
            color_space: ColorSpace::YCbCr,
            components: vec![component(2, [6, 7]), component(1, [3, 4]), component(1, [3, 4])],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        if !AVAILABLE {
            assert_eq!(planes(&[]).unwrap_err().to_string(), "libjpeg-turbo is missing here");
            return;
        }
        let coefficients = coefficients();
        let expected = planes(&coefficients.write(&Script::Interleaved, 0, false).unwrap()).unwrap();
        assert_eq!((expected.width, expected.height, expected.warnings), (43, 50, 0));
        assert_eq!((expected.planes[1].width, expected.planes[1].stride), (22, 24));
        assert_eq!(expected.planes[1].samples.len(), 24 * 32);
        let scripts = [Script::Interleaved, Script::Progressive, Script::separate(3), Script::odd(3), Script::many(3)];
        for script in &scripts {
            for (restart_interval, arithmetic) in [(0, false), (1, false), (7, true), (0, true)] {
                let file = coefficients.write(script, restart_interval, arithmetic).unwrap();
                assert_eq!(Coefficients::read(&file).as_ref(), Ok(&coefficients), "{script:?}");
                assert_eq!(planes(&file).as_ref(), Ok(&expected), "{script:?}");
                assert_eq!(transcode(&file, &scripts[0], 0, false).and_then(|file| planes(&file)).unwrap(), expected);
                let first = Decoder::default().decode(&file, 1);
                assert_eq!(first, Ok(expected.planes[0].samples[0]), "{script:?}");
            }
        }
    }

    #[test]
    fn tiles_repeat_the_picture() {
        if !AVAILABLE {
            return;
        }
        let coefficients = coefficients();
        let one = planes(&coefficients.write(&Script::Interleaved, 0, false).unwrap()).unwrap();
        let tiled = planes(&coefficients.tiled(3, 2).write(&Script::Interleaved, 0, false).unwrap()).unwrap();
        assert_eq!((tiled.width, tiled.height), (3 * 32, 2 * 48));
        for (plane, tiled) in one.planes.iter().zip(&tiled.planes) {
            let (width, height) = (16 * plane.horizontal, 24 * plane.vertical);
            for y in 0..tiled.height {
                let expected = plane.row(y % height)[..width as usize].repeat(3);
                assert_eq!(tiled.row(y), expected, "{y}");
            }
        }
    }

    #[test]
    fn errors_and_warnings_are_told() {
        if !AVAILABLE {
            return;
        }
        let file = coefficients().write(&Script::Interleaved, 0, false).unwrap();
        assert_eq!(planes(b"GIF8").unwrap_err().to_string(), "Not a JPEG file: starts with 0x47 0x49");
        let cut = planes(&file[..file.len() - 40]).unwrap();
        assert!(cut.warnings > 0);
        assert_eq!(cut.warning, "Premature end of JPEG file");
        assert_eq!(Coefficients::read(&file[..file.len() - 40]).unwrap_err().to_string(), cut.warning);
        let error = Decoder::default().decode(&file[..file.len() - 40], u32::MAX).unwrap_err();
        assert_eq!(error.to_string(), "Premature end of JPEG file");
        let mut large = coefficients();
        large.components[0].blocks[3][9] = 1024;
        assert_eq!(
            large.write(&Script::Interleaved, 0, false).unwrap_err().to_string(),
            "DCT coefficient out of range"
        );
    }
}
