//! The step from an upload that has arrived and passed its checks to one that is acknowledged and not lost any more.

use std::sync::Arc;

use bytes::Bytes;

use crate::auth::Authenticated;
use crate::error::Refusal;
use crate::id::UploadId;
use crate::state::Shared;
use crate::store::{Accepted, NewUpload, StoreError};
use crate::upload_memory::Holding;

/// Makes an upload outlast the end of the process: the original first, then the upload and its job. The original is in the way of nobody
/// when the second step does not happen, and is deleted, here or as an orphan.
pub(crate) async fn take_in(
    shared: Arc<Shared>,
    authenticated: Authenticated,
    new: NewUpload,
    image: Bytes,
    memory: Option<Holding>,
) -> Result<Accepted, Refusal> {
    if let Err(error) = shared.blobs.put_original(new.id, image).await {
        // It may be there nevertheless. Most likely it is not, and its store is out of reach, as was said already.
        if let Err(error) = shared.blobs.delete_original(new.id).await {
            tracing::debug!(upload = %new.id, %error, "an original that was not written was not deleted");
        }
        return Err(Refusal::unavailable(&error));
    }
    drop(memory);
    let good = shared.authenticator.still_good(&authenticated).await;
    if !matches!(good, Ok(true)) {
        delete_original(&shared, new.id).await;
        return Err(good.err().map_or(Refusal::InvalidToken, Refusal::from));
    }
    let accepted = accept_or_ask(&shared, &new).await?;
    match accepted {
        Accepted::Queued(version) => {
            shared.waiting.accepted(new.id, new.user, version);
            shared.wake.notify_one();
            tracing::info!(upload = %new.id, user = %new.user, %version, "upload accepted");
        }
        Accepted::Current(_) | Accepted::Full | Accepted::Revoked(_) => delete_original(&shared, new.id).await,
    }
    Ok(accepted)
}

/// Has the store accept an upload. Where it fails, it may have failed to tell of its success, and is asked.
async fn accept_or_ask(shared: &Shared, new: &NewUpload) -> Result<Accepted, StoreError> {
    let error = match shared.store.accept(new, shared.options.queue, shared.clock.now()).await {
        Ok(accepted) => return Ok(accepted),
        Err(error) => error,
    };
    match shared.store.upload(new.id).await {
        Ok(Some(upload)) => return Ok(Accepted::Queued(upload.version)),
        Ok(None) if shared.exclusive => delete_original(shared, new.id).await,
        // Nobody knows, and if it was accepted its job needs the original.
        Ok(None) | Err(_) => {}
    }
    Err(error)
}

async fn delete_original(shared: &Shared, upload: UploadId) {
    if let Err(error) = shared.blobs.delete_original(upload).await {
        tracing::warn!(%upload, %error, "an original was not deleted");
    }
}

/// Sees to it that an upload outlasts a power cut, for who is promised a banner before it is made. It takes longer than all else of
/// taking an upload in, and most are banners before that, which are safe as they are.
pub(crate) async fn secure(shared: &Shared, upload: UploadId) -> Result<(), Refusal> {
    // The upload last: it is nothing without its original.
    let original = shared.blobs.secure_original(upload).await;
    original.map_err(|error| Refusal::unavailable(&error))?;
    Ok(shared.store.secure().await?)
}
