//! The finished files of a picture, and how they come into a folder.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use masthead_crop::CropRegion;
use masthead_variants::EncodedVariant;

use crate::Unfinished;

/// All files made from one picture.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Banner {
    /// The files, in the order of the set.
    pub variants: Vec<EncodedVariant>,
    /// The region they show.
    pub region: CropRegion,
    /// The time that decoding took.
    pub decode_time: Duration,
    /// The time that resampling took, of all threads together. Variants share most of it, so it belongs to none.
    pub resample_time: Duration,
}

impl Banner {
    /// The variant of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&EncodedVariant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// The bytes of all files.
    #[must_use]
    pub fn total_bytes(&self) -> usize {
        self.variants.iter().map(|variant| variant.bytes.len()).sum()
    }

    /// Writes all files into `folder`, which is made when it is not there, and gives their paths in the order of the set:
    /// `<name>.<extension>`, such as `1500x500.jpg` ([`EncodedVariant::file_name`]). Files of these names are replaced.
    ///
    /// All are written under temporary names, hidden and ending in `.part`, and renamed when all are there: a program that is
    /// interrupted leaves no half-written file under a final name. Nothing is synced to the disk (`fsync`): after a power failure
    /// files may be empty or missing.
    ///
    /// # Errors
    /// When the folder cannot be made or a file not written or renamed; what was written under a temporary name is removed. When a
    /// file cannot be renamed, those before it in the set have replaced what was there.
    pub fn save_to(&self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, SaveError> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|error| SaveError::new(folder, error))?;
        let paths: Vec<_> = self.variants.iter().map(|variant| folder.join(variant.file_name())).collect();
        let written: Result<Vec<_>, _> = paths
            .iter()
            .zip(&self.variants)
            .map(|(path, variant)| Unfinished::write(path, &variant.bytes).map_err(|error| SaveError::new(path, error)))
            .collect();
        for (path, file) in paths.iter().zip(written?) {
            file.finish(path).map_err(|error| SaveError::new(path, error))?;
        }
        Ok(paths)
    }
}

/// Why a file of a banner could not be saved.
#[derive(Debug)]
pub struct SaveError {
    path: PathBuf,
    error: io::Error,
}

impl SaveError {
    fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), error }
    }

    /// The folder or file that it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
