//! Files copied and their digests.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{BackupError, SUMS, failed};
use crate::private;

/// Copies a file and waits until it is on disk; its length and SHA-256.
pub(crate) fn copy_file(from: &Path, to: &Path) -> io::Result<(u64, String)> {
    let mut from = File::open(from)?;
    let mut to = create(to)?;
    let copied = digest(&mut from, |bytes| to.write_all(bytes))?;
    to.sync_all()?;
    Ok(copied)
}

pub(super) fn digest_of(path: &Path) -> io::Result<(u64, String)> {
    digest(&mut File::open(path)?, |_| Ok(()))
}

fn digest(from: &mut File, mut with: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<(u64, String)> {
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok((length, hex(&hash.finalize()))),
            read => {
                hash.update(&buffer[..read]);
                with(&buffer[..read])?;
                length += read as u64;
            }
        }
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A new file for its owner alone.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    private::writing().create_new(true).open(path)
}

/// The file of the digests, as `sha256sum` writes it.
pub(super) struct Sums {
    path: PathBuf,
    file: io::BufWriter<File>,
    hash: Sha256,
    pub(super) files: u64,
}

impl Sums {
    pub(super) fn create(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(SUMS);
        let file = io::BufWriter::new(create(&path).map_err(failed(&path))?);
        Ok(Self { path, file, hash: Sha256::new(), files: 0 })
    }

    pub(super) fn add(&mut self, digest: &str, path: &str) -> Result<(), BackupError> {
        let line = format!("{digest}  {path}\n");
        self.hash.update(&line);
        self.files += 1;
        self.file.write_all(line.as_bytes()).map_err(failed(&self.path))
    }

    /// The digest of the digests, when they are on disk.
    pub(super) fn finish(self) -> Result<String, BackupError> {
        let Self { path, file, hash, .. } = self;
        let written = file.into_inner().map_err(|error| error.into_error()).and_then(|file| file.sync_all());
        written.map_err(failed(&path))?;
        Ok(hex(&hash.finalize()))
    }
}
