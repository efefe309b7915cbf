//! PNG: the only file that knows the `png` crate. Rows are pulled one at a time, and only the window is kept, of
//! interlaced pictures too: [`adam7`] says where the pixels of a row belong, [`rows`] puts them there. [`memory`] says
//! beforehand what that will take.

mod adam7;
mod chunks;
mod memory;
mod rows;

use std::fmt::Display;
use std::io::Cursor;
use std::sync::Arc;

use masthead_picture::{ColorModel, Component, Dimensions, Light, Orientation, Picture, Plane, Rect, Sampling};
use png::{BitDepth, ColorType, DecodingError, Transformations};

use self::adam7::Pass;
use self::memory::MemoryEstimate;
use self::rows::Layout;
use crate::deadline::Deadline;
use crate::{Error, FileBytes, FileColor, Format, Header, Limits, exif};

/// The longest ICC profile that is unpacked. Profiles of screens and cameras have a few kilobytes, those of presses up
/// to three million bytes. A longer one is left out.
const MAX_PROFILE: usize = 4 << 20;

/// A PNG whose header has been read. The codec that read it is gone, with its buffers and its copies of the metadata: another
/// one decodes.
pub(crate) struct Png {
    file: FileBytes,
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
        Ok((header, Self { file, layout, memory }))
    }

    /// Bytes of memory that this and its header hold.
    pub(crate) fn held(&self) -> u64 {
        self.memory.held()
    }

    /// Bytes of memory that decoding `window` takes at its peak.
    pub(crate) fn memory(&self, header: &Header, window: Rect) -> u64 {
        self.memory.bytes(window.dimensions().pixels().saturating_mul(header.model().planes() as u64))
    }

    /// Decodes `window`, which lies inside the image. Colours are premultiplied with alpha in `light`.
    pub(crate) fn decode(
        self,
        header: &Header,
        window: Rect,
        light: Light,
        deadline: Deadline,
    ) -> Result<Picture, Error> {
        let stored = header.stored;
        let mut decoder = decoder(self.file.clone());
        decoder.set_ignore_iccp_chunk(true);
        decoder.set_limits(codec_limits(stored.width(), self.file.len()));
        let mut reader = decoder.read_info().map_err(decoding)?;
        let mut row = vec![0; self.layout.row_length(stored.width())];
        let mut planes = vec![Plane::filled(window.dimensions(), 0); self.layout.channels];
        let mut passes = Pass::all(header.progressive, stored).peekable();
        while let Some(pass) = passes.next() {
            // Rows below the window are only read when others of it come after them.
            let end = if passes.peek().is_some() { stored.height() } else { window.bottom() };
            for y in pass.rows(stored).take_while(|y| *y < end) {
                deadline.check()?;
                reader.read_row(&mut row).map_err(decoding)?.ok_or_else(|| broken("the pixel data ends too early"))?;
                rows::place(&mut row, self.layout, pass, window, y, &mut planes);
            }
        }
        if window.bottom() == stored.height() {
            // After the last row this reads what is left of the pixel data, without unpacking it, for its checksum.
            reader.read_row(&mut row).map_err(decoding)?;
        }
        picture(planes, header.model(), window, light).ok_or_else(|| broken("a plane does not hold the window"))
    }
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

/// The planes of one, two, three or four channels as a picture.
fn picture(mut planes: Vec<Plane>, model: ColorModel, window: Rect, light: Light) -> Option<Picture> {
    if let [_, _] = &planes[..] {
        let grey = planes[0].clone();
        planes.splice(0..0, [grey.clone(), grey]);
    }
    if model == ColorModel::Rgba {
        let premultiplied = Picture::rgba_from_straight(planes.try_into().ok()?, light)?;
        planes = premultiplied.into_components().into_iter().map(|component| component.plane).collect();
    }
    let component = |plane| Component { plane, sampling: Sampling::FULL, left: window.left(), top: window.top() };
    Picture::new(model, window, planes.into_iter().map(component).collect(), light)
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
