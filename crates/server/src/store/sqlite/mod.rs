//! The store in one SQLite file.
//!
//! One connection writes, so that tasks queue for it here, in turn, and not inside SQLite, which lets them poll. It takes
//! the write lock at the start of each transaction: one that begins with reading would fail at its first write when
//! another process wrote in between. Readers have connections of their own and never wait for a writer.
//!
//! Every statement that writes runs between an explicit BEGIN and COMMIT, single ones too: sqlx hands out the row of a
//! RETURNING without saying whether the commit behind it went well.

mod account;
mod banner;
mod collect;
mod column;
mod connections;
mod database;
mod error;
mod job;
mod pairing;
mod request;
mod schema;
mod space;

use std::time::Duration;

use async_trait::async_trait;

use self::connections::Connections;
use self::space::{Log, Space};
use super::{
    Accepted, Admission, Admitted, Banner, Claim, Completion, Credentials, Failure, Grant, Inventory, NewUpload,
    NewUser, Nonce, Pairing, Queue, SignedGrant, Store, StoreError, Upload, UploadState, User, UserKey, Variant,
    WindowCount,
};
use crate::id::{Time, UploadId, UserId, Version};

/// A [`Store`] in one SQLite file (and the `-wal` and `-shm` files beside it), for one machine. Clones share it.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: Connections,
    readers: Connections,
    space: Space,
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        // Reading alone would not show that it can be written.
        Ok(self.jot(async |_| Ok(())).await?)
    }

    async fn close(&self) {
        self.close_all().await;
    }

    async fn add_user(&self, new: &NewUser, fresh: &Credentials, now: Time) -> Result<(User, Credentials), StoreError> {
        Ok(self.write(async |db| account::add(db, new, fresh, now).await).await?)
    }

    async fn users(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        Ok(self.read(async |db| account::list(db, after, limit).await).await?)
    }

    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError> {
        Ok(self.read(async |db| account::find(db, key).await).await?)
    }

    async fn rotate(&self, user: UserId, fresh: &Credentials) -> Result<Option<Credentials>, StoreError> {
        Ok(self.write(async |db| account::rotate(db, user, fresh).await).await?)
    }

    async fn set_suspended(&self, user: UserId, suspended: bool) -> Result<bool, StoreError> {
        Ok(self.write(async |db| account::set_suspended(db, user, suspended).await).await?)
    }

    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError> {
        Ok(self.take_away(async |db| account::remove(db, user).await).await?)
    }

    async fn signed_grant(&self, consumer_key: &str, token: &str) -> Result<Option<SignedGrant>, StoreError> {
        Ok(self.read(async |db| account::signed_grant(db, consumer_key, token).await).await?)
    }

    async fn bearer_grant(&self, digest: &[u8; 32]) -> Result<Option<Grant>, StoreError> {
        Ok(self.read(async |db| account::bearer_grant(db, digest).await).await?)
    }

    async fn admit(&self, admission: &Admission<'_>, now: Time) -> Result<Admitted, StoreError> {
        Ok(self.jot(async |db| request::admit(db, admission, now).await).await?)
    }

    async fn windows(&self) -> Result<Vec<WindowCount>, StoreError> {
        Ok(self.read(async |db| request::windows(db).await).await?)
    }

    async fn nonces(&self) -> Result<Vec<Nonce>, StoreError> {
        Ok(self.read(async |db| request::nonces(db).await).await?)
    }

    async fn note(&self, windows: &[WindowCount], nonces: &[Nonce]) -> Result<(), StoreError> {
        Ok(self.jot(async |db| request::note(db, windows, nonces).await).await?)
    }

    async fn prune(&self, nonces_before: u64, now: Time) -> Result<(), StoreError> {
        let pruned = self.take_away(async |db| request::prune(db, nonces_before, now).await).await;
        self.tidy_up().await?;
        Ok(pruned?)
    }

    async fn banner(&self, user: UserId) -> Result<Option<Banner>, StoreError> {
        Ok(self.read(async |db| banner::current(db, user).await).await?)
    }

    async fn variant(
        &self,
        user: UserId,
        version: Version,
        name: &str,
    ) -> Result<Option<(UploadId, Variant)>, StoreError> {
        Ok(self.read(async |db| banner::find_variant(db, user, version, name).await).await?)
    }

    async fn accept(&self, new: &NewUpload, queue: u64, now: Time) -> Result<Accepted, StoreError> {
        // What makes it a banner is waited for, and safe in the same log behind it.
        Ok(self.jot(async |db| banner::accept(db, new, queue, now).await).await?)
    }

    async fn secure(&self) -> Result<(), StoreError> {
        Ok(self.secure_log().await?)
    }

    async fn latest_upload(&self, user: UserId) -> Result<Option<Upload>, StoreError> {
        Ok(self.read(async |db| banner::latest(db, user).await).await?)
    }

    async fn upload(&self, id: UploadId) -> Result<Option<Upload>, StoreError> {
        Ok(self.read(async |db| banner::find(db, id).await).await?)
    }

    async fn remove_banner(&self, user: UserId, now: Time) -> Result<bool, StoreError> {
        Ok(self.take_away(async |db| banner::remove(db, user, now).await).await?)
    }

    async fn purge_banners(&self, user: UserId) -> Result<bool, StoreError> {
        Ok(self.take_away(async |db| pairing::purge(db, user).await).await?)
    }

    async fn claim(&self, now: Time, lease: Duration) -> Result<Option<Claim>, StoreError> {
        Ok(self.jot(async |db| job::claim(db, now, lease).await).await?)
    }

    async fn renew(&self, claims: &[(UploadId, i64)], now: Time, lease: Duration) -> Result<(), StoreError> {
        Ok(self.jot(async |db| job::renew(db, claims, now, lease).await).await?)
    }

    async fn complete(&self, claim: &Claim, variants: &[Variant], now: Time) -> Result<Completion, StoreError> {
        Ok(self.take_away(async |db| job::complete(db, claim, variants, now).await).await?)
    }

    async fn fail(&self, claim: &Claim, failure: &Failure, now: Time) -> Result<bool, StoreError> {
        Ok(self.take_away(async |db| job::fail(db, claim, failure, now).await).await?)
    }

    async fn retry(&self, claim: &Claim, now: Time, pause: Duration) -> Result<bool, StoreError> {
        Ok(self.take_away(async |db| job::retry(db, claim, now, pause).await).await?)
    }

    async fn recover(&self, held: &[(UploadId, i64)]) -> Result<u64, StoreError> {
        Ok(self.write(async |db| job::recover(db, held).await).await?)
    }

    async fn jobs(&self) -> Result<u64, StoreError> {
        Ok(self.read(async |db| job::count(db).await).await?)
    }

    async fn queue(&self, now: Time) -> Result<Queue, StoreError> {
        Ok(self.read(async |db| job::queue(db, now).await).await?)
    }

    async fn ended(&self, before: Time, limit: u32) -> Result<Vec<UploadId>, StoreError> {
        Ok(self.read(async |db| collect::ended(db, before, limit).await).await?)
    }

    async fn forget(&self, uploads: &[UploadId]) -> Result<(), StoreError> {
        Ok(self.take_away(async |db| collect::forget(db, uploads).await).await?)
    }

    async fn states(&self, uploads: &[UploadId]) -> Result<Vec<(UploadId, UploadState)>, StoreError> {
        Ok(self.read(async |db| banner::states(db, uploads).await).await?)
    }

    async fn deletions(&self, limit: u32) -> Result<Vec<UploadId>, StoreError> {
        Ok(self.read(async |db| pairing::deletions(db, limit).await).await?)
    }

    async fn deleted(&self, uploads: &[UploadId]) -> Result<(), StoreError> {
        Ok(self.take_away(async |db| pairing::deleted(db, uploads).await).await?)
    }

    async fn hold_deletions(&self, until: Time) -> Result<(), StoreError> {
        Ok(self.write(async |db| pairing::hold(db, until).await).await?)
    }

    async fn deletions_held(&self, now: Time) -> Result<bool, StoreError> {
        Ok(self.read(async |db| pairing::is_held(db, now).await).await?)
    }

    async fn pairing(&self) -> Result<Option<Pairing>, StoreError> {
        Ok(self.read(async |db| pairing::find(db).await).await?)
    }

    async fn set_pairing(&self, pairing: &Pairing) -> Result<(), StoreError> {
        self.write(async |db| pairing::set(db, pairing).await).await?;
        if pairing.confirmed {
            // So that it is in the file itself, unless somebody is in the way: an older file that is put back beside the log of this one
            // (masthead.db-wal) is known by it, where otherwise the log would make it look new.
            self.write_back(Log::Emptied).await;
        }
        Ok(())
    }

    async fn inventory(&self, after: Option<UploadId>, limit: u32) -> Result<Vec<Inventory>, StoreError> {
        Ok(self.read(async |db| pairing::inventory(db, after, limit).await).await?)
    }
}
