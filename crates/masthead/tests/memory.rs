//! What a job says it will take is what it takes. One test alone in its process: it counts every allocation.

#[path = "masthead/support.rs"]
mod support;

use std::path::PathBuf;

use masthead::{
    Chroma, Coding, CropRequest, DeadZone, Encoding, FileBytes, Job, JpegOptions, Limits, Options, PngOptions,
    Processor, Quality, Quantisation, QuantisationTables, Threads, VariantSet, VariantSpec,
};
use masthead_testdata::Random;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Photographs of `testdata`, and those of the folder that `MASTHEAD_PHOTOS` names.
fn photographs() -> Vec<(String, Vec<u8>)> {
    let mut photographs = support::files("photos", "");
    match std::env::var_os("MASTHEAD_PHOTOS") {
        None => println!("MASTHEAD_PHOTOS is not set: only the photographs of testdata are measured"),
        Some(folder) => {
            let before = photographs.len();
            for entry in std::fs::read_dir(PathBuf::from(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|ending| ending == "jpg" || ending == "png") {
                    photographs.push((path.display().to_string(), std::fs::read(path).unwrap()));
                }
            }
            assert!(photographs.len() > before, "no picture in the folder that MASTHEAD_PHOTOS names");
        }
    }
    photographs
}

/// Noise makes the largest files: its estimate is kept too, in every format.
fn noise() -> Vec<u8> {
    let pixels: Vec<u8> = Random::new(1).map(|bits| bits as u8).take(900 * 700 * 4).collect();
    support::png(&pixels, 900, 700, masthead::Interleaved::Rgba)
}

/// The estimate of a job, and what rendering it took.
fn measured(processor: &Processor, file: &[u8], threads: usize) -> (u64, u64) {
    measured_making(processor, file, |job| job.memory(threads), |job| job.render().unwrap())
}

/// The estimate of a job, and what making something of it took.
fn measured_making<T>(
    processor: &Processor,
    file: &[u8],
    estimate: impl Fn(&Job) -> u64,
    make: impl Fn(Job) -> T,
) -> (u64, u64) {
    let file = FileBytes::from(file);
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage() as u64;
    let job = processor.prepare(file, &CropRequest::default()).unwrap();
    let (held, holds) = (job.held(), ALLOCATED.current_usage() as u64 - before);
    assert!(
        holds <= held && held <= job.memory(1),
        "{holds} bytes held, {held} said, {} when it is rendered",
        job.memory(1)
    );
    let estimate = estimate(&job);
    drop(make(job));
    (estimate, ALLOCATED.peak_usage() as u64 - before)
}

#[test]
fn estimates_are_never_too_low_and_at_most_twice_too_high() {
    // Tables that are made once are not the job's.
    let _ = masthead_picture::Transfer::srgb();
    files_take_what_is_estimated();
    pictures_take_what_is_estimated();
}

fn files_take_what_is_estimated() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    for (name, file) in photographs() {
        for threads in [1, 2] {
            let choice = if threads == 1 { Threads::Caller } else { Threads::Pool };
            let processor = Processor::new(Options::default().with_threads(choice));
            let (estimate, peak) = pool.install(|| measured(&processor, &file, threads));
            // The estimate is of the process, code and the allocator's own memory included, and files are counted as if
            // they were noise: that is most of what a small picture takes.
            assert!(peak <= estimate, "{name}, {threads} threads: {estimate}, took {peak}");
            // Whether two threads hold the most at the same moment is chance.
            let most = 2 * peak + (3 << 20);
            assert!(threads > 1 || estimate <= most, "{name}: {estimate}, took {peak}");
        }
    }
    let noise = noise();
    let jpeg = |coding, quality, chroma| {
        let options = JpegOptions::default().with_coding(coding).with_quality(Quality::new(quality).unwrap());
        Encoding::jpeg(options).with_chroma(chroma)
    };
    let codings = [Coding::Standard, Coding::Optimal, Coding::Progressive];
    let jpegs = codings.iter().flat_map(|&coding| {
        let chromas = [Chroma::Half, Chroma::Full].into_iter();
        chromas.flat_map(move |chroma| [85, 95, 100].map(|quality| jpeg(coding, quality, chroma)))
    });
    let all_ones = Quantisation::Custom {
        tables: QuantisationTables::new([1; 64], [1; 64]).unwrap(),
        dead_zone: DeadZone::default(),
    };
    let custom = JpegOptions::default().with_coding(Coding::Standard).with_quantisation(all_ones);
    let colourful = JpegOptions::default()
        .with_coding(Coding::Standard)
        .with_quality(Quality::new(30).unwrap())
        .with_chroma_quality(Quality::new(100));
    let others = [custom, colourful].map(|options| Encoding::jpeg(options).with_chroma(Chroma::Full));
    for encoding in jpegs.chain(others).chain([support::fast_png(), Encoding::Png(PngOptions::default())]) {
        let spec = |name: &str, width, height| VariantSpec::new(name, width, height, encoding).unwrap();
        let mixed = vec![spec("same", 900, 700), spec("larger", 1801, 1401), spec("smaller", 101, 51)];
        let many = (0..12).map(|i| spec(&format!("same-{i}"), 900, 700)).collect();
        for variants in [mixed, many, vec![spec("tall", 1, 8192)], vec![spec("wide", 8192, 1)]] {
            let names: Vec<String> = variants.iter().map(|spec| spec.name().to_owned()).collect();
            let variants = VariantSet::new(variants).unwrap();
            let processor = Processor::new(Options::default().with_variants(variants).with_threads(Threads::Caller));
            let (estimate, peak) = measured(&processor, &noise, 1);
            assert!(peak <= estimate, "noise as {encoding:?}, {names:?}: {estimate}, took {peak}");
        }
    }
}

fn pictures_take_what_is_estimated() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let set = |count: usize, width, height, chroma| {
        let encoding = Encoding::default().with_chroma(chroma);
        let spec = |i| VariantSpec::new(format!("{i}"), width, height, encoding).unwrap();
        VariantSet::new((0..count).map(spec).collect()).unwrap()
    };
    let sets = [
        VariantSet::default(),
        set(1, 120, 40, Chroma::Auto),
        set(1, 3000, 2000, Chroma::Full),
        set(16, 2400, 1600, Chroma::Half),
        set(16, 1000, 1500, Chroma::Full),
        set(64, 300, 300, Chroma::Half),
    ];
    let mut files = vec![("noise".to_owned(), noise())];
    for (folder, name) in [
        ("photos", "rocket.jpg"),
        ("generated", "jpeg-grey.jpg"),
        ("generated", "jpeg-exif-orientation-6.jpg"),
        ("generated", "png-icc.png"),
    ] {
        files.push((name.to_owned(), support::file(folder, name)));
    }
    for (name, file) in files {
        for variants in &sets {
            for (choice, threads) in [(Threads::Caller, 1), (Threads::Pool, 2)] {
                let limits = Limits::default().with_memory(1 << 30);
                let options =
                    Options::default().with_variants(variants.clone()).with_threads(choice).with_limits(limits);
                let processor = Processor::new(options);
                let estimate = |job: &Job| job.pictures_memory(threads);
                let measure = || measured_making(&processor, &file, estimate, |job| job.pictures().unwrap());
                let (estimate, peak) = pool.install(measure);
                let shape = variants.iter().next().unwrap().dimensions();
                let what = format!("{name}, {} of {shape}, {threads} threads", variants.len());
                assert!(peak <= estimate, "{what}: {estimate}, took {peak}");
                assert!(estimate <= 2 * peak + (3 << 20), "{what}: {estimate}, took {peak}");
            }
        }
    }
}
