//! The store in one SQLite file.
//!
//! One connection writes, so that tasks queue for it here, in turn, and not inside SQLite, which lets them poll. It takes
//! the write lock at the start of each transaction: one that begins with reading would fail at its first write when
//! another process wrote in between. Readers have connections of their own and never wait for a writer.
//!
//! Every statement that writes runs between an explicit BEGIN and COMMIT, single ones too: sqlx hands out the row of a
//! RETURNING without saying whether the commit behind it went well.

mod account;
mod banner;
mod collect;
mod column;
mod error;
mod job;
mod request;

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqlStr, Sqlite, SqlitePool};
use tokio::time::sleep;

use self::error::{Error, Result};
use super::{
    Accepted, Banner, Claim, Completion, Credentials, Failure, Grant, NewUpload, NewUser, Nonce, RateWindow,
    SignedGrant, Store, StoreError, Upload, UploadState, User, UserKey, Variant,
};
use crate::id::{Time, UploadId, UserId, Version};

/// The steps to today's tables, oldest first: number, name and statements. One that has been released is never changed.
///
/// They stand here by hand because the macro of sqlx that reads the folder compiles sqlx, and SQLite with it, a second time.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "initial", include_str!("../../../migrations/sqlite/0001_initial.sql"))];

/// How long a transaction waits for one of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long opening waits before it tries again.
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// Reads take microseconds: more connections than cores gain nothing.
const READERS: u32 = 4;

/// A [`Store`] in one SQLite file (and the `-wal` and `-shm` files beside it), for one machine. Clones share it.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the database, and brings it up to date. A file that is not there is made, for its owner alone to read: it
    /// holds the secrets that clients sign with.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the file cannot be opened or written, is no database, or was made by a newer version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let give_up = Instant::now() + BUSY_TIMEOUT;
        loop {
            match Self::open_file(path).await {
                // SQLite does not wait where two processes turn a new file to WAL, or one closes while the other opens.
                Err(error) if error.is_busy() && Instant::now() < give_up => sleep(BUSY_PAUSE).await,
                opened => return Ok(opened?),
            }
        }
    }

    /// Waits for the calls that are under way, and closes the database. Calls after that fail. A store that is merely
    /// dropped, or killed, loses nothing; the next one that is opened takes up the `-wal` file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn open_file(path: &Path) -> Result<Self> {
        create(path).map_err(|error| Error::Open(path.to_owned(), error))?;
        let options = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
        // With NORMAL, a power cut would undo what was acknowledged.
        let write = options.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let writer = pool(1).connect_with(write).await?;

        // In a transaction around all of it: sqlx does not keep two processes on SQLite from migrating at once.
        let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
        migrator().run_direct(None, &mut *tx, false).await?;
        tx.commit().await?;

        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }

    /// Does `work` in one transaction that may write, and is on disk when this returns. Nothing of it remains when it fails
    /// or is dropped halfway.
    async fn write<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.transact("PRAGMA synchronous = FULL; BEGIN IMMEDIATE", work).await
    }

    /// The same, and a power cut soon after may undo it (the end of the process does not). It is not waited for the disk.
    async fn note<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.transact("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", work).await
    }

    async fn transact<T>(
        &self,
        begin: &'static str,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>,
    ) -> Result<T> {
        let mut connection = self.writer.acquire().await?;
        let written = async {
            let mut tx = connection.begin_with(begin).await?;
            let done = work(&mut tx).await?;
            tx.commit().await?;
            Ok(done)
        };
        let written = written.await;
        if matches!(written, Err(Error::Sql(_))) {
            // SQLite itself ends a transaction when the disk is full, and sqlx goes on counting it: the next one starts on a
            // new connection.
            connection.close_on_drop();
        }
        written
    }

    /// A connection to read with. Each call reads with one statement, so that it sees one state of the database.
    async fn read(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.readers.acquire().await?)
    }
}

fn migrator() -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

fn pool(connections: u32) -> PoolOptions<Sqlite> {
    // A connection to a file does not go stale: it needs no test and no end.
    PoolOptions::new().max_connections(connections).test_before_acquire(false).idle_timeout(None).max_lifetime(None)
}

/// Makes the file if there is none. SQLite gives the files beside it the same permissions.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        // Reading alone would not show that it can be written.
        Ok(self.note(async |_| Ok(())).await?)
    }

    async fn add_user(&self, new: &NewUser, fresh: &Credentials, now: Time) -> Result<(User, Credentials), StoreError> {
        Ok(self.write(async |db| account::add(db, new, fresh, now).await).await?)
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Ok(account::list(&mut *self.read().await?).await?)
    }

    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError> {
        Ok(account::find(&mut *self.read().await?, key).await?)
    }

    async fn rotate(&self, user: UserId, fresh: &Credentials) -> Result<Option<Credentials>, StoreError> {
        Ok(self.write(async |db| account::rotate(db, user, fresh).await).await?)
    }

    async fn set_suspended(&self, user: UserId, suspended: bool) -> Result<bool, StoreError> {
        Ok(self.write(async |db| account::set_suspended(db, user, suspended).await).await?)
    }

    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError> {
        Ok(self.write(async |db| account::remove(db, user).await).await?)
    }

    async fn signed_grant(&self, consumer_key: &str, token: &str) -> Result<Option<SignedGrant>, StoreError> {
        Ok(account::signed_grant(&mut *self.read().await?, consumer_key, token).await?)
    }

    async fn bearer_grant(&self, digest: &[u8; 32]) -> Result<Option<Grant>, StoreError> {
        Ok(account::bearer_grant(&mut *self.read().await?, digest).await?)
    }

    async fn use_nonce(&self, nonce: &Nonce<'_>) -> Result<bool, StoreError> {
        Ok(self.note(async |db| request::use_nonce(db, nonce).await).await?)
    }

    async fn take(
        &self,
        user: UserId,
        call: &str,
        limit: u32,
        window: i64,
        now: Time,
    ) -> Result<RateWindow, StoreError> {
        Ok(self.note(async |db| request::take(db, user, call, limit, window, now).await).await?)
    }

    async fn prune(&self, nonces_before: u64, now: Time) -> Result<(), StoreError> {
        Ok(self.note(async |db| request::prune(db, nonces_before, now).await).await?)
    }

    async fn banner(&self, user: UserId) -> Result<Option<Banner>, StoreError> {
        Ok(banner::current(&mut *self.read().await?, user).await?)
    }

    async fn variant(
        &self,
        user: UserId,
        version: Version,
        name: &str,
    ) -> Result<Option<(UploadId, Variant)>, StoreError> {
        Ok(banner::find_variant(&mut *self.read().await?, user, version, name).await?)
    }

    async fn accept(&self, new: &NewUpload, queue: u64, now: Time) -> Result<Accepted, StoreError> {
        Ok(self.write(async |db| banner::accept(db, new, queue, now).await).await?)
    }

    async fn latest_upload(&self, user: UserId) -> Result<Option<Upload>, StoreError> {
        Ok(banner::latest(&mut *self.read().await?, user).await?)
    }

    async fn upload(&self, id: UploadId) -> Result<Option<Upload>, StoreError> {
        Ok(banner::find(&mut *self.read().await?, id).await?)
    }

    async fn remove_banner(&self, user: UserId, now: Time) -> Result<bool, StoreError> {
        Ok(self.write(async |db| banner::remove(db, user, now).await).await?)
    }

    async fn claim(&self, now: Time, lease_until: Time) -> Result<Option<Claim>, StoreError> {
        Ok(self.note(async |db| job::claim(db, now, lease_until).await).await?)
    }

    async fn renew(&self, claims: &[(UploadId, i64)], lease_until: Time) -> Result<(), StoreError> {
        Ok(self.note(async |db| job::renew(db, claims, lease_until).await).await?)
    }

    async fn complete(&self, claim: &Claim, variants: &[Variant], now: Time) -> Result<Completion, StoreError> {
        Ok(self.write(async |db| job::complete(db, claim, variants, now).await).await?)
    }

    async fn fail(&self, claim: &Claim, failure: &Failure, now: Time) -> Result<bool, StoreError> {
        Ok(self.write(async |db| job::fail(db, claim, failure, now).await).await?)
    }

    async fn retry(&self, claim: &Claim, run_at: Time) -> Result<bool, StoreError> {
        Ok(self.write(async |db| job::retry(db, claim, run_at).await).await?)
    }

    async fn recover(&self, now: Time) -> Result<u64, StoreError> {
        Ok(self.write(async |db| job::recover(db, now).await).await?)
    }

    async fn jobs(&self) -> Result<u64, StoreError> {
        Ok(job::count(&mut *self.read().await?).await?)
    }

    async fn ended(&self, before: Time, limit: u32) -> Result<Vec<UploadId>, StoreError> {
        Ok(collect::ended(&mut *self.read().await?, before, limit).await?)
    }

    async fn forget(&self, uploads: &[UploadId]) -> Result<(), StoreError> {
        Ok(self.write(async |db| collect::forget(db, uploads).await).await?)
    }

    async fn states(&self, uploads: &[UploadId]) -> Result<Vec<(UploadId, UploadState)>, StoreError> {
        Ok(banner::states(&mut *self.read().await?, uploads).await?)
    }
}
