//! Measures JPEG decoders beside each other and rewrites `benches/decoders.md`.
//!
//! ```text
//! cargo run --release -p masthead-benches --bin decoders
//! ```
//!
//! With the environment variable `MASTHEAD_PHOTOS` set to a folder, the JPEG files in it are measured as well. libjpeg-turbo is that
//! of the system (Debian: libjpeg62-turbo-dev). An argument names another file to write.

use std::error::Error;
use std::fmt::Write;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use masthead_benches::decoders::{JpegDecoding, jpegs};
use masthead_benches::files::FOLDER_VARIABLE;
use masthead_picture::Rect;
use masthead_simd::SimdLevel;
use rustix::time::{ClockId, clock_gettime};

/// Decoders take turns so many times; of the times of each the median counts.
const ROUNDS: usize = 11;

fn main() -> Result<(), Box<dyn Error>> {
    // It would panic at the first picture.
    SimdLevel::from_env()?;
    let decoders = JpegDecoding::all();
    let mut table = String::from("| file | pixels |");
    decoders.iter().try_for_each(|decoder| write!(table, " {} |", decoder.name()))?;
    decoders[1..].iter().try_for_each(|decoder| write!(table, " of {} |", decoder.name()))?;
    write!(table, "\n|---|---|{}\n", "---:|".repeat(2 * decoders.len() - 1))?;
    for jpeg in jpegs()? {
        for (part, window) in [("whole", jpeg.whole), ("banners", jpeg.banners)] {
            let times = measured(&decoders, &jpeg.bytes, window)?;
            write!(table, "| {} | {part}, {window} |", jpeg.name)?;
            times.iter().try_for_each(|time| write!(table, " {:.1} |", time.as_secs_f64() * 1e3))?;
            let ratio = |time: &Duration| times[0].as_secs_f64() / time.as_secs_f64();
            times[1..].iter().try_for_each(|time| write!(table, " {:.2} |", ratio(time)))?;
            table.push('\n');
            eprintln!("{}, {part}: {times:.1?}", jpeg.name);
        }
    }
    let report = format!(
        "# Decoders\n\n\
         Written by `cargo run --release -p masthead-benches --bin decoders`; the [README](README.md) says what is measured and how. \
         Milliseconds of CPU time of one thread, and masthead's as parts of the others'. The pictures are the photographs of \
         `testdata`, and those of the folder that `{FOLDER_VARIABLE}` names, when it is set.\n\n{table}"
    );

    // Where to, if not there: for checks that must leave the committed file alone.
    let path = std::env::args_os().nth(1).map(PathBuf::from);
    let path = path.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("decoders.md"));
    std::fs::write(&path, report)?;
    println!("wrote {}", path.display());
    Ok(())
}

/// The median time of each decoder.
fn measured(decoders: &[JpegDecoding], file: &[u8], window: Rect) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = vec![Vec::new(); decoders.len()];
    for _ in 0..ROUNDS {
        for (decoder, times) in decoders.iter().zip(&mut times) {
            let start = cpu_time();
            black_box(decoder.decode(file, window)?);
            times.push(cpu_time() - start);
        }
    }
    times.iter_mut().for_each(|times| times.sort_unstable());
    Ok(times.iter().map(|times| times[ROUNDS / 2]).collect())
}

/// What this thread has taken of a processor: other programs do not count.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
