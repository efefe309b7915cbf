//! The end of a try at a job: what the store is told of it, and who waits for it.

use std::time::Duration;

use tokio::time::sleep;

use crate::state::Shared;
use crate::store::{Claim, Completion, Failure, StoreError, UploadState, Variant};
use crate::waiting::Outcome;

/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// The longest pause before the end of a job is noted again.
const MAX_NOTING_PAUSE: Duration = Duration::from_secs(10);

/// A store that answers, and fails to note the end of one job this often, may never do it: the job is left to be recovered.
const MAX_NOTING: u32 = 5;

/// How a try has ended.
pub(super) enum End {
    /// Its banner is written. Without variants there was nothing to be made.
    Made(Vec<Variant>),
    /// For good.
    Failed(Failure),
    /// Through our fault, as the text says.
    PutOff(String),
}

/// Notes in the store what became of a job, for as long as the store is busy or full: what was made is not made again for that.
pub(super) async fn note(shared: &Shared, claim: &Claim, end: &End) -> bool {
    let mut pause = Duration::from_millis(100);
    let mut failures = 0;
    loop {
        let noted = match end {
            End::Made(variants) => complete(shared, claim, variants).await,
            End::Failed(failure) => fail(shared, claim, failure).await,
            End::PutOff(reason) => put_off(shared, claim, reason).await,
        };
        let Err(error) = noted else { return true };
        failures += u32::from(!matches!(error, StoreError::Unavailable(_)));
        tracing::error!(upload = %claim.upload, %error, ?pause, "the end of a job could not be noted");
        if failures >= MAX_NOTING {
            return false;
        }
        tokio::select! {
            () = sleep(pause) => {}
            // The next process takes the job up.
            () = shared.stopped() => return false,
        }
        pause = (2 * pause).min(MAX_NOTING_PAUSE);
    }
}

async fn complete(shared: &Shared, claim: &Claim, variants: &[Variant]) -> Result<(), StoreError> {
    let completion = shared.store.complete(claim, variants, shared.clock.now()).await?;
    let outcome = match completion {
        Completion::Current => Outcome::Ready,
        Completion::Superseded => Outcome::Overtaken,
        Completion::Lost => return lost(shared, claim).await,
    };
    shared.metrics.job(if completion == Completion::Current { "ready" } else { "superseded" });
    tracing::info!(upload = %claim.upload, user = %claim.user, version = %claim.version, ?completion, "banner made");
    shared.waiting.ended(claim.upload, outcome);
    discard_original(shared, claim);
    Ok(())
}

async fn fail(shared: &Shared, claim: &Claim, failure: &Failure) -> Result<(), StoreError> {
    if !shared.store.fail(claim, failure, shared.clock.now()).await? {
        return lost(shared, claim).await;
    }
    shared.metrics.job("failed");
    tracing::info!(upload = %claim.upload, user = %claim.user, message = failure.message, "upload failed");
    shared.waiting.ended(claim.upload, Outcome::Failed(failure.clone()));
    discard_original(shared, claim);
    Ok(())
}

async fn put_off(shared: &Shared, claim: &Claim, reason: &str) -> Result<(), StoreError> {
    let pause = Duration::from_secs(1 << claim.failures.min(10)).min(MAX_PAUSE);
    if !shared.store.retry(claim, shared.clock.now(), pause).await? {
        return lost(shared, claim).await;
    }
    tracing::warn!(upload = %claim.upload, reason, ?pause, "job put off");
    shared.metrics.job("retried");
    Ok(())
}

/// The claim is not held any more. Somebody else may have the job now; or it has ended, and only the answer to that was lost; or
/// the upload is gone, with all that was known of it, and nobody else deletes the banner that was written since.
async fn lost(shared: &Shared, claim: &Claim) -> Result<(), StoreError> {
    match shared.store.upload(claim.upload).await?.map(|upload| upload.state) {
        None => {
            shared.waiting.ended(claim.upload, Outcome::Overtaken);
            if let Err(error) = shared.blobs.delete_banner(claim.upload).await {
                tracing::warn!(upload = %claim.upload, %error, "the banner of an upload that is gone was not deleted");
            }
            discard_original(shared, claim);
        }
        Some(UploadState::Processing) => {}
        Some(state) => {
            match state {
                UploadState::Ready => shared.waiting.ended(claim.upload, Outcome::Ready),
                UploadState::Failed(failure) => shared.waiting.ended(claim.upload, Outcome::Failed(failure)),
                UploadState::Processing | UploadState::Discarded => {}
            }
            discard_original(shared, claim);
        }
    }
    shared.metrics.job("lost");
    Ok(())
}

/// The collector deletes it, with others.
fn discard_original(shared: &Shared, claim: &Claim) {
    if !shared.options.keep_originals {
        shared.discarded.add(claim.upload);
    }
}
