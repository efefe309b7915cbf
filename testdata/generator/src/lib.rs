//! What the tests, benchmarks and fuzz targets of all crates have in common.
//!
//! - [`files`]: `testdata/generated`, small pictures of every kind masthead reads, and files it must refuse;
//! - [`odd_jpeg`]: valid JPEGs of everything that the format allows, for fuzzing;
//! - [`Random`]: noise that a seed gives again;
//! - [`reference`](mod@reference): resampling by its definition, in `f64`;
//! - `decode`, with the feature of that name: the picture of a file, however small it is.
//!
//! # Generated files
//!
//! Every file shows the same [`scene`] and is written by the encoders in this crate, in integer
//! arithmetic and without any library. So the bytes are the same on every machine, whatever
//! its SIMD level and whichever versions `Cargo.lock` names, and the writers can make what a
//! polite encoder refuses to.
//!
//! A file's name says what must happen to it:
//!
//! | prefix | what it is |
//! |---|---|
//! | `jpeg-`, `png-` | a valid picture; tests expect it to decode |
//! | `unsupported-` | a JPEG that is well formed or looks so, of a process or colour model that masthead does not have |
//! | `limit-` | well formed or nearly so, and too much of something |
//! | `broken-` | damaged, or no picture at all |
//! | `foreign-` | the signature of another format |
//!
//! ```
//! let files = masthead_testdata::files();
//! let odd = files.iter().find(|file| file.name == "jpeg-420-odd.jpg").unwrap();
//! assert!(odd.bytes.starts_with(&[0xFF, 0xD8, 0xFF]));
//! ```

mod catalogue;
#[cfg(feature = "decode")]
mod decode;
mod exif;
mod icc;
mod jpeg;
mod png;
mod random;
pub mod reference;
pub mod scene;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, io};

#[cfg(feature = "decode")]
pub use decode::{any_size, decode};
pub use jpeg::{OddJpeg, odd_jpeg};
pub use random::Random;

/// One file of `testdata/generated`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its name in the folder.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What a test proves with it, in half a sentence.
    pub proves: &'static str,
}

impl GeneratedFile {
    fn new(name: impl Into<String>, proves: &'static str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, proves }
    }
}

/// Every file of `testdata/generated`, sorted by name.
pub fn files() -> Vec<GeneratedFile> {
    let mut files = catalogue::files();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Files of every layout that JPEG and PNG have, of one colour; they are not stored. Their names say what is in them.
pub fn plain_files(size: (usize, usize), colour: [u8; 3]) -> Vec<GeneratedFile> {
    catalogue::plain_files(size, colour)
}

/// The scene as a JPEG of every layout and process, columns and rows from 1 on; they are not stored. Their names say what is in them.
pub fn jpegs(width: usize, height: usize) -> Vec<GeneratedFile> {
    catalogue::jpegs(&scene::scene(width, height))
}

/// The folder the files are committed in.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../generated"))
}

/// The committed list of the files, `testdata/generated.md`.
pub fn index_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../generated.md"))
}

/// The text of the list at [`index_path`].
pub fn index(files: &[GeneratedFile]) -> String {
    let mut text = String::from(
        "# Generated files\n\n\
         Written by `cargo run -p masthead-testdata`; see the [README](README.md).\n\n\
         | file | bytes | what it proves |\n|---|---:|---|\n",
    );
    for GeneratedFile { name, bytes, proves } in files {
        text += &format!("| `{name}` | {} | {proves} |\n", bytes.len());
    }
    text
}

/// The files that are in [`folder`] now, by name.
///
/// # Errors
///
/// When the folder or a file in it cannot be read.
pub fn committed() -> io::Result<BTreeMap<String, Vec<u8>>> {
    fs::read_dir(folder())?
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok((name, fs::read(entry.path())?))
        })
        .collect()
}
