//! Errors of SQLite and of what it stores, before they become a `StoreError`.

use std::io;
use std::path::PathBuf;

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
    #[error("a {0} is out of range")]
    Range(&'static str),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict(text) => Self::Conflict(text),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl Error {
    /// Whether another process was in the way: SQLITE_BUSY, of any kind.
    pub(super) fn is_busy(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        let code = error.as_database_error().and_then(|error| error.code());
        code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
    }
}
