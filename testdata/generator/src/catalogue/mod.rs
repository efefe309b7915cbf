//! The list of files, one subject a module.

mod broken;
mod broken_scans;
mod foreign;
mod jpeg;
mod jpeg_metadata;
mod jpeg_scans;
mod limit;
mod plain;
mod png;
mod png_metadata;

use crate::GeneratedFile;

pub(crate) use plain::{files as plain_files, jpegs};

pub(crate) fn files() -> Vec<GeneratedFile> {
    [
        jpeg::files(),
        jpeg_scans::files(),
        jpeg_metadata::files(),
        png::files(),
        png_metadata::files(),
        broken::files(),
        broken_scans::files(),
        limit::files(),
        foreign::files(),
    ]
    .concat()
}
