use std::path::Path;

use image::{DynamicImage, ImageBuffer, Rgba};
use masthead::{
    Chroma, Coding, CropPolicy, CropRegion, Decoder, Dimensions, ErrorKind, Filter, Interleaved, JpegOptions, Light,
    Limits, Options, Picture, PngEffort, PngOptions, Processor, Quality, Quantisation, Rect, Threads, VariantSet,
    VariantSpec,
};

use super::*;

fn rocket() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos/rocket.jpg")).unwrap()
}

fn size(width: u32, height: u32) -> Dimensions {
    Dimensions::new(width, height).unwrap()
}

/// Options without any bound on smallness.
fn any_size() -> Options {
    Options::default().with_limits(Limits::default().with_min_dimensions(size(1, 1))).with_min_region(size(1, 1))
}

fn decoded(file: &[u8]) -> Picture {
    let decoder = Decoder::new(file, &any_size().limits).unwrap();
    let whole = Rect::of(decoder.header().stored);
    decoder.decode(whole, Light::Linear).unwrap()
}

fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[test]
fn a_job_moves_to_another_thread_and_its_pictures_to_another_encoder() {
    let processor = Processor::default();
    let banner = processor.render(rocket(), &WHOLE).unwrap();
    let job = processor.prepare(rocket(), &WHOLE).unwrap();
    assert_eq!(job.region(), banner.region);
    let files = encoded_elsewhere(job.with_threads(Threads::Caller)).unwrap();
    assert_eq!(files.len(), 10);
    for ((name, file), variant) in files.iter().zip(&banner.variants) {
        assert_eq!(name, &variant.name);
        let (theirs, ours) = (decoded(file), decoded(&variant.bytes));
        assert_eq!(theirs.dimensions(), variant.dimensions);
        let layout = Interleaved::Rgb;
        let difference = mean_difference(&theirs.to_interleaved(layout), &ours.to_interleaved(layout));
        assert!(difference < 4.0, "{name}: {difference}");
    }
}

#[test]
fn a_job_is_rendered_on_another_thread() {
    let processor = Processor::default();
    let job = processor.prepare(rocket(), &WHOLE).unwrap();
    // The processor is not needed any more: the job has what it needs.
    drop(processor);
    let banner = std::thread::spawn(|| job.render()).join().unwrap().unwrap();
    assert_eq!(banner.variants.len(), 10);
}

#[test]
fn a_stored_region_is_asked_for_again() {
    let processor = Processor::default();
    let request = CropRequest { offset_top: Some(30), height: Some(200), ..WHOLE };
    let first: CropRegion = processor.prepare(rocket(), &request).unwrap().region();
    let again = processor.prepare(rocket(), &first.rect().into()).unwrap().region();
    assert_eq!(again, first);
}

#[test]
fn options_are_set_one_by_one() {
    let jpeg = JpegOptions::default()
        .with_quality(Quality::new(60).unwrap())
        .with_chroma_quality(Quality::new(50))
        .with_quantisation(Quantisation::Standard)
        .with_coding(Coding::Progressive);
    let variants = VariantSet::new(vec![
        VariantSpec::new("a", 90, 30, Encoding::jpeg(jpeg).with_chroma(Chroma::Full)).unwrap(),
        VariantSpec::new("b", 90, 30, Encoding::png(PngOptions::default().with_effort(PngEffort::Fast))).unwrap(),
    ]);
    let options = Options::default()
        .with_variants(variants.unwrap())
        .with_limits(Limits::default().with_memory(32 << 20).with_deadline(None))
        .with_crop_policy(CropPolicy::Clamp)
        .with_min_region(size(10, 10))
        .with_light(Light::Gamma)
        .with_filter(Filter::Mitchell)
        .with_background(masthead::Rgb::WHITE)
        .with_threads(Threads::Caller);
    let processor = Processor::new(options);
    assert_eq!(endings(&processor), ["jpeg", "png"]);
    let banner = processor.render(rocket(), &CropRequest { width: Some(9000), ..WHOLE }).unwrap();
    assert_eq!(banner.variants.iter().map(|file| is_lossless(file.format)).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn options_are_read_by_name() {
    assert_eq!("catmull-rom".parse(), Ok(Filter::CatmullRom));
    assert_eq!("4:4:4".parse(), Ok(Chroma::Full));
    assert_eq!("420".parse(), Ok(Chroma::Half));
    assert_eq!(("gamma".parse(), "clamp".parse()), (Ok(Light::Gamma), Ok(CropPolicy::Clamp)));
    assert_eq!(("caller".parse(), "png".parse()), (Ok(Threads::Caller), Ok(OutputFormat::Png)));
    assert!(Quality::try_from(101).is_err());
    assert!("101".parse::<Quality>().is_err());
    assert_eq!("100".parse(), Ok(Quality::new(100).unwrap()));
    let error = "lanczos4".parse::<Filter>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown filter \"lanczos4\" (expected box, triangle, catmull-rom, mitchell or lanczos3)"
    );
}

#[test]
fn options_are_read_from_json() {
    let json = r##"{
        "variants": [
            {"name": "wide", "width": 300, "height": 100, "quality": 80, "chroma": "4:2:0", "coding": "optimal"},
            {"name": "logo", "width": 64, "height": 64, "format": "png", "effort": "fast"}
        ],
        "filter": "mitchell",
        "crop-policy": "clamp",
        "min-region": "1x1",
        "background": "#102030",
        "threads": "caller"
    }"##;
    let options: Options = serde_json::from_str(json).unwrap();
    assert_eq!(options.variants.len(), 2);
    assert_eq!((options.filter, options.threads), (Filter::Mitchell, Threads::Caller));
    assert_eq!(options.background, masthead::Rgb { red: 0x10, green: 0x20, blue: 0x30 });
    let written = serde_json::to_string(&options).unwrap();
    assert_eq!(serde_json::from_str::<Options>(&written).unwrap(), options);
    let defaults: Options = serde_json::from_str("{}").unwrap();
    assert_eq!(defaults, Options::default());
    for (bad, expected) in [
        (r#"{"filters": "box"}"#, "unknown field `filters`"),
        (r#"{"filter": "bux"}"#, "unknown filter \"bux\""),
        (r#"{"variants": [{"name": "a", "width": 1, "height": 1, "effort": "fast"}]}"#, "variant a: effort is for png"),
    ] {
        let message = serde_json::from_str::<Options>(bad).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn small_pictures_are_pictures() {
    let spec = VariantSpec::new("avatar", 100, 100, Encoding::png(PngOptions::default())).unwrap();
    let processor = Processor::new(any_size().with_variants(VariantSet::new(vec![spec]).unwrap()));
    // A region of 40x40 of an avatar of 100x100, which the default options refuse twice.
    let png = processor.render(rocket(), &WHOLE).unwrap().variants.swap_remove(0).bytes;
    let request = CropRequest::from(Rect::from_edges(30, 30, 70, 70).unwrap());
    let banner = processor.render(&png, &request).unwrap();
    assert_eq!(decoded(&banner.variants[0].bytes).dimensions(), size(100, 100));
    assert_eq!(Processor::default().render(&png, &WHOLE).unwrap_err().kind(), ErrorKind::TooSmall);

    // One pixel of one pixel.
    let dot = Picture::from_interleaved(&[10, 20, 30], size(1, 1), Interleaved::Rgb).unwrap();
    let variant = processor.render_picture(dot, &WHOLE).unwrap().variants.swap_remove(0);
    assert_eq!(decoded(&variant.bytes).to_interleaved(Interleaved::Rgb), [10, 20, 30].repeat(100 * 100));
}

#[test]
fn files_are_saved_whole_or_the_error_names_the_path() {
    let folder = std::env::temp_dir().join(format!("masthead-embed-{}", std::process::id()));
    let banner = Processor::default().render(rocket(), &WHOLE).unwrap();
    let paths = banner.save_to(&folder).unwrap();
    assert_eq!(paths[0], folder.join("1500x500.jpg"));
    assert_eq!(std::fs::read(&paths[9]).unwrap(), banner.variants[9].bytes);
    // A folder stands where a file should.
    std::fs::remove_file(&paths[4]).unwrap();
    std::fs::create_dir(&paths[4]).unwrap();
    let error = banner.save_to(&folder).unwrap_err();
    assert_eq!(error.path(), paths[4]);
    assert!(error.to_string().contains(paths[4].to_str().unwrap()), "{error}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 10, "nothing temporary is left");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn pictures_of_the_image_crate_become_banners() {
    // Half transparent: premultiplied and taken apart again it must be what it was.
    let pixel = |x: u32, y: u32| Rgba([(x % 256) as u16 * 257, (y % 256) as u16 * 257, 0x8080, 0x8080]);
    let deep = ImageBuffer::from_fn(400, 200, pixel);
    let image = DynamicImage::ImageRgba16(deep);
    let picture = Picture::try_from(&image).unwrap();
    let straight = picture.to_interleaved(Interleaved::Rgba);
    let expected = image.to_rgba8().into_raw();
    assert!(mean_difference(&straight, &expected) < 1.0);

    let banner = Processor::default().render_picture(picture, &WHOLE).unwrap();
    assert_eq!(banner.variants.len(), 10);
}
