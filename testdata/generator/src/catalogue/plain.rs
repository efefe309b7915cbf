//! Pictures of any size in every layout: not stored, since there would be too many.

use crate::GeneratedFile;
use crate::jpeg::Jpeg;
use crate::png::{Colour, Png};
use crate::scene::Pixels;

/// A picture as a JPEG of every layout and process.
pub(crate) fn jpegs(picture: &Pixels) -> Vec<GeneratedFile> {
    let ycbcr = |factors: &[(usize, usize)]| Jpeg::ycbcr(picture).with_sampling(factors);
    let half = || ycbcr(&[(2, 2)]);
    let thirds = || ycbcr(&[(3, 2), (2, 1), (1, 2)]);
    let jpegs = [
        ("grey", Jpeg::grey(picture)),
        ("grey, factors 3x2", Jpeg::grey(picture).with_sampling(&[(3, 2)])),
        ("4:4:4", ycbcr(&[(1, 1)])),
        ("4:2:0", half()),
        ("4:1:0", ycbcr(&[(4, 2)])),
        ("luma subsampled", ycbcr(&[(1, 1), (2, 2), (2, 2)])),
        ("mixed", ycbcr(&[(2, 2), (2, 1), (1, 2)])),
        ("thirds", thirds()),
        ("2x2, 3x1, 1x3", ycbcr(&[(2, 2), (3, 1), (1, 3)])),
        ("4:2:0, progressive", half().progressive()),
        ("4:2:0, a scan each", half().one_scan_each()),
        ("4:2:0, restarts", half().with_restart_interval(1)),
        ("4:2:0, height after the scan", half().with_height_after_scan()),
        ("4:2:0, arithmetic", half().arithmetic()),
        ("4:2:0, arithmetic, progressive", half().progressive().arithmetic()),
        ("thirds, progressive", thirds().progressive()),
        ("thirds, a scan each, restarts", thirds().one_scan_each().with_restart_interval(1)),
        ("thirds, arithmetic, restarts", thirds().arithmetic().with_restart_interval(1)),
        ("RGB", Jpeg::rgb_by_component_ids(picture)),
        ("CMYK", Jpeg::cmyk(picture)),
        ("YCCK", Jpeg::ycck(picture).with_sampling(&[(2, 2), (1, 1), (1, 1), (2, 2)])),
    ];
    let made = |(name, jpeg): (&str, Jpeg)| {
        GeneratedFile::new(format!("JPEG, {name}"), "a picture of any size", jpeg.encode())
    };
    jpegs.map(made).into()
}

/// Every layout of a JPEG and of a PNG, at a size in pixels, of one colour.
pub(crate) fn files((width, height): (usize, usize), colour: [u8; 3]) -> Vec<GeneratedFile> {
    // Not grey: a single component has no colour.
    let jpegs =
        jpegs(&Pixels::from_fn(width, height, |_, _| colour)).into_iter().filter(|file| !file.name.contains("grey"));
    let samples = |pixel: &[u16]| pixel.repeat(width * height);
    let [r, g, b] = colour.map(u16::from);
    let png = |kind, depth, pixel: &[u16]| Png::new((width, height), kind, depth, samples(pixel));
    let pngs = [
        ("RGB", png(Colour::Rgb, 8, &[r, g, b])),
        ("RGB, 16 bits", png(Colour::Rgb, 16, &[r * 257, g * 257, b * 257])),
        ("RGBA", png(Colour::Rgba, 8, &[r, g, b, 255])),
        ("palette of 1 bit", png(Colour::Palette, 1, &[1]).with_palette(&[[0; 3], colour])),
        ("palette of 8 bits", png(Colour::Palette, 8, &[1]).with_palette(&[[0; 3], colour])),
    ];
    let pngs = pngs.into_iter().flat_map(|(name, png)| {
        let interlaced = (format!("PNG, {name}, interlaced"), png.clone().interlaced());
        [(format!("PNG, {name}"), png), interlaced]
    });
    jpegs.chain(pngs.map(|(name, png)| GeneratedFile::new(name, "a tiny picture", png.encode()))).collect()
}
