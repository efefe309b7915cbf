//! The words that the cases are written in.

use std::future::Future;
use std::time::Duration;

pub(crate) use masthead::Rect;
pub(crate) use masthead_server::{
    Accepted, Admission, Admitted, Authority, Banner, Claim, Completion, Credentials, Failure, Inventory, NewUpload,
    NewUser, Nonce, Pairing, Queue, RateWindow, Revoked, SqliteStore, StorageId, Store, StoreError, Time, Upload,
    UploadId, UploadState, User, UserId, UserKey, Variant, Version, WindowCount,
};
use tokio::task::JoinSet;

pub(crate) use super::backend::Fixture;

/// A whole second that the cases start at.
pub(crate) const START: Time = Time(1_800_000_000_000);

/// More jobs than any case makes.
pub(crate) const ROOM: u64 = 10_000;

/// A user whom the store does not know as such, as an embedder's are.
pub(crate) const SOMEONE: UserId = UserId(77);

/// `millis` after [`START`].
pub(crate) fn at(millis: i64) -> Time {
    Time(START.0 + millis)
}

/// So many milliseconds.
pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// As long as leases are where they do not matter.
pub(crate) const LEASE: Duration = Duration::from_secs(10);

/// A user to be added, with an application of their own that may write.
pub(crate) fn newcomer(screen_name: &str) -> NewUser {
    NewUser { screen_name: screen_name.into(), name: "Some Name".into(), application: None, can_write: true }
}

/// Adds a user with an application of their own.
pub(crate) async fn add(store: &dyn Store, screen_name: &str) -> (User, Credentials) {
    store.add_user(&newcomer(screen_name), &Credentials::random(), START).await.expect("the name is free")
}

/// Adds a user of this application, which may write.
pub(crate) async fn add_to(store: &dyn Store, application: &str, screen_name: &str) -> (User, Credentials) {
    let new = NewUser { application: Some(application.into()), ..newcomer(screen_name) };
    store.add_user(&new, &Credentials::random(), START).await.expect("the name is free")
}

/// An upload whose picture is number `picture`.
pub(crate) fn picture(user: UserId, picture: u8) -> NewUpload {
    let region = Rect::from_edges(u32::MAX - 1500, u32::from(picture), u32::MAX, u32::from(picture) + 500);
    let region = region.expect("it is not empty");
    NewUpload { id: UploadId::random(), user, digest: [picture; 32], region, authority: None }
}

/// Takes in an upload that no other is like.
pub(crate) async fn upload(store: &dyn Store, user: UserId, now: Time) -> (UploadId, Version) {
    let mut new = picture(user, 0);
    new.digest[..16].copy_from_slice(&new.id.to_string().as_bytes()[..16]);
    match store.accept(&new, ROOM, now).await.expect("it is accepted") {
        Accepted::Queued(version) => (new.id, version),
        other => panic!("a new upload was not queued: {other:?}"),
    }
}

/// The next job, for ten seconds.
pub(crate) async fn claim(store: &dyn Store, now: Time) -> Claim {
    store.claim(now, LEASE).await.expect("it can claim").expect("a job is due")
}

/// Makes an upload into the banner at once; nothing else may be waiting.
pub(crate) async fn publish(store: &dyn Store, user: UserId, now: Time) -> (UploadId, Version) {
    let upload = upload(store, user, now).await;
    let claim = claim(store, now).await;
    assert_eq!(claim.upload, upload.0, "another job was waiting");
    assert_eq!(store.complete(&claim, &files(), now).await.unwrap(), Completion::Current);
    upload
}

/// The files of a banner, in an order that is none of the alphabet or of size.
pub(crate) fn files() -> Vec<Variant> {
    [("600x200", 600, 200, 0), ("web", 520, 260, 600 << 32), ("1500x500", 1500, 500, 1120 << 32)]
        .map(|(name, width, height, start)| Variant {
            name: name.into(),
            width,
            height,
            content_type: "image/jpeg".into(),
            start,
            bytes: u64::from(width) << 32,
        })
        .into()
}

pub(crate) fn failure() -> Failure {
    Failure { status: 422, code: 324, message: "image is 9x9, at least 200x100 is accepted".into() }
}

/// How far an upload is, `None` when it is not there.
pub(crate) async fn state(store: &dyn Store, id: UploadId) -> Option<UploadState> {
    store.upload(id).await.unwrap().map(|upload| upload.state)
}

/// How far each of these is, of those that are there, by name.
pub(crate) async fn states(store: &dyn Store, ids: &[UploadId]) -> Vec<(UploadId, UploadState)> {
    let mut states = store.states(ids).await.unwrap();
    states.sort_by_key(|&(id, _)| id);
    states
}

/// All users.
pub(crate) async fn users(store: &dyn Store) -> Vec<User> {
    store.users(None, 1000).await.unwrap()
}

/// Counts a request that is not signed.
pub(crate) async fn take(store: &dyn Store, user: UserId, call: &str, limit: u32, now: Time) -> RateWindow {
    let asked = Admission { user, call, limit, window: WINDOW, nonce: None };
    match store.admit(&asked, now).await.unwrap() {
        Admitted::Counted(window) => window,
        Admitted::Replayed => panic!("there was no nonce"),
    }
}

/// The length of rate windows.
pub(crate) const WINDOW: Duration = Duration::from_secs(900);

/// The upload that is the banner.
pub(crate) async fn current(store: &dyn Store, user: UserId) -> Option<UploadId> {
    store.banner(user).await.unwrap().map(|banner| banner.upload)
}

/// Does all of these at once, each in a task of its own.
pub(crate) async fn at_once<F>(work: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    work.into_iter().collect::<JoinSet<_>>().join_all().await
}
