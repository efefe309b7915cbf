//! Deletes files that the database has given up, and originals of finished jobs.
//!
//! While a backup is made nothing is deleted. Whether one is, is asked after the files to delete were listed: what a backup
//! needs that begins later has not been listed.

use std::mem;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::id::UploadId;
use crate::state::Shared;
use crate::store::StoreError;

/// Uploads in one go.
const BATCH: u32 = 200;

/// Originals of finished jobs, to be deleted.
#[derive(Debug, Default)]
pub(crate) struct Discarded {
    uploads: Mutex<Vec<UploadId>>,
    pub(super) added: Notify,
}

impl Discarded {
    pub(crate) fn add(&self, upload: UploadId) {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).push(upload);
        self.added.notify_one();
    }

    fn take(&self) -> Vec<UploadId> {
        mem::take(&mut *self.uploads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put_back(&self, uploads: Vec<UploadId>) {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).extend(uploads);
    }

    fn is_empty(&self) -> bool {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

/// Deletes the files of uploads that are gone, and originals of finished jobs. `false` when some could not be deleted: they are left for
/// another time, and hold up no others.
pub(super) async fn delete(shared: &Shared) -> Result<bool, StoreError> {
    loop {
        let gone = shared.store.deletions(BATCH).await?;
        if gone.is_empty() && shared.discarded.is_empty() {
            return Ok(true);
        }
        let originals = shared.discarded.take();
        let held = shared.store.deletions_held(shared.clock.now()).await;
        if !matches!(held, Ok(false)) {
            shared.discarded.put_back(originals);
            return held.map(|_| true);
        }
        let mut failures = Vec::new();
        for upload in originals {
            if let Err(error) = shared.blobs.delete_original(upload).await {
                shared.discarded.put_back(vec![upload]);
                failures.push(error);
            }
        }
        let mut deleted = Vec::new();
        for &upload in &gone {
            let both = async {
                shared.blobs.delete_banner(upload).await?;
                shared.blobs.delete_original(upload).await
            };
            match both.await {
                Ok(()) => deleted.push(upload),
                Err(error) => failures.push(error),
            }
        }
        if !deleted.is_empty() {
            shared.store.deleted(&deleted).await?;
            tracing::info!(uploads = deleted.len(), "deleted what is no longer needed");
        }
        if let Some(error) = failures.first() {
            tracing::warn!(files = failures.len(), %error, "files were not deleted");
            return Ok(false);
        }
        if gone.len() < BATCH as usize {
            return Ok(true);
        }
    }
}
