//! The shortest program: reads a picture, makes its banners, and saves them.
//!
//! ```text
//! cargo run --release -p masthead --example plain -- photo.jpg banners
//! ```

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use masthead::{CropRequest, Processor};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [picture, folder] = &arguments[..] else { return Err("usage: plain PICTURE FOLDER".into()) };
    for path in save_banner(picture.as_ref(), folder.as_ref())? {
        println!("{}", path.display());
    }
    Ok(())
}

/// Saves the ten files of a picture in `folder` and gives their paths.
pub(crate) fn save_banner(picture: &Path, folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let file = std::fs::read(picture)?;
    let banner = Processor::default().render(file, &CropRequest::default())?;
    Ok(banner.save_to(folder)?)
}
