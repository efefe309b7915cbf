//! PNG: the only file that knows the `png` crate. Rows are pulled one at a time, and only the window is handed on, some rows
//! a batch; of an interlaced picture all of it in one: [`adam7`] says where the pixels of a row belong, [`rows`] puts them
//! there. [`memory`] says beforehand what that will take.

mod adam7;
mod chunks;
mod memory;
mod rows;

use std::fmt::Display;
use std::io::Cursor;
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use masthead_picture::{Dimensions, Light, Orientation, Rect, Sampling, Transfer};
use png::{BitDepth, ColorType, DecodingError, Transformations};

use self::adam7::Pass;
use self::memory::MemoryEstimate;
use self::rows::Layout;
use crate::batch::View;
use crate::deadline::Deadline;
use crate::{Error, FileBytes, FileColor, Format, Header, Limits, RowBatch, exif};

/// The longest ICC profile that is unpacked. Profiles of screens and cameras have a few kilobytes, those of presses up
/// to three million bytes. A longer one is left out.
const MAX_PROFILE: usize = 4 << 20;

/// The most rows in a batch of a picture that is not interlaced: those of an MCU row of most JPEGs, so that what is done
/// with a batch is worth its while, and all rows of a batch still lie in the second-level cache.
const BATCH_ROWS: u32 = 16;

/// A PNG whose header has been read. The codec that read it is gone, with its buffers and its copies of the metadata: another
/// one decodes.
pub(crate) struct Png {
    file: FileBytes,
    stored: Dimensions,
    interlaced: bool,
    layout: Layout,
    memory: MemoryEstimate,
}

impl Png {
    /// Reads the header of a file that begins like a PNG: all chunks before the pixels.
    pub(crate) fn open(file: FileBytes, limits: &Limits) -> Result<(Header, Self), Error> {
        let mut decoder = decoder(file.clone());
        let info = decoder.read_header_info().map_err(decoding)?;
        let stored = Dimensions::new(info.width, info.height).ok_or_else(|| broken("the image is without a pixel"))?;
        // Which way up it is shown is not known yet; what fits neither way need not be read on.
        limits.check_dimensions(stored.transposed()).or(limits.check_dimensions(stored))?;
        decoder.set_limits(codec_limits(stored.width(), file.len()));
        let reader = decoder.read_info().map_err(decoding)?;

        let info = reader.info();
        let exif = info.exif_metadata.as_deref();
        let orientation = exif.map_or(Orientation::Upright, exif::orientation);
        limits.check_dimensions(orientation.displayed(stored))?;

        let (color, depth) = reader.output_color_type();
        let profile = info.icc_profile.as_deref().filter(|profile| profile.len() <= MAX_PROFILE);
        let mut header = Header {
            format: Format::Png,
            stored,
            orientation,
            color: file_color(info.color_type),
            subsampling: None,
            samplings: Vec::new(),
            bit_depth: info.bit_depth as u8,
            alpha: matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba),
            progressive: info.interlaced,
            scans: 1,
            icc_profile: profile.map(Arc::from),
        };
        header.samplings = vec![Sampling::FULL; header.model().planes()];
        let layout = Layout { channels: color.samples(), wide: depth == BitDepth::Sixteen };
        let memory = MemoryEstimate {
            filtered_row: info.raw_row_length(),
            row: layout.row_length(stored.width()),
            height: stored.height(),
            longest_exif: chunks::longest_exif(&file),
            exif: exif.map_or(0, <[u8]>::len),
            profile: profile.map_or(0, <[u8]>::len),
        };
        let interlaced = header.progressive;
        Ok((header, Self { file, stored, interlaced, layout, memory }))
    }

    /// Bytes of memory that this and its header hold.
    pub(crate) fn held(&self) -> u64 {
        self.memory.held()
    }

    /// Bytes of memory that decoding `window` takes at its peak, with one batch.
    pub(crate) fn memory(&self, window: Rect) -> u64 {
        self.memory.bytes(self.batch_bytes(window))
    }

    /// Bytes of memory that each further batch takes.
    pub(crate) fn batch_memory(&self, window: Rect) -> u64 {
        if self.interlaced { 0 } else { self.batch_bytes(window) }
    }

    fn batch_bytes(&self, window: Rect) -> u64 {
        let rows = batch_rows(self.interlaced, window.top(), window).len() as u64;
        // Sides have 31 bits, so that four channels may have more bytes than 64 bits tell.
        (rows * u64::from(window.width())).saturating_mul(self.layout.channels as u64).saturating_add(RowBatch::LISTS)
    }

    /// The rows of `window`, which lies inside the image. Colours are premultiplied with alpha in `light`.
    pub(crate) fn rows(&self, window: Rect, light: Light) -> Result<Rows, Error> {
        let (stored, interlaced) = (self.stored, self.interlaced);
        let mut decoder = decoder(self.file.clone());
        decoder.set_ignore_iccp_chunk(true);
        decoder.set_limits(codec_limits(stored.width(), self.file.len()));
        Ok(Rows {
            reader: decoder.read_info().map_err(decoding)?,
            order: Box::new(Pass::rows(interlaced, stored, window)),
            row: vec![0; self.layout.row_length(stored.width())],
            layout: self.layout,
            interlaced,
            stored,
            window,
            light,
            top: window.top(),
        })
    }
}

/// A window of a PNG that is being decoded.
pub(crate) struct Rows {
    reader: png::Reader<Cursor<FileBytes>>,
    /// The rows of the file that are still to be read, each with its pass.
    order: Box<dyn Iterator<Item = (Pass, u32)> + Send>,
    /// One of them.
    row: Vec<u8>,
    layout: Layout,
    interlaced: bool,
    stored: Dimensions,
    window: Rect,
    light: Light,
    /// The first row of the next batch.
    top: u32,
}

impl Rows {
    /// Decodes the next rows into `batch`; `false` when there is none.
    pub(crate) fn read(&mut self, batch: &mut RowBatch, deadline: Deadline) -> Result<bool, Error> {
        let (rows, window) = (batch_rows(self.interlaced, self.top, self.window), self.window);
        if rows.is_empty() {
            return Ok(false);
        }
        let width = window.width() as usize;
        let mut channels = batch.buffers(iter::repeat_n(rows.len() * width, self.layout.channels));
        let channels = &mut channels[..self.layout.channels];
        for (pass, y) in &mut self.order {
            deadline.check()?;
            let row = self.reader.read_row(&mut self.row).map_err(decoding)?;
            row.ok_or_else(|| broken("the pixel data ends too early"))?;
            if rows.contains(&y) {
                rows::place(&mut self.row, self.layout, pass, window, y - rows.start, channels);
            }
            if !self.interlaced && y + 1 == rows.end {
                break;
            }
        }
        if rows.end == self.stored.height() {
            // After the last row this reads what is left of the pixel data, without unpacking it, for its checksum.
            self.reader.read_row(&mut self.row).map_err(decoding)?;
        }
        if let [colors @ .., alpha] = channels
            && matches!(self.layout.channels, 2 | 4)
        {
            let transfer = Transfer::srgb();
            colors.iter_mut().for_each(|color| transfer.premultiply_samples(color, alpha, self.light));
        }
        // Grey with alpha is a picture of three equal colours.
        let channels = match self.layout.channels {
            2 => &[0, 0, 0, 1],
            channels => &[0, 1, 2, 3][..channels],
        };
        let view = |buffer: &usize| View { buffer: *buffer, samples: 0..rows.len() * width, width, stride: width };
        batch.show(channels.iter().map(view));
        self.top = rows.end;
        Ok(true)
    }
}

/// The rows of a batch that begins with row `top`.
fn batch_rows(interlaced: bool, top: u32, window: Rect) -> Range<u32> {
    let rest = window.bottom() - top;
    top..top + if interlaced { rest } else { rest.min(BATCH_ROWS) }
}

fn decoder(file: FileBytes) -> png::Decoder<Cursor<FileBytes>> {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    // Transparency of every kind becomes alpha, and palettes and small depths become 8 bits.
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder
}

/// The limits of the codec for a picture of this width and a file of so many bytes. Of what it counts only the profile can
/// be longer than its chunk is in the file. The row of the picture that it counts as well, of up to eight bytes a pixel, is
/// the business of our own limits.
fn codec_limits(width: u32, file: usize) -> png::Limits {
    let row = (width as usize).saturating_mul(8);
    png::Limits { bytes: row.saturating_add(file).saturating_add(MAX_PROFILE) }
}

fn file_color(color: ColorType) -> FileColor {
    match color {
        ColorType::Grayscale => FileColor::Gray,
        ColorType::GrayscaleAlpha => FileColor::GrayAlpha,
        ColorType::Rgb => FileColor::Rgb,
        ColorType::Rgba => FileColor::Rgba,
        ColorType::Indexed => FileColor::Palette,
    }
}

fn decoding(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(_) => broken("the file ends too early"),
        error => broken(error),
    }
}

fn broken(reason: impl Display) -> Error {
    Error::broken(Format::Png, reason)
}
