//! Where a server keeps what must not be lost: a store of metadata and a store of files, or a local folder with both.

use std::fs::{File, Metadata, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::blobs::{BlobError, Blobs, Part, make_durable};
use crate::id::UploadId;
use crate::pair::{self, Found, Mismatch, PairError};
use crate::private;
use crate::store::{SqliteStore, Store, StoreError};

/// The file of the metadata in a local folder.
pub(crate) const DATABASE: &str = "masthead.db";
/// The folder of the files in a local folder.
pub(crate) const BLOBS: &str = "blobs";
/// The file that is locked while a process has a local folder to itself.
pub(crate) const LOCK: &str = "lock";

/// How often it is tried again to lock the folder, and after which pause each time, until it is said to be in use.
const LOCK_AGAIN: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Metadata and files.
pub struct Storage {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Blobs,
    /// Held while this process has the storage to itself.
    pub(crate) lock: Option<File>,
}

/// Why a storage was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder is in use.
    #[error("{} is in use by another server: stop that one, or choose another folder (--data)", .0.display())]
    Locked(PathBuf),
    /// The folder cannot be used.
    #[error("{}: {error}", .path.display())]
    Folder {
        /// Which file or folder.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// Database and files in the folder do not belong together. Nothing in it was changed.
    #[error(
        "{}: {mismatch}; {}, or restore a backup into another folder with 'masthead restore'; 'masthead check' lists what differs, and \
         'masthead check --accept' goes on with what is there", .folder.display(), .mismatch.remedy()
    )]
    Mismatch {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with them.
        mismatch: Mismatch,
    },
    /// Store and blobs do not belong together. Nothing in them was changed.
    #[error("{0}")]
    Strangers(Mismatch),
    /// The folder is a backup, which stays as it is.
    #[error("{} is a backup: bring it back into another folder with 'masthead restore'", .0.display())]
    Backup(PathBuf),
    /// A backup was to be restored into this folder, and that was cut short.
    #[error("{}: a backup was not wholly restored into this folder: empty it and run 'masthead restore' once more", .0.display())]
    Unrestored(PathBuf),
    /// The database cannot be opened with the log beside it.
    #[error(
        "{error}; if masthead.db was put back by hand, masthead.db-wal and -shm beside it are of the former one: move them away, and \
         put back those that belong to it"
    )]
    Log {
        /// The folder.
        folder: PathBuf,
        /// What the database says.
        error: StoreError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store failed.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl From<PairError> for OpenError {
    fn from(error: PairError) -> Self {
        match error {
            PairError::Store(error) => Self::Store(error),
            PairError::Blobs(error) => Self::Blobs(error),
            PairError::Mismatch(mismatch) => Self::Strangers(mismatch),
        }
    }
}

impl Storage {
    /// What is shared with other processes, which may be working with it right now. New ones become a pair; from then on each is
    /// known to belong to the other.
    ///
    /// # Errors
    /// When they do not belong together, or one of them fails.
    pub async fn shared(store: Arc<dyn Store>, blobs: Blobs) -> Result<Self, OpenError> {
        pair::check_shared(&*store, &blobs).await?;
        Ok(Self { store, blobs, lock: None })
    }

    /// A local folder, made if it is not there: `masthead.db`, an SQLite database, and the files in `blobs`. It is locked
    /// for as long as the storage is in use, so that one server has it to itself; [`database`] is not kept from it.
    ///
    /// Database and files know each other by name and generation. Where they do not belong together, or one of them is older than the
    /// other, nothing is changed.
    ///
    /// On Unix, folders and files that others may read or write become private.
    ///
    /// # Errors
    /// When the folder is in use or cannot be used, when everybody can write into it, and when database and files do not
    /// belong together.
    pub async fn folder(folder: &Path) -> Result<Self, OpenError> {
        make(folder)?;
        let lock = lock(folder).await?;
        let (file, files) = Blobs::peek(&folder.join(BLOBS))?;
        let there = has_database(folder)?;
        let unknown = Found { row: None, file, files, uploads: there };
        let refused = |mismatch| OpenError::Mismatch { folder: folder.to_owned(), mismatch };
        if !there {
            unknown.judge().map_err(refused)?;
        }
        let store = Arc::new(open(folder).await?);
        let uploads = !store.inventory(None, 1).await?.is_empty();
        Found { row: store.pairing().await?, uploads, ..unknown }.judge().map_err(refused)?;
        let blobs = Blobs::folder(&folder.join(BLOBS))?;
        pair::raise(&*store, &blobs).await?;
        Ok(Self { store, blobs, lock: Some(lock) })
    }

    /// The same, with what `faults` says going wrong in the files.
    #[cfg(feature = "chaos")]
    #[must_use]
    pub fn with_faults(self, faults: &crate::Faults) -> Self {
        Self { blobs: self.blobs.with_faults(faults), ..self }
    }

    /// The metadata.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }
}

/// Whether a local folder holds a database: to look into one without making it.
///
/// # Errors
/// When it cannot be found out, as in a folder of another user.
pub fn has_database(folder: &Path) -> Result<bool, OpenError> {
    Ok(look(&folder.join(DATABASE))?.is_some_and(|database| database.is_file()))
}

/// What there is at this path. `None` only where there certainly is nothing.
pub(crate) fn look(path: &Path) -> Result<Option<Metadata>, OpenError> {
    match path.metadata() {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OpenError::Folder { path: path.to_owned(), error }),
    }
}

/// The path of a file of an upload, below its local folder.
pub(crate) fn file(part: Part, upload: UploadId) -> String {
    format!("{BLOBS}/{}/{upload}", part.name())
}

/// The database of a local folder, to look after its users while a server may be running. It is made if it is not there.
///
/// # Errors
/// When the folder cannot be made or used, when it holds banners without their database, or the database fails.
pub async fn database(folder: &Path) -> Result<SqliteStore, OpenError> {
    make(folder)?;
    if !has_database(folder)? {
        let (file, files) = Blobs::peek(&folder.join(BLOBS))?;
        let found = Found { row: None, file, files, uploads: false };
        found.judge().map_err(|mismatch| OpenError::Mismatch { folder: folder.to_owned(), mismatch })?;
    }
    open(folder).await
}

/// The database of a local folder, to read in it while a server may be running. Nothing is made or brought up to date.
///
/// # Errors
/// When it is not there, is of another version, or fails.
pub async fn database_to_read(folder: &Path) -> Result<SqliteStore, OpenError> {
    Ok(SqliteStore::open_read_only(&folder.join(DATABASE)).await?)
}

pub(crate) async fn open(folder: &Path) -> Result<SqliteStore, OpenError> {
    let path = folder.join(DATABASE);
    let log = folder.join(format!("{DATABASE}-wal")).is_file();
    let store = SqliteStore::open(&path).await.map_err(|error| match error {
        StoreError::Failed(_) if log => OpenError::Log { folder: folder.to_owned(), error },
        error => OpenError::Store(error),
    })?;
    for suffix in ["", "-wal", "-shm"] {
        let path = folder.join(format!("{DATABASE}{suffix}"));
        match private::file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(OpenError::Folder { path, error });
            }
            _ => {}
        }
    }
    Ok(store)
}

/// Makes a folder that nobody else can look into: secrets are in it. It must not be one that is something else.
pub(crate) fn make(folder: &Path) -> Result<(), OpenError> {
    if folder.join(crate::backup::MANIFEST).is_file() {
        return Err(OpenError::Backup(folder.to_owned()));
    }
    if folder.join(crate::restore::UNFINISHED).is_file() {
        return Err(OpenError::Unrestored(folder.to_owned()));
    }
    let failed = |error| OpenError::Folder { path: folder.to_owned(), error };
    make_durable(folder).and_then(|()| private::folder(folder)).map_err(failed)
}

/// Locks a folder for this process.
pub(crate) async fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(LOCK);
    let failed = |error| OpenError::Folder { path: path.clone(), error };
    let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    private::file(&path).map_err(failed)?;
    let mut tries = 0;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            // A check locks it for an instant, to see whether a server is there.
            Err(TryLockError::WouldBlock) if tries < LOCK_AGAIN => {
                tries += 1;
                sleep(LOCK_PAUSE).await;
            }
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn somebody_who_looks_whether_it_is_locked_is_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let checking = File::create(folder.path().join(LOCK)).unwrap();
        checking.try_lock_shared().unwrap();
        let mut locking = Box::pin(lock(folder.path()));
        assert!(locking.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(checking);
        let _server = locking.await.unwrap();
        assert!(matches!(lock(folder.path()).await, Err(OpenError::Locked(_))));
    }
}
