//! The banners of many pictures. Each gets a folder of its own, named after its file; what is no picture is reported and does
//! not end the run.
//!
//! ```text
//! cargo run --release --example batch -- banners photos/*.jpg
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use masthead::{CropRequest, Options, Processor, Threads};
use rayon::prelude::*;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: batch FOLDER PICTURE...");
        return ExitCode::from(2);
    };
    let pictures: Vec<PathBuf> = arguments.collect();
    let mut failed = false;
    for (picture, saved) in pictures.iter().zip(save_all(&pictures, &folder)) {
        match saved {
            Ok(files) => println!("{}: {} files", picture.display(), files.len()),
            Err(error) => {
                eprintln!("{}: {error}", picture.display());
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

type Saved = Result<Vec<PathBuf>, Box<dyn Error + Send + Sync>>;

/// The paths of the files of each picture, or why there are none.
pub(crate) fn save_all(pictures: &[PathBuf], folder: &Path) -> Vec<Saved> {
    // There are more pictures than threads: each thread makes all files of a picture and waits for nobody.
    let processor = Processor::new(Options::default().with_threads(Threads::Caller));
    pictures.par_iter().map(|picture| save(&processor, picture, folder)).collect()
}

fn save(processor: &Processor, picture: &Path, folder: &Path) -> Saved {
    let banner = processor.render(std::fs::read(picture)?, &CropRequest::default())?;
    let name = picture.file_stem().ok_or("it has no name")?;
    Ok(banner.save_to(folder.join(name))?)
}
