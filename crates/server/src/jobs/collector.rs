//! Deletes the files and rows of banners whose time of grace is over, and files that belong to nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::auth::TOLERANCE;
use crate::blobs::BlobError;
use crate::id::{Time, UploadId};
use crate::state::Shared;
use crate::store::{StoreError, UploadState};

/// How often banners that ended are looked for; less when the grace time is shorter.
const ROUND: Duration = Duration::from_secs(60);

/// How often, and from what age on, files that belong to nothing are looked for.
const ORPHANS: Duration = Duration::from_secs(3600);

/// Uploads in one go.
const BATCH: u32 = 200;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

/// Collects until the server stops; first what a crash has `left` behind.
pub(super) async fn run(shared: Arc<Shared>, left: Vec<UploadId>) {
    let round = ROUND.min(shared.options.grace).max(Duration::from_millis(100));
    report(sweep(&shared, &left).await);
    let mut next_sweep = shared.clock.now().after(ORPHANS);
    while !shared.is_stopping() {
        report(collect(&shared).await);
        if shared.clock.now() >= next_sweep {
            next_sweep = shared.clock.now().after(ORPHANS);
            report(sweep(&shared, &found(&shared, shared.clock.now().before(ORPHANS)).await).await);
        }
        tokio::select! {
            () = sleep(round) => {}
            () = shared.stopped() => return,
        }
    }
}

/// Uploads that have files, last written before `before`.
pub(super) async fn found(shared: &Shared, before: Time) -> Vec<UploadId> {
    shared.blobs.uploads(before).await.unwrap_or_else(|error| {
        tracing::error!(%error, "files could not be listed");
        Vec::new()
    })
}

fn report(result: Result<usize, Error>) {
    match result {
        Ok(0) => {}
        Ok(uploads) => tracing::info!(uploads, "collected what is no longer needed"),
        Err(error) => tracing::error!(%error, "collection failed"),
    }
}

/// Deletes banners whose time of grace is over, and forgets used nonces and past windows.
async fn collect(shared: &Shared) -> Result<usize, Error> {
    let now = shared.clock.now();
    let oldest = now.before(2 * TOLERANCE).unix_seconds().unsigned_abs();
    shared.store.prune(oldest, now).await?;
    let mut collected = 0;
    loop {
        let ended = shared.store.ended(now.before(shared.options.grace), BATCH).await?;
        let mut deleted = Vec::new();
        for upload in &ended {
            match delete(shared, *upload).await {
                Ok(()) => deleted.push(*upload),
                // It is tried again in the next round, and holds up nobody else.
                Err(error) => tracing::warn!(%upload, %error, "a banner was not deleted"),
            }
        }
        shared.store.forget(&deleted).await?;
        collected += deleted.len();
        if ended.len() < BATCH as usize || deleted.is_empty() {
            return Ok(collected);
        }
    }
}

/// Of the uploads that files were found of, deletes the files that belong to nothing, and originals that are processed.
async fn sweep(shared: &Shared, found: &[UploadId]) -> Result<usize, Error> {
    let mut swept = 0;
    for some in found.chunks(BATCH as usize) {
        let states = shared.store.states(some).await?;
        for upload in some {
            match states.iter().find(|(known, _)| known == upload).map(|(_, state)| state) {
                None => {
                    delete(shared, *upload).await?;
                    swept += 1;
                }
                Some(UploadState::Processing) => {}
                Some(_) if shared.options.keep_originals => {}
                Some(_) => shared.blobs.delete_original(*upload).await?,
            }
        }
    }
    Ok(swept)
}

async fn delete(shared: &Shared, upload: UploadId) -> Result<(), BlobError> {
    shared.blobs.delete_banner(upload).await?;
    shared.blobs.delete_original(upload).await
}
