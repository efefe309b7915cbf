//! Leases: the store is told, now and again, that jobs are still being worked on, or it would give them to somebody else.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::id::UploadId;
use crate::state::Shared;
use crate::store::Claim;

/// How long a job is somebody's who has not been heard of.
pub(super) const LEASE: Duration = Duration::from_secs(10);

/// How often we are heard of.
const RENEW: Duration = Duration::from_secs(3);

type Held = Arc<Mutex<HashSet<(UploadId, i64)>>>;

/// The claims of this process.
#[derive(Clone, Default)]
pub(super) struct Leases {
    held: Held,
}

/// A claim that is renewed until this is dropped.
pub(super) struct Lease {
    held: Held,
    key: (UploadId, i64),
}

impl Leases {
    pub(super) fn hold(&self, claim: &Claim) -> Lease {
        let key = (claim.upload, claim.token);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        Lease { held: Arc::clone(&self.held), key }
    }

    /// All that are held.
    pub(super) fn claims(&self) -> Vec<(UploadId, i64)> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// Renews the leases, for ever.
pub(super) async fn renew(shared: Arc<Shared>, leases: Leases) {
    loop {
        sleep(RENEW).await;
        let claims = leases.claims();
        if !claims.is_empty()
            && let Err(error) = shared.store.renew(&claims, shared.clock.now(), LEASE).await
        {
            tracing::error!(%error, "leases could not be renewed");
        }
    }
}
