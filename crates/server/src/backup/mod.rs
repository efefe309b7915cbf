//! Backups: a consistent copy of a data folder, made while a server works with it.
//!
//! A backup is a folder with `masthead.db` (a snapshot), `blobs/originals` and `blobs/banners` (what the snapshot needs of
//! them), `SHA256SUMS` (so `sha256sum -c` checks it) and, written last, `backup.json`. It grows under the name `DIR.partial`; when it is whole
//! and on disk it gets its own.

mod copy;

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

use self::copy::{Sums, digest_of};
pub(crate) use self::copy::{copy_file, create, hex};
use crate::blobs::{BlobError, Blobs, Part, above, make_durable, sync_folder};
use crate::id::{Time, UploadId, UserId};
use crate::pair::{self, PairError};
use crate::private;
use crate::storage::{self, BLOBS, DATABASE, OpenError, database, has_database};
use crate::store::{Inventory, SqliteStore, Store, StoreError};

/// What the backup is, and how its files are to be checked; written last.
pub(crate) const MANIFEST: &str = "backup.json";
/// The digests of all other files.
pub(crate) const SUMS: &str = "SHA256SUMS";
/// The version of the layout.
pub(crate) const FORMAT: u32 = 1;
/// Is locked in a data folder while a backup of it is made, and in a backup while it grows.
const LOCK: &str = "backup.lock";

/// How long the collector is asked to delete nothing, and how often that is said again.
const HOLD: Duration = Duration::from_secs(4 * 60);
const HOLD_AGAIN: Duration = Duration::from_secs(60);

/// Files copied at once: each waits for the disk.
const AT_ONCE: usize = 8;
/// Uploads asked for in one go.
const PAGE: u32 = 1000;

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Banners in it.
    pub banners: u64,
    /// Originals in it: of uploads that were in work, and those that are kept.
    pub originals: u64,
    /// Bytes of all files, the database's included.
    pub bytes: u64,
    /// Files that were missing, or too short, in the data folder itself. All else is in the backup.
    pub missing: Vec<MissingFile>,
}

/// A file that the database needs and that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingFile {
    /// The file, below the data folder.
    pub path: String,
    /// Whose upload it is of.
    #[serde(serialize_with = "number")]
    pub user: UserId,
    /// How many bytes it should have at least, where that is known.
    pub expected: Option<u64>,
    /// How many bytes it has; `None`: it is not there.
    pub found: Option<u64>,
}

fn number<S: serde::Serializer>(user: &UserId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(user.0)
}

/// Why no backup was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is nothing to back up.
    #[error("{}: no server has kept anything in this folder", .0.display())]
    NoDatabase(PathBuf),
    /// The place is taken.
    #[error("{} is there already: a backup is made in a new folder", .0.display())]
    Exists(PathBuf),
    /// Another backup is being made.
    #[error("{}: another backup is being made", .0.display())]
    Locked(PathBuf),
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

impl From<PairError> for BackupError {
    fn from(error: PairError) -> Self {
        Self::Open(error.into())
    }
}

/// What stands in `backup.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    pub(crate) storage: String,
    pub(crate) generation: u64,
    /// Milliseconds since the unix epoch.
    pub(crate) taken_at: i64,
    /// Files, that of the database included.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// SHA-256 of the file of the other digests.
    pub(crate) sums: String,
}

/// Backs a data folder up into a new one. A server may be at work there: what was acknowledged before this is called is in the backup,
/// and later things may be. Until it ends, that server deletes no file.
///
/// # Errors
/// When `to` is there already, database and files in `data` do not belong together, or something cannot be read or written. What was
/// written until then stays in `TO.partial`, which the next backup to `to` replaces.
pub async fn backup(data: &Path, to: &Path) -> Result<Backup, BackupError> {
    if !has_database(data)? {
        return Err(BackupError::NoDatabase(data.to_owned()));
    }
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let store = database(data).await?;
    let made = backup_of(&store, data, to).await;
    store.close().await;
    made
}

async fn backup_of(store: &SqliteStore, data: &Path, to: &Path) -> Result<Backup, BackupError> {
    let blobs = Blobs::attach(&data.join(BLOBS))?;
    if let Some(mismatch) = pair::mismatch(Some(store), blobs.as_ref()).await? {
        return Err(OpenError::Mismatch { folder: data.to_owned(), mismatch }.into());
    }
    let _alone = lock(data)?;
    let mut partial = to.to_owned().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let growing = begin(&partial)?;

    // Ended with this function, however it ends.
    let mut holding = JoinSet::new();
    store.hold_deletions(Time::now().after(HOLD)).await?;
    let held = store.clone();
    holding.spawn(async move {
        loop {
            sleep(HOLD_AGAIN).await;
            if let Err(error) = held.hold_deletions(Time::now().after(HOLD)).await {
                tracing::warn!(%error, "the server was not asked again to delete nothing");
            }
        }
    });
    let made = fill(store, blobs.as_ref(), data, &partial).await;
    holding.shutdown().await;
    store.hold_deletions(Time(0)).await?;
    let made = made?;

    let lock = partial.join(LOCK);
    fs::remove_file(&lock).map_err(failed(&lock))?;
    fs::rename(&partial, to).map_err(failed(to))?;
    drop(growing);
    sync_folder(above(to)).map_err(failed(to))?;
    Ok(made)
}

/// A new folder for a backup that grows; what a backup has left there that was killed is removed.
fn begin(partial: &Path) -> Result<File, BackupError> {
    if partial.is_dir() {
        // It may have ended right after the folder was made, and right before it got its name.
        let empty = fs::read_dir(partial).map_err(failed(partial))?.next().is_none();
        if !empty && !partial.join(LOCK).is_file() && !partial.join(MANIFEST).is_file() {
            return Err(BackupError::Exists(partial.to_owned()));
        }
        let left = lock(partial)?;
        fs::remove_dir_all(partial).map_err(failed(partial))?;
        drop(left);
    }
    make_durable(partial).map_err(failed(partial))?;
    lock(partial)
}

/// Copies what there is at one moment.
async fn fill(store: &SqliteStore, blobs: Option<&Blobs>, data: &Path, partial: &Path) -> Result<Backup, BackupError> {
    let taken_at = Time::now();
    let database = partial.join(DATABASE);
    store.snapshot(&database).await?;
    private::file(&database).map_err(failed(&database))?;
    // From here on the files know of a later generation than the snapshot: it is not taken for the newest database.
    if let Some(blobs) = blobs {
        pair::raise(store, blobs).await?;
    }
    let snapshot = SqliteStore::open_read_only(&database).await?;
    for part in Part::ALL {
        let folder = partial.join(BLOBS).join(part.name());
        make_durable(&folder).map_err(failed(&folder))?;
    }

    let mut sums = Sums::create(partial)?;
    let mut backup = Backup { banners: 0, originals: 0, bytes: 0, missing: Vec::new() };
    let mut after = None;
    loop {
        let page = snapshot.inventory(after, PAGE).await?;
        after = page.last().map(|last| last.upload);
        let mut copies =
            stream::iter(page.iter().flat_map(needed).map(|file| copy(data, partial, file))).buffered(AT_ONCE);
        while let Some((file, copied)) = copies.try_next().await? {
            match copied {
                Some((bytes, digest)) => {
                    sums.add(&digest, &file.path())?;
                    backup.bytes += bytes;
                    match file.part {
                        Part::Banners => backup.banners += 1,
                        Part::Originals => backup.originals += 1,
                    }
                    if bytes < file.least {
                        backup.missing.push(file.missing(Some(bytes)));
                    }
                }
                None if file.required => backup.missing.push(file.missing(None)),
                None => {}
            }
        }
        if page.len() < PAGE as usize {
            break;
        }
    }
    let pairing = snapshot.pairing().await?;
    snapshot.close().await;
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(partial.join(format!("{DATABASE}{suffix}")));
    }
    let (bytes, digest) = blocking(database.clone(), move || digest_of(&database)).await?;
    sums.add(&digest, DATABASE)?;
    backup.bytes += bytes;
    let files = sums.files;
    let manifest = Manifest {
        format: FORMAT,
        storage: pairing.map_or_else(String::new, |pairing| pairing.storage.to_string()),
        generation: pairing.map_or(0, |pairing| pairing.generation),
        taken_at: taken_at.0,
        files,
        bytes: backup.bytes,
        sums: sums.finish()?,
    };
    for part in Part::ALL {
        let folder = partial.join(BLOBS).join(part.name());
        sync_folder(&folder).map_err(failed(&folder))?;
    }
    let path = partial.join(MANIFEST);
    let text = serde_json::to_string_pretty(&manifest).map_err(io::Error::from).map_err(failed(&path))? + "\n";
    create(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(failed(&path))?;
    sync_folder(partial).map_err(failed(partial))?;
    Ok(backup)
}

/// A file that a snapshot needs, or may have.
#[derive(Clone, Copy, Debug)]
struct Needed {
    part: Part,
    upload: UploadId,
    user: UserId,
    /// Bytes that it has at least.
    least: u64,
    /// Whether it must be there: originals may be kept, and need not be.
    required: bool,
}

impl Needed {
    fn path(&self) -> String {
        storage::file(self.part, self.upload)
    }

    fn missing(&self, found: Option<u64>) -> MissingFile {
        let expected = Some(self.least).filter(|least| *least > 0);
        MissingFile { path: self.path(), user: self.user, expected, found }
    }
}

fn needed(upload: &Inventory) -> impl Iterator<Item = Needed> + use<> {
    let file = |part, least, required| Needed { part, upload: upload.upload, user: upload.user, least, required };
    let banner = upload.banner.map(|bytes| file(Part::Banners, bytes, true));
    banner.into_iter().chain([file(Part::Originals, 0, upload.original)])
}

/// Copies a file; its length and digest, `None` when it is not there.
async fn copy(data: &Path, partial: &Path, file: Needed) -> Result<(Needed, Option<(u64, String)>), BackupError> {
    let (from, to) = (data.join(file.path()), partial.join(file.path()));
    let copied = blocking(from.clone(), move || match copy_file(&from, &to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        copied => copied.map(Some),
    });
    Ok((file, copied.await?))
}

/// Locks a folder for a backup.
fn lock(folder: &Path) -> Result<File, BackupError> {
    let path = folder.join(LOCK);
    let file = private::writing().create(true).truncate(false).open(&path).map_err(failed(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Locked(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(&path)(error)),
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |error| BackupError::File { path: path.clone(), error }
}

/// Does `work` on a file where it may block.
async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BackupError> {
    let done = spawn_blocking(work).await.map_err(io::Error::other);
    done.and_then(|done| done).map_err(failed(&path))
}
