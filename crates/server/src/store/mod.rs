//! What the server remembers: users, applications, tokens, banners, uploads, jobs, nonces and rate windows.

mod account;
mod banner;
mod job;
mod pairing;
mod request;
mod sqlite;

pub use account::{Authority, Credentials, Grant, NewUser, SignedGrant, User, UserKey};
pub use banner::{Accepted, Banner, Failure, Inventory, NewUpload, Revoked, Upload, UploadState, Variant};
pub use job::{Claim, Completion, Queue};
pub use pairing::Pairing;
pub use request::{Admission, Admitted, Nonce, RateWindow, WindowCount};
pub use sqlite::SqliteStore;

use std::time::Duration;

use async_trait::async_trait;

use crate::id::{Time, UploadId, UserId, Version};

/// Why the store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It would break a rule, such as two users of one name. The text says which.
    #[error("{0}")]
    Conflict(String),
    /// The database is locked by another process, or its disk is full. It is nobody's fault who asks, and may go well soon.
    #[error("the database cannot be used at the moment: {0}")]
    Unavailable(String),
    /// The database did not answer, or answered what it never should. Nothing was changed, and it may work later.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// Metadata and jobs behind one interface.
///
/// Each method is one transaction: it happens as a whole or not at all, and what it has changed is durable (it survives
/// a power cut) when it returns; of [`admit`](Self::admit), [`note`](Self::note), [`prune`](Self::prune),
/// [`claim`](Self::claim) and [`renew`](Self::renew) it need only survive the end of the process. All of them may be called by
/// many tasks, and by many processes on the same database, at once.
///
/// None of them reads a clock: the time is given. It may jump, on and back, between two calls.
///
/// None of them waits for longer than about ten seconds, then it is [`StoreError::Unavailable`]. What takes something away
/// ([`remove_banner`](Self::remove_banner), [`remove_user`](Self::remove_user), [`purge_banners`](Self::purge_banners), what ends
/// jobs and what forgets) works on a full disk too.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Whether the database answers, and takes changes.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Waits for the calls that are under way, and closes the database, so that all of it is in its place. Later calls fail.
    /// A store that is merely dropped, or killed, loses nothing.
    async fn close(&self);

    // Accounts.

    /// Adds a user, and a token for them with an application: the one of the name [`NewUser::application`], which is made
    /// when there is none, or one of their own. Returns what the user signs with: `fresh`, but with the consumer key and
    /// secret of the application when it was there already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the screen name is taken (upper and lower case do not count), or the application
    /// is there with another [`NewUser::can_write`].
    async fn add_user(&self, new: &NewUser, fresh: &Credentials, now: Time) -> Result<(User, Credentials), StoreError>;

    /// Users in the order in which they were added, at most `limit`, the first ones behind `after`.
    async fn users(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError>;

    /// The user of this key. Screen names are compared without regard to upper and lower case (ASCII).
    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError>;

    /// Replaces every secret that is this user's alone: token, token secret and bearer token, and the application's
    /// consumer key and secret when no other user has a token of it. Returns what the user signs with from now on,
    /// `None` when there is no such user.
    async fn rotate(&self, user: UserId, fresh: &Credentials) -> Result<Option<Credentials>, StoreError>;

    /// Suspends a user, or ends that. `false` when there is no such user.
    async fn set_suspended(&self, user: UserId, suspended: bool) -> Result<bool, StoreError>;

    /// Removes a user and everything of theirs: tokens, an application that no other user has a token of, banners, uploads,
    /// jobs, rate windows. The uploads are [`deletions`](Self::deletions) then. The number is not used again.
    /// Users that are kept elsewhere lose what is theirs here. `false` when there was neither a user nor an upload of theirs.
    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError>;

    /// What a signed request is checked with. `None` when there is no such consumer key.
    async fn signed_grant(&self, consumer_key: &str, token: &str) -> Result<Option<SignedGrant>, StoreError>;

    /// Whom a bearer token belongs to, by [`Credentials::bearer_digest`].
    async fn bearer_grant(&self, digest: &[u8; 32]) -> Result<Option<Grant>, StoreError>;

    // Requests.

    /// Lets a request in: refuses one whose nonce was seen before, and does not count it; counts one that is allowed, and
    /// remembers its nonce; does nothing about one that is not allowed. A window that ends later than a whole one from `now`
    /// is over: the clock was put back.
    async fn admit(&self, admission: &Admission<'_>, now: Time) -> Result<Admitted, StoreError>;

    /// All windows that are remembered, in no order.
    async fn windows(&self) -> Result<Vec<WindowCount>, StoreError>;

    /// All nonces that are remembered, in no order.
    async fn nonces(&self) -> Result<Vec<Nonce>, StoreError>;

    /// Remembers windows, in place of those of the same user and call, and nonces: for who counts in memory.
    async fn note(&self, windows: &[WindowCount], nonces: &[Nonce]) -> Result<(), StoreError>;

    /// Keeps the database small and the times in it sensible. Forgets the nonces of timestamps before `nonces_before` (unix
    /// seconds) or more than a day after `now`, and the windows that are over; what ended after `now` has ended now, as the clock
    /// was put back. Gives space back to the file system, some each time, and takes the reserve for a full disk.
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

    /// Takes an upload in, its original already stored, and makes a job of it, ready to run.
    ///
    /// - When its [`NewUpload::authority`] does not stand for the user any more: [`Accepted::Revoked`].
    /// - When the user's current banner has the same [`NewUpload::digest`] and no later upload is still being processed,
    ///   nothing is done: [`Accepted::Current`].
    /// - When `queue` jobs or more are there already (ready or running, of all users): [`Accepted::Full`].
    ///
    /// The version is the unix second of `now`, or one more than the last version that the user ever had where that is
    /// greater, also when that upload is removed and forgotten.
    ///
    /// It outlasts the end of the process. It need not outlast a power cut before [`Store::secure`] or a later change of this store does:
    /// most uploads have become a banner by then, which does.
    async fn accept(&self, new: &NewUpload, queue: u64, now: Time) -> Result<Accepted, StoreError>;

    /// Sees to it that everything which was accepted before outlasts a power cut.
    async fn secure(&self) -> Result<(), StoreError>;

    /// The latest upload that was accepted and neither discarded nor forgotten since.
    async fn latest_upload(&self, user: UserId) -> Result<Option<Upload>, StoreError>;

    /// One upload.
    async fn upload(&self, id: UploadId) -> Result<Option<Upload>, StoreError>;

    /// Removes the user's banner: it ends at `now`. Uploads that are still being processed are discarded: they will not become the
    /// banner, and their jobs are gone. `false` when there was neither.
    async fn remove_banner(&self, user: UserId, now: Time) -> Result<bool, StoreError>;

    /// Takes away all of the user's uploads at once: the current banner, former ones that can still be fetched, those in work
    /// and those that failed. They are [`deletions`](Self::deletions) then. `false` when there were none.
    async fn purge_banners(&self, user: UserId) -> Result<bool, StoreError>;

    // Jobs. A claim is held until its worker ends the job or puts it back, or another worker claims it (after its lease
    // ran out), or the job is gone, or recovered. A claim that is not held changes nothing.

    /// Claims a job that is due, for a lease of this length. A job is due when it is ready; when it was put off and its pause is
    /// over, or has not begun by the clock; and when its lease is over: it has passed, or ends later than a whole one from `now`.
    /// With [`Duration::MAX`] a lease never ends by itself.
    ///
    /// Whose job was accepted first has their turn; of their jobs that are due, the latest upload's is claimed, as it makes the
    /// earlier ones superfluous.
    async fn claim(&self, now: Time, lease: Duration) -> Result<Option<Claim>, StoreError>;

    /// Makes the leases of these claims, those that are still held, as long as this from `now`.
    async fn renew(&self, claims: &[(UploadId, i64)], now: Time, lease: Duration) -> Result<(), StoreError>;

    /// Ends a job that went well. The upload becomes the user's banner, and the former one ends at `now`, unless a
    /// later upload has become the banner already. (A removal takes the job away: the claim is not held any more.)
    async fn complete(&self, claim: &Claim, variants: &[Variant], now: Time) -> Result<Completion, StoreError>;

    /// Ends a job whose picture is at fault, or that is given up. The user's banner stays as it was. `false` when the claim is not held.
    async fn fail(&self, claim: &Claim, failure: &Failure, now: Time) -> Result<bool, StoreError>;

    /// Puts a job off that failed through our fault, to run again after a pause: one failure more, no crashes. `false` when the
    /// claim is not held.
    async fn retry(&self, claim: &Claim, now: Time, pause: Duration) -> Result<bool, StoreError>;

    /// Makes the running jobs ready but for those of the claims that are `held`, and says how many. Only for the one process that
    /// has the database to itself: when it starts, and when it has lost the answer to a call.
    async fn recover(&self, held: &[(UploadId, i64)]) -> Result<u64, StoreError>;

    /// How many jobs there are: ready, running and put off.
    async fn jobs(&self) -> Result<u64, StoreError>;

    /// How much there is to do.
    async fn queue(&self, now: Time) -> Result<Queue, StoreError>;

    // Collection of what is no longer needed.

    /// At most `limit` uploads of which nothing is needed any more: those that ended before `before` (superseded, removed, discarded
    /// or failed), except a failure that is its user's latest upload.
    async fn ended(&self, before: Time, limit: u32) -> Result<Vec<UploadId>, StoreError>;

    /// Forgets uploads that have ended; others stay. Those are [`deletions`](Self::deletions) then.
    async fn forget(&self, uploads: &[UploadId]) -> Result<(), StoreError>;

    /// Of these uploads, those that are there, with their states, in no order. [`Deletions`](Self::deletions) are there still,
    /// as discarded ones.
    async fn states(&self, uploads: &[UploadId]) -> Result<Vec<(UploadId, UploadState)>, StoreError>;

    // Uploads that are gone, with all that was known of them but their files.

    /// At most `limit` uploads that are gone and whose files are to be deleted.
    async fn deletions(&self, limit: u32) -> Result<Vec<UploadId>, StoreError>;

    /// The files of these are deleted.
    async fn deleted(&self, uploads: &[UploadId]) -> Result<(), StoreError>;

    /// Asks that no file be deleted until then, while a backup is made; a time that has passed ends that.
    async fn hold_deletions(&self, until: Time) -> Result<(), StoreError>;

    /// Whether it was asked, and its time has not passed and is no more than five minutes away.
    async fn deletions_held(&self, now: Time) -> Result<bool, StoreError>;

    // The files that belong to this database.

    /// Which they are. `None`: none yet.
    async fn pairing(&self) -> Result<Option<Pairing>, StoreError>;

    /// Notes which they are.
    async fn set_pairing(&self, pairing: &Pairing) -> Result<(), StoreError>;

    /// What the files of each upload should be: at most `limit`, in the order of their names, the first ones behind `after`.
    async fn inventory(&self, after: Option<UploadId>, limit: u32) -> Result<Vec<Inventory>, StoreError>;
}
