//! Files and database compared: which files the database does not know, and which it need not have.

use crate::blobs::{BlobError, Blobs, Part};
use crate::id::{Time, UploadId};
use crate::store::{Store, StoreError, UploadState};

/// Uploads asked for in one go.
pub(crate) const BATCH: usize = 200;

/// They could not be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

/// Files of one kind that the database does not need.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// It does not know their uploads.
    pub(crate) unknown: Vec<UploadId>,
    /// Their uploads are a banner or have failed: what is needed of them is no original.
    pub(crate) finished: Vec<UploadId>,
}

/// What the database says of files. Uploads that were discarded or are gone are known: the collector deletes their files.
pub(crate) async fn compare(store: &dyn Store, files: &[UploadId]) -> Result<Compared, StoreError> {
    let mut compared = Compared::default();
    for some in files.chunks(BATCH) {
        let states = store.states(some).await?;
        for upload in some {
            match states.iter().find(|(known, _)| known == upload) {
                None => compared.unknown.push(*upload),
                Some((_, UploadState::Ready | UploadState::Failed(_))) => compared.finished.push(*upload),
                Some((_, UploadState::Processing | UploadState::Discarded)) => {}
            }
        }
    }
    Ok(compared)
}

/// All files that the database does not know. Where uploads are taken in, those that are just coming are among them.
pub(crate) async fn unknown(store: &dyn Store, blobs: &Blobs) -> Result<Vec<(Part, UploadId)>, CompareError> {
    let mut all = Vec::new();
    for part in Part::ALL {
        let found = compare(store, &blobs.uploads(part).await?).await?;
        all.extend(found.unknown.into_iter().map(|upload| (part, upload)));
    }
    Ok(all)
}

/// Moves files into the quarantine; how many were there.
pub(crate) async fn set_aside(blobs: &Blobs, files: &[(Part, UploadId)], now: Time) -> Result<usize, BlobError> {
    let mut moved = 0;
    for part in Part::ALL {
        let uploads: Vec<_> = files.iter().filter(|(of, _)| *of == part).map(|(_, upload)| *upload).collect();
        moved += blobs.set_aside(now.unix_seconds(), part, &uploads).await?;
    }
    Ok(moved)
}

/// Moves files of the quarantine back that the database needs and that are not where they should be; how many.
pub(crate) async fn bring_back(store: &dyn Store, blobs: &Blobs, keep_originals: bool) -> Result<usize, CompareError> {
    let aside = blobs.quarantined().await?;
    let mut back = 0;
    for some in aside.chunks(BATCH) {
        let uploads: Vec<_> = some.iter().map(|file| file.upload).collect();
        let states = store.states(&uploads).await?;
        for file in some {
            let state = states.iter().find(|(known, _)| *known == file.upload).map(|(_, state)| state);
            let needed = match (file.part, state) {
                (Part::Originals, Some(UploadState::Processing)) | (Part::Banners, Some(UploadState::Ready)) => true,
                (Part::Originals, Some(UploadState::Ready | UploadState::Failed(_))) => keep_originals,
                _ => false,
            };
            if needed && !blobs.has(file.part, file.upload).await? && blobs.bring_back(file).await? {
                back += 1;
            }
        }
    }
    Ok(back)
}
