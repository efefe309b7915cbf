//! What a job says it will take is what it takes. One test alone in its process: it counts every allocation.

mod support;

use std::path::PathBuf;

use masthead::{CropRequest, Options, Processor, Threads};
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

#[test]
fn the_estimate_is_never_too_low_and_at_most_twice_too_high() {
    // Tables that are made once are not the job's.
    let _ = masthead_picture::Transfer::srgb();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    for (name, file) in photographs() {
        for threads in [1, 2] {
            let choice = if threads == 1 { Threads::Caller } else { Threads::Pool };
            let processor = Processor::new(Options { threads: choice, ..Options::default() });
            let (estimate, peak) = pool.install(|| {
                ALLOCATED.reset_peak_usage();
                let before = ALLOCATED.current_usage() as u64;
                let job = processor.prepare(&file, &CropRequest::default()).unwrap();
                let estimate = job.memory(threads);
                let banner = job.render().unwrap();
                assert_eq!(banner.variants.len(), 10);
                (estimate, ALLOCATED.peak_usage() as u64 - before)
            });
            // The estimate is of the process: it has the code and the allocator's own memory in it, which are not counted
            // here and are most of what a small picture takes.
            let most = 2 * peak + (1 << 20);
            assert!(peak <= estimate && estimate <= most, "{name}, {threads} threads: {estimate}, took {peak}");
        }
    }
}
