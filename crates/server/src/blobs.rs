//! Files: originals until they are processed, and banners. The only place that knows the blob store.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path as Folder;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload};

use crate::id::{Time, UploadId};

const ORIGINALS: &str = "originals";
const BANNERS: &str = "banners";
/// Written to find out whether that is possible.
const PROBE: &str = "probe";

/// Originals are `originals/<upload>`. Banners are `banners/<upload>`, all their variants one after the other: one file to
/// be written, made durable, paid for and deleted. A file is written once and never changed.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

/// The blob store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the blob store failed: {0}")]
pub struct BlobError(String);

impl From<Error> for BlobError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

impl Blobs {
    /// A local folder, made if it is not there. What is written is on disk (fsync) when a write is said to be done.
    ///
    /// Partly written files of a process that was killed are removed, so no other process may use the folder.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn folder(folder: &Folder) -> Result<Self, BlobError> {
        let failed = |error: std::io::Error| BlobError(format!("{}: {error}", folder.display()));
        for part in [ORIGINALS, BANNERS] {
            let part = folder.join(part);
            make_durable(&part).and_then(|()| sweep_partial(&part)).map_err(failed)?;
        }
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// In memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self { store: Arc::new(object_store::memory::InMemory::new()) }
    }

    /// The same files, where what `faults` says goes wrong.
    #[cfg(feature = "chaos")]
    #[must_use]
    pub fn with_faults(self, faults: &crate::Faults) -> Self {
        Self { store: faults.on(self.store) }
    }

    pub(crate) async fn put_original(&self, upload: UploadId, bytes: Bytes) -> Result<(), BlobError> {
        self.store.put(&original(upload), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// `None` when it is not there.
    pub(crate) async fn original(&self, upload: UploadId) -> Result<Option<Bytes>, BlobError> {
        match found(self.store.get(&original(upload)).await)? {
            Some(original) => Ok(Some(original.bytes().await?)),
            None => Ok(None),
        }
    }

    pub(crate) async fn put_banner(&self, upload: UploadId, variants: Vec<Bytes>) -> Result<(), BlobError> {
        self.store.put(&banner(upload), PutPayload::from_iter(variants)).await?;
        Ok(())
    }

    /// A part of a banner; `None` when the banner is not there.
    pub(crate) async fn variant(&self, upload: UploadId, range: Range<u64>) -> Result<Option<Bytes>, BlobError> {
        found(self.store.get_range(&banner(upload), range).await)
    }

    pub(crate) async fn delete_original(&self, upload: UploadId) -> Result<(), BlobError> {
        self.delete(original(upload)).await
    }

    pub(crate) async fn delete_banner(&self, upload: UploadId) -> Result<(), BlobError> {
        self.delete(banner(upload)).await
    }

    /// Uploads that have files, last written before `before`.
    pub(crate) async fn uploads(&self, before: Time) -> Result<Vec<UploadId>, BlobError> {
        let mut found = BTreeSet::new();
        for part in [ORIGINALS, BANNERS] {
            let mut files = self.store.list(Some(&Path::from(part)));
            while let Some(file) = files.try_next().await? {
                let upload = file.location.filename().and_then(|name| name.parse::<UploadId>().ok());
                found.extend(upload.filter(|_| Time(file.last_modified.timestamp_millis()) < before));
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Whether the store takes files.
    pub(crate) async fn ping(&self) -> Result<(), BlobError> {
        self.store.put(&Path::from(PROBE), PutPayload::from_static(&[0; 4096])).await?;
        Ok(())
    }

    /// Some stores call it an error when there is nothing to delete; it is none.
    async fn delete(&self, path: Path) -> Result<(), BlobError> {
        found(self.store.delete(&path).await).map(drop)
    }
}

fn original(upload: UploadId) -> Path {
    Path::from(format!("{ORIGINALS}/{upload}"))
}

fn banner(upload: UploadId) -> Path {
    Path::from(format!("{BANNERS}/{upload}"))
}

/// `None` for what is not there.
fn found<T>(result: Result<T, Error>) -> Result<Option<T>, BlobError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes a folder and those above it, and sees to it that they outlast a power cut.
pub(crate) fn make_durable(folder: &Folder) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Folder::new("."));
    make_durable(above)?;
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // Only Unix has folders that can be opened and synchronised.
    if cfg!(unix) { std::fs::File::open(above)?.sync_all() } else { Ok(()) }
}

/// The local store writes `NAME#NUMBER` and renames it; after a kill that file stays, hidden from listings.
fn sweep_partial(folder: &Folder) -> std::io::Result<()> {
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().contains('#')) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}
