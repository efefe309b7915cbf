//! Backups brought back into a new data folder.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::backup::{FORMAT, MANIFEST, Manifest, SUMS, copy_file, create, hex};
use crate::blobs::{BlobError, Blobs, Part, make_durable, sync_folder};
use crate::id::{StorageId, Time, UploadId};
use crate::pair::{self, PairError};
use crate::storage::{self, BLOBS, DATABASE, LOCK, OpenError};
use crate::store::{Pairing, SqliteStore, Store, StoreError};

/// Stands in a folder until a backup is wholly there: no server starts on it.
pub(crate) const UNFINISHED: &str = "restore.unfinished";

/// A backup that was restored.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// Banners and originals.
    pub files: u64,
    /// Bytes of all files, the database's included.
    pub bytes: u64,
    /// When the backup was begun.
    pub taken_at: Time,
}

/// Why a backup was not restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// It is no backup, or one that was not finished.
    #[error("{} is no backup, or none that was finished: there is no readable {MANIFEST} in it", .0.display())]
    NoBackup(PathBuf),
    /// It was made by another version.
    #[error("{}: the backup has format {found}, and this version knows format {FORMAT}", .path.display())]
    Format {
        /// The backup.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A file is missing in it, or was changed.
    #[error("{}: the backup is not whole: {what}", .path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The place is taken.
    #[error("{} is not empty: a backup is restored into a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// A file could not be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store failed.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl From<PairError> for RestoreError {
    fn from(error: PairError) -> Self {
        Self::Open(error.into())
    }
}

/// Brings a backup back into a data folder that is not there or is empty. Every file is checked against its digest. The folder is a
/// storage of its own from then on: its database and its files are not taken for those that the backup was made of.
///
/// # Errors
/// When the folder holds something, when the backup is not whole, and when something cannot be read or written. The folder is as
/// it was then; or no server starts on it, where it cannot be emptied.
pub async fn restore(from: &Path, data: &Path) -> Result<Restored, RestoreError> {
    let manifest = manifest(from)?;
    let made = !data.exists();
    if !made {
        must_be_empty(data)?;
    }
    let unfinished = data.join(UNFINISHED);
    make_durable(data).map_err(failed(data))?;
    let lock = storage::lock(data).await?;
    // Somebody else may have restored something, or started a server, before it was locked.
    must_be_empty(data)?;
    create(&unfinished).and_then(|file| file.sync_all()).map_err(failed(&unfinished))?;
    sync_folder(data).map_err(failed(data))?;
    let restored = fill(from, data, &manifest).await;
    if restored.is_err() {
        match clear(data) {
            Ok(()) if made => drop(fs::remove_dir(data)),
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "{} cannot be emptied: no server starts on it", data.display()),
        }
    }
    drop(lock);
    restored?;
    fs::remove_file(&unfinished).map_err(failed(&unfinished))?;
    sync_folder(data).map_err(failed(data))?;
    Ok(Restored { files: manifest.files.saturating_sub(1), bytes: manifest.bytes, taken_at: Time(manifest.taken_at) })
}

/// Removes what was restored: nothing of it is of use. Where some of it stays, [`UNFINISHED`] does too, and keeps servers away.
fn clear(data: &Path) -> io::Result<()> {
    let gone = |removed: io::Result<()>| match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    };
    let mut cleared = gone(fs::remove_dir_all(data.join(BLOBS)));
    for ending in ["", "-wal", "-shm"] {
        cleared = gone(fs::remove_file(data.join(format!("{DATABASE}{ending}")))).and(cleared);
    }
    cleared?;
    // A power cut must not bring back something of it without the mark.
    sync_folder(data)?;
    gone(fs::remove_file(data.join(UNFINISHED)))?;
    gone(fs::remove_file(data.join(LOCK)))
}

/// The lock alone is nothing: it is what a restore leaves that was killed at its very start.
fn must_be_empty(data: &Path) -> Result<(), RestoreError> {
    for file in fs::read_dir(data).map_err(failed(data))? {
        if file.map_err(failed(data))?.file_name() != LOCK {
            return Err(RestoreError::NotEmpty(data.to_owned()));
        }
    }
    Ok(())
}

fn manifest(from: &Path) -> Result<Manifest, RestoreError> {
    let none = || RestoreError::NoBackup(from.to_owned());
    let text = fs::read_to_string(from.join(MANIFEST)).map_err(|_| none())?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| none())?;
    let found = value["format"].as_u64().and_then(|format| u32::try_from(format).ok()).ok_or_else(none)?;
    if found != FORMAT {
        return Err(RestoreError::Format { path: from.to_owned(), found });
    }
    serde_json::from_value(value).map_err(|_| none())
}

async fn fill(from: &Path, data: &Path, manifest: &Manifest) -> Result<(), RestoreError> {
    for part in Part::ALL {
        let folder = data.join(BLOBS).join(part.name());
        make_durable(&folder).map_err(failed(&folder))?;
    }
    let (source, target, files, sums) = (from.to_owned(), data.to_owned(), manifest.files, manifest.sums.clone());
    let copied = spawn_blocking(move || copy_all(&source, &target, files, &sums)).await;
    copied.map_err(|error| failed(data)(io::Error::other(error)))??;
    for part in Part::ALL {
        let folder = data.join(BLOBS).join(part.name());
        sync_folder(&folder).map_err(failed(&folder))?;
    }
    let store = SqliteStore::open(&data.join(DATABASE)).await?;
    let blobs = Blobs::folder(&data.join(BLOBS))?;
    let paired = async {
        store.hold_deletions(Time(0)).await?;
        let pairing = Pairing { storage: StorageId::random(), generation: 1, confirmed: true };
        pair::stamp(&store, &blobs, &pairing, true).await
    };
    let paired = paired.await;
    store.close().await;
    Ok(paired?)
}

/// Copies what the digests name, and checks it.
fn copy_all(from: &Path, data: &Path, files: u64, sums: &str) -> Result<(), RestoreError> {
    let damaged = |what: String| RestoreError::Damaged { path: from.to_owned(), what };
    let path = from.join(SUMS);
    let list = File::open(&path).map_err(|error| damaged(format!("{SUMS}: {error}")))?;
    let (mut hash, mut found, mut database) = (Sha256::new(), 0, false);
    for line in BufReader::new(list).lines() {
        let line = line.map_err(failed(&path))?;
        hash.update(&line);
        hash.update("\n");
        let (digest, name) = line.split_once("  ").ok_or_else(|| damaged(format!("{SUMS} has the line {line:?}")))?;
        if !is_of_a_backup(name) {
            return Err(damaged(format!("{SUMS} names {name:?}")));
        }
        database |= name == DATABASE;
        let to = data.join(name);
        match copy_file(&from.join(name), &to) {
            Ok((_, same)) if same == digest => found += 1,
            Ok(_) => return Err(damaged(format!("{name} was changed"))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(damaged(format!("{name} is missing"))),
            Err(error) => return Err(failed(&to)(error)),
        }
    }
    if hex(&hash.finalize()) != sums || found != files || !database {
        return Err(damaged(format!("{SUMS} was changed")));
    }
    Ok(())
}

/// Whether a backup has files of this name: nothing is written anywhere else.
fn is_of_a_backup(name: &str) -> bool {
    let blob = |rest: &str| {
        let (part, upload) = rest.split_once('/')?;
        Part::ALL.iter().find(|known| known.name() == part)?;
        upload.parse::<UploadId>().ok()
    };
    name == DATABASE || name.strip_prefix(BLOBS).and_then(|rest| rest.strip_prefix('/')).and_then(blob).is_some()
}

fn failed(path: &Path) -> impl Fn(io::Error) -> RestoreError + use<> {
    let path = path.to_owned();
    move |error| RestoreError::File { path: path.clone(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_kept_away_from_what_cannot_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| folder.path().join(name).exists();
        let stubborn = folder.path().join(DATABASE);
        // No file, so that it is not removed as one.
        fs::create_dir(&stubborn).unwrap();
        fs::create_dir(folder.path().join(BLOBS)).unwrap();
        create(&folder.path().join(UNFINISHED)).unwrap();
        clear(folder.path()).unwrap_err();
        assert_eq!([BLOBS, DATABASE, UNFINISHED].map(there), [false, true, true]);
        assert!(matches!(storage::make(folder.path()), Err(OpenError::Unrestored(_))));
        fs::remove_dir(&stubborn).unwrap();
        clear(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_written_outside_the_folder() {
        let upload = UploadId::random();
        for good in ["masthead.db".to_owned(), format!("blobs/banners/{upload}"), format!("blobs/originals/{upload}")] {
            assert!(is_of_a_backup(&good), "{good}");
        }
        for bad in [
            "lock".to_owned(),
            "../masthead.db".to_owned(),
            "/masthead.db".to_owned(),
            format!("blobs/quarantine/{upload}"),
            format!("blobs/banners/../{upload}"),
            "blobs/identity".to_owned(),
            "blobs/banners/x".to_owned(),
        ] {
            assert!(!is_of_a_backup(&bad), "{bad}");
        }
    }
}
