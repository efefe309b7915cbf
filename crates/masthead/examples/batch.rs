//! The banners of many pictures. Each gets a folder of its own, named after its file without the ending; what is no picture is
//! reported and does not end the run. Of pictures that would share a folder, only the first is saved.
//!
//! ```text
//! cargo run --release -p masthead --example batch -- banners photos/*.jpg
//! ```

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::ffi::{OsStr, OsString};
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
    let save = |(picture, name): (&PathBuf, Result<&OsStr, String>)| {
        let folder = folder.join(name?);
        let banner = processor.render(std::fs::read(picture)?, &CropRequest::default())?;
        Ok(banner.save_to(folder)?)
    };
    pictures.par_iter().zip(folder_names(pictures)).map(save).collect()
}

/// The name of each picture's folder, or why it gets none. Upper and lower case count as the same, as they do on many disks.
fn folder_names(pictures: &[PathBuf]) -> Vec<Result<&OsStr, String>> {
    let mut taken: HashMap<OsString, &PathBuf> = HashMap::new();
    let names = pictures.iter().map(|picture| {
        let name = picture.file_stem().ok_or("it has no name")?;
        match taken.entry(name.to_ascii_lowercase()) {
            Entry::Occupied(first) => Err(format!("its folder would be that of {}", first.get().display())),
            Entry::Vacant(free) => {
                free.insert(picture);
                Ok(name)
            }
        }
    });
    names.collect()
}
