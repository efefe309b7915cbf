//! Pictures whose banner is known beforehand.

use crate::support::{decoded, fast_png, file, files, lossless, most_different, pixels, png, psnr, scene};
use masthead::{
    CropRequest, Dimensions, Encoding, Interleaved, Light, Options, Picture, Processor, Threads, VariantSet,
    VariantSpec,
};

#[test]
fn constant_images_stay_exactly_constant() {
    let processors = [Light::Linear, Light::Gamma].map(|light| Processor::new(lossless().with_light(light)));
    for color in [[0, 0, 0], [255, 255, 255], [1, 2, 3], [254, 128, 7], [64, 64, 64]] {
        // An odd size, so that pyramid levels and window edges have odd ends.
        let (width, height) = (1333, 777);
        let file = png(&color.repeat(width * height), width as u32, height as u32, Interleaved::Rgb);
        for processor in &processors {
            for variant in processor.render(&file, &CropRequest::default()).unwrap().variants {
                let read = pixels(&variant, Interleaved::Rgb);
                assert!(read.chunks_exact(3).all(|pixel| pixel == color), "{color:?} {}", variant.name);
            }
        }
    }
}

#[test]
fn constant_transparent_images_stay_constant() {
    let file = png(&[200, 100, 50, 90].repeat(700 * 300), 700, 300, Interleaved::Rgba);
    let expected = decoded(&file).to_interleaved(Interleaved::Rgba)[..4].to_vec();
    for variant in Processor::new(lossless()).render(&file, &CropRequest::default()).unwrap().variants {
        let read = pixels(&variant, Interleaved::Rgba);
        // Written straight and read premultiplied again, the colour may round to the next step.
        assert!(read.chunks_exact(4).all(|pixel| pixel == &read[..4]), "{}", variant.name);
        assert!(most_different(&read[..4], &expected) <= 1, "{:?} {expected:?}", &read[..4]);
    }
}

/// All eight orientations of a family are displayed as the same picture.
#[test]
fn the_eight_orientations_give_the_same_banner() {
    let processor = Processor::new(lossless());
    let request =
        CropRequest { offset_left: Some(5), offset_top: Some(11), height: Some(77), ..CropRequest::default() };
    for (prefix, is_exact) in [("png-exif-orientation-", true), ("jpeg-exif-orientation-", false)] {
        let files = files("generated", prefix);
        assert_eq!(files.len(), 8);
        for request in [CropRequest::default(), request] {
            let upright = processor.render(&files[0].1, &request).unwrap();
            for (name, file) in &files[1..] {
                let banner = processor.render(file, &request).unwrap();
                assert_eq!(banner.region, upright.region);
                for (turned, upright) in banner.variants.iter().zip(&upright.variants) {
                    let (a, b) = (pixels(turned, Interleaved::Rgb), pixels(upright, Interleaved::Rgb));
                    // The same samples, but for the order in which rows and columns are summed. A JPEG's own samples
                    // differ by one: the inverse DCT rounds rows before columns.
                    let (most, decibels) = (most_different(&a, &b), psnr(&a, &b));
                    assert!(most <= 2 || !is_exact, "{name} {}: {most}", turned.name);
                    assert!(decibels > 48.0, "{name} {}: {decibels} dB", turned.name);
                }
            }
        }
    }
}

#[test]
fn a_mirrored_image_gives_the_mirrored_banner() {
    let (width, height) = (1001, 601);
    let original = scene(width, height);
    let row = width as usize * 3;
    let mut mirrored = original.clone();
    for row in mirrored.chunks_exact_mut(row) {
        row.reverse();
        row.chunks_exact_mut(3).for_each(<[u8]>::reverse);
    }
    let upended: Vec<u8> = original.chunks_exact(row).rev().flatten().copied().collect();
    let processor = Processor::new(lossless());
    let render = |pixels: &[u8]| {
        processor.render(png(pixels, width, height, Interleaved::Rgb), &CropRequest::default()).unwrap().variants
    };
    let (original, mirrored, upended) = (render(&original), render(&mirrored), render(&upended));
    for ((original, mirrored), upended) in original.iter().zip(&mirrored).zip(&upended) {
        let row = original.dimensions.width() as usize * 3;
        let read = pixels(original, Interleaved::Rgb);
        let mut expected = read.clone();
        for row in expected.chunks_exact_mut(row) {
            row.reverse();
            row.chunks_exact_mut(3).for_each(<[u8]>::reverse);
        }
        // Each level of the pyramid pairs columns from the left, so the last column of an odd number has another partner.
        assert!(most_different(&expected, &pixels(mirrored, Interleaved::Rgb)) <= 12, "{}", original.name);
        let expected: Vec<u8> = read.chunks_exact(row).rev().flatten().copied().collect();
        assert!(most_different(&expected, &pixels(upended, Interleaved::Rgb)) <= 12, "{}", original.name);
    }
}

#[test]
fn pixels_outside_the_region_never_count() {
    let (width, height) = (1403u32, 903u32);
    let original = scene(width, height);
    let request = CropRequest { width: Some(1101), height: Some(407), offset_left: Some(151), offset_top: Some(203) };
    let mut painted = original.clone();
    for (i, pixel) in painted.chunks_exact_mut(3).enumerate() {
        let (x, y) = (i as u32 % width, i as u32 / width);
        if !(151..151 + 1101).contains(&x) || !(203..203 + 407).contains(&y) {
            pixel.copy_from_slice(&[255, 0, 255]);
        }
    }
    assert_ne!(original, painted);
    for light in [Light::Linear, Light::Gamma] {
        for options in [Options::default().with_light(light), lossless().with_light(light)] {
            let processor = Processor::new(options);
            let a = processor.render(png(&original, width, height, Interleaved::Rgb), &request).unwrap();
            let b = processor.render(png(&painted, width, height, Interleaved::Rgb), &request).unwrap();
            for (a, b) in a.variants.iter().zip(&b.variants) {
                assert!(a.bytes == b.bytes, "{} {light:?}", a.name);
            }
            // Neither do they in a picture that was decoded elsewhere.
            let dimensions = Dimensions::new(width, height).unwrap();
            let picture = Picture::from_interleaved(&painted, dimensions, Interleaved::Rgb).unwrap();
            let c = processor.render_picture(picture, &request).unwrap();
            assert!(a.variants.iter().zip(&c.variants).all(|(a, c)| a.bytes == c.bytes));
        }
    }
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let file = file("photos", "rocket.jpg");
    for light in [Light::Linear, Light::Gamma] {
        let alone = Processor::new(Options::default().with_light(light).with_threads(Threads::Caller))
            .render(&file, &CropRequest::default())
            .unwrap();
        let processor = Processor::new(Options::default().with_light(light));
        for threads in [1, 2, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let banner = pool.install(|| processor.render(&file, &CropRequest::default())).unwrap();
            for (a, b) in alone.variants.iter().zip(&banner.variants) {
                assert!(a.name == b.name && a.bytes == b.bytes, "{} with {threads} threads", a.name);
            }
        }
    }
}

/// What a variant shows does not depend on which others are made with it.
#[test]
fn bytes_do_not_depend_on_the_rest_of_the_set() {
    let file = file("photos", "rocket.jpg");
    let request = CropRequest { offset_left: Some(33), offset_top: Some(77), ..CropRequest::default() };
    // The large ones are too large to be made in one pass together.
    let spec = |name: &str, width, height| VariantSpec::new(name, width, height, Encoding::default()).unwrap();
    let large = [spec("large", 3600, 2400), spec("larger", 4200, 1400)];
    let all = VariantSet::new(VariantSet::profile_banner().iter().cloned().chain(large).collect()).unwrap();
    let options = Options::default().with_variants(all.clone());
    let together = Processor::new(options).render(&file, &request).unwrap();
    for spec in &all {
        let variants = VariantSet::new(vec![spec.clone()]).unwrap();
        let alone = Processor::new(Options::default().with_variants(variants)).render(&file, &request).unwrap();
        assert!(together.get(spec.name()).unwrap().bytes == alone.variants[0].bytes, "{}", spec.name());
    }
}

#[test]
fn alpha_is_kept_in_png_and_put_over_the_background_in_jpeg() {
    // The left half opaque green, the right half clear, with a colour that must not show.
    let half: Vec<u8> =
        (0..400 * 200).flat_map(|i| if i % 400 < 200 { [0, 160, 0, 255] } else { [255, 0, 0, 0] }).collect();
    let file = png(&half, 400, 200, Interleaved::Rgba);
    let banner = Processor::new(lossless()).render(&file, &CropRequest::default()).unwrap();
    let row = &pixels(banner.get("600x200").unwrap(), Interleaved::Rgba)[..600 * 4];
    assert_eq!(row[..4], [0, 160, 0, 255]);
    assert_eq!(row[599 * 4..], [0, 0, 0, 0]);
    assert!(row.chunks_exact(4).all(|pixel| pixel[0] == 0), "the clear pixels' red leaks");

    let background = masthead::Rgb { red: 10, green: 20, blue: 200 };
    let options = Options::default().with_background(background);
    let banner = Processor::new(options).render(&file, &CropRequest::default()).unwrap();
    let row = &pixels(banner.get("600x200").unwrap(), Interleaved::Rgb)[..600 * 3];
    assert!(most_different(&row[..3], &[0, 160, 0]) <= 4, "{:?}", &row[..3]);
    assert!(most_different(&row[599 * 3..], &[10, 20, 200]) <= 4, "{:?}", &row[599 * 3..]);
}

/// Black and white lines of one pixel are half the light: sample 188, not 128.
#[test]
fn fine_lines_keep_their_light() {
    let lines: Vec<u8> = (0..1200 * 600).flat_map(|i| [if (i / 1200) % 2 == 0 { 0 } else { 255 }; 3]).collect();
    let file = png(&lines, 1200, 600, Interleaved::Rgb);
    for (light, expected) in [(Light::Linear, 188), (Light::Gamma, 128)] {
        let banner = Processor::new(lossless().with_light(light)).render(&file, &CropRequest::default()).unwrap();
        let read = pixels(banner.get("300x100").unwrap(), Interleaved::Rgb);
        let middle = read[(50 * 300 + 150) * 3];
        assert!(middle.abs_diff(expected) <= 2, "{light:?}: {middle}");
    }
}

#[test]
fn grey_stays_one_component() {
    let banner = Processor::default().render(file("generated", "jpeg-grey.jpg"), &CropRequest::default()).unwrap();
    for variant in &banner.variants {
        assert_eq!(decoded(&variant.bytes).model(), masthead::ColorModel::Gray);
    }
}

#[test]
fn one_small_variant_of_any_shape() {
    let spec = |name: &str, width, height| masthead::VariantSpec::new(name, width, height, fast_png()).unwrap();
    let variants = VariantSet::new(vec![spec("dot", 1, 1), spec("row", 50, 1), spec("tall", 1, 90)]).unwrap();
    let processor = Processor::new(Options::default().with_variants(variants));
    for (name, file) in files("generated", "jpeg-4") {
        let banner = processor.render(&file, &CropRequest::default()).unwrap();
        for variant in &banner.variants {
            assert_eq!(decoded(&variant.bytes).dimensions(), variant.dimensions, "{name}");
        }
    }
}
