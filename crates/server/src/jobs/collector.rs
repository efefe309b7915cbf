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

/// Collects until the server stops.
pub(super) async fn run(inner: Arc<Inner>, exclusive: bool) {
    let round = ROUND.min(inner.options.grace).max(Duration::from_millis(100));
    let mut next_sweep = Time::now();
    if exclusive {
        // What a crash has left behind. Nobody else writes, so all that is older than we are is the past's; file systems
        // round times down a little.
        report(sweep(&inner, Time::now().before(Duration::from_millis(100))).await);
        next_sweep = next_sweep.after(ORPHANS);
    }
    while !inner.is_stopping() {
        report(collect(&inner).await);
        if Time::now() >= next_sweep {
            next_sweep = Time::now().after(ORPHANS);
            report(sweep(&inner, Time::now().before(ORPHANS)).await);
        }
        tokio::select! {
            () = sleep(round) => {}
            () = inner.stopped() => return,
        }
    }
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

/// Deletes files, last written before `before`, that belong to no upload, and originals that are processed.
async fn sweep(inner: &Inner, before: Time) -> Result<usize, Error> {
    let (originals, banners) = inner.blobs.uploads(before).await?;
    let found: Vec<UploadId> = originals.union(&banners).copied().collect();
    let mut swept = 0;
    for some in found.chunks(BATCH as usize) {
        let states = inner.store.states(some).await?;
        for upload in some {
            let known = states.iter().find(|(known, _)| known == upload).map(|(_, state)| state);
            match known {
                None => delete(inner, *upload).await?,
                Some(state) if *state != UploadState::Processing && originals.contains(upload) => {
                    if inner.options.keep_originals {
                        continue;
                    }
                    inner.blobs.delete_original(*upload).await?;
                }
                Some(_) => continue,
            }
            swept += 1;
        }
    }
    Ok(swept)
}

async fn delete(inner: &Inner, upload: UploadId) -> Result<(), BlobError> {
    inner.blobs.delete_variants(upload).await?;
    inner.blobs.delete_original(upload).await
}
