//! What several tests need: files of `testdata`, and pictures to and from PNG.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::PathBuf;

use masthead::{
    Banner, Dimensions, EncodedVariant, Encoding, Interleaved, Options, Picture, PngEffort, PngOptions, VariantSet,
};
use masthead_testdata::Random;

pub(crate) fn fast_png() -> Encoding {
    Encoding::Png(PngOptions::default().with_effort(PngEffort::Fast))
}

/// Files of a folder of `testdata` whose names begin with `prefix`, sorted. There must be some.
pub(crate) fn files(folder: &str, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(folder);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    assert!(!files.is_empty(), "no {prefix}* in {}", folder.display());
    files.sort();
    files
}

pub(crate) fn file(folder: &str, name: &str) -> Vec<u8> {
    files(folder, name).swap_remove(0).1
}

/// All default variants, lossless.
pub(crate) fn lossless() -> Options {
    Options::default().with_variants(VariantSet::profile_banner().with_encoding(fast_png()))
}

/// A PNG file of these RGB or RGBA pixels.
pub(crate) fn png(pixels: &[u8], width: u32, height: u32, layout: Interleaved) -> Vec<u8> {
    let dimensions = Dimensions::new(width, height).unwrap();
    let picture = Picture::from_interleaved(pixels, dimensions, layout).unwrap();
    masthead_encode::encode_png(picture, &PngOptions::default().with_effort(PngEffort::Fast)).unwrap()
}

/// The pixels of a file that masthead made.
pub(crate) fn pixels(variant: &EncodedVariant, layout: Interleaved) -> Vec<u8> {
    decoded(&variant.bytes).to_interleaved(layout)
}

/// A whole file, decoded, in stored orientation.
pub(crate) fn decoded(file: &[u8]) -> Picture {
    masthead_testdata::decode(file).unwrap()
}

pub(crate) fn names(banner: &Banner) -> Vec<&str> {
    banner.variants.iter().map(|variant| variant.name.as_str()).collect()
}

/// The largest difference between two buffers of one length.
pub(crate) fn most_different(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// Peak signal-to-noise ratio in dB.
pub(crate) fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0f64.powi(2) / (sum / a.len() as f64)).log10()
}

/// A picture with detail at every scale, the same for the same size.
pub(crate) fn scene(width: u32, height: u32) -> Vec<u8> {
    let mut random = Random::new(1);
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let block = ((x / 9 + y / 7) % 2) * 90;
            pixels.push((x * 200 / width + random.below(32) as u32) as u8);
            pixels.push((y * 150 / height + block) as u8);
            pixels.push((255 - x * 100 / width - block) as u8);
        }
    }
    pixels
}
