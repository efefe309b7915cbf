//! Files: originals until they are processed, and the variants of banners. The only place that knows the blob store.

use std::collections::HashSet;
use std::path::Path as Folder;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, future};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload};

use crate::id::{Time, UploadId};

const ORIGINALS: &str = "originals";
const BANNERS: &str = "banners";

/// How many deletions are under way at once.
const PARALLEL: usize = 8;

/// Originals are `originals/<upload>`, variants are `banners/<upload>/<name>`. A file is written once and never changed.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// Where a local folder is: it keeps empty folders, which other stores do not have.
    local: Option<Arc<Folder>>,
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
            std::fs::create_dir_all(folder.join(part)).map_err(failed)?;
        }
        sweep_partial(&folder.join(ORIGINALS)).map_err(failed)?;
        for banner in std::fs::read_dir(folder.join(BANNERS)).map_err(failed)? {
            sweep_partial(&banner.map_err(failed)?.path()).map_err(failed)?;
        }
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), local: Some(folder.into()) })
    }

    /// In memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self { store: Arc::new(object_store::memory::InMemory::new()), local: None }
    }

    pub(crate) async fn put_original(&self, upload: UploadId, bytes: Bytes) -> Result<(), BlobError> {
        self.store.put(&original(upload), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// `None` when it is not there.
    pub(crate) async fn original(&self, upload: UploadId) -> Result<Option<Bytes>, BlobError> {
        match self.store.get(&original(upload)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn put_variant(&self, upload: UploadId, name: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        self.store.put(&variant(upload, name), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// The bytes of a variant as they are read; `None` when it is not there.
    pub(crate) async fn variant(
        &self,
        upload: UploadId,
        name: &str,
    ) -> Result<Option<BoxStream<'static, Result<Bytes, BlobError>>>, BlobError> {
        match self.store.get(&variant(upload, name)).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(BlobError::from).boxed())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn delete_original(&self, upload: UploadId) -> Result<(), BlobError> {
        self.delete(original(upload)).await
    }

    /// Deletes all variants of an upload, whatever their names.
    pub(crate) async fn delete_variants(&self, upload: UploadId) -> Result<(), BlobError> {
        let prefix = Path::from(format!("{BANNERS}/{upload}"));
        let listed = self.store.list(Some(&prefix)).map_ok(|file| file.location);
        listed.map_err(BlobError::from).try_for_each_concurrent(PARALLEL, |path| self.delete(path)).await?;
        if let Some(folder) = self.local.as_deref() {
            // It may be gone, or never have been there.
            let _ = std::fs::remove_dir(folder.join(BANNERS).join(upload.to_string()));
        }
        Ok(())
    }

    /// Uploads that have an original, and those that have variants, last written before `before`.
    pub(crate) async fn uploads(&self, before: Time) -> Result<(HashSet<UploadId>, HashSet<UploadId>), BlobError> {
        let named = |prefix: &'static str| {
            let old = self.store.list(Some(&Path::from(prefix))).try_filter_map(move |file| {
                let upload = file.location.parts().nth(1).and_then(|part| part.as_ref().parse::<UploadId>().ok());
                let written = Time(file.last_modified.timestamp_millis());
                future::ok(upload.filter(|_| written < before))
            });
            old.try_collect::<HashSet<UploadId>>()
        };
        Ok((named(ORIGINALS).await?, named(BANNERS).await?))
    }

    /// Whether the store answers.
    pub(crate) async fn ping(&self) -> Result<(), BlobError> {
        let mut some = self.store.list(Some(&Path::from(ORIGINALS)));
        some.next().await.transpose()?;
        Ok(())
    }

    /// Some stores call it an error when there is nothing to delete; it is none.
    async fn delete(&self, path: Path) -> Result<(), BlobError> {
        match self.store.delete(&path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn original(upload: UploadId) -> Path {
    Path::from(format!("{ORIGINALS}/{upload}"))
}

fn variant(upload: UploadId, name: &str) -> Path {
    Path::from(format!("{BANNERS}/{upload}/{name}"))
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
