//! The pictures that are measured: those of `testdata`, and of a folder that the user names.

use std::fs;
use std::path::{Path, PathBuf};

use masthead_crop::{CropPolicy, CropRegion, CropRequest};
use masthead_decode::{Decoder, Error, FileBytes, Header, Limits};
use masthead_picture::{Light, Picture, Rect};
use masthead_variants::{Plan, RenderOptions, Source, VariantSet};

/// The environment variable that names a folder of further pictures.
pub const FOLDER_VARIABLE: &str = "MASTHEAD_PHOTOS";

/// Files of `testdata/generated` that are benchmarked: what no photograph there has.
const GENERATED: [&str; 4] =
    ["jpeg-420-odd.jpg", "jpeg-progressive-420.jpg", "jpeg-exif-orientation-6.jpg", "png-rgba-8.png"];

/// A file that holds a picture.
#[derive(Clone, Debug)]
pub struct PictureFile {
    /// The file's name, without its folder.
    pub name: String,
    /// What is in it.
    pub bytes: FileBytes,
}

impl PictureFile {
    /// The decoder of the file. Its limits are so wide that a large photograph passes.
    ///
    /// # Errors
    /// When masthead does not accept the file.
    pub fn decoder(&self) -> Result<Decoder, Error> {
        Decoder::new(self.bytes.clone(), &limits())
    }

    /// The whole picture as stored.
    ///
    /// # Errors
    /// When the file cannot be decoded.
    pub fn decode_whole(&self, light: Light) -> Result<Picture, Error> {
        let decoder = self.decoder()?;
        let whole = Rect::of(decoder.header().stored);
        decoder.decode(whole, light)
    }
}

/// The limits under which pictures are measured: wide enough for any camera.
#[must_use]
pub fn limits() -> Limits {
    Limits::default().with_bytes(64 << 20).with_memory(1 << 30).with_deadline(None)
}

/// The plan of the ten profile banners of a whole picture.
#[must_use]
pub fn banner_plan(header: &Header, options: &RenderOptions) -> Plan {
    let region = CropRegion::new(&CropRequest::default(), header.displayed(), CropPolicy::Refuse)
        .expect("what the limits accept is large enough for a region");
    Plan::new(&Source::from(header), &region, &VariantSet::profile_banner(), options)
}

/// The photographs of `testdata`.
#[must_use]
pub fn photos() -> Vec<PictureFile> {
    pictures_in(&testdata("photos"))
}

/// The generated pictures of `testdata` that can be decoded; their names begin with the format.
#[must_use]
pub fn generated() -> Vec<PictureFile> {
    let mut files = pictures_in(&testdata("generated"));
    files.retain(|file| file.name.starts_with("jpeg-") || file.name.starts_with("png-"));
    files
}

/// These, and the pictures of the folder that [`FOLDER_VARIABLE`] names. Says so on standard error when it is not set.
#[must_use]
pub fn with_further(mut files: Vec<PictureFile>) -> Vec<PictureFile> {
    match std::env::var_os(FOLDER_VARIABLE) {
        Some(folder) => files.extend(pictures_in(Path::new(&folder))),
        None => eprintln!("{FOLDER_VARIABLE} is not set: only pictures of testdata are measured"),
    }
    files
}

/// What the benchmarks run on. Says so on standard error when [`FOLDER_VARIABLE`] is not set.
#[must_use]
pub fn benchmarked() -> Vec<PictureFile> {
    let mut files = photos();
    files.extend(generated().into_iter().filter(|file| GENERATED.contains(&file.name.as_str())));
    with_further(files)
}

fn testdata(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(folder)
}

/// The JPEG and PNG files of a folder, by name.
///
/// # Panics
/// When the folder cannot be read, or has none.
fn pictures_in(folder: &Path) -> Vec<PictureFile> {
    let read = |path: &Path| fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| {
        let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
        extension.is_some_and(|extension| ["jpg", "jpeg", "png"].iter().any(|known| extension == *known))
    });
    paths.sort();
    assert!(!paths.is_empty(), "{} has no JPEG or PNG files", folder.display());
    paths
        .iter()
        .map(|path| PictureFile {
            name: path.file_name().expect("a file has a name").to_string_lossy().into_owned(),
            bytes: read(path).into(),
        })
        .collect()
}
