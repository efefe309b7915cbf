//! Files that are there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// A whole file under a temporary name, which is removed unless it gets its final name in time. The temporary name is hidden
/// and ends in `.part`, so that what a killed program leaves behind is never taken for a finished file.
///
/// Hidden: `Banner::save_to` and the command write their files through it.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    renamed: bool,
}

impl Unfinished {
    /// Writes the file that is to become `path`, into the same folder: a rename within one folder is atomic.
    ///
    /// # Errors
    /// When `path` ends in no name, and when the file cannot be made or written.
    pub fn write(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let target = path.file_name().ok_or(ErrorKind::InvalidInput)?;
        loop {
            let mut name = OsString::from(".");
            name.push(target);
            name.push(format!(".{}-{}.part", process::id(), COUNTER.fetch_add(1, Ordering::Relaxed)));
            let path = path.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let unfinished = Self { path, renamed: false };
                    file.write_all(bytes)?;
                    return Ok(unfinished);
                }
                // Left behind by a killed process that had the same number.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its final name; what had that name before is replaced.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn finish(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}
