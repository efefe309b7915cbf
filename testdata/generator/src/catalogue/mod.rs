//! The list of files, one subject a module.

mod broken;
mod foreign;
mod jpeg;
mod jpeg_metadata;
mod limit;
mod plain;
mod png;
mod png_metadata;

use crate::GeneratedFile;

pub(crate) use plain::files as plain_files;

pub(crate) fn files() -> Vec<GeneratedFile> {
    [
        jpeg::files(),
        jpeg_metadata::files(),
        png::files(),
        png_metadata::files(),
        broken::files(),
        limit::files(),
        foreign::files(),
    ]
    .concat()
}
