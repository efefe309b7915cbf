//! A PNG writer for every colour type and bit depth.

mod deflate;
mod rows;

pub(crate) use deflate::zlib;

/// The colour type, with its code in the header.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Colour {
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

impl Colour {
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Grey | Self::Palette => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// Which filter a row gets; rows of less than a byte a pixel and palettes get none.
#[derive(Clone, Copy)]
pub(crate) enum Filters {
    /// The one with the least sum of absolute differences.
    Smallest,
    /// All five, row by row.
    InTurn,
}

/// A PNG to be written.
#[derive(Clone)]
pub(crate) struct Png {
    pub width: usize,
    pub height: usize,
    pub colour: Colour,
    /// Bits per sample.
    pub depth: u8,
    /// Rows of pixels of samples (or palette indices), each below `1 << depth`.
    pub samples: Vec<u16>,
    pub interlaced: bool,
    pub filters: Filters,
    pub palette: Option<Vec<[u8; 3]>>,
    /// Whole chunks before the palette.
    pub before_palette: Vec<Vec<u8>>,
    /// Whole chunks between the palette and the pixels.
    pub before_pixels: Vec<Vec<u8>>,
    /// Whole chunks after the pixels.
    pub after_pixels: Vec<Vec<u8>>,
}

pub(crate) const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1A\n";

/// A chunk: length, name, data, checksum.
pub(crate) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [name, data].concat();
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &checked, &crc32(&checked).to_be_bytes()].concat()
}

impl Png {
    pub(crate) fn new(size: (usize, usize), colour: Colour, depth: u8, samples: Vec<u16>) -> Self {
        Self {
            width: size.0,
            height: size.1,
            colour,
            depth,
            samples,
            interlaced: false,
            filters: Filters::Smallest,
            palette: None,
            before_palette: vec![],
            before_pixels: vec![],
            after_pixels: vec![],
        }
    }

    pub(crate) fn interlaced(mut self) -> Self {
        self.interlaced = true;
        self
    }

    pub(crate) fn with_filters(mut self, filters: Filters) -> Self {
        self.filters = filters;
        self
    }

    pub(crate) fn with_palette(mut self, palette: &[[u8; 3]]) -> Self {
        self.palette = Some(palette.to_vec());
        self
    }

    /// Adds a chunk that must come before a palette (iCCP and the like).
    pub(crate) fn with_leading_chunk(mut self, name: &[u8; 4], data: &[u8]) -> Self {
        self.before_palette.push(chunk(name, data));
        self
    }

    pub(crate) fn with_chunk(mut self, name: &[u8; 4], data: &[u8]) -> Self {
        self.before_pixels.push(chunk(name, data));
        self
    }

    pub(crate) fn with_trailing_chunk(mut self, name: &[u8; 4], data: &[u8]) -> Self {
        self.after_pixels.push(chunk(name, data));
        self
    }

    /// The header chunk.
    pub(crate) fn header(&self) -> Vec<u8> {
        header(self.width as u32, self.height as u32, self.depth, self.colour, self.interlaced)
    }

    /// The filtered rows, before compression.
    pub(crate) fn rows(&self) -> Vec<u8> {
        rows::filtered(self)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut file = [SIGNATURE, &self.header()[..]].concat();
        file.extend(self.before_palette.concat());
        if let Some(palette) = &self.palette {
            file.extend(chunk(b"PLTE", &palette.concat()));
        }
        file.extend(self.before_pixels.concat());
        file.extend(chunk(b"IDAT", &zlib(&self.rows())));
        file.extend(self.after_pixels.concat());
        file.extend(chunk(b"IEND", &[]));
        file
    }
}

/// An IHDR chunk that may claim anything.
pub(crate) fn header(width: u32, height: u32, depth: u8, colour: Colour, interlaced: bool) -> Vec<u8> {
    let mut data = width.to_be_bytes().to_vec();
    data.extend(height.to_be_bytes());
    data.extend([depth, colour as u8, 0, 0, interlaced.into()]);
    chunk(b"IHDR", &data)
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
