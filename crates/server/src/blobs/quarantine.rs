//! The quarantine: where files go that the database does not know, before they are deleted days later.

use std::fmt;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::{BlobError, Blobs, Part, QUARANTINE, found, upload_of};
use crate::id::UploadId;

/// Files that are moved at once.
const AT_ONCE: usize = 16;

/// A file in the quarantine: `quarantine/<batch>/<part>/<upload>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quarantined {
    /// The unix second at which it was put there.
    pub(crate) batch: i64,
    pub(crate) part: Part,
    pub(crate) upload: UploadId,
}

/// Its path in the blob store.
impl fmt::Display for Quarantined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{QUARANTINE}/{}/{}/{}", self.batch, self.part.name(), self.upload)
    }
}

impl Quarantined {
    fn path(&self) -> Path {
        Path::from(self.to_string())
    }
}

impl Blobs {
    /// Moves files of a part into the quarantine, those that are there; how many.
    pub(crate) async fn set_aside(&self, batch: i64, part: Part, uploads: &[UploadId]) -> Result<usize, BlobError> {
        let path = |&upload: &UploadId| (part.path(upload), Quarantined { batch, part, upload }.path());
        let paths: Vec<_> = uploads.iter().map(path).collect();
        let store = Arc::clone(&self.store);
        let mut moves = stream::iter(paths)
            .map(move |(from, to)| {
                let store = Arc::clone(&store);
                async move { found(store.rename(&from, &to).await) }
            })
            .buffer_unordered(AT_ONCE);
        let mut moved = 0;
        while let Some(there) = moves.try_next().await? {
            moved += usize::from(there.is_some());
        }
        Ok(moved)
    }

    /// Moves a file back from where [`Self::set_aside`] took it. `false` when it is not there.
    pub(crate) async fn bring_back(&self, file: &Quarantined) -> Result<bool, BlobError> {
        Ok(found(self.store.rename(&file.path(), &file.part.path(file.upload)).await)?.is_some())
    }

    /// What is in the quarantine, the oldest first.
    pub(crate) async fn quarantined(&self) -> Result<Vec<Quarantined>, BlobError> {
        let mut all = Vec::new();
        let mut files = self.store.list(Some(&Path::from(QUARANTINE)));
        while let Some(file) = files.try_next().await? {
            let parts: Vec<_> = file.location.parts().collect();
            let [_, batch, part, name] = &parts[..] else { continue };
            let part = Part::ALL.into_iter().find(|known| known.name() == part.as_ref());
            let (batch, upload) = (batch.as_ref().parse(), upload_of(name.as_ref()));
            if let (Ok(batch), Some(part), Some(upload)) = (batch, part, upload) {
                all.push(Quarantined { batch, part, upload });
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    /// Deletes a file of the quarantine.
    pub(crate) async fn delete_quarantined(&self, file: &Quarantined) -> Result<(), BlobError> {
        self.delete(&file.path()).await
    }
}
