//! The frame header of a JPEG: the picture's size and how its components are sampled.

use masthead_picture::{Dimensions, Ratio, Rect, Sampling};

use super::{broken, markers};
use crate::{Error, Subsampling};

/// Rows and columns of a block of samples.
pub(crate) const BLOCK: u32 = 8;

/// A frame header that can be decoded.
///
/// # Guarantees
/// - there are 1, 3 or 4 components;
/// - sampling factors are 1, 2 or 4; those of a single component are 1.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) dimensions: Dimensions,
    pub(crate) progressive: bool,
    pub(crate) components: Vec<Component>,
    /// The greatest sampling factors.
    max_horizontal: u8,
    max_vertical: u8,
}

/// What the frame header says of a component.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// The sampling factors.
    pub(crate) horizontal: u8,
    pub(crate) vertical: u8,
    /// Samples per pixel: the factors as parts of the greatest ones of the frame.
    pub(crate) sampling: Sampling,
}

impl Frame {
    /// Reads the body of the frame header with this marker. `rows` is the height where the header leaves it open.
    pub(crate) fn read(marker: u8, body: &[u8], rows: Option<u16>) -> Result<Self, Error> {
        let process = marker - markers::SOF0;
        match process {
            0..=2 => {}
            3 => return Err(Error::Unsupported("lossless JPEG images")),
            9..=11 => return Err(Error::Unsupported("arithmetic-coded JPEG images")),
            _ => return Err(Error::Unsupported("hierarchical JPEG images")),
        }
        let [precision, h1, h0, w1, w0, count, components @ ..] = body else {
            return Err(broken("the frame header is too short"));
        };
        match precision {
            8 => {}
            12 => return Err(Error::Unsupported("12-bit JPEG images")),
            _ => return Err(broken(format!("{precision} bits a sample (expected 8)"))),
        }
        let (components, rest) = components.as_chunks::<3>();
        if components.len() != usize::from(*count) || !rest.is_empty() {
            return Err(broken(format!("the frame header does not hold its {count} components")));
        }
        let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
        let height = if height == 0 { rows.unwrap_or(0) } else { height };
        let dimensions = Dimensions::new(width.into(), height.into())
            .ok_or_else(|| broken(format!("the image is {width}x{height}, without a pixel")))?;
        let factors: Vec<_> = match components.len() {
            0 => return Err(broken("the frame header names no component")),
            2 => return Err(Error::Unsupported("2-component JPEG images")),
            // The factors of a single component mean nothing: it has one sample a pixel, in plain order of blocks.
            1 => vec![(components[0][0], 1, 1)],
            3 | 4 => components.iter().map(factors).collect::<Result<_, _>>()?,
            _ => return Err(Error::Unsupported("JPEG images of more than 4 components")),
        };
        let max_horizontal = factors.iter().map(|(_, horizontal, _)| *horizontal).max().unwrap_or(1);
        let max_vertical = factors.iter().map(|(_, _, vertical)| *vertical).max().unwrap_or(1);
        let ratio = |factor, max| Ratio::new(factor, max).expect("no factor is above the greatest");
        let component = |(id, horizontal, vertical)| {
            let sampling =
                Sampling { horizontal: ratio(horizontal, max_horizontal), vertical: ratio(vertical, max_vertical) };
            Component { id, horizontal, vertical, sampling }
        };
        let components = factors.into_iter().map(component).collect();
        Ok(Self { dimensions, progressive: process == 2, components, max_horizontal, max_vertical })
    }

    /// Whether every component has a sample for each pixel.
    pub(crate) fn is_full(&self) -> bool {
        self.components.iter().all(|component| component.sampling == Sampling::FULL)
    }

    /// All samples of a component.
    pub(crate) fn extent(&self, component: &Component) -> Rect {
        Rect::of(component.sampling.component_dimensions(self.dimensions))
    }

    /// MCUs (minimum coded units) in a row, and rows of them. Each has as many blocks of a component as its factors say.
    pub(crate) fn mcus(&self) -> (u32, u32) {
        let across = BLOCK * u32::from(self.max_horizontal);
        (self.dimensions.width().div_ceil(across), self.dimensions.height().div_ceil(self.mcu_height()))
    }

    /// Rows of pixels in an MCU row.
    pub(crate) fn mcu_height(&self) -> u32 {
        BLOCK * u32::from(self.max_vertical)
    }

    /// The factors, for the header; `None` for a single component.
    pub(crate) fn subsampling(&self) -> Option<Subsampling> {
        let factors = self.components.iter().map(|component| (component.horizontal, component.vertical));
        (self.components.len() > 1).then(|| Subsampling::new(factors.collect()))
    }
}

/// The identifier of a component and its sampling factors, horizontal and vertical.
fn factors([id, factors, _table]: &[u8; 3]) -> Result<(u8, u8, u8), Error> {
    let (horizontal, vertical) = (factors >> 4, factors & 0x0F);
    match (horizontal, vertical) {
        (1 | 2 | 4, 1 | 2 | 4) => Ok((*id, horizontal, vertical)),
        (1..=4, 1..=4) => Err(Error::Unsupported("JPEG images with a sampling factor of 3")),
        _ => Err(broken(format!("sampling factors of {horizontal}x{vertical} (expected 1x1 to 4x4)"))),
    }
}

impl Component {
    /// Rows of samples in an MCU row.
    pub(crate) fn mcu_height(&self) -> u32 {
        BLOCK * u32::from(self.vertical)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(process: u8, body: &[u8]) -> Result<Frame, String> {
        Frame::read(markers::SOF0 + process, body, None).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_handled_is_named() {
        let body = b"\x08\0\x10\0\x20\x01\x01\x11\0";
        assert!(read(0, body).is_ok() && read(1, body).is_ok() && read(2, body).unwrap().progressive);
        assert_eq!(read(3, body).unwrap_err(), "lossless JPEG images are not supported");
        assert_eq!(read(5, body).unwrap_err(), "hierarchical JPEG images are not supported");
        assert_eq!(read(9, body).unwrap_err(), "arithmetic-coded JPEG images are not supported");
        assert_eq!(read(10, body).unwrap_err(), "arithmetic-coded JPEG images are not supported");
        let twelve = b"\x0C\0\x10\0\x20\x01\x01\x11\0";
        assert_eq!(read(1, twelve).unwrap_err(), "12-bit JPEG images are not supported");
        let two = b"\x08\0\x10\0\x20\x02\x01\x11\0\x02\x11\0";
        assert_eq!(read(0, two).unwrap_err(), "2-component JPEG images are not supported");
        let three = b"\x08\0\x10\0\x20\x03\x01\x31\0\x02\x11\0\x03\x11\0";
        assert_eq!(read(0, three).unwrap_err(), "JPEG images with a sampling factor of 3 are not supported");
    }

    #[test]
    fn what_is_broken_is_said() {
        assert_eq!(read(0, b"\x08\0\0").unwrap_err(), "broken JPEG: the frame header is too short");
        assert_eq!(
            read(0, b"\x08\0\x10\0\x20\x03\x01\x11\0").unwrap_err(),
            "broken JPEG: the frame header does not hold its 3 components"
        );
        assert_eq!(
            read(0, b"\x08\0\x10\0\0\x01\x01\x11\0").unwrap_err(),
            "broken JPEG: the image is 0x16, without a pixel"
        );
        assert_eq!(
            read(0, b"\x08\0\x10\0\x20\x03\x01\x01\0\x02\x11\0\x03\x11\0").unwrap_err(),
            "broken JPEG: sampling factors of 0x1 (expected 1x1 to 4x4)"
        );
    }

    #[test]
    fn planes_and_mcu_rows_of_mixed_factors() {
        let frame = read(0, b"\x08\0\x21\0\x32\x03\x01\x22\0\x02\x21\0\x03\x14\0").unwrap();
        assert_eq!(frame.dimensions.to_string(), "50x33");
        let extents = frame.components.iter().map(|component| frame.extent(component).to_string());
        assert_eq!(extents.collect::<Vec<_>>(), ["50x17+0+0", "50x9+0+0", "25x33+0+0"]);
        assert_eq!((frame.mcus(), frame.mcu_height()), ((4, 2), 32));
    }
}
