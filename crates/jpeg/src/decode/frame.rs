//! The frame header of a JPEG: the picture's size and how its components are sampled (T.81, B.2.2).

use masthead_picture::{Dimensions, Ratio, Sampling};

use super::DecodeError;
use crate::markers::SOF0;

/// Rows and columns of a block of samples.
pub(super) const BLOCK: u32 = 8;

/// How coefficients are spread over scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Process {
    /// One scan has all of a component; Huffman coding with at most two tables of each kind (SOF0).
    Baseline,
    /// One scan has all of a component (SOF1, SOF9).
    ExtendedSequential,
    /// Scans have bands of coefficients, and bits of them (SOF2, SOF10).
    Progressive,
}

/// How symbols become bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntropyCoding {
    /// Huffman coding.
    Huffman,
    /// Arithmetic coding (SOF9, SOF10).
    Arithmetic,
}

/// What the frame header says of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameComponent {
    pub(super) id: u8,
    pub(super) horizontal: u8,
    pub(super) vertical: u8,
    pub(super) sampling: Sampling,
    /// Which of the four quantisation tables it uses; more than 3 when it names none.
    pub(super) quantisation: u8,
}

impl FrameComponent {
    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> u8 {
        self.id
    }

    /// The horizontal sampling factor, 1 to 4: blocks of an MCU from left to right. 1 for a single component.
    #[must_use]
    pub const fn horizontal(&self) -> u8 {
        self.horizontal
    }

    /// The vertical sampling factor, 1 to 4: blocks of an MCU from top to bottom. 1 for a single component.
    #[must_use]
    pub const fn vertical(&self) -> u8 {
        self.vertical
    }

    /// Samples per pixel: the factors as parts of the greatest ones of the frame.
    #[must_use]
    pub const fn sampling(&self) -> Sampling {
        self.sampling
    }
}

/// A frame header that can be decoded.
///
/// # Guarantees
/// - there are 1 to 4 components of 8-bit samples;
/// - sampling factors are 1 to 4; those of a single component are 1.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) dimensions: Dimensions,
    pub(super) process: Process,
    pub(super) coding: EntropyCoding,
    pub(super) components: Vec<FrameComponent>,
    /// The greatest sampling factors.
    pub(super) max_horizontal: u8,
    pub(super) max_vertical: u8,
}

impl Frame {
    /// Reads the body of the frame header with this marker. `rows` is the height where the header leaves it open.
    pub(super) fn read(marker: u8, body: &[u8], rows: Option<u16>) -> Result<Self, DecodeError> {
        let (process, coding) = match marker - SOF0 {
            0 => (Process::Baseline, EntropyCoding::Huffman),
            1 => (Process::ExtendedSequential, EntropyCoding::Huffman),
            2 => (Process::Progressive, EntropyCoding::Huffman),
            9 => (Process::ExtendedSequential, EntropyCoding::Arithmetic),
            10 => (Process::Progressive, EntropyCoding::Arithmetic),
            3 | 11 => return Err(DecodeError::Unsupported("lossless JPEG images")),
            _ => return Err(DecodeError::Unsupported("hierarchical JPEG images")),
        };
        let [precision, h1, h0, w1, w0, count, components @ ..] = body else {
            return Err(DecodeError::broken("the frame header is too short"));
        };
        match precision {
            8 => {}
            12 => return Err(DecodeError::Unsupported("12-bit JPEG images")),
            _ => return Err(DecodeError::broken(format!("{precision} bits a sample (expected 8)"))),
        }
        let (components, rest) = components.as_chunks::<3>();
        if components.len() != usize::from(*count) || !rest.is_empty() {
            return Err(DecodeError::broken(format!("the frame header does not hold its {count} components")));
        }
        let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
        let height = if height == 0 { rows.unwrap_or(0) } else { height };
        let dimensions = Dimensions::new(width.into(), height.into())
            .ok_or_else(|| DecodeError::broken(format!("the image is {width}x{height}, without a pixel")))?;
        let factors: Vec<_> = match components.len() {
            0 => return Err(DecodeError::broken("the frame header names no component")),
            // The factors of a single component mean nothing: it has one sample a pixel, in plain order of blocks.
            1 => vec![(1, 1)],
            2..=4 => components.iter().map(factors).collect::<Result<_, _>>()?,
            _ => return Err(DecodeError::Unsupported("JPEG images of more than 4 components")),
        };
        let max_horizontal = factors.iter().map(|(horizontal, _)| *horizontal).max().unwrap_or(1);
        let max_vertical = factors.iter().map(|(_, vertical)| *vertical).max().unwrap_or(1);
        let ratio = |factor, max| Ratio::new(factor, max).expect("no factor is above the greatest");
        let component = |(&[id, _, quantisation], (horizontal, vertical)): (&[u8; 3], _)| FrameComponent {
            id,
            horizontal,
            vertical,
            sampling: Sampling {
                horizontal: ratio(horizontal, max_horizontal),
                vertical: ratio(vertical, max_vertical),
            },
            quantisation,
        };
        let components = components.iter().zip(factors).map(component).collect();
        Ok(Self { dimensions, process, coding, components, max_horizontal, max_vertical })
    }

    /// MCUs in a row, when all components are interleaved.
    pub(super) fn mcus_across(&self) -> u32 {
        self.dimensions.width().div_ceil(BLOCK * u32::from(self.max_horizontal))
    }

    /// Rows of MCUs.
    pub(super) fn mcu_rows(&self) -> u32 {
        self.dimensions.height().div_ceil(self.mcu_height())
    }

    /// Rows of pixels in an MCU row.
    pub(super) fn mcu_height(&self) -> u32 {
        BLOCK * u32::from(self.max_vertical)
    }

    /// Blocks in a row of a component, without those that only fill up MCUs: so many has a scan of it alone (T.81, A.2.2).
    pub(super) fn blocks_across(&self, component: usize) -> u32 {
        self.component_dimensions(component).width().div_ceil(BLOCK)
    }

    /// Rows of blocks of a component, without those that only fill up MCUs.
    pub(super) fn blocks_down(&self, component: usize) -> u32 {
        self.component_dimensions(component).height().div_ceil(BLOCK)
    }

    /// Samples of a component.
    pub(super) fn component_dimensions(&self, component: usize) -> Dimensions {
        self.components[component].sampling.component_dimensions(self.dimensions)
    }
}

/// The sampling factors of a component, horizontal and vertical.
fn factors([_id, factors, _table]: &[u8; 3]) -> Result<(u8, u8), DecodeError> {
    match (factors >> 4, factors & 0x0F) {
        (horizontal @ 1..=4, vertical @ 1..=4) => Ok((horizontal, vertical)),
        (horizontal, vertical) => {
            Err(DecodeError::broken(format!("sampling factors of {horizontal}x{vertical} (expected 1x1 to 4x4)")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(process: u8, body: &[u8]) -> Result<Frame, String> {
        Frame::read(SOF0 + process, body, None).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_handled_is_named() {
        let body = b"\x08\0\x10\0\x20\x01\x01\x11\0";
        for (process, expected) in [
            (0, (Process::Baseline, EntropyCoding::Huffman)),
            (1, (Process::ExtendedSequential, EntropyCoding::Huffman)),
            (2, (Process::Progressive, EntropyCoding::Huffman)),
            (9, (Process::ExtendedSequential, EntropyCoding::Arithmetic)),
            (10, (Process::Progressive, EntropyCoding::Arithmetic)),
        ] {
            let frame = read(process, body).unwrap();
            assert_eq!((frame.process, frame.coding), expected);
        }
        for process in [3, 11] {
            assert_eq!(read(process, body).unwrap_err(), "lossless JPEG images are not supported");
        }
        for process in [5, 6, 7, 13, 14, 15] {
            assert_eq!(read(process, body).unwrap_err(), "hierarchical JPEG images are not supported");
        }
        let twelve = b"\x0C\0\x10\0\x20\x01\x01\x11\0";
        assert_eq!(read(1, twelve).unwrap_err(), "12-bit JPEG images are not supported");
        let five = [b"\x08\0\x10\0\x20\x05".as_slice(), &b"\x01\x11\0".repeat(5)].concat();
        assert_eq!(read(0, &five).unwrap_err(), "JPEG images of more than 4 components are not supported");
    }

    #[test]
    fn what_is_broken_is_said() {
        assert_eq!(read(0, b"\x08\0\0").unwrap_err(), "the frame header is too short");
        let expected = "the frame header does not hold its 3 components";
        assert_eq!(read(0, b"\x08\0\x10\0\x20\x03\x01\x11\0").unwrap_err(), expected);
        let expected = "the image is 0x16, without a pixel";
        assert_eq!(read(0, b"\x08\0\x10\0\0\x01\x01\x11\0").unwrap_err(), expected);
        let expected = "sampling factors of 0x1 (expected 1x1 to 4x4)";
        assert_eq!(read(0, b"\x08\0\x10\0\x20\x02\x01\x01\0\x02\x11\0").unwrap_err(), expected);
        let expected = "sampling factors of 1x5 (expected 1x1 to 4x4)";
        assert_eq!(read(0, b"\x08\0\x10\0\x20\x02\x01\x11\0\x02\x15\0").unwrap_err(), expected);
    }

    #[test]
    fn blocks_of_mixed_factors() {
        let frame = read(0, b"\x08\0\x21\0\x32\x03\x01\x22\0\x02\x21\0\x03\x14\0").unwrap();
        assert_eq!(frame.dimensions.to_string(), "50x33");
        let blocks = [0, 1, 2].map(|index| {
            (frame.component_dimensions(index).to_string(), frame.blocks_across(index), frame.blocks_down(index))
        });
        assert_eq!(blocks, [("50x17".into(), 7, 3), ("50x9".into(), 7, 2), ("25x33".into(), 4, 5)]);
        assert_eq!((frame.mcus_across(), frame.mcu_rows(), frame.mcu_height()), (4, 2, 32));
        // Two of three samples.
        let frame = read(0, b"\x08\0\x11\0\x32\x02\x01\x33\0\x02\x21\0").unwrap();
        assert_eq!((frame.blocks_across(1), frame.blocks_down(1)), (5, 1));
        assert_eq!((frame.mcus_across(), frame.mcu_rows()), (3, 1));
    }

    #[test]
    fn a_single_component_has_no_factors() {
        let frame = read(0, b"\x08\0\x10\0\x20\x01\x01\x42\0").unwrap();
        assert_eq!((frame.components[0].horizontal, frame.components[0].vertical), (1, 1));
        assert_eq!((frame.mcus_across(), frame.mcu_rows()), (4, 2));
    }
}
