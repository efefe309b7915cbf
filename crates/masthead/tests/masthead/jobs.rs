//! Jobs that are moved, planned for other threads, or asked for pictures, and banners that are saved.

use std::fs;

use masthead::{
    CropPolicy, CropRequest, Dimensions, Encoding, ErrorKind, Interleaved, Light, Limits, Options, Processor, Rect,
    Threads, VariantSet, VariantSpec,
};
use rayon::ThreadPoolBuilder;

use crate::support::{decoded, file, lossless, names, png};

const WHOLE: CropRequest = CropRequest { width: None, height: None, offset_left: None, offset_top: None };

#[test]
fn a_job_gives_the_same_files_on_whatever_thread_it_is_rendered() {
    let upload = file("photos", "rocket.jpg");
    let pool = ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let processor = Processor::new(Options::default().with_threads(Threads::Caller));
    let expected = processor.render(&upload, &WHOLE).unwrap();
    for (threads, count) in [(Threads::Caller, 1), (Threads::Pool, 3)] {
        // The handle goes before the job is rendered.
        let job = processor.clone().prepare(upload.clone(), &WHOLE).unwrap().with_threads(threads);
        let (counted, banner) = pool.install(move || (job.threads(), job.render().unwrap()));
        assert_eq!(counted, count);
        assert_eq!(banner.region, expected.region);
        assert_eq!(names(&banner), names(&expected));
        assert!(banner.variants.iter().zip(&expected.variants).all(|(a, b)| a.bytes == b.bytes));
    }
}

#[test]
fn memory_is_counted_for_the_threads_that_render() {
    let upload = file("photos", "rocket.jpg");
    let pool = ThreadPoolBuilder::new().num_threads(8).build().unwrap();
    let job = Processor::default().prepare(&upload, &WHOLE).unwrap();
    let (one, all) = (job.memory(1), job.memory(8));
    assert!(one < all);
    let limits = Limits::default().with_memory(one);
    let processor = Processor::new(Options::default().with_limits(limits).with_threads(Threads::Caller));
    let job = processor.prepare(&upload, &WHOLE).unwrap();
    let error = pool.install(|| job.with_threads(Threads::Pool).render()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.to_string(), format!("the image needs {all} bytes of memory, at most {one} are accepted"));
    assert!(processor.render(&upload, &WHOLE).is_ok());
}

/// More threads than a job was prepared for need more memory: what they decode ahead.
#[test]
fn pictures_that_take_more_than_is_allowed_are_refused() {
    let variants = VariantSet::new(vec![VariantSpec::new("small", 30, 10, Encoding::default()).unwrap()]).unwrap();
    let upload = file("photos", "coffee.png");
    let prepared = |limits: Limits| {
        let options = Options::default().with_variants(variants.clone()).with_threads(Threads::Caller);
        Processor::new(options.with_limits(limits)).prepare(&upload, &WHOLE).unwrap()
    };
    let job = prepared(Limits::default());
    let (alone, together) = (job.memory(1), job.pictures_memory(2));
    assert!(job.pictures_memory(1) <= alone && alone < together);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    for (most, threads, expected) in [
        (alone, Threads::Caller, Ok(1)),
        (together - 1, Threads::Pool, Err(ErrorKind::TooLarge)),
        (together, Threads::Pool, Ok(1)),
    ] {
        let job = prepared(Limits::default().with_memory(most)).with_threads(threads);
        let made = pool.install(|| job.pictures());
        assert_eq!(made.map(|pictures| pictures.len()).map_err(|error| error.kind()), expected);
    }
}

/// What the files show, before they are encoded: for lossless files that is the same, pixel for pixel.
#[test]
fn pictures_are_what_lossless_files_show() {
    for (folder, name) in [
        ("photos", "rocket.jpg"),
        ("generated", "jpeg-grey.jpg"),
        ("generated", "jpeg-exif-orientation-6.jpg"),
        ("generated", "png-icc.png"),
        ("generated", "png-rgba-8.png"),
    ] {
        let upload = file(folder, name);
        let processor = Processor::new(lossless());
        let banner = processor.render(&upload, &WHOLE).unwrap();
        let pictures = processor.prepare(&upload, &WHOLE).unwrap().pictures().unwrap();
        assert_eq!(pictures.len(), banner.variants.len());
        for (variant, made) in banner.variants.iter().zip(pictures) {
            assert_eq!((&made.name, made.picture.dimensions()), (&variant.name, variant.dimensions), "{name}");
            let layout = Interleaved::Rgba;
            let read = decoded(&variant.bytes).to_interleaved(layout);
            // A file holds straight colours; read again, they are premultiplied anew.
            let premultiplied =
                masthead::Picture::from_interleaved(&made.picture.to_interleaved(layout), variant.dimensions, layout);
            assert!(premultiplied.unwrap().to_interleaved(layout) == read, "{name} {}", variant.name);
        }
    }
}

#[test]
fn a_region_is_stored_as_a_rectangle() {
    let upload = file("generated", "jpeg-exif-orientation-6.jpg");
    let processor = Processor::new(Options::default().with_min_region(Dimensions::new(1, 1).unwrap()));
    let request = CropRequest { offset_left: Some(7), width: Some(31), offset_top: Some(5), height: Some(11) };
    let region = processor.prepare(&upload, &request).unwrap().region();
    assert_eq!(processor.prepare(&upload, &region.rect().into()).unwrap().region(), region);
    // It was accepted; whatever would be now, only that it lies inside is asked again.
    let strict = Processor::default();
    assert_eq!(strict.prepare(&upload, &request).unwrap_err().kind(), ErrorKind::Region);
    let job = strict.prepare_region(&upload, region.rect()).unwrap();
    assert_eq!(job.region(), region);
    assert_eq!(names(&job.render().unwrap()), names(&processor.render(&upload, &request).unwrap()));
    let outside = Rect::from_edges(0, 0, region.image().width() + 1, 10).unwrap();
    for policy in [CropPolicy::Refuse, CropPolicy::Clamp] {
        let processor = Processor::new(Options::default().with_crop_policy(policy));
        assert_eq!(processor.prepare_region(&upload, outside).unwrap_err().kind(), ErrorKind::Region);
    }
    let job = processor.prepare(&upload, &WHOLE).unwrap();
    assert_eq!(CropRequest::from(job.region().rect()), Rect::of(job.header().displayed()).into());
}

/// An avatar, a region of one pixel, and pictures of one row or column.
#[test]
fn limits_reach_down_to_one_pixel() {
    let one = Dimensions::new(1, 1).unwrap();
    let limits = Limits::default().with_min_dimensions(one);
    let spec = |name: &str, width, height| VariantSpec::new(name, width, height, crate::support::fast_png()).unwrap();
    let variants = VariantSet::new(vec![spec("avatar", 100, 100), spec("wide", 40, 1), spec("dot", 1, 1)]).unwrap();
    let options = Options::default().with_limits(limits).with_min_region(one).with_variants(variants);
    let processors = [Light::Linear, Light::Gamma].map(|light| Processor::new(options.clone().with_light(light)));
    for (width, height) in [(1, 1), (1, 100), (100, 1), (100, 100)] {
        let pixels: Vec<u8> = (0..width * height).flat_map(|i| [(i % 256) as u8, 99, 200]).collect();
        let upload = png(&pixels, width, height, Interleaved::Rgb);
        for processor in &processors {
            let banner = processor.render(&upload, &WHOLE).unwrap();
            assert!(banner.variants.iter().all(|file| decoded(&file.bytes).dimensions() == file.dimensions));
            // The last pixel alone.
            let request = CropRequest { offset_left: Some(width - 1), offset_top: Some(height - 1), ..WHOLE };
            let banner = processor.render(&upload, &request).unwrap();
            let last = &pixels[pixels.len() - 3..];
            let shown = decoded(&banner.get("avatar").unwrap().bytes).to_interleaved(Interleaved::Rgb);
            assert!(shown.chunks_exact(3).all(|pixel| pixel == last), "{width}x{height}");
        }
        assert_eq!(Processor::default().render(&upload, &WHOLE).unwrap_err().kind(), ErrorKind::TooSmall);
    }
}

#[test]
fn a_banner_is_saved_whole_or_the_error_names_the_path() {
    let banner = Processor::default().render(file("generated", "jpeg-420.jpg"), &WHOLE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths = banner.save_to(folder.path()).unwrap();
    for (path, variant) in paths.iter().zip(&banner.variants) {
        assert_eq!(path, &folder.path().join(format!("{}.jpg", variant.name)));
    }
    // Saved again, old files are replaced.
    fs::write(&paths[3], b"old").unwrap();
    assert_eq!(banner.save_to(folder.path()).unwrap(), paths);
    assert!(fs::read(&paths[3]).unwrap() == banner.variants[3].bytes);
    // A folder stands where a file should.
    fs::remove_file(&paths[4]).unwrap();
    fs::create_dir(&paths[4]).unwrap();
    let error = banner.save_to(folder.path()).unwrap_err();
    assert_eq!(error.path(), paths[4]);
    assert!(error.to_string().starts_with(&format!("cannot write {}: ", paths[4].display())), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 10, "nothing temporary is left");
    // The folder's own name is taken by a file.
    let error = banner.save_to(&paths[3]).unwrap_err();
    assert_eq!(error.path(), paths[3]);
}
