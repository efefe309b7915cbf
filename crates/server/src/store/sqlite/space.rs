//! The room that a database takes on the disk: what is kept in reserve for the day when it is full, and what is given back.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::{query, query_as, query_scalar};

use super::SqliteStore;
use super::database::PATIENCE;
use super::error::Result;
use crate::{private, random};

/// The length of the reserve: room for more than a hundred removals.
const RESERVE: u64 = 4 << 20;

/// What is given up of it at once. Not all: others want room too, and may be quicker.
const PART: u64 = 1 << 20;

/// The log (`-wal`) is cut back to this length.
pub(super) const LOG: u64 = 16 << 20;

/// Pages of the file that may lie idle: they will be needed again.
const IDLE: i64 = 256;

/// Pages that are given back in one transaction, so that no other waits for long, and transactions in one go.
const PAGES: i64 = 256;
const STEPS: usize = 16;

/// What `PRAGMA auto_vacuum` says of a database that can shrink.
const INCREMENTAL: i64 = 2;

/// What becomes of the log when it is in the database.
#[derive(Clone, Copy, Debug)]
pub(super) enum Log {
    /// It is cut to nothing.
    Emptied,
    /// It keeps its room on the disk, and is written from its start again.
    StartedAgain,
}

/// The files beside a database.
#[derive(Clone, Debug)]
pub(super) struct Space {
    database: Arc<Path>,
}

impl Space {
    pub(super) fn beside(database: &Path) -> Self {
        Self { database: database.into() }
    }

    fn file(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(&*self.database);
        name.push(ending);
        name.into()
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.file("-wal")
    }

    /// Gives up a part of the reserve. `false` when there is none.
    pub(super) fn give_up(&self) -> bool {
        let shorten = || -> io::Result<bool> {
            let file = OpenOptions::new().write(true).open(self.file("-reserve"))?;
            let length = file.metadata()?.len();
            file.set_len(length.saturating_sub(PART))?;
            // Some file systems have the room only then.
            file.sync_all()?;
            Ok(length > 0)
        };
        shorten().unwrap_or(false)
    }

    /// Makes the reserve as long as it should be. What it had it keeps when that fails.
    fn fill(&self) -> io::Result<()> {
        let mut file = private::writing().create(true).truncate(false).open(self.file("-reserve"))?;
        let before = file.seek(SeekFrom::End(0))?;
        let mut length = before;
        while length < RESERVE {
            // Zeros would take no room where the file system packs or leaves holes.
            let bytes = random::bytes::<{ 64 << 10 }>();
            if let Err(error) = file.write_all(&bytes).and_then(|()| file.flush()) {
                file.set_len(before)?;
                return Err(error);
            }
            length += bytes.len() as u64;
        }
        Ok(())
    }

    /// The length of the log.
    pub(super) fn log(&self) -> u64 {
        self.log_file().metadata().map_or(0, |file| file.len())
    }
}

impl SqliteStore {
    /// Gives back what the database does not need, and takes what it may need on a full disk.
    pub(super) async fn tidy_up(&self) -> Result<()> {
        for _ in 0..STEPS {
            let idle = self.read(async |db| Ok(query_scalar("PRAGMA freelist_count").fetch_one(db).await?));
            let idle: i64 = idle.await?;
            if idle <= IDLE {
                break;
            }
            let pages = (idle - IDLE).min(PAGES);
            self.jot(async |db| {
                query(sqlx::AssertSqlSafe(format!("PRAGMA incremental_vacuum({pages})"))).fetch_all(db).await?;
                Ok(())
            })
            .await?;
        }
        if self.space.log() > LOG {
            // It is written from its start again only when nobody reads in it, and that may not happen by itself for long.
            self.write_back(Log::Emptied).await;
        }
        let space = self.space.clone();
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || space.fill()).await {
            tracing::warn!(%error, "no room could be reserved for when the disk is full");
        }
        Ok(())
    }

    /// Writes what is in the log into the database, as far as nobody is in the way: those who read at the moment are waited for,
    /// those who do so for long are not.
    pub(super) async fn write_back(&self, then: Log) {
        let checkpoint = match then {
            Log::Emptied => "PRAGMA wal_checkpoint(TRUNCATE)",
            Log::StartedAgain => "PRAGMA wal_checkpoint(RESTART)",
        };
        let written = self.writer.with(PATIENCE, async |db| {
            query("PRAGMA busy_timeout = 200").execute(&mut *db).await?;
            Ok(query_as::<_, (bool, i64, i64)>(checkpoint).fetch_one(db).await?)
        });
        match written.await {
            Ok((true, ..)) => {
                tracing::debug!("the log of the database was not wholly written back: somebody reads or writes")
            }
            Err(error) if !self.writer.is_closed() => {
                tracing::warn!(%error, "the log of the database was not written back");
            }
            _ => {}
        }
    }

    /// Has a database of the first version give room back too: it has to be written anew for that, and is as it was when that fails
    /// or is killed.
    pub(super) async fn let_shrink(&self) {
        if let Err(error) = self.write_anew().await {
            tracing::warn!(%error, "the database was not written anew, and does not shrink before the next start");
        }
    }

    async fn write_anew(&self) -> Result<()> {
        let written = self.writer.with(PATIENCE, async |db| {
            let mode: i64 = query_scalar("PRAGMA auto_vacuum").fetch_one(&mut *db).await?;
            if mode == INCREMENTAL {
                return Ok(());
            }
            tracing::info!("writing the database anew, so that it can shrink from now on");
            query("PRAGMA auto_vacuum = INCREMENTAL").execute(&mut *db).await?;
            query("VACUUM").execute(&mut *db).await?;
            query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(db).await?;
            Ok(())
        });
        written.await
    }
}
