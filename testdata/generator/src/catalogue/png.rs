//! Valid PNGs of every colour type and bit depth.

use crate::GeneratedFile;
use crate::png::{Colour, Filters, Png};
use crate::scene::{self, Pixels, scene};

/// Odd, so that rows of less than a byte a pixel end within a byte and Adam7's passes differ.
pub(super) const SIZE: (usize, usize) = (203, 101);

pub(super) fn files() -> Vec<GeneratedFile> {
    [colour_types(), keyed(), interlaced(), filters()].concat()
}

fn file(name: &str, proves: &'static str, png: Png) -> GeneratedFile {
    GeneratedFile::new(name, proves, png.encode())
}

fn colour_types() -> Vec<GeneratedFile> {
    let mut files = Vec::new();
    for depth in [1, 2, 4, 8, 16] {
        files.push(file(&format!("png-grey-{depth}.png"), "grey at this bit depth", grey(depth)));
    }
    for depth in [1, 2, 4, 8] {
        let name = format!("png-palette-{depth}.png");
        files.push(file(&name, "palette indices at this bit depth", palette(depth)));
    }
    let full_palette = palette(8).with_chunk(b"tRNS", &ramp(128));
    files.extend([
        file("png-rgb-8.png", "RGB", rgb(8)),
        file("png-rgb-16.png", "RGB, each sample 257 times the 8-bit one", rgb(16)),
        file("png-grey-alpha-8.png", "grey with alpha: clear, partial and opaque", grey_alpha(8)),
        file("png-grey-alpha-16.png", "the same in 16 bits", grey_alpha(16)),
        file("png-rgba-8.png", "RGB with alpha: clear, partial and opaque", rgba(8)),
        file("png-rgba-16.png", "the same in 16 bits", rgba(16)),
        file("png-palette-4-trns.png", "alpha for half of the palette", palette(4).with_chunk(b"tRNS", &ramp(8))),
        file("png-palette-8-trns.png", "alpha for half of a long palette", full_palette),
    ]);
    files
}

/// The sun's colour is declared transparent. In 16 bits the red box has a colour next to it, which
/// a reader who compares only the high bytes would make transparent too.
fn keyed() -> Vec<GeneratedFile> {
    let keyed = |mut png: Png| {
        let channels = png.colour.channels();
        let middle_of_sun = 30 * png.width + 40;
        let key = png.samples[middle_of_sun * channels..][..channels].to_vec();
        if png.depth == 16 {
            let neighbour: Vec<u16> = key.iter().map(|sample| sample ^ 1).collect();
            for (pixel, samples) in picture().rgb.iter().zip(png.samples.chunks_mut(channels)) {
                if *pixel == scene::RED {
                    samples.copy_from_slice(&neighbour);
                }
            }
        }
        png.with_chunk(b"tRNS", &key.iter().flat_map(|sample| sample.to_be_bytes()).collect::<Vec<_>>())
    };
    vec![
        file("png-grey-1-trns.png", "black declared transparent", grey(1).with_chunk(b"tRNS", &[0, 0])),
        file("png-grey-8-trns.png", "one grey declared transparent", keyed(grey(8))),
        file("png-grey-16-trns.png", "in 16 bits a grey one step away stays opaque", keyed(grey(16))),
        file("png-rgb-8-trns.png", "one colour declared transparent", keyed(rgb(8))),
        file("png-rgb-16-trns.png", "in 16 bits a colour one step away stays opaque", keyed(rgb(16))),
    ]
}

fn interlaced() -> Vec<GeneratedFile> {
    let even = scene(208, 104);
    let even_samples = even.rgb.iter().flatten().map(|&sample| u16::from(sample)).collect();
    let even = Png::new((208, 104), Colour::Rgb, 8, even_samples);
    vec![
        file("png-grey-1-interlaced.png", "Adam7 with less than a byte a pixel", grey(1).interlaced()),
        file("png-palette-4-interlaced.png", "Adam7 with a palette", palette(4).interlaced()),
        file("png-rgb-8-interlaced.png", "Adam7 at an odd size", rgb(8).interlaced()),
        file("png-rgb-8-interlaced-even.png", "Adam7 where all passes have whole cells", even.interlaced()),
        file("png-rgba-16-interlaced.png", "Adam7 with the most bytes a pixel", rgba(16).interlaced()),
    ]
}

fn filters() -> Vec<GeneratedFile> {
    vec![file("png-rgb-8-filters.png", "all five filters, in turn", rgb(8).with_filters(Filters::InTurn))]
}

fn picture() -> Pixels {
    scene(SIZE.0, SIZE.1)
}

pub(super) fn grey(depth: u8) -> Png {
    let samples = picture().rgb.iter().map(|&pixel| rescale(mean(pixel), depth)).collect();
    Png::new(SIZE, Colour::Grey, depth, samples)
}

pub(super) fn rgb(depth: u8) -> Png {
    let samples = picture().rgb.iter().flatten().map(|&sample| rescale(sample, depth)).collect();
    Png::new(SIZE, Colour::Rgb, depth, samples)
}

fn grey_alpha(depth: u8) -> Png {
    let alpha = scene::alpha(SIZE.0, SIZE.1);
    let pixels = picture().rgb.into_iter().zip(alpha);
    let samples = pixels.flat_map(|(pixel, alpha)| [mean(pixel), alpha]);
    Png::new(SIZE, Colour::GreyAlpha, depth, samples.map(|sample| rescale(sample, depth)).collect())
}

fn rgba(depth: u8) -> Png {
    let alpha = scene::alpha(SIZE.0, SIZE.1);
    let pixels = picture().rgb.into_iter().zip(alpha);
    let samples = pixels.flat_map(|([red, green, blue], alpha)| [red, green, blue, alpha]);
    Png::new(SIZE, Colour::Rgba, depth, samples.map(|sample| rescale(sample, depth)).collect())
}

/// The scene in the colours of a palette for this depth, the nearest each.
pub(super) fn palette(depth: u8) -> Png {
    let palette = scene::palette(depth);
    let samples = picture().rgb.iter().map(|pixel| scene::nearest(&palette, *pixel) as u16).collect();
    Png::new(SIZE, Colour::Palette, depth, samples).with_palette(&palette)
}

/// Opacities from clear to nearly opaque.
fn ramp(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 256 / length) as u8).collect()
}

fn mean([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 2 + u32::from(green) * 5 + u32::from(blue)) / 8) as u8
}

/// An 8-bit sample at another bit depth, rounded.
fn rescale(sample: u8, depth: u8) -> u16 {
    let max = (1u32 << depth) - 1;
    ((u32::from(sample) * max + 127) / 255) as u16
}
