//! Connections to one file, each lent to one call at a time.
//!
//! sqlx has a pool that does this, but it spawns a task for each connection that comes back, and asks that whether it still works:
//! as much as a short call takes itself.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::error::{Error, Result};

/// Some connections. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    most: u32,
    idle: Mutex<Vec<SqliteConnection>>,
    permits: Arc<Semaphore>,
}

/// A connection, until this is dropped. What a call has left undone that was itself dropped halfway (a transaction) is undone
/// before the next one begins.
#[derive(Debug)]
struct Lent {
    /// There until it is dropped, or has failed.
    connection: Option<SqliteConnection>,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    /// Up to `most` connections, of which one is opened now.
    pub(super) async fn open(options: SqliteConnectOptions, most: u32) -> Result<Self> {
        let first = options.connect().await?;
        let permits = Arc::new(Semaphore::new(most as usize));
        Ok(Self { shared: Arc::new(Shared { options, most, idle: Mutex::new(vec![first]), permits }) })
    }

    /// Does `work` with the next connection that is free, in turn; an error when none is within `patience`.
    ///
    /// A connection on which SQLite or sqlx failed is closed, and the next call gets a new one: its thread may have ended, its file may be
    /// out of reach, or a transaction be counted that SQLite itself has ended (it does so when the disk is full).
    pub(super) async fn with<T>(
        &self,
        patience: Duration,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T>,
    ) -> Result<T> {
        let mut lent = self.lend(patience).await?;
        let done = work(&mut lent).await;
        if matches!(done, Err(Error::Sql(_))) {
            lent.connection = None;
        }
        done
    }

    async fn lend(&self, patience: Duration) -> Result<Lent> {
        let shared = Arc::clone(&self.shared);
        let permit = timeout(patience, Arc::clone(&shared.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = shared.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => shared.options.connect().await?,
        };
        Ok(Lent { connection: Some(connection), shared, _permit: permit })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.permits.is_closed()
    }

    /// Waits for the calls that are under way, and closes all connections. None is lent any more.
    pub(super) async fn close(&self) {
        let all = self.shared.permits.acquire_many(self.shared.most).await;
        self.shared.permits.close();
        drop(all);
        let idle = std::mem::take(&mut *self.shared.idle());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a connection to the database was not closed in order");
            }
        }
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Before the permit goes, or the next call would open another one.
        if let Some(connection) = self.connection.take() {
            self.shared.idle().push(connection);
        }
    }
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("it goes with this")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("it goes with this")
    }
}

#[cfg(test)]
mod tests {
    use sqlx::query;

    use super::*;

    #[tokio::test]
    async fn a_connection_that_failed_is_not_lent_again() {
        let patience = Duration::from_secs(10);
        let connections = Connections::open(SqliteConnectOptions::new(), 1).await.unwrap();
        let marked = async |db: &mut SqliteConnection| {
            let known = query("SELECT 1 FROM sqlite_temp_schema WHERE name = 'mark'").fetch_optional(db).await?;
            Ok(known.is_some())
        };
        let mark = async |db: &mut SqliteConnection| {
            query("CREATE TEMP TABLE mark (id)").execute(db).await?;
            Ok(())
        };
        connections.with(patience, mark).await.unwrap();
        let refused = async |_: &mut SqliteConnection| Err::<(), _>(Error::Conflict("taken".into()));
        connections.with(patience, refused).await.unwrap_err();
        assert!(connections.with(patience, marked).await.unwrap(), "nothing is wrong with it");
        let crashed = async |_: &mut SqliteConnection| Err::<(), _>(sqlx::Error::WorkerCrashed.into());
        connections.with(patience, crashed).await.unwrap_err();
        assert!(!connections.with(patience, marked).await.unwrap(), "its thread has ended");
    }
}
