//! The pair of database and files: whether they belong together, and which of them is older.
//!
//! Both carry the name of their storage and a generation: the database in a row, the files in the file `identity`. The
//! generation rises at each start, at each end, with each backup and each hour. So a database that was put back from
//! yesterday has a lower one than the files, and is not mistaken for today's, which knows more of them.

use std::fmt;
use std::time::Duration;

use tokio::time::sleep;

use crate::blobs::{BlobError, Blobs, Identity};
use crate::id::StorageId;
use crate::store::{Pairing, Store, StoreError};

/// Why a database and files are not used together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// There are files, and no database or one that has never heard of them.
    DatabaseMissing,
    /// The database has lived with files, and there are none.
    BlobsMissing,
    /// They are of two storages.
    Strangers,
    /// The database is older than the files.
    DatabaseOlder {
        /// The generation of the database.
        database: u64,
        /// The generation of the files.
        blobs: u64,
    },
    /// The files are older than the database.
    BlobsOlder {
        /// The generation of the database.
        database: u64,
        /// The generation of the files.
        blobs: u64,
    },
}

impl Mismatch {
    /// What to do about it where both are in a local folder.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::DatabaseMissing => "put masthead.db back, with masthead.db-wal if there is one",
            Self::BlobsMissing => "mount the folder 'blobs', or put it back",
            Self::Strangers => "put back the one that is in the wrong place",
            Self::DatabaseOlder { .. } => "put the newer masthead.db back",
            Self::BlobsOlder { .. } => "put the newer folder 'blobs' back",
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DatabaseMissing => f.write_str("the database of these banners is missing or not whole"),
            Self::BlobsMissing => {
                f.write_str("the banners of this database are missing: there is no file 'blobs/identity'")
            }
            Self::Strangers => f.write_str("database and banners are of two different storages"),
            Self::DatabaseOlder { database, blobs } => write!(
                f,
                "the database (generation {database}) is older than the banners (generation {blobs}), and does not know those that \
                 came later"
            ),
            Self::BlobsOlder { database, blobs } => write!(
                f,
                "the banners (generation {blobs}) are older than the database (generation {database}), and those that came later \
                 are missing"
            ),
        }
    }
}

/// How long a look waits for somebody who raises the generation.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The generation could not be raised.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PairError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error("{0}")]
    Mismatch(Mismatch),
}

/// What is known of a storage before anything in it is changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// The row in the database. `None` also where there is no database.
    pub(crate) row: Option<Pairing>,
    /// The identity file.
    pub(crate) file: Option<Identity>,
    /// Whether the database knows any upload.
    pub(crate) uploads: bool,
    /// Whether there are originals or banners.
    pub(crate) files: bool,
}

impl Found {
    /// Looks at both.
    pub(crate) async fn look(store: &dyn Store, blobs: &Blobs) -> Result<Self, PairError> {
        Ok(Self {
            row: store.pairing().await?,
            file: blobs.identity().await?,
            uploads: !store.inventory(None, 1).await?.is_empty(),
            files: blobs.has_files().await?,
        })
    }

    /// Whether they belong together.
    pub(crate) fn judge(&self) -> Result<(), Mismatch> {
        match (self.row, self.file) {
            // New, or of a version that did not know about pairs: those have no more in common than their uploads.
            (None, None) if self.files && !self.uploads => Err(Mismatch::DatabaseMissing),
            (None, None) => Ok(()),
            // Of a shared storage, whose first process ended before it had told the database.
            (None, Some(file)) if file.generation == 0 && !self.files => Ok(()),
            (None, Some(_)) => Err(Mismatch::DatabaseMissing),
            // A new one, whose first process ended before it had written the file.
            (Some(row), None) if row.generation == 1 && !row.confirmed && (self.files || !self.uploads) => Ok(()),
            (Some(_), None) => Err(Mismatch::BlobsMissing),
            (Some(row), Some(file)) if row.storage != file.storage => Err(Mismatch::Strangers),
            (Some(row), Some(file)) => {
                let (database, blobs) = (row.generation, file.generation);
                if database == blobs || (!row.confirmed && database == blobs.saturating_add(1)) {
                    Ok(())
                } else if database < blobs {
                    Err(Mismatch::DatabaseOlder { database, blobs })
                } else {
                    Err(Mismatch::BlobsOlder { database, blobs })
                }
            }
        }
    }
}

/// What is wrong with a pair that somebody may be working with: who looks while a generation rises sees two that do not go
/// together, and looks again.
pub(crate) async fn mismatch(store: Option<&dyn Store>, blobs: Option<&Blobs>) -> Result<Option<Mismatch>, PairError> {
    let mut looks = 3;
    loop {
        looks -= 1;
        // The file first: what it says, the database has said before.
        let (file, files) = match blobs {
            Some(blobs) => (blobs.identity().await?, blobs.has_files().await?),
            None => (None, false),
        };
        let (row, uploads) = match store {
            Some(store) => (store.pairing().await?, !store.inventory(None, 1).await?.is_empty()),
            None => (None, false),
        };
        match (Found { row, file, uploads, files }).judge() {
            Ok(()) => return Ok(None),
            Err(mismatch) if looks == 0 => return Ok(Some(mismatch)),
            Err(_) => sleep(LOOK_AGAIN).await,
        }
    }
}

/// Raises the generation of a pair, or makes it one. The database is told first that it is about to happen, then the file is
/// written, then the database is told that it has: whenever this is cut short, the two still belong together, and the next
/// call ends it.
pub(crate) async fn raise(store: &dyn Store, blobs: &Blobs) -> Result<u64, PairError> {
    let row = store.pairing().await?;
    let next = match row {
        Some(row) if !row.confirmed => row,
        Some(row) => Pairing { generation: row.generation.saturating_add(1), confirmed: false, ..row },
        None => Pairing { storage: StorageId::random(), generation: 1, confirmed: false },
    };
    if blobs.identity().await?.is_some_and(|file| file.storage != next.storage) {
        return Err(PairError::Mismatch(Mismatch::Strangers));
    }
    stamp(store, blobs, &next, row.is_none_or(|row| row.generation == 1 && !row.confirmed)).await?;
    Ok(next.generation)
}

/// Makes them a pair of this name and generation; `new`: also where there is no identity file.
pub(crate) async fn stamp(store: &dyn Store, blobs: &Blobs, next: &Pairing, new: bool) -> Result<(), PairError> {
    let identity = Identity { storage: next.storage, generation: next.generation };
    store.set_pairing(&Pairing { confirmed: false, ..*next }).await?;
    if !(new && blobs.create_identity(&identity).await?) {
        blobs.set_identity(&identity).await?;
    }
    store.set_pairing(&Pairing { confirmed: true, ..*next }).await?;
    Ok(())
}

/// Makes sure that the parts of a shared storage are of one, and makes them that when they are new. Several processes may do so
/// at once: the first one to write the identity file has named the storage. Its generation stays: there is nobody who has it to
/// himself.
pub(crate) async fn check_shared(store: &dyn Store, blobs: &Blobs) -> Result<(), PairError> {
    let found = Found::look(store, blobs).await?;
    match (found.row, found.file) {
        (None, _) => {
            found.judge().map_err(PairError::Mismatch)?;
            blobs.create_identity(&Identity { storage: StorageId::random(), generation: 0 }).await?;
            if let Some(Identity { storage, generation }) = blobs.identity().await? {
                store.set_pairing(&Pairing { storage, generation, confirmed: true }).await?;
            }
            Ok(())
        }
        (Some(_), None) => Err(PairError::Mismatch(Mismatch::BlobsMissing)),
        (Some(row), Some(file)) if row.storage != file.storage => Err(PairError::Mismatch(Mismatch::Strangers)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(row: Option<(u64, bool)>, file: Option<u64>) -> Found {
        let storage = "00112233445566778899aabbccddeeff".parse().unwrap();
        let row = row.map(|(generation, confirmed)| Pairing { storage, generation, confirmed });
        let file = file.map(|generation| Identity { storage, generation });
        Found { row, file, uploads: true, files: true }
    }

    #[test]
    fn who_belongs_together() {
        for (row, file) in [
            (Some((7, true)), Some(7)),
            // Cut short before and after the file was written.
            (Some((7, false)), Some(6)),
            (Some((7, false)), Some(7)),
            (Some((1, false)), None),
            // Of a version that had no pairs.
            (None, None),
        ] {
            assert_eq!(found(row, file).judge(), Ok(()), "{row:?} {file:?}");
        }
        let new = Found { uploads: false, files: false, ..found(None, None) };
        assert_eq!(new.judge(), Ok(()));
    }

    #[test]
    fn who_does_not() {
        for (row, file, mismatch) in [
            (Some((6, true)), Some(7), Mismatch::DatabaseOlder { database: 6, blobs: 7 }),
            (Some((6, false)), Some(7), Mismatch::DatabaseOlder { database: 6, blobs: 7 }),
            (Some((7, true)), Some(6), Mismatch::BlobsOlder { database: 7, blobs: 6 }),
            (Some((7, false)), Some(5), Mismatch::BlobsOlder { database: 7, blobs: 5 }),
            (Some((1, true)), None, Mismatch::BlobsMissing),
            (Some((2, false)), None, Mismatch::BlobsMissing),
            (None, Some(7), Mismatch::DatabaseMissing),
            (None, Some(0), Mismatch::DatabaseMissing),
        ] {
            assert_eq!(found(row, file).judge(), Err(mismatch), "{row:?} {file:?}");
        }
        let lost = Found { uploads: false, ..found(None, None) };
        assert_eq!(lost.judge(), Err(Mismatch::DatabaseMissing), "files without a database");
        let unmounted = Found { files: false, ..found(Some((1, false)), None) };
        assert_eq!(unmounted.judge(), Err(Mismatch::BlobsMissing));
        let mut strangers = found(Some((7, true)), Some(7));
        strangers.file = Some(Identity { storage: StorageId::random(), generation: 7 });
        assert_eq!(strangers.judge(), Err(Mismatch::Strangers));
    }
}
