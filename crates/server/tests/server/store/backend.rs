//! The implementations, each as a source of empty databases.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use tempfile::TempDir;

use super::fixture::{SqliteStore, Store};

/// An empty database for one case.
pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) backend: Box<dyn Backend>,
}

/// The database behind a store.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    /// One more store on the database, as another process has it.
    async fn another(&self) -> Arc<dyn Store>;

    /// What a process finds when it starts after the machine was killed. `None` where that cannot be shown.
    async fn after_a_kill(&self) -> Option<Arc<dyn Store>>;
}

struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    fn file(&self) -> PathBuf {
        self.folder.path().join("masthead.db")
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn another(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.file()).await.expect("it opens once more"))
    }

    /// The files as they are, while the first store is open: nothing was closed or tidied up.
    async fn after_a_kill(&self) -> Option<Arc<dyn Store>> {
        let copy = self.folder.path().join("copy.db");
        std::fs::copy(self.file(), &copy).expect("the database is there");
        std::fs::copy(self.file().with_extension("db-wal"), copy.with_extension("db-wal")).expect("the WAL is there");
        Some(Arc::new(SqliteStore::open(&copy).await.expect("it opens after a kill")))
    }
}

pub(crate) async fn sqlite() -> Fixture {
    let backend = Box::new(Sqlite { folder: tempfile::tempdir().expect("a folder for the test") });
    Fixture { store: backend.another().await, backend }
}
