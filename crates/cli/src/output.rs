//! Files that are there whole or not at all.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::print::Failure;
use crate::units::one_line;

/// Writes files, and never over one of the inputs.
pub(crate) struct Outputs {
    inputs: HashSet<PathBuf>,
}

impl Outputs {
    /// Outputs of a run that reads these files.
    pub(crate) fn new<'a>(inputs: impl IntoIterator<Item = &'a Path>) -> Self {
        Self { inputs: inputs.into_iter().filter_map(|path| fs::canonicalize(path).ok()).collect() }
    }

    /// Refuses a file that is one of the inputs, by whatever name.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Failure> {
        match fs::canonicalize(path) {
            Ok(existing) if self.inputs.contains(&existing) => Err(Failure {
                subject: shown(path),
                kind: "io",
                message: "would be written over an input; choose another output folder".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Makes a folder and those above it.
    pub(crate) fn create_folder(&self, folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::io(shown(folder), "cannot make the output folder", &error))
    }

    /// Writes a file under a temporary name and renames it. Whenever the run is interrupted, `path` is the whole new file,
    /// or what it was before.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        self.check(path)?;
        write_whole(path, bytes).map_err(|error| Failure::io(shown(path), "cannot write", &error))
    }
}

/// A path as it is printed.
pub(crate) fn shown(path: &Path) -> String {
    one_line(&path.display().to_string())
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut file, temporary) = Temporary::beside(path)?;
    file.write_all(bytes)?;
    drop(file);
    temporary.rename(path)
}

/// A file that is removed unless it is renamed in time. Its name is hidden and ends in `.part`, so that what a killed run
/// leaves behind is never taken for a banner.
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    /// A new file in the folder of `path`: a rename within one folder is atomic.
    fn beside(path: &Path) -> io::Result<(File, Self)> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let target = path.file_name().ok_or(ErrorKind::InvalidInput)?;
        loop {
            let mut name = OsString::from(".");
            name.push(target);
            name.push(format!(".{}-{}.part", process::id(), COUNTER.fetch_add(1, Ordering::Relaxed)));
            let path = path.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, Self { path, renamed: false })),
                // Left behind by a killed process that had the same number.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_renamed_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("banner.jpg");
        fs::create_dir(&taken).unwrap();
        let failure = Outputs::new([]).write(&taken, b"bytes").unwrap_err();
        assert!(failure.message.starts_with("cannot write: "), "{failure}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn inputs_are_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("web.jpg");
        fs::write(&input, "input").unwrap();
        let outputs = Outputs::new([input.as_path()]);
        let other_name = folder.path().join(".").join("web.jpg");
        assert!(outputs.write(&other_name, b"output").is_err());
        assert_eq!(fs::read(&input).unwrap(), b"input");
        outputs.write(&folder.path().join("ipad.jpg"), b"output").unwrap();
    }
}
