//! Where the files of a run go.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use masthead::Unfinished;

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
        let written = Unfinished::write(path, bytes).and_then(|file| file.finish(path));
        written.map_err(|error| Failure::io(shown(path), "cannot write", &error))
    }
}

/// A path as it is printed.
pub(crate) fn shown(path: &Path) -> String {
    one_line(&path.display().to_string())
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
