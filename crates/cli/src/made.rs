//! What a render run has made of a picture, for its report.

use std::path::PathBuf;
use std::time::Duration;

use masthead::{CropRegion, Dimensions, OutputFormat};

/// What was made of one picture.
pub(crate) struct Made {
    /// Dimensions of the picture as it is displayed.
    pub(crate) image: Dimensions,
    pub(crate) region: CropRegion,
    pub(crate) files: Vec<MadeFile>,
    pub(crate) sheet: Option<PathBuf>,
    pub(crate) decode_time: Duration,
    /// That of all threads together.
    pub(crate) resample_time: Duration,
    /// From the file in memory to its banners in memory.
    pub(crate) render_time: Duration,
}

impl Made {
    /// Bytes of all files together.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes as u64).sum()
    }
}

/// One file that was written.
pub(crate) struct MadeFile {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) dimensions: Dimensions,
    pub(crate) format: OutputFormat,
    pub(crate) bytes: usize,
    pub(crate) encode_time: Duration,
}
