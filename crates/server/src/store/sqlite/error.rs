//! Errors of SQLite and of what it stores, before they become a `StoreError`.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

use super::super::StoreError;

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

/// Never shown as it is: callers see a [`StoreError`]. No text in it has a value that was bound to a statement.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{0}")]
    Conflict(String),
    #[error("{0} cannot be opened: {1}")]
    Open(PathBuf, io::Error),
    #[error("{0}")]
    Sql(#[from] sqlx::Error),
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    #[error("{0}")]
    Schema(String),
    #[error("{0}: {1}")]
    File(PathBuf, Box<Self>),
    #[error("a {0} is out of range")]
    Range(&'static str),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict(text) => Self::Conflict(text),
            other if other.is_busy() || other.is_full() => Self::Unavailable(other.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// Primary result codes of SQLite.
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const FULL: u32 = 13;
const READONLY: u32 = 8;
const CANTOPEN: u32 = 14;

/// What SQLite says instead of FULL where a quota is used up, where the index of the log has no room to grow, or where the file
/// system finds out late that it is full: IOERR with WRITE, FSYNC, TRUNCATE and SHMSIZE.
const NO_ROOM: [u32; 4] = [778, 1034, 1546, 4874];

impl Error {
    /// The same, with the name of the database if it has none.
    pub(super) fn of(self, database: &Path) -> Self {
        match self {
            Self::Open(..) | Self::File(..) => self,
            error => Self::File(database.to_owned(), error.into()),
        }
    }

    /// The extended result code of SQLite.
    fn code(&self) -> Option<u32> {
        let (Self::Sql(error) | Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _))) =
            self
        else {
            return None;
        };
        error.as_database_error()?.code()?.parse().ok()
    }

    /// Whether others are in the way, in this process or another one.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::PoolTimedOut))
            || self.code().is_some_and(|code| matches!(code & 0xff, BUSY | LOCKED))
    }

    /// Whether a file beside the database could not be made or written.
    pub(super) fn is_kept_out(&self) -> bool {
        self.code().is_some_and(|code| matches!(code & 0xff, READONLY | CANTOPEN))
    }

    /// Whether the disk is full.
    pub(super) fn is_full(&self) -> bool {
        let kind = if let Self::Open(_, error) = self { Some(error.kind()) } else { None };
        matches!(kind, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
            || self.code().is_some_and(|code| code & 0xff == FULL || NO_ROOM.contains(&code))
    }
}
