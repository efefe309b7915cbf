//! Whether database and files of a data folder agree.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::backup::MissingFile;
use crate::blobs::{BlobError, Blobs, Part};
use crate::compare::{self, CompareError};
use crate::id::{StorageId, Time, UploadId};
use crate::pair::{self, Found, Mismatch};
use crate::storage::{self, BLOBS, LOCK, OpenError, database_to_read, has_database};
use crate::store::{Inventory, Pairing, SqliteStore, Store, StoreError, UploadState};

/// Uploads asked for in one go.
const PAGE: u32 = 1000;

/// A file that is younger may be of an upload that a server is just taking in.
const YOUNG: Duration = Duration::from_secs(3600);

/// How long a second look waits: what a server was about to write or delete it has then.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// What was found in a data folder.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Check {
    /// Why no server starts on it.
    pub mismatch: Option<Mismatch>,
    /// Banners that the database knows, former ones that can still be fetched among them.
    pub banners: u64,
    /// Uploads that wait or are in work.
    pub jobs: u64,
    /// What the database needs and is not there, or is too short.
    pub missing: Vec<MissingFile>,
    /// Files that the database does not know, below the data folder. The next start, or `accept`, moves them into the quarantine.
    pub unknown: Vec<String>,
    /// Files that are in the quarantine, below the data folder. They come back when the database knows them.
    pub quarantined: Vec<String>,
}

impl Check {
    /// Whether nothing is wrong. Files in the quarantine are not.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.mismatch.is_none() && self.missing.is_empty() && self.unknown.is_empty()
    }
}

/// What was done to go on with a database and files as they are.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AcceptedPair {
    /// Files that were moved into the quarantine.
    pub set_aside: usize,
    /// Files that came back from the quarantine.
    pub returned: usize,
    /// Whether there was no database, and an empty one was made.
    pub new_database: bool,
    /// The generation of both from now on.
    pub generation: u64,
}

/// Why a folder was not checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// There is nothing to check.
    #[error("{}: no server has kept anything in this folder", .0.display())]
    Nothing(std::path::PathBuf),
    /// The folder cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store failed.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl From<pair::PairError> for CheckError {
    fn from(error: pair::PairError) -> Self {
        Self::Open(error.into())
    }
}

impl From<CompareError> for CheckError {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Store(error) => Self::Store(error),
            CompareError::Blobs(error) => Self::Blobs(error),
        }
    }
}

/// Compares database and files of a data folder. Nothing is changed, and a server may be at work there: what seems wrong is looked
/// at twice.
///
/// # Errors
/// When there is neither database nor files, and when one of them cannot be read.
pub async fn check(data: &Path) -> Result<Check, CheckError> {
    let there = has_database(data)?;
    let blobs = Blobs::attach(&data.join(BLOBS))?;
    let store = if there { Some(database_to_read(data).await?) } else { None };
    if store.is_none() && blobs.is_none() {
        return Err(CheckError::Nothing(data.to_owned()));
    }
    let checked = look(store.as_ref(), blobs.as_ref(), data).await;
    if let Some(store) = store {
        store.close().await;
    }
    checked
}

async fn look(store: Option<&SqliteStore>, blobs: Option<&Blobs>, data: &Path) -> Result<Check, CheckError> {
    let mut check = Check {
        mismatch: pair::mismatch(store.map(|store| store as &dyn Store), blobs).await?,
        banners: 0,
        jobs: 0,
        missing: Vec::new(),
        unknown: Vec::new(),
        quarantined: Vec::new(),
    };
    // Files first: what is accepted while they are listed is known when the database is asked.
    let mut unknown = Vec::new();
    if let Some(blobs) = blobs {
        for part in Part::ALL {
            let files = blobs.uploads(part).await?;
            let of = match store {
                Some(store) => compare::compare(store, &files).await?.unknown,
                None => files,
            };
            unknown.extend(of.into_iter().map(|upload| (part, upload)));
        }
        check.quarantined = blobs.quarantined().await?.iter().map(|file| format!("{BLOBS}/{file}")).collect();
    }
    if is_served(data) {
        unknown.retain(|file| is_old(data, *file));
    }
    let mut missing = Vec::new();
    let mut after = None;
    while let Some(store) = store {
        let page = store.inventory(after, PAGE).await?;
        after = page.last().map(|last| last.upload);
        let whole = page.len() == PAGE as usize;
        for upload in page {
            check.banners += u64::from(upload.banner.is_some());
            check.jobs += u64::from(upload.original);
            if !lacking(data, &upload)?.is_empty() {
                missing.push(upload);
            }
        }
        if !whole {
            break;
        }
    }

    if !missing.is_empty() || !unknown.is_empty() {
        sleep(SECOND_LOOK).await;
    }
    for upload in missing {
        let Some(store) = store else { break };
        let state = store.states(&[upload.upload]).await?.pop().map(|(_, state)| state);
        let wanted = Inventory {
            original: upload.original && state == Some(UploadState::Processing),
            banner: upload.banner.filter(|_| state == Some(UploadState::Ready)),
            ..upload
        };
        check.missing.extend(lacking(data, &wanted)?);
    }
    for (part, upload) in unknown {
        let path = storage::file(part, upload);
        let known = match store {
            Some(store) => !store.states(&[upload]).await?.is_empty(),
            None => false,
        };
        if !known && storage::look(&data.join(&path))?.is_some() {
            check.unknown.push(path);
        }
    }
    Ok(check)
}

/// Files of an upload that should be there and are not, or not whole.
fn lacking(data: &Path, upload: &Inventory) -> Result<Vec<MissingFile>, OpenError> {
    let mut missing = Vec::new();
    let mut want = |part, expected: Option<u64>| {
        let path = storage::file(part, upload.upload);
        let found = storage::look(&data.join(&path))?.map(|file| file.len());
        if found.is_none_or(|found| expected.is_some_and(|expected| found < expected)) {
            missing.push(MissingFile { path, user: upload.user, expected, found });
        }
        Ok::<(), OpenError>(())
    };
    if let Some(bytes) = upload.banner {
        want(Part::Banners, Some(bytes))?;
    }
    if upload.original {
        want(Part::Originals, None)?;
    }
    Ok(missing)
}

/// Whether a server has the folder to itself.
fn is_served(data: &Path) -> bool {
    File::open(data.join(LOCK)).is_ok_and(|lock| lock.try_lock_shared().is_err())
}

fn is_old(data: &Path, (part, upload): (Part, UploadId)) -> bool {
    let modified = fs::metadata(data.join(storage::file(part, upload))).and_then(|file| file.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age >= YOUNG))
}

/// Makes database and files as they are a pair of a new generation, so that a server starts on them. Files that the database does not
/// know go into the quarantine; without a database an empty one is made. What is missing stays missing.
///
/// # Errors
/// When a server is at work there, when there is neither database nor files, and when one of them cannot be used.
pub async fn accept(data: &Path) -> Result<AcceptedPair, CheckError> {
    if !has_database(data)? && storage::look(&data.join(BLOBS))?.is_none() {
        return Err(CheckError::Nothing(data.to_owned()));
    }
    storage::make(data)?;
    let _lock = storage::lock(data).await?;
    let new_database = !has_database(data)?;
    let store = storage::open(data).await?;
    let accepted = accept_on(&store, data).await;
    store.close().await;
    accepted.map(|accepted| AcceptedPair { new_database, ..accepted })
}

async fn accept_on(store: &SqliteStore, data: &Path) -> Result<AcceptedPair, CheckError> {
    let blobs = Blobs::folder(&data.join(BLOBS))?;
    let found = Found::look(store, &blobs).await?;
    let newest = found.row.map_or(0, |row| row.generation).max(found.file.map_or(0, |file| file.generation));
    let generation = newest.saturating_add(1);
    // A new name: what either of them was separated from is not its partner any more.
    let pairing = Pairing { storage: StorageId::random(), generation, confirmed: true };
    // Before anything is moved: a start would move the same.
    pair::stamp(store, &blobs, &pairing, true).await?;
    let returned = compare::bring_back(store, &blobs, false).await?;
    let unknown = compare::unknown(store, &blobs).await?;
    let set_aside = compare::set_aside(&blobs, &unknown, Time::now()).await?;
    Ok(AcceptedPair { set_aside, returned, new_database: false, generation })
}
