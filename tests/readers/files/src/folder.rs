//! The folder that is written: files, samples, and the manifest that says what belongs together.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use masthead_picture::{ColorModel, Interleaved, Picture, Sampling};
use serde_json::{Value, json};

/// The folder, and the manifest as far as it is known.
pub(crate) struct Folder {
    path: PathBuf,
    manifest: Vec<Value>,
}

/// The samples of a picture, stored in the folder.
#[derive(Clone)]
pub(crate) struct Stored {
    samples: String,
    layout: &'static str,
    width: u32,
    height: u32,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), manifest: Vec::new() }
    }

    /// Stores the planes of a picture that becomes JPEG files.
    pub(crate) fn store_planes(&self, name: &str, picture: &Picture) -> Result<Stored, Box<dyn Error>> {
        let planes = picture.components().iter().flat_map(|component| component.plane.samples()).copied().collect();
        let chroma = picture.components().get(1).map(|component| component.sampling);
        self.store(name, picture, layout(chroma), planes)
    }

    /// Stores the pixels of a picture that becomes PNG files, alpha straight.
    pub(crate) fn store_pixels(&self, name: &str, picture: &Picture) -> Result<Stored, Box<dyn Error>> {
        let (layout, name_of_layout) = match picture.model() {
            ColorModel::Gray => (Interleaved::Gray, "grey"),
            ColorModel::Rgba => (Interleaved::Rgba, "rgba"),
            _ => (Interleaved::Rgb, "rgb"),
        };
        self.store(name, picture, name_of_layout, picture.to_interleaved(layout))
    }

    fn store(
        &self,
        name: &str,
        picture: &Picture,
        layout: &'static str,
        samples: Vec<u8>,
    ) -> Result<Stored, Box<dyn Error>> {
        let dimensions = picture.dimensions();
        let stored =
            Stored { samples: format!("{name}.raw"), layout, width: dimensions.width(), height: dimensions.height() };
        fs::write(self.path.join(&stored.samples), samples)?;
        Ok(stored)
    }

    /// Adds a file that shows a stored picture.
    pub(crate) fn add(&mut self, file: &str, kind: &str, bytes: &[u8], shown: &Stored) -> Result<(), Box<dyn Error>> {
        fs::write(self.path.join(file), bytes)?;
        self.manifest.push(json!({
            "file": file, "kind": kind, "samples": shown.samples, "layout": shown.layout,
            "width": shown.width, "height": shown.height,
        }));
        Ok(())
    }

    /// Writes the manifest.
    pub(crate) fn finish(self) -> Result<(), Box<dyn Error>> {
        fs::write(self.path.join("manifest.json"), Value::from(self.manifest).to_string())?;
        Ok(())
    }
}

/// The word for the planes of a JPEG file whose chroma, if there is any, is so sampled.
pub(crate) fn layout(chroma: Option<Sampling>) -> &'static str {
    match chroma {
        None => "grey",
        Some(Sampling::FULL) => "4:4:4",
        Some(_) => "4:2:0",
    }
}
