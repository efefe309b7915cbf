//! Deletes what nobody needs any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::auth::TOLERANCE;
use crate::blobs::BlobError;
use crate::id::{Time, UploadId};
use crate::server::Inner;
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
pub(super) async fn run(inner: Arc<Inner>, left: Vec<UploadId>) {
    let round = ROUND.min(inner.options.grace).max(Duration::from_millis(100));
    report(sweep(&inner, &left).await);
    let mut next_sweep = Time::now().after(ORPHANS);
    while !inner.is_stopping() {
        report(collect(&inner).await);
        if Time::now() >= next_sweep {
            next_sweep = Time::now().after(ORPHANS);
            report(sweep(&inner, &found(&inner, Time::now().before(ORPHANS)).await).await);
        }
        tokio::select! {
            () = sleep(round) => {}
            () = inner.stopped() => return,
        }
    }
}

/// Uploads that have files, last written before `before`.
pub(super) async fn found(inner: &Inner, before: Time) -> Vec<UploadId> {
    inner.blobs.uploads(before).await.unwrap_or_else(|error| {
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
async fn collect(inner: &Inner) -> Result<usize, Error> {
    let now = Time::now();
    let oldest = now.before(2 * TOLERANCE).unix_seconds().unsigned_abs();
    inner.store.prune(oldest, now).await?;
    let mut collected = 0;
    loop {
        let ended = inner.store.ended(now.before(inner.options.grace), BATCH).await?;
        let mut deleted = Vec::new();
        for upload in &ended {
            match delete(inner, *upload).await {
                Ok(()) => deleted.push(*upload),
                // It is tried again in the next round, and holds up nobody else.
                Err(error) => tracing::warn!(%upload, %error, "a banner was not deleted"),
            }
        }
        inner.store.forget(&deleted).await?;
        collected += deleted.len();
        if ended.len() < BATCH as usize || deleted.is_empty() {
            return Ok(collected);
        }
    }
}

/// Of the uploads that files were found of, deletes the files that belong to nothing, and originals that are processed.
async fn sweep(inner: &Inner, found: &[UploadId]) -> Result<usize, Error> {
    let mut swept = 0;
    for some in found.chunks(BATCH as usize) {
        let states = inner.store.states(some).await?;
        for upload in some {
            match states.iter().find(|(known, _)| known == upload).map(|(_, state)| state) {
                None => {
                    delete(inner, *upload).await?;
                    swept += 1;
                }
                Some(UploadState::Processing) => {}
                Some(_) if inner.options.keep_originals => {}
                Some(_) => inner.blobs.delete_original(*upload).await?,
            }
        }
    }
    Ok(swept)
}

async fn delete(inner: &Inner, upload: UploadId) -> Result<(), BlobError> {
    inner.blobs.delete_banner(upload).await?;
    inner.blobs.delete_original(upload).await
}
