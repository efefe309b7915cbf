//! A store whose calls are timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::id::{Time, UploadId, UserId, Version};
use crate::metrics::{Latencies, OperationLabels};
use crate::store::{
    Accepted, Admission, Admitted, Banner, Claim, Completion, Credentials, Failure, Grant, Inventory, NewUpload,
    NewUser, Nonce, Pairing, Queue, SignedGrant, Store, StoreError, Upload, UploadState, User, UserKey, Variant,
    WindowCount,
};

/// A store whose calls are timed, also those that fail or wait.
pub(crate) struct Timed {
    store: Arc<dyn Store>,
    seconds: Latencies,
}

impl Timed {
    /// `store`, timed there.
    pub(crate) fn new(store: Arc<dyn Store>, seconds: Latencies) -> Self {
        Self { store, seconds }
    }
}

/// Implements [`Store`] by these calls of another one.
macro_rules! timed {
    ($($call:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl Store for Timed {
            $(async fn $call(&self, $($argument: $type),*) -> $result {
                let start = Instant::now();
                let result = self.store.$call($($argument),*).await;
                let labels = OperationLabels { operation: stringify!($call) };
                self.seconds.get_or_create(&labels).observe(start.elapsed().as_secs_f64());
                result
            })*
        }
    };
}

timed! {
    ping() -> Result<(), StoreError>;
    close() -> ();
    add_user(new: &NewUser, fresh: &Credentials, now: Time) -> Result<(User, Credentials), StoreError>;
    users(after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError>;
    user(key: &UserKey) -> Result<Option<User>, StoreError>;
    rotate(user: UserId, fresh: &Credentials) -> Result<Option<Credentials>, StoreError>;
    set_suspended(user: UserId, suspended: bool) -> Result<bool, StoreError>;
    remove_user(user: UserId) -> Result<bool, StoreError>;
    signed_grant(consumer_key: &str, token: &str) -> Result<Option<SignedGrant>, StoreError>;
    bearer_grant(digest: &[u8; 32]) -> Result<Option<Grant>, StoreError>;
    admit(admission: &Admission<'_>, now: Time) -> Result<Admitted, StoreError>;
    windows() -> Result<Vec<WindowCount>, StoreError>;
    nonces() -> Result<Vec<Nonce>, StoreError>;
    note(windows: &[WindowCount], nonces: &[Nonce]) -> Result<(), StoreError>;
    prune(nonces_before: u64, now: Time) -> Result<(), StoreError>;
    banner(user: UserId) -> Result<Option<Banner>, StoreError>;
    variant(user: UserId, version: Version, name: &str) -> Result<Option<(UploadId, Variant)>, StoreError>;
    accept(new: &NewUpload, queue: u64, now: Time) -> Result<Accepted, StoreError>;
    secure() -> Result<(), StoreError>;
    latest_upload(user: UserId) -> Result<Option<Upload>, StoreError>;
    upload(id: UploadId) -> Result<Option<Upload>, StoreError>;
    remove_banner(user: UserId, now: Time) -> Result<bool, StoreError>;
    purge_banners(user: UserId) -> Result<bool, StoreError>;
    claim(now: Time, lease: Duration) -> Result<Option<Claim>, StoreError>;
    renew(claims: &[(UploadId, i64)], now: Time, lease: Duration) -> Result<(), StoreError>;
    complete(claim: &Claim, variants: &[Variant], now: Time) -> Result<Completion, StoreError>;
    fail(claim: &Claim, failure: &Failure, now: Time) -> Result<bool, StoreError>;
    retry(claim: &Claim, now: Time, pause: Duration) -> Result<bool, StoreError>;
    recover(held: &[(UploadId, i64)]) -> Result<u64, StoreError>;
    jobs() -> Result<u64, StoreError>;
    queue(now: Time) -> Result<Queue, StoreError>;
    ended(before: Time, limit: u32) -> Result<Vec<UploadId>, StoreError>;
    forget(uploads: &[UploadId]) -> Result<(), StoreError>;
    states(uploads: &[UploadId]) -> Result<Vec<(UploadId, UploadState)>, StoreError>;
    deletions(limit: u32) -> Result<Vec<UploadId>, StoreError>;
    deleted(uploads: &[UploadId]) -> Result<(), StoreError>;
    hold_deletions(until: Time) -> Result<(), StoreError>;
    deletions_held(now: Time) -> Result<bool, StoreError>;
    pairing() -> Result<Option<Pairing>, StoreError>;
    set_pairing(pairing: &Pairing) -> Result<(), StoreError>;
    inventory(after: Option<UploadId>, limit: u32) -> Result<Vec<Inventory>, StoreError>;
}
