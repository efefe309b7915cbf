//! The file, the connections to it, and transactions.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, Connection, query};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::connections::Connections;
use super::error::{Error, Result};
use super::space::{LOG, Log, Space};
use super::{SqliteStore, schema};
use crate::blobs::{above, sync_folder};
use crate::private;
use crate::store::StoreError;

/// How long a call waits, for other tasks and other processes together.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long opening waits before it tries again.
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// Reads take microseconds: more connections than cores gain nothing.
const READERS: u32 = 4;

/// How far a transaction is safe when it is said to be done.
#[derive(Clone, Copy, Debug)]
enum Safe {
    /// From the end of the process.
    FromKills,
    /// From power cuts too: it is waited for the disk.
    FromPowerCuts,
}

impl SqliteStore {
    /// Opens the database, and brings it up to date. A file that is not there is made, for its owner alone to read: it
    /// holds the secrets that clients sign with.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the file cannot be opened or written, is no database, or was made by a newer version;
    /// [`StoreError::Unavailable`] when another process keeps it locked.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let give_up = Instant::now() + PATIENCE;
        let space = Space::beside(path);
        loop {
            match Self::open_file(path, &space).await {
                // SQLite does not wait where two processes turn a new file to WAL, or one closes while the other opens.
                Err(error) if error.is_busy() && Instant::now() < give_up => sleep(BUSY_PAUSE).await,
                Err(error) if error.is_full() && space.give_up() => {}
                opened => return Ok(opened.map_err(|error| error.of(path))?),
            }
        }
    }

    async fn open_file(path: &Path, space: &Space) -> Result<Self> {
        // A file that is there is not opened: closing it would end the locks that SQLite has on it in this process.
        match private::writing().create_new(true).open(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::Open(path.to_owned(), error));
            }
            _ => {}
        }
        let options = options(path);
        let write = options.clone().auto_vacuum(SqliteAutoVacuum::Incremental).journal_mode(SqliteJournalMode::Wal);
        let writer = Connections::open(write, 1).await?;

        // In a transaction around all of it: sqlx does not keep two processes on SQLite from migrating at once.
        let migrated = writer.with(PATIENCE, async |db| {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            schema::migrate(&mut tx).await?;
            Ok(tx.commit().await?)
        });
        migrated.await?;

        let readers = Connections::open(options.read_only(true), READERS).await?;
        // From its first read on it keeps the index of the log (`-shm`) in place, which cannot be made again while the disk is full.
        let store = Self { writer, readers, space: space.clone() };
        store.read(async |db| Ok(query("SELECT 1 FROM sqlite_schema").fetch_optional(db).await?)).await?;
        store.let_shrink().await;
        // The log is there now, and what is jotted goes into it and is secured by `secure_log`: SQLite sees to its name in the folder
        // only at the first transaction that waits for the disk, which may never come, and a power cut would take all of it.
        let folder = above(path).to_owned();
        let secured = spawn_blocking(move || sync_folder(&folder)).await;
        secured.map_err(io::Error::from).flatten().map_err(|error| Error::Open(above(path).to_owned(), error))?;
        Ok(store)
    }

    /// Opens a database that is there, to read it only: it is not brought up to date, and calls that would change it fail. That
    /// works on a disk that cannot be written, too, when nobody has left a log there.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the file cannot be opened, is no database, or was made by a newer version or by an older one;
    /// [`StoreError::Unavailable`] when another process keeps it locked.
    pub async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let opened = Self::open_file_read_only(path).await;
        Ok(opened.map_err(|error| error.of(path))?)
    }

    async fn open_file_read_only(path: &Path) -> Result<Self> {
        path.metadata().map_err(|error| Error::Open(path.to_owned(), error))?;
        let space = Space::beside(path);
        let options = options(path).read_only(true);
        let open = async |options| {
            let readers = Connections::open(options, READERS).await?;
            readers.with(PATIENCE, async |db| schema::check(db).await).await?;
            Ok::<_, Error>(readers)
        };
        let readers = match open(options.clone()).await {
            // To read, SQLite makes the index of the log (`-shm`), which a server keeps in place. Where it cannot, and there is no
            // log, the database is all there is, and nobody changes it.
            Err(error) if error.is_kept_out() && space.log() == 0 => open(options.immutable(true)).await?,
            opened => opened?,
        };
        Ok(Self { writer: readers.clone(), readers, space })
    }

    /// Writes what the database is at this moment into a new file, for its owner alone to read; others may write meanwhile.
    /// It is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when there is a file already, or it cannot be written.
    pub async fn snapshot(&self, path: &Path) -> Result<(), StoreError> {
        Ok(self.snapshot_to(path).await?)
    }

    async fn snapshot_to(&self, path: &Path) -> Result<()> {
        let failed = |error| Error::Open(path.to_owned(), error);
        // SQLite would let others read it. It takes an empty file for none.
        let file = private::writing().create_new(true).open(path).map_err(failed)?;
        let name = path.to_str().ok_or_else(|| failed(io::Error::new(io::ErrorKind::InvalidInput, "not UTF-8")))?;
        self.read(async |db| Ok(query("VACUUM INTO $1").bind(name).execute(db).await?)).await?;
        file.sync_all().map_err(failed)
    }

    pub(super) async fn close_all(&self) {
        self.readers.close().await;
        // The last connection does so when it is closed; there may be others.
        self.write_back(Log::Emptied).await;
        self.writer.close().await;
    }

    /// Does `work` in one transaction that may write, and is on disk when this returns. Nothing of it remains when it fails
    /// or is dropped halfway.
    pub(super) async fn write<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.transact(Safe::FromPowerCuts, work).await
    }

    /// The same for work that takes something away, which goes on when the disk is full: first with the room that the log has
    /// already, when it is written from its start again; then with room from the reserve.
    pub(super) async fn take_away<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T> + Clone,
    ) -> Result<T> {
        let mut started_again = false;
        loop {
            match self.write(work.clone()).await {
                Err(error) if error.is_full() && !started_again => {
                    started_again = true;
                    self.write_back(Log::StartedAgain).await;
                }
                Err(error) if error.is_full() && self.space.give_up() => {
                    started_again = false;
                    tracing::warn!("the disk is full: room was taken from the reserve to remove something");
                }
                done => return done,
            }
        }
    }

    /// The same as `write`, but a power cut soon after may undo it (the end of the process does not). It is not waited for the disk.
    pub(super) async fn jot<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.transact(Safe::FromKills, work).await
    }

    async fn transact<T>(&self, safe: Safe, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        let give_up = Instant::now() + PATIENCE;
        // With NORMAL, a power cut would undo what was acknowledged.
        let synchronous = match safe {
            Safe::FromKills => "NORMAL",
            Safe::FromPowerCuts => "FULL",
        };
        let written = self.writer.with(PATIENCE, async |db| {
            let left = give_up.saturating_duration_since(Instant::now()).as_millis().max(1);
            let begin = format!("PRAGMA synchronous = {synchronous}; PRAGMA busy_timeout = {left}; BEGIN IMMEDIATE");
            let mut tx = db.begin_with(AssertSqlSafe(begin)).await?;
            let done = work(&mut tx).await?;
            tx.commit().await?;
            Ok(done)
        });
        written.await
    }

    /// Reads, with one statement, so that it sees one state of the database.
    pub(super) async fn read<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.readers.with(PATIENCE, work).await
    }

    /// Has the disk take what was written to the log and not waited for.
    pub(super) async fn secure_log(&self) -> Result<()> {
        let log = self.space.log_file();
        let secured = spawn_blocking({
            let log = log.clone();
            // For writing: Windows has the disk take no other file.
            move || match File::options().write(true).open(log) {
                Ok(file) => file.sync_data(),
                // All of it is in the database.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
            }
        });
        secured.await.map_err(io::Error::from).flatten().map_err(|error| Error::Open(log, error))
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(PATIENCE);
    options.pragma("journal_size_limit", LOG.to_string())
}
