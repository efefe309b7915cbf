//! Pictures of one colour, of any size, in every layout: not stored, since there would be too many.

use super::GeneratedFile;
use crate::jpeg::Jpeg;
use crate::png::{Colour, Png};
use crate::scene::Pixels;

/// Every layout of a JPEG and of a PNG, at a size in pixels, of one colour.
pub(crate) fn files((width, height): (usize, usize), colour: [u8; 3]) -> Vec<GeneratedFile> {
    let picture = Pixels::from_fn(width, height, |_, _| colour);
    let ycbcr = |factors: &[(usize, usize)]| Jpeg::ycbcr(&picture).with_sampling(factors);
    let jpegs = [
        ("4:4:4", ycbcr(&[(1, 1)])),
        ("4:2:0", ycbcr(&[(2, 2)])),
        ("4:1:0", ycbcr(&[(4, 2)])),
        ("luma subsampled", ycbcr(&[(1, 1), (2, 2), (2, 2)])),
        ("mixed", ycbcr(&[(2, 2), (2, 1), (1, 2)])),
        ("4:2:0, progressive", ycbcr(&[(2, 2)]).progressive()),
        ("4:2:0, a scan each", ycbcr(&[(2, 2)]).one_scan_each()),
        ("4:2:0, restarts", ycbcr(&[(2, 2)]).with_restart_interval(1)),
        ("4:2:0, height after the scan", ycbcr(&[(2, 2)]).with_height_after_scan()),
        ("RGB", Jpeg::rgb_by_component_ids(&picture)),
        ("CMYK", Jpeg::cmyk(&picture)),
        ("YCCK", Jpeg::ycck(&picture).with_sampling(&[(2, 2), (1, 1), (1, 1), (2, 2)])),
    ];
    let jpegs = jpegs.map(|(name, jpeg)| GeneratedFile::new(format!("JPEG, {name}"), "a tiny picture", jpeg.encode()));

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
    jpegs.into_iter().chain(pngs.map(|(name, png)| GeneratedFile::new(name, "a tiny picture", png.encode()))).collect()
}
