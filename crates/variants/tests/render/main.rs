//! What a plan asks for is enough, and what is made of it has its place, its light and its colours.

mod threads;

use masthead_crop::{CropPolicy, CropRegion, CropRequest};
use masthead_decode::Decoder;
use masthead_encode::PngOptions;
use masthead_picture::{
    ColorModel, Dimensions, Interleaved, Light, Orientation, Picture, Plane, Rgb, Sampling, Transfer,
};
use masthead_testdata::{Random, any_size, decode};
use masthead_variants::{
    ColorTransform, Encoding, Plan, RenderOptions, Scratch, Source, VariantSet, VariantSpec, render_picture, resample,
    resample_picture,
};

fn dimensions(width: u32, height: u32) -> Dimensions {
    Dimensions::new(width, height).unwrap()
}

fn whole(image: Dimensions) -> CropRegion {
    CropRegion::new(&CropRequest::default(), image, CropPolicy::Refuse).unwrap()
}

/// Variants of these sizes, named by their place.
fn set(sizes: &[(u32, u32)], encoding: Encoding) -> VariantSet {
    let spec = |(i, &(width, height)): (usize, &(u32, u32))| VariantSpec::new(i.to_string(), width, height, encoding);
    VariantSet::new(sizes.iter().enumerate().map(spec).collect::<Result<_, _>>().unwrap()).unwrap()
}

/// A file of `testdata/generated`.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(masthead_testdata::folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Noise: a sample that is missing anywhere shows.
fn noise(image: Dimensions) -> Picture {
    let mut random = Random::new(image.pixels());
    let mut plane = |sampling: Sampling| {
        let dimensions = sampling.component_dimensions(image);
        let samples = (&mut random).map(|bits| bits as u8).take(dimensions.pixels() as usize);
        Plane::new(dimensions, samples.collect()).unwrap()
    };
    Picture::ycbcr([plane(Sampling::FULL), plane(Sampling::HALF), plane(Sampling::HALF)]).unwrap()
}

/// Made beside a variant that shows all of the region, and so with the largest window there is, each variant is the same as alone.
#[test]
fn a_window_holds_all_that_a_variant_needs() {
    let picture = noise(dimensions(1001, 703));
    let source = Source::from(&picture);
    let mut random = Random::new(1);
    let mut smaller = 0;
    for _ in 0..12 {
        let (width, height) = (200 + random.below(800) as u32, 66 + random.below(600) as u32);
        let request = CropRequest {
            width: Some(width),
            height: Some(height),
            offset_left: Some(random.below(u64::from(1001 - width) + 1) as u32),
            offset_top: Some(random.below(u64::from(703 - height) + 1) as u32),
        };
        let region = CropRegion::new(&request, picture.dimensions(), CropPolicy::Refuse).unwrap();
        for size in [(150, 50), (20, 40), (300, 20), (401, 133), (16, 8), (7, 90), (64, 63), (30, 10)] {
            let made = |sizes: &[(u32, u32)]| {
                let plan = Plan::new(&source, &region, &set(sizes, Encoding::default()), &RenderOptions::default());
                (plan.window(), resample_picture(&plan, picture.clone(), &Scratch::default()).unwrap().swap_remove(0))
            };
            let (window, alone) = made(&[size]);
            let (largest, beside) = made(&[size, (width, height)]);
            assert_eq!(largest, region.rect());
            smaller += usize::from(window != largest);
            assert!(alone == beside, "{size:?} of {} from {window}", region.rect());
        }
    }
    assert!(smaller > 60, "only {smaller} of 96 windows are smaller than their region");
}

/// The centre of light of a component, in its samples.
fn centre(plane: &Plane, weight: impl Fn(u8) -> f64) -> (f64, f64) {
    let (mut sum, mut across, mut down) = (0.0, 0.0, 0.0);
    for (row, samples) in plane.rows().enumerate() {
        for (column, sample) in samples.iter().enumerate() {
            sum += weight(*sample);
            across += weight(*sample) * (column as f64 + 0.5);
            down += weight(*sample) * (row as f64 + 0.5);
        }
    }
    (across / sum, down / sum)
}

/// A soft dot: its centre is where it was put, at every size, in luma and in chroma, however the picture is turned.
#[test]
fn a_dot_keeps_its_centre() {
    let stored = dimensions(2001, 1000);
    let (x, y) = (1090.25, 470.75);
    // 12 pixels wide, so that it is there at the smallest size too.
    let dot = |sampling: Sampling| -> Vec<f64> {
        let scale = f64::from(sampling.horizontal.denominator());
        let size = sampling.component_dimensions(stored);
        let at = |position: u32, center: f64| (f64::from(position) + 0.5) * scale - center;
        let sample = |i: u32| {
            let (column, row) = (i % size.width(), i / size.width());
            (-(at(column, x).powi(2) + at(row, y).powi(2)) / (2.0 * 12.0_f64.powi(2))).exp()
        };
        (0..size.pixels() as u32).map(sample).collect()
    };
    let transfer = Transfer::srgb();
    let luma = dot(Sampling::FULL).iter().map(|value| transfer.encode((value * 32_767.0) as u16)).collect();
    let chroma = dot(Sampling::HALF).iter().map(|value| (128.0 + value * 100.0).round() as u8).collect();
    let chroma = Plane::new(Sampling::HALF.component_dimensions(stored), chroma).unwrap();
    let picture = Picture::ycbcr([Plane::new(stored, luma).unwrap(), chroma.clone(), chroma]).unwrap();

    let mut header = Decoder::new(file("jpeg-420.jpg"), &any_size()).unwrap().header().clone();
    header.stored = stored;
    for orientation in Orientation::ALL {
        header.orientation = orientation;
        let shown = header.displayed();
        // As `Orientation` defines it: exchanged, then mirrored.
        let (mut left, mut top) = if orientation.transposes() { (y, x) } else { (x, y) };
        if orientation.flips_horizontally() {
            left = f64::from(shown.width()) - left;
        }
        if orientation.flips_vertically() {
            top = f64::from(shown.height()) - top;
        }
        let region = whole(shown);
        let set = set(&[(1500, 750), (626, 313), (300, 100), (320, 160), (200, 301)], Encoding::default());
        let plan = Plan::new(&Source::from(&header), &region, &set, &RenderOptions::default());
        let variants = resample_picture(&plan, picture.clone(), &Scratch::default()).unwrap();
        for (spec, variant) in set.iter().zip(variants) {
            assert_eq!(variant.dimensions(), spec.dimensions());
            let cover = region.cover(spec.dimensions());
            for (index, component) in variant.components().iter().enumerate() {
                let (across, down) = centre(&component.plane, |sample| match index {
                    0 => f64::from(transfer.linear(sample)),
                    _ => f64::from(sample) - 128.0,
                });
                let per_sample = f64::from(component.sampling.horizontal.denominator());
                let scale = f64::from(spec.dimensions().width()) / cover.horizontal.length() / per_sample;
                let expected = ((left - cover.horizontal.start()) * scale, (top - cover.vertical.start()) * scale);
                let off = ((across - expected.0).abs(), (down - expected.1).abs());
                let what = format!("{orientation:?}, {}, component {index}", spec.dimensions());
                assert!(off.0 < 0.05 && off.1 < 0.05, "{what}: off by {off:?}");
            }
        }
    }
}

/// Variants that keep all samples of chroma.
fn full_chroma(file: &[u8]) -> Vec<Picture> {
    let decoder = Decoder::new(file, &any_size()).unwrap();
    let header = decoder.header().clone();
    let set = set(&[(120, 40), (300, 150)], Encoding::Png(PngOptions::default()));
    let plan = Plan::new(&Source::from(&header), &whole(header.displayed()), &set, &RenderOptions::default());
    resample(&plan, &decoder, &Scratch::default()).unwrap()
}

#[test]
fn a_profile_is_applied_to_what_is_resampled() {
    for (wide, plain) in [("jpeg-icc.jpg", "jpeg-exif-orientation-1.jpg"), ("png-icc.png", "png-rgb-8.png")] {
        let bytes = file(wide);
        let header = Decoder::new(&bytes, &any_size()).unwrap().header().clone();
        let transform = ColorTransform::to_srgb(&header.icc_profile.clone().unwrap(), header.model()).unwrap();
        for (made, plain) in full_chroma(&bytes).into_iter().zip(full_chroma(&file(plain))) {
            assert_eq!(made.model(), ColorModel::Rgb);
            let untouched = plain.to_interleaved(Interleaved::Rgb);
            assert!(made.to_interleaved(Interleaved::Rgb) == transform.apply(plain).to_interleaved(Interleaved::Rgb));
            assert!(made.to_interleaved(Interleaved::Rgb) != untouched, "{wide}: the profile makes no difference");
        }
    }
}

/// The first variant of these RGBA pixels as a JPEG file, decoded.
fn jpeg(pixel: impl Fn(u32, u32) -> [u8; 4], options: &RenderOptions) -> Picture {
    let size = dimensions(600, 300);
    let pixels: Vec<u8> = (0..300).flat_map(|y| (0..600).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
    let picture = Picture::from_interleaved(&pixels, size, Interleaved::Rgba).unwrap();
    let plan = Plan::new(&Source::from(&picture), &whole(size), &set(&[(200, 100)], Encoding::default()), options);
    let variants = render_picture(&plan, picture, &Scratch::default()).unwrap().variants;
    decode(&variants[0].bytes).unwrap()
}

fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
    let rgb = picture.to_interleaved(Interleaved::Rgb);
    *rgb[(y * picture.dimensions().width() as usize + x) * 3..].first_chunk().unwrap()
}

fn is_near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 4)
}

#[test]
fn the_background_stands_behind_what_is_clear() {
    let half = |x, _| if x < 300 { [0, 160, 0, 255] } else { [255, 0, 0, 0] };
    for background in [Rgb::WHITE, Rgb { red: 10, green: 20, blue: 200 }] {
        let picture = jpeg(half, &RenderOptions::default().with_background(background));
        assert!(is_near(pixel(&picture, 20, 50), [0, 160, 0]));
        assert!(is_near(pixel(&picture, 180, 50), background.samples()), "{:?}", pixel(&picture, 180, 50));
    }
}

/// Black and white lines of one pixel are half the light: sample 188, not 128.
#[test]
fn fine_lines_keep_their_light() {
    for (light, expected) in [(Light::Linear, 188), (Light::Gamma, 128)] {
        let options = RenderOptions::default().with_light(light);
        let picture = jpeg(|_, y| if y % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] }, &options);
        assert!(is_near(pixel(&picture, 100, 50), [expected; 3]), "{light:?}: {:?}", pixel(&picture, 100, 50));
    }
}
