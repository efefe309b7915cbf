//! Requests are counted in memory: nobody waits for the disk to be counted, and no clock and no restart makes the counts wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, header};
use masthead_server::{
    Accounts, AuthError, AuthRequest, Authenticated, Authenticator, Clock, Options, Server, Storage, StoreError, User,
    UserKey, app,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tower::ServiceExt;

use super::client::{Account, Answer, CREDENTIALS, Fixture, SIZES, STATUS, Signing, options, small};

const YEARS: i64 = 4 * 365 * 24 * 3600 * 1000;

fn signed(account: &Account, target: &str, nonce: &str, clock: i64) -> Request<Body> {
    let authorization =
        account.sign("GET", target, &[], Signing { nonce: Some(nonce.to_owned()), clock, ..Signing::default() });
    let request = Request::get(target).header(header::HOST, "localhost").header(header::AUTHORIZATION, authorization);
    request.body(Body::empty()).unwrap()
}

/// The same once more, as somebody sends it who has listened.
fn again(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::get(request.uri()).body(Body::empty()).unwrap();
    copy.headers_mut().clone_from(request.headers());
    copy
}

#[tokio::test]
async fn reads_do_not_wait_for_who_holds_the_write_lock() {
    let fixture = Fixture::default().await;
    assert_eq!(fixture.upload("", small()).await.status, 201);
    let mut other =
        SqliteConnectOptions::new().filename(fixture.folder.path().join("masthead.db")).connect().await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let start = Instant::now();
    for number in 0..20 {
        for target in [CREDENTIALS, STATUS] {
            assert_eq!(fixture.send(fixture.alice.get(target)).await.status, 200);
            let request = signed(&fixture.alice, target, &format!("{target}{number}"), 0);
            assert_eq!(fixture.send(again(&request)).await.status, 200);
            assert_eq!(fixture.send(request).await.refusal().1, 32, "it is replayed");
        }
    }
    // A writer waits for ten seconds.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    lock.rollback().await.unwrap();
    drop(other);

    // All of it is written in the end, though it could not be for a while.
    fixture.server.stop(Duration::from_secs(5)).await;
    let mut windows = fixture.store.windows().await.unwrap();
    windows.sort_unstable_by_key(|window| window.used);
    let used: Vec<_> = windows.iter().map(|window| window.used).collect();
    assert_eq!(used, [1, 40, 40], "the upload, and of each call those that were no replay");
    assert_eq!(fixture.store.nonces().await.unwrap().len(), 40);
}

#[tokio::test]
async fn a_replay_is_refused_after_a_restart_and_whatever_the_clock_has_done() {
    let clock = Clock::default();
    let options = Options { clock: clock.clone(), ..options() };
    let fixture = Fixture::new(options.clone()).await;
    let alice = fixture.alice.clone();
    let request = signed(&alice, CREDENTIALS, "once", 0);
    assert_eq!(fixture.send(again(&request)).await.status, 200);
    assert_eq!(fixture.send(again(&request)).await.refusal().1, 32);

    clock.shift(YEARS);
    assert_eq!(fixture.send(again(&request)).await.refusal().1, 135, "its timestamp is old");
    let then = signed(&alice, CREDENTIALS, "later", YEARS / 1000);
    assert_eq!(fixture.send(then).await.status, 200);
    clock.shift(-YEARS);
    assert_eq!(fixture.send(again(&request)).await.refusal().1, 32);

    fixture.server.stop(Duration::from_secs(5)).await;
    let folder = Arc::clone(&fixture.folder);
    drop(fixture);
    let fixture = Fixture::in_folder(folder, options).await;
    assert_eq!(fixture.send(request).await.refusal().1, 32);
    assert_eq!(fixture.send(signed(&alice, CREDENTIALS, "another", 0)).await.status, 200);
}

#[tokio::test]
async fn clocks_that_jump_lock_nobody_out() {
    let clock = Clock::default();
    let options = Options { clock: clock.clone(), reads_per_window: 2, ..options() };
    let fixture = Fixture::new(options.clone()).await;
    let wait = |answer: &Answer| {
        assert_eq!(answer.refusal().0, 429);
        let left = answer.header("x-rate-limit-reset").parse::<i64>().unwrap() - clock.now().unix_seconds();
        let wait = answer.header("retry-after").parse::<i64>().unwrap();
        assert!((left - wait).abs() <= 2, "the reset is {left} seconds away, and one is to wait {wait}");
        wait
    };
    clock.shift(YEARS);
    for _ in 0..2 {
        assert_eq!(fixture.send(fixture.alice.get(CREDENTIALS)).await.status, 200);
    }
    assert!((1..=900).contains(&wait(&fixture.send(fixture.alice.get(CREDENTIALS)).await)));
    for jump in [-YEARS, 3_600_000, -7_200_000] {
        clock.shift(jump);
        assert!((1..=900).contains(&wait(&fixture.send(fixture.alice.get(CREDENTIALS)).await)), "after {jump}");
    }
    // What the last process has written is from another time.
    clock.shift(YEARS);
    let (bob, folder) = (fixture.account("bob").await, Arc::clone(&fixture.folder));
    assert_eq!(fixture.send(bob.get(SIZES)).await.status, 400);
    fixture.server.stop(Duration::from_secs(5)).await;
    drop(fixture);
    clock.shift(-YEARS);
    let fixture = Fixture::in_folder(folder, options).await;
    assert_eq!(fixture.send(bob.get(SIZES)).await.header("x-rate-limit-remaining"), "1");
}

/// The users of the storage, of whom none is good any more when it is asked again.
struct Fleeting(Accounts);

#[async_trait]
impl Authenticator for Fleeting {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Authenticated, AuthError> {
        self.0.authenticate(request).await
    }

    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError> {
        self.0.user(key).await
    }

    async fn still_good(&self, _: &Authenticated) -> Result<bool, AuthError> {
        Ok(false)
    }
}

#[tokio::test]
async fn an_embedders_users_are_asked_for_again_when_an_upload_has_arrived() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::folder(folder.path()).await.unwrap();
    let store = Arc::clone(storage.store());
    let alice = Account::new(&*store, "alice", true).await;
    let users = Arc::new(Fleeting(Accounts::new(Arc::clone(&store))));
    let server = Server::start_with(storage, users, options()).await.unwrap();
    let answer = app(server).oneshot(alice.raw("", small())).await.unwrap();
    assert_eq!(Answer::of(answer).await.refusal(), (401, 89, "Invalid or expired token.".to_owned()));
    assert!(store.latest_upload(alice.user.id).await.unwrap().is_none());
    assert_eq!(std::fs::read_dir(folder.path().join("blobs/originals")).unwrap().count(), 0);
}
