//! Files: originals until they are processed, and banners. The only place that knows the blob store.

mod folder;
mod identity;
mod local;
mod quarantine;

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path as Folder;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

pub(crate) use self::folder::{above, make_durable, sync_folder};
pub(crate) use self::identity::Identity;
use self::local::{Durability, Local};
pub(crate) use self::quarantine::Quarantined;
use crate::id::UploadId;
use crate::metrics::{Latencies, OperationLabels, times};

/// The file that says which storage the files are of.
pub(crate) const IDENTITY: &str = "identity";
/// The folder of [`Quarantined`] files.
pub(crate) const QUARANTINE: &str = "quarantine";
/// Written to find out whether that is possible.
const PROBE: &str = "probe";

/// The two kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// Uploads as they came, until they are processed.
    Originals,
    /// Banners, all variants of one in one file.
    Banners,
}

impl Part {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Originals, Self::Banners];

    /// The folder of these files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Banners => "banners",
        }
    }

    fn path(self, upload: UploadId) -> Path {
        Path::from(format!("{}/{upload}", self.name()))
    }
}

/// Originals are `originals/<upload>`. Banners are `banners/<upload>`, all their variants one after the other: one file to
/// be written, made durable, paid for and deleted. A file is written once and never changed.
///
/// A file `identity` says which storage they are of. In a local folder nothing is written or deleted while it is missing, as
/// from a mount point with nothing mounted on it.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// The local folder, where it is one.
    local: Option<Local>,
    /// Where calls are timed.
    seconds: Latencies,
}

/// The blob store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the blob store failed: {0}")]
pub struct BlobError(String);

impl From<Error> for BlobError {
    fn from(error: Error) -> Self {
        match error {
            // It says no more than what it is about.
            Error::Generic { source, .. } => Self(source.to_string()),
            error => Self(error.to_string()),
        }
    }
}

impl Blobs {
    /// A local folder, made if it is not there, and private: folders have the mode 0700, files 0600. Banners are on disk
    /// (fsync) when they are said to be written; originals before their upload is answered with 202.
    ///
    /// Partly written files of a process that was killed are removed, so no other process may use the folder.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn folder(folder: &Folder) -> Result<Self, BlobError> {
        let failed = |error: io::Error| BlobError(format!("{}: {error}", folder.display()));
        let local = Local::open(folder).map_err(failed)?;
        Ok(Self::local(local))
    }

    /// A local folder as it is, beside the process that it belongs to. `None` when it is not there.
    pub(crate) fn attach(folder: &Folder) -> Result<Option<Self>, BlobError> {
        match folder.metadata() {
            Ok(_) => Ok(Some(Self::local(Local::attach(folder)?))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BlobError(format!("{}: {error}", folder.display()))),
        }
    }

    fn local(local: Local) -> Self {
        Self { local: Some(local.clone()), ..Self::of(Arc::new(local)) }
    }

    /// What there is in a local folder before anything is made there: what the identity file says, and whether there are originals
    /// or banners, also in the quarantine.
    pub(crate) fn peek(folder: &Folder) -> Result<(Option<Identity>, bool), BlobError> {
        folder::peek(folder).map_err(|error| BlobError(format!("{}: {error}", folder.display())))
    }

    fn of(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, local: None, seconds: times() }
    }

    /// The same files, with calls timed there.
    pub(crate) fn timed(self, seconds: Latencies) -> Self {
        Self { seconds, ..self }
    }

    /// In memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self::of(Arc::new(object_store::memory::InMemory::new()))
    }

    /// The same files, where what `faults` says goes wrong.
    #[cfg(feature = "chaos")]
    #[must_use]
    pub fn with_faults(self, faults: &crate::Faults) -> Self {
        Self { store: faults.on(self.store), ..self }
    }

    /// Safe from kills when this returns; from power cuts when it is secured.
    pub(crate) async fn put_original(&self, upload: UploadId, bytes: Bytes) -> Result<(), BlobError> {
        let path = Part::Originals.path(upload);
        let put = self.put_as(Durability::Secured, &path, PutPayload::from_bytes(bytes));
        self.time("put_original", put).await
    }

    /// Sees to it that an original outlasts a power cut, if it is still there.
    pub(crate) async fn secure_original(&self, upload: UploadId) -> Result<(), BlobError> {
        match &self.local {
            Some(local) => {
                let path = Part::Originals.path(upload);
                Ok(self.time("secure_original", local.secure(&path)).await?)
            }
            // What other stores have taken is safe.
            None => Ok(()),
        }
    }

    /// `None` when it is not there.
    pub(crate) async fn original(&self, upload: UploadId) -> Result<Option<Bytes>, BlobError> {
        let read = async {
            match found(self.store.get(&Part::Originals.path(upload)).await)? {
                Some(original) => Ok(Some(original.bytes().await?)),
                None => Ok(None),
            }
        };
        self.time("original", read).await
    }

    pub(crate) async fn put_banner(&self, upload: UploadId, variants: Vec<Bytes>) -> Result<(), BlobError> {
        // The database names it when it is written, and not before.
        let path = Part::Banners.path(upload);
        let put = self.put_as(Durability::Written, &path, PutPayload::from_iter(variants));
        self.time("put_banner", put).await
    }

    /// A part of a banner; `None` when the banner is not there.
    pub(crate) async fn variant(&self, upload: UploadId, range: Range<u64>) -> Result<Option<Bytes>, BlobError> {
        found(self.time("variant", self.store.get_range(&Part::Banners.path(upload), range)).await)
    }

    pub(crate) async fn delete_original(&self, upload: UploadId) -> Result<(), BlobError> {
        self.time("delete_original", self.delete(&Part::Originals.path(upload))).await
    }

    pub(crate) async fn delete_banner(&self, upload: UploadId) -> Result<(), BlobError> {
        self.time("delete_banner", self.delete(&Part::Banners.path(upload))).await
    }

    /// Whether there is a file.
    pub(crate) async fn has(&self, part: Part, upload: UploadId) -> Result<bool, BlobError> {
        Ok(found(self.store.head(&part.path(upload)).await)?.is_some())
    }

    /// Uploads that have a file of this kind, in order.
    pub(crate) async fn uploads(&self, part: Part) -> Result<Vec<UploadId>, BlobError> {
        let mut uploads = Vec::new();
        let mut files = self.store.list(Some(&Path::from(part.name())));
        while let Some(file) = files.try_next().await? {
            uploads.extend(file.location.filename().and_then(upload_of));
        }
        uploads.sort_unstable();
        Ok(uploads)
    }

    /// Whether there is any file of either kind, also in the quarantine.
    pub(crate) async fn has_files(&self) -> Result<bool, BlobError> {
        for folder in [Part::Originals.name(), Part::Banners.name(), QUARANTINE] {
            let mut files = self.store.list(Some(&Path::from(folder)));
            while let Some(file) = files.try_next().await? {
                if file.location.filename().and_then(upload_of).is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// What the identity file says. `None` when it is not there.
    pub(crate) async fn identity(&self) -> Result<Option<Identity>, BlobError> {
        let Some(file) = found(self.store.get(&Path::from(IDENTITY)).await)? else { return Ok(None) };
        let text = String::from_utf8_lossy(&file.bytes().await?).into_owned();
        text.parse().map(Some).map_err(|error| BlobError(format!("{IDENTITY} {error}")))
    }

    /// Writes the identity file where there is one.
    pub(crate) async fn set_identity(&self, identity: &Identity) -> Result<(), BlobError> {
        self.put(&Path::from(IDENTITY), identity.to_string().into()).await
    }

    /// Writes the identity file where there is none; `false` when there is one.
    pub(crate) async fn create_identity(&self, identity: &Identity) -> Result<bool, BlobError> {
        match self.store.put_opts(&Path::from(IDENTITY), identity.to_string().into(), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the store takes files.
    pub(crate) async fn ping(&self) -> Result<(), BlobError> {
        self.put(&Path::from(PROBE), PutPayload::from_static(&[0; 4096])).await
    }

    async fn time<T>(&self, operation: &'static str, call: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = call.await;
        self.seconds.get_or_create(&OperationLabels { operation }).observe(start.elapsed().as_secs_f64());
        result
    }

    async fn put(&self, path: &Path, payload: PutPayload) -> Result<(), BlobError> {
        self.put_as(Durability::Whole, path, payload).await
    }

    async fn put_as(&self, durability: Durability, path: &Path, payload: PutPayload) -> Result<(), BlobError> {
        let mut options = PutOptions::default();
        options.extensions.insert(durability);
        self.store.put_opts(path, payload, options).await?;
        Ok(())
    }

    /// Some stores call it an error when there is nothing to delete; it is none.
    async fn delete(&self, path: &Path) -> Result<(), BlobError> {
        found(self.store.delete(path).await).map(drop)
    }
}

/// `None` for what is not there.
fn found<T>(result: Result<T, Error>) -> Result<Option<T>, BlobError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The upload that a file is named after.
fn upload_of(name: &str) -> Option<UploadId> {
    name.parse().ok()
}
