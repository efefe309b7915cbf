//! What the server remembers: users, applications, tokens, banners, uploads, jobs, nonces and rate windows.

mod account;
mod banner;
mod job;
mod sqlite;

pub use account::{Credentials, Grant, NewUser, SignedGrant, User, UserKey};
pub use banner::{Accepted, Banner, Failure, NewUpload, Upload, UploadState, Variant};
pub use job::{Claim, Completion};
pub use sqlite::SqliteStore;

use async_trait::async_trait;

use crate::id::{Time, UploadId, UserId, Version};

/// Why the store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It would break a rule, such as two users of one name. The text says which.
    #[error("{0}")]
    Conflict(String),
    /// The database did not answer, or answered what it never should. Nothing was changed, and it may work later.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// A fixed window of requests, after a request was counted in it or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateWindow {
    /// Whether this request is allowed.
    pub allowed: bool,
    /// How many requests more are allowed in this window.
    pub remaining: u32,
    /// When the next window may start, rounded up to a whole second.
    pub reset: Time,
}

/// A nonce of OAuth: refused when seen before with the same timestamp, consumer and token.
#[derive(Clone, Copy, Debug)]
pub struct Nonce<'a> {
    /// The consumer key.
    pub consumer_key: &'a str,
    /// The token.
    pub token: &'a str,
    /// The timestamp the client sent, in unix seconds.
    pub timestamp: u64,
    /// The nonce the client sent.
    pub nonce: &'a str,
}

/// Metadata and jobs behind one interface.
///
/// Each method is one transaction: it happens as a whole or not at all, and what it has changed is durable (it survives
/// a power cut) when it returns; of [`use_nonce`](Self::use_nonce), [`take`](Self::take), [`prune`](Self::prune),
/// [`claim`](Self::claim) and [`renew`](Self::renew) it need only survive the end of the process. All of them may be called by many tasks, and by many processes on the same database, at once.
/// None of them reads a clock: the time is given.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Whether the database answers, and takes changes.
    async fn ping(&self) -> Result<(), StoreError>;

    // Accounts.

    /// Adds a user, and a token for them with an application: the one of the name [`NewUser::application`], which is made
    /// when there is none, or one of their own. Returns what the user signs with: `fresh`, but with the consumer key and
    /// secret of the application when it was there already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the screen name is taken (upper and lower case do not count), or the application
    /// is there with another [`NewUser::can_write`].
    async fn add_user(&self, new: &NewUser, fresh: &Credentials, now: Time) -> Result<(User, Credentials), StoreError>;

    /// All users, in the order in which they were added.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// The user of this key. Screen names are compared without regard to upper and lower case (ASCII).
    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError>;

    /// Replaces every secret that is this user's alone: token, token secret and bearer token, and the application's
    /// consumer key and secret when no other user has a token of it. Returns what the user signs with from now on,
    /// `None` when there is no such user.
    async fn rotate(&self, user: UserId, fresh: &Credentials) -> Result<Option<Credentials>, StoreError>;

    /// Suspends a user, or ends that. `false` when there is no such user.
    async fn set_suspended(&self, user: UserId, suspended: bool) -> Result<bool, StoreError>;

    /// Removes a user and everything of theirs: tokens, an application that no other user has a token of, banners, uploads,
    /// jobs, rate windows. The files in the blob store become orphans, which are collected. The number is not used again.
    /// Users that are kept elsewhere lose what is theirs here. `false` when there was neither a user nor an upload of theirs.
    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError>;

    /// What a signed request is checked with. `None` when there is no such consumer key.
    async fn signed_grant(&self, consumer_key: &str, token: &str) -> Result<Option<SignedGrant>, StoreError>;

    /// Whom a bearer token belongs to, by [`Credentials::bearer_digest`].
    async fn bearer_grant(&self, digest: &[u8; 32]) -> Result<Option<Grant>, StoreError>;

    /// Remembers a nonce. `false` when it was seen before.
    async fn use_nonce(&self, nonce: &Nonce<'_>) -> Result<bool, StoreError>;

    /// Counts a request of `user` to `call`: windows of `window` milliseconds start with the first request. A request that
    /// is not allowed is not counted.
    async fn take(
        &self,
        user: UserId,
        call: &str,
        limit: u32,
        window: i64,
        now: Time,
    ) -> Result<RateWindow, StoreError>;

    /// Forgets the nonces of timestamps before `nonces_before` (unix seconds) and the windows that are over.
    async fn prune(&self, nonces_before: u64, now: Time) -> Result<(), StoreError>;

    // Banners.

    /// The user's current banner.
    async fn banner(&self, user: UserId) -> Result<Option<Banner>, StoreError>;

    /// The upload and the variant behind a public URL, of the current banner or of one that ended and is not forgotten yet.
    async fn variant(
        &self,
        user: UserId,
        version: Version,
        name: &str,
    ) -> Result<Option<(UploadId, Variant)>, StoreError>;

    /// Takes an upload in, its original already stored, and makes a job of it, ready to run at `now`.
    ///
    /// - When the user's current banner has the same [`NewUpload::digest`] and no later upload is still being processed,
    ///   nothing is done: [`Accepted::Current`].
    /// - When `queue` jobs or more are there already (ready or running, of all users): [`Accepted::Full`].
    ///
    /// The version is the unix second of `now`, or one more than the last version that the user ever had where that is
    /// greater, also when that upload is removed and forgotten.
    async fn accept(&self, new: &NewUpload, queue: u64, now: Time) -> Result<Accepted, StoreError>;

    /// The latest upload that was accepted and neither discarded nor forgotten since.
    async fn latest_upload(&self, user: UserId) -> Result<Option<Upload>, StoreError>;

    /// One upload.
    async fn upload(&self, id: UploadId) -> Result<Option<Upload>, StoreError>;

    /// Removes the user's banner: it ends at `now`. Uploads that are still being processed are discarded: they will not become the
    /// banner, and their jobs are gone. `false` when there was neither.
    async fn remove_banner(&self, user: UserId, now: Time) -> Result<bool, StoreError>;

    // Jobs. A claim is held until its worker ends the job or puts it back, or another worker claims it (after its lease
    // ran out), or the job is gone, or recovered. A claim that is not held changes nothing.

    /// Claims a job, for a lease that ends at `lease_until`. Jobs with a lease that ended before `now` are due as well.
    /// It is the turn of the user whose job is due longest; of their jobs that are due, the latest upload's is claimed, as
    /// it makes the earlier ones superfluous.
    async fn claim(&self, now: Time, lease_until: Time) -> Result<Option<Claim>, StoreError>;

    /// Prolongs the leases of these claims, those that are still held.
    async fn renew(&self, claims: &[(UploadId, i64)], lease_until: Time) -> Result<(), StoreError>;

    /// Ends a job that went well. The upload becomes the user's banner, and the former one ends at `now`, unless a
    /// later upload has become the banner already. (A removal takes the job away: the claim is not held any more.)
    async fn complete(&self, claim: &Claim, variants: &[Variant], now: Time) -> Result<Completion, StoreError>;

    /// Ends a job whose picture is at fault, or that is given up. The user's banner stays as it was. `false` when the claim is not held.
    async fn fail(&self, claim: &Claim, failure: &Failure, now: Time) -> Result<bool, StoreError>;

    /// Puts a job back that failed through our fault, to run again at `run_at`: one failure more, no crashes. `false` when the claim is not held.
    async fn retry(&self, claim: &Claim, run_at: Time) -> Result<bool, StoreError>;

    /// Makes all running jobs ready at `now`. Only for the one process that has the database to itself, when it starts.
    async fn recover(&self, now: Time) -> Result<u64, StoreError>;

    /// How many jobs there are, ready and running.
    async fn jobs(&self) -> Result<u64, StoreError>;

    // Collection of what is no longer needed.

    /// At most `limit` uploads of which nothing is needed any more: those that ended before `before` (superseded, removed, discarded
    /// or failed), except a failure that is its user's latest upload.
    async fn ended(&self, before: Time, limit: u32) -> Result<Vec<UploadId>, StoreError>;

    /// Forgets uploads that have ended; others stay.
    async fn forget(&self, uploads: &[UploadId]) -> Result<(), StoreError>;

    /// Of these uploads, those that are there, with their states, in no order.
    async fn states(&self, uploads: &[UploadId]) -> Result<Vec<(UploadId, UploadState)>, StoreError>;
}
