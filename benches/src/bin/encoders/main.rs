//! Measures JPEG encoders and their options on the ten banners of every picture and rewrites `benches/encoders.md`.
//!
//! ```text
//! cargo run --release -p masthead-benches --bin encoders
//! ```
//!
//! With the environment variable `MASTHEAD_PHOTOS` set to a folder, the pictures in it are measured as well. libjpeg-turbo is
//! measured when there is a python3 with Pillow. An argument names another file to write.

mod compare;
mod options;
mod report;
mod subject;
mod turbo;

use std::error::Error;
use std::path::{Path, PathBuf};

use masthead_benches::files;
use masthead_resample::SimdLevel;

use crate::report::Report;
use crate::subject::Subject;

fn main() -> Result<(), Box<dyn Error>> {
    // It would panic at the first picture.
    SimdLevel::from_env()?;
    let pictures = files::with_further(files::photos());
    let subjects: Vec<Subject> = pictures.iter().map(Subject::new).collect::<Result<_, _>>()?;
    let report = Report { encoders: compare::measured(&subjects)?, options: options::measured(&subjects)? };

    // Where to, if not there: for checks that must leave the committed file alone.
    let path = std::env::args_os().nth(1).map(PathBuf::from);
    let path = path.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("encoders.md"));
    std::fs::write(&path, report.to_string())?;
    println!("wrote {}", path.display());
    Ok(())
}
