//! Embedded profiles: outputs are sRGB.

use crate::support::{file, lossless, pixels};
use masthead::{CropRequest, Dimensions, Interleaved, Processor};
use masthead_testdata::scene::scene;

/// What a pixel with the primaries of Display P3 and a plain 2.2 curve is in sRGB (SMPTE EG 432-1, IEC 61966-2-1).
fn p3_to_srgb(pixel: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = pixel.map(|sample| (f64::from(sample) / 255.0).powf(2.2));
    let linear =
        [1.224_940 * r - 0.224_940 * g, -0.042_057 * r + 1.042_057 * g, -0.019_638 * r - 0.078_636 * g + 1.098_274 * b];
    linear.map(|light| {
        let light = light.clamp(0.0, 1.0);
        255.0 * if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
    })
}

/// The picture of the JPEG files with profiles, without one.
const PLAIN_JPEG: &str = "jpeg-exif-orientation-1.jpg";

#[test]
fn wide_gamut_pictures_come_out_in_srgb() {
    let processor = Processor::new(lossless());
    let render = |name| processor.render(file("generated", name), &CropRequest::default()).unwrap().variants;
    // The same picture without a profile, converted afterwards: conversion and resampling nearly commute.
    let pairs =
        [("png-icc.png", "png-rgb-8.png"), ("jpeg-icc.jpg", PLAIN_JPEG), ("jpeg-icc-two-chunks.jpg", PLAIN_JPEG)];
    let variants = pairs.map(|(wide, plain)| render(wide).into_iter().zip(render(plain)));
    for (variant, plain) in variants.into_iter().flatten() {
        let (variant, plain) = (&variant, &plain);
        let (converted, plain) = (pixels(variant, Interleaved::Rgb), pixels(plain, Interleaved::Rgb));
        let mut sum = 0.0;
        let mut untouched = 0.0;
        for (converted, plain) in converted.chunks_exact(3).zip(plain.chunks_exact(3)) {
            let expected = p3_to_srgb([plain[0], plain[1], plain[2]]);
            for channel in 0..3 {
                sum += (f64::from(converted[channel]) - expected[channel]).abs();
                untouched += (f64::from(plain[channel]) - expected[channel]).abs();
            }
        }
        let count = converted.len() as f64;
        assert!(sum / count < 0.75, "{}: {}", variant.name, sum / count);
        assert!(untouched / count > 4.0 * sum / count, "{}: the profile makes no difference", variant.name);
    }
}

#[test]
fn damaged_profiles_are_left_out() {
    let processor = Processor::new(lossless());
    let render = |name| processor.render(file("generated", name), &CropRequest::default()).unwrap();
    let (broken, plain) = (render("png-icc-broken.png"), render("png-rgb-8.png"));
    for (broken, plain) in broken.variants.iter().zip(&plain.variants) {
        assert!(broken.bytes == plain.bytes, "{}", plain.name);
    }
    let plain = render(PLAIN_JPEG);
    for broken in ["jpeg-icc-broken.jpg", "jpeg-icc-missing-chunk.jpg"].map(render) {
        assert!(broken.variants.iter().zip(&plain.variants).all(|(a, b)| a.bytes == b.bytes));
    }
}

/// The oracle of the tests above is what the file holds.
#[test]
fn the_plain_file_holds_the_scene() {
    let decoded = crate::support::decoded(&file("generated", "png-rgb-8.png"));
    assert_eq!(decoded.dimensions(), Dimensions::new(203, 101).unwrap());
    let scene = scene(203, 101);
    assert_eq!(decoded.to_interleaved(Interleaved::Rgb), scene.rgb.as_flattened());
}
