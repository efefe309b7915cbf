//! The pixels are the right ones.

use masthead_picture::{ColorModel, Interleaved, Light, Picture, Rect, Sampling, Transfer, rgb_to_ycbcr};
use masthead_testdata::scene::{Pixels, alpha, nearest, palette, scene};

use crate::{decode, decode_window, file, files, header};

fn picture(name: &str) -> Picture {
    decode(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Red, green and blue of each pixel.
fn rgb(name: &str) -> Vec<[u8; 3]> {
    picture(name).to_interleaved(Interleaved::Rgb).as_chunks().0.to_vec()
}

/// The picture that a file of this name was made from, as it is stored.
fn source(name: &str) -> Pixels {
    let header = header(&file(name));
    let shown = scene(header.displayed().width() as usize, header.displayed().height() as usize);
    shown.stored_for(header.orientation.exif() as u16)
}

/// The mean difference of samples.
fn distance(a: &[[u8; 3]], b: &[[u8; 3]]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_flattened().len() as f64
}

fn mean([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 2 + u32::from(green) * 5 + u32::from(blue)) / 8) as u8
}

/// Quantisation, and chroma that is interpolated across the edges of saturated shapes, cost a few steps of 255. A plane
/// that lies a sample beside its place, or colours taken for others, cost far more.
#[test]
fn jpegs_show_the_scene() {
    for (name, bytes) in files(&["jpeg-"], 50) {
        let mut expected = source(&name).rgb;
        if header(&bytes).model() == ColorModel::Gray {
            expected.iter_mut().for_each(|[r, g, b]| [*r, *g, *b] = [rgb_to_ycbcr(*r, *g, *b)[0]; 3]);
        }
        let most = match header(&bytes).subsampling {
            None => 1.6,
            Some(factors) if factors.name() == Some("4:4:4") => 2.5,
            // Luma at a quarter of the samples loses detail; at four ninths, with chroma at a third, of this small picture 9.4
            // before it is coded.
            Some(_) if name == "jpeg-luma-subsampled.jpg" => 10.0,
            Some(_) if name == "jpeg-luma-2x2-3x1-1x3-ragged.jpg" => 12.0,
            Some(_) => 5.0,
        };
        let distance = distance(&rgb(&name), &expected);
        assert!(distance < most, "{name}: a mean difference of {distance:.2}, at most {most} expected");
    }
}

/// However the coefficients are spread over scans, they are the same ones.
#[test]
fn processes_give_the_same_planes() {
    for (name, others) in [
        ("jpeg-420.jpg", &["dnl-420", "extended-420", "restart-420", "progressive-420", "restart-progressive-420"][..]),
        ("jpeg-420-odd.jpg", &["restart-420-odd", "progressive-420-odd", "multi-scan-420-odd"]),
        ("jpeg-444.jpg", &["progressive-444", "multi-scan-444", "restart-multi-scan-444"]),
        ("jpeg-grey.jpg", &["grey-2x2", "grey-progressive", "restart-grey"]),
        ("jpeg-grey-odd.jpg", &["grey-2x2-odd"]),
    ] {
        let expected = picture(name);
        for other in others {
            assert!(picture(&format!("jpeg-{other}.jpg")) == expected, "{other} is not {name}");
        }
    }
}

#[test]
fn chroma_stays_as_it_is_stored() {
    for (name, sizes) in [
        ("jpeg-420-odd.jpg", ["251x127", "126x64", "126x64"]),
        ("jpeg-422-odd.jpg", ["251x127", "126x127", "126x127"]),
        ("jpeg-410-odd.jpg", ["251x127", "63x64", "63x64"]),
        ("jpeg-luma-subsampled.jpg", ["128x64", "256x128", "256x128"]),
        ("jpeg-chroma-mixed-odd.jpg", ["251x127", "251x64", "126x127"]),
    ] {
        let picture = picture(name);
        let found = picture.components().iter().map(|component| component.plane.dimensions().to_string());
        assert_eq!(found.collect::<Vec<_>>(), sizes, "{name}");
    }
}

/// RGB of which two colours have fewer samples: a 4:2:0 file whose components are named R, G, B, and which does not say
/// that it is JFIF. Each sample stands for all its pixels.
#[test]
fn rgb_may_be_subsampled() {
    for name in ["jpeg-420.jpg", "jpeg-410-odd.jpg", "jpeg-luma-subsampled.jpg"] {
        let mut bytes = file(name);
        let at = |bytes: &[u8], pattern: &[u8]| bytes.windows(pattern.len()).position(|w| w == pattern).unwrap();
        let (jfif, frame, scan) = (at(&bytes, b"JFIF"), at(&bytes, &[0xFF, 0xC0]), at(&bytes, &[0xFF, 0xDA]));
        bytes[jfif] = b'?';
        for (component, id) in b"RGB".iter().enumerate() {
            bytes[frame + 10 + 3 * component] = *id;
            bytes[scan + 5 + 2 * component] = *id;
        }
        let (rgb, stored) = (decode(&bytes).unwrap(), picture(name));
        assert_eq!(rgb.model(), ColorModel::Rgb);
        for (rgb, stored) in rgb.components().iter().zip(stored.components()) {
            let Sampling { horizontal, vertical } = stored.sampling;
            for (y, row) in rgb.plane.rows().enumerate() {
                let samples = stored.plane.row(vertical.floor(y as u32) as usize);
                assert!((0..).zip(row).all(|(x, sample)| *sample == samples[horizontal.floor(x) as usize]), "{name}");
            }
        }
        let window = Rect::from_edges(33, 17, 97, 66).unwrap();
        let part = decode_window(&bytes, window).unwrap();
        for (part, whole) in part.components().iter().zip(rgb.components()) {
            assert!(part.plane == whole.plane.cropped(window).unwrap(), "{name}");
        }
    }
}

/// Inks in the middle of large flat shapes, against the colours they were made from: every reader that takes inks as
/// inverted and multiplies them, such as Pillow, gives these within the quantisation.
#[test]
fn inks_become_the_colours_of_the_scene() {
    let expected = scene(256, 128);
    let names = ["jpeg-cmyk-adobe.jpg", "jpeg-cmyk-no-adobe.jpg", "jpeg-ycck-444.jpg", "jpeg-ycck-420.jpg"];
    for name in names {
        let pixels = rgb(name);
        // The sun, the disc, the box in the box, the large box.
        for (x, y) in [(51, 38), (147, 71), (211, 93), (196, 103)] {
            let (found, expected) = (pixels[y * 256 + x], expected.at(x, y));
            let near = found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 12);
            assert!(near, "{name}: {found:?} at ({x}, {y}), {expected:?} expected");
        }
    }
    assert!(picture(names[0]) == picture(names[1]));
}

#[test]
fn pngs_hold_the_scene_exactly() {
    let expected = scene(203, 101).rgb;
    let names = "png-rgb-8 png-rgb-16 png-rgb-8-interlaced png-rgb-8-filters png-split-idat \
        png-icc png-metadata png-animated";
    for name in names.split_whitespace() {
        assert!(rgb(&format!("{name}.png")) == expected, "{name}");
    }
    assert!(rgb("png-rgb-8-interlaced-even.png") == scene(208, 104).rgb);
    for number in 1..=8 {
        let name = format!("png-exif-orientation-{number}.png");
        assert!(rgb(&name) == source(&name).rgb, "{name}");
    }
}

#[test]
fn greys_of_every_depth() {
    let luma: Vec<u8> = scene(203, 101).rgb.into_iter().map(mean).collect();
    for depth in [1, 2, 4, 8, 16] {
        let max = (1u32 << depth.min(8)) - 1;
        let rounded = luma.iter().map(|sample| (u32::from(*sample) * max + 127) / 255 * 255 / max);
        let expected: Vec<u8> = rounded.map(|sample| sample as u8).collect();
        let picture = picture(&format!("png-grey-{depth}.png"));
        assert_eq!(picture.model(), ColorModel::Gray);
        assert!(picture.components()[0].plane.samples() == expected, "{depth} bits");
    }
    assert!(picture("png-grey-1-interlaced.png") == picture("png-grey-1.png"));
    assert!(picture("png-unknown-chunks.png") == picture("png-grey-8.png"));
}

#[test]
fn palettes() {
    let indices = |depth| {
        let palette = palette(depth);
        scene(203, 101).rgb.into_iter().map(|pixel| nearest(&palette, pixel)).collect::<Vec<_>>()
    };
    for depth in [1, 2, 4, 8] {
        let palette = palette(depth);
        let expected: Vec<_> = indices(depth).into_iter().map(|index| palette[index]).collect();
        assert!(rgb(&format!("png-palette-{depth}.png")) == expected, "{depth} bits");
    }
    assert!(picture("png-palette-4-interlaced.png") == picture("png-palette-4.png"));
    // The first half of the palette goes from clear to nearly opaque; what has no alpha is opaque.
    for (depth, ramp) in [(4, 8), (8, 128)] {
        let alpha = |index| if index < ramp { (index * 256 / ramp) as u8 } else { 255 };
        let expected: Vec<u8> = indices(depth).into_iter().map(alpha).collect();
        let keyed = picture(&format!("png-palette-{depth}-trns.png"));
        assert!(keyed.components()[3].plane.samples() == expected, "{depth} bits");
        assert!(expected.contains(&255) && expected.iter().any(|alpha| (1..255).contains(alpha)));
    }
}

#[test]
fn alpha_is_premultiplied() {
    let (pixels, alpha) = (scene(203, 101).rgb, alpha(203, 101));
    let transfer = Transfer::srgb();
    let premultiplied = |samples: Vec<u8>| -> Vec<u8> {
        let pairs = samples.into_iter().zip(&alpha);
        pairs.map(|(sample, alpha)| transfer.premultiply(sample, *alpha, Light::Linear)).collect()
    };
    let colors = [0, 1, 2].map(|channel| premultiplied(pixels.iter().map(|pixel| pixel[channel]).collect()));
    let grey = premultiplied(pixels.iter().copied().map(mean).collect());
    for (names, colors) in [
        (["png-rgba-8.png", "png-rgba-16.png", "png-rgba-16-interlaced.png"].as_slice(), colors),
        (&["png-grey-alpha-8.png", "png-grey-alpha-16.png"], [grey.clone(), grey.clone(), grey]),
    ] {
        for name in names {
            let picture = picture(name);
            let planes: Vec<_> = picture.components().iter().map(|component| component.plane.samples()).collect();
            assert!(planes[3] == alpha && planes[..3] == colors.each_ref(), "{name}");
        }
    }
}

/// The sun's colour is transparent; in 16 bits the box's colour is one step away from it, and stays.
#[test]
fn a_colour_may_be_transparent() {
    for (name, opaque) in [("png-rgb-8", "png-rgb-8"), ("png-rgb-16", "png-rgb-8"), ("png-grey-8", "png-grey-8")] {
        let keyed = picture(&format!("{name}-trns.png"));
        let planes: Vec<_> = keyed.components().iter().map(|component| component.plane.samples()).collect();
        let opaque = rgb(&format!("{opaque}.png"));
        let sun = opaque[30 * 203 + 40];
        let wide = name.ends_with("16");
        for (i, pixel) in opaque.iter().enumerate().filter(|(_, pixel)| !wide || **pixel != [210, 40, 30]) {
            let expected = if *pixel == sun { [0; 4] } else { [pixel[0], pixel[1], pixel[2], 255] };
            assert_eq!([planes[0][i], planes[1][i], planes[2][i], planes[3][i]], expected, "{name}, pixel {i}");
        }
    }
    for name in ["png-rgb-16-trns.png", "png-grey-16-trns.png"] {
        let keyed = picture(name);
        let alpha = keyed.components()[3].plane.row(65);
        assert_eq!((alpha[155], keyed.components()[3].plane.row(30)[40]), (255, 0), "{name}");
    }
    let black = picture("png-grey-1-trns.png");
    assert!(black.components()[0].plane == black.components()[3].plane);
}
