//! PNG, over the png crate. The only file of this crate that imports it.

use std::io::Write;

use masthead_picture::{ColorModel, Interleaved, Picture};
use png::{BitDepth, ColorType, Compression, DeflateCompression, Encoder, Filter};

use crate::Error;

/// How hard a PNG file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PngEffort {
    /// fdeflate: a 1500x500 photograph in 4 ms, 1042 KB.
    Fast,
    /// zlib at level 3, the filter chosen for each row: 17 ms, 763 KB. The default.
    #[default]
    Balanced,
    /// zlib at level 6, the filter chosen for each row: 65 ms, 720 KB.
    Small,
}

/// How a PNG file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PngOptions {
    /// Time against bytes. Default: [`PngEffort::Balanced`].
    pub effort: PngEffort,
}

/// The picture as a PNG file of 8 bits a sample: grey, RGB, or RGBA with straight alpha.
///
/// # Errors
/// Only when the encoder fails, which is a defect.
pub fn encode_png(picture: Picture, options: &PngOptions) -> Result<Vec<u8>, Error> {
    let (layout, color) = match picture.model() {
        ColorModel::Gray => (Interleaved::Gray, ColorType::Grayscale),
        ColorModel::YCbCr | ColorModel::Rgb => (Interleaved::Rgb, ColorType::Rgb),
        ColorModel::Rgba => (Interleaved::Rgba, ColorType::Rgba),
    };
    let dimensions = picture.dimensions();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, dimensions.width(), dimensions.height());
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    match options.effort {
        PngEffort::Fast => encoder.set_compression(Compression::Fast),
        PngEffort::Balanced => encoder.set_deflate_compression(DeflateCompression::Level(3)),
        PngEffort::Small => encoder.set_deflate_compression(DeflateCompression::Level(6)),
    }
    if options.effort != PngEffort::Fast {
        encoder.set_filter(Filter::Adaptive);
    }
    let failed = |error: &dyn std::fmt::Display| Error::Encoder(error.to_string());
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    let mut stream = writer.stream_writer().map_err(|error| failed(&error))?;
    picture.try_for_each_row(layout, |row| stream.write_all(row)).map_err(|error| failed(&error))?;
    stream.finish().map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(file)
}
