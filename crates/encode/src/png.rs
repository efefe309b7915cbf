//! PNG, over the png crate. The only file of this crate that imports it.

use std::io::Write;

use masthead_picture::{ColorModel, Dimensions, Interleaved, Picture};
use png::{BitDepth, ColorType, Compression, DeflateCompression, Encoder, Filter};

use crate::{EncodeMemory, Error};

/// How hard a PNG file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PngEffort {
    /// fdeflate: a 1500x500 photograph in 4 ms, 1042 KB.
    Fast,
    /// zlib at level 3, the filter chosen for each row: 17 ms, 763 KB. The default.
    #[default]
    Balanced,
    /// zlib at level 6, the filter chosen for each row: 65 ms, 720 KB.
    Small,
}

masthead_picture::names! {
    PngEffort, "PNG effort":
    Fast = "fast",
    Balanced = "balanced",
    Small = "small",
}

/// How a PNG file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
#[non_exhaustive]
pub struct PngOptions {
    /// Time against bytes. Default: [`PngEffort::Balanced`].
    pub effort: PngEffort,
}

impl PngOptions {
    /// With another [`effort`](Self::effort).
    #[must_use]
    pub fn with_effort(self, effort: PngEffort) -> Self {
        Self { effort }
    }
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

/// What encoding a picture of these dimensions and this model as a PNG file takes. The file is counted as if the picture were noise.
#[must_use]
pub fn png_memory(dimensions: Dimensions, model: ColorModel, options: &PngOptions) -> EncodeMemory {
    let (pixels, width) = (dimensions.pixels(), u64::from(dimensions.width()));
    // A picture of Y, Cb and Cr becomes one of RGB first, in planes of its own.
    let (channels, conversion) = match model {
        ColorModel::Gray => (1, 0),
        ColorModel::YCbCr => (3, 3 * pixels),
        ColorModel::Rgb => (3, 0),
        ColorModel::Rgba => (4, 0),
    };
    // A row begins with the number of its filter. Of the fast effort, a fixed code has up to 12 bits; zlib stores what gets longer.
    let eighths = if options.effort == PngEffort::Fast { 12 } else { 9 };
    let file = u64::from(dimensions.height()) * (1 + channels * width) * eighths / 8 + 2048;
    // A row in each of the filters that are tried; the file grows by doubling, and then there are two of it.
    EncodeMemory { working: conversion + 8 * channels * width + COMPRESSOR + 2 * file, file }
}

/// What the compressor keeps, whatever the picture.
const COMPRESSOR: u64 = 512 << 10;
