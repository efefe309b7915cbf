//! Measures the quality of every variant of every picture and rewrites `benches/quality.md`.
//!
//! ```text
//! cargo run --release -p masthead-benches --bin quality
//! ```
//!
//! With the environment variable `MASTHEAD_PHOTOS` set to a folder, the pictures in it are measured as well. It exits with 1 when a
//! bound is missed; the file is written nevertheless. An argument names another file to write.

mod measure;
mod report;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use masthead_benches::files::{self, PictureFile};
use masthead_resample::SimdLevel;

use crate::measure::{Measured, PlaneQuality, measured, planes};
use crate::report::Report;

fn main() -> ExitCode {
    match run() {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            missed.iter().for_each(|line| eprintln!("missed: {line}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The bounds that are missed, a line each.
fn run() -> Result<Vec<String>, Box<dyn Error>> {
    // It would panic at the first picture.
    SimdLevel::from_env()?;
    let pictures = files::with_further(files::photos());
    let photos: Vec<Measured> = each(&pictures, measured)?;
    let generated: Vec<(String, Vec<PlaneQuality>)> =
        each(&files::generated(), |file| Ok((file.name.clone(), planes(file)?)))?;

    let report = Report { photos: &photos, generated: &generated };
    // Where to, if not there: for checks that must leave the committed file alone.
    let path = std::env::args_os().nth(1).map(PathBuf::from);
    let path = path.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("quality.md"));
    std::fs::write(&path, report.to_string())?;
    println!("wrote {}", path.display());
    Ok(report.missed())
}

fn each<T>(
    files: &[PictureFile],
    measure: impl Fn(&PictureFile) -> Result<T, Box<dyn Error>>,
) -> Result<Vec<T>, Box<dyn Error>> {
    let named = |file: &PictureFile| measure(file).map_err(|error| format!("{}: {error}", file.name).into());
    files.iter().map(named).collect()
}
