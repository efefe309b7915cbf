//! Where a server keeps what must not be lost: a store of metadata and a store of files, or a local folder with both.

#[cfg(unix)]
use std::fs;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blobs::{BlobError, Blobs, make_durable};
use crate::store::{SqliteStore, Store, StoreError};

/// The file of the metadata in a local folder.
const DATABASE: &str = "masthead.db";

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
    #[error("{} is in use by another server", .0.display())]
    Locked(PathBuf),
    /// The folder cannot be used.
    #[error("{}: {error}", .path.display())]
    Folder {
        /// Which file or folder.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store failed.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl Storage {
    /// What is shared with other processes, which may be working with it right now.
    #[must_use]
    pub fn shared(store: Arc<dyn Store>, blobs: Blobs) -> Self {
        Self { store, blobs, lock: None }
    }

    /// A local folder, made if it is not there: `masthead.db`, an SQLite database, and the files in `blobs`. It is locked
    /// for as long as the storage is in use, so that one server has it to itself; [`database`] is not kept from it.
    ///
    /// # Errors
    /// When the folder is in use or cannot be used.
    pub async fn folder(folder: &Path) -> Result<Self, OpenError> {
        make_private(folder)?;
        let path = folder.join("lock");
        let failed = |error| OpenError::Folder { path: path.clone(), error };
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let store = Arc::new(database(folder).await?);
        let blobs = Blobs::folder(&folder.join("blobs"))?;
        Ok(Self { store, blobs, lock: Some(lock) })
    }

    /// The same storage, where what `faults` says goes wrong with its files.
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
#[must_use]
pub fn has_database(folder: &Path) -> bool {
    folder.join(DATABASE).is_file()
}

/// The database of a local folder, to look after its users while a server may be running.
///
/// # Errors
/// When the folder cannot be made, or the database fails.
pub async fn database(folder: &Path) -> Result<SqliteStore, OpenError> {
    make_private(folder)?;
    Ok(SqliteStore::open(&folder.join(DATABASE)).await?)
}

/// Makes a folder that nobody else can look into: secrets are in it.
fn make_private(folder: &Path) -> Result<(), OpenError> {
    let failed = |error| OpenError::Folder { path: folder.to_owned(), error };
    if folder.is_dir() {
        return Ok(());
    }
    make_durable(folder).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}
