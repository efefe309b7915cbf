//! Outages of ours end no upload, however long they last.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use masthead_server::{Clock, FaultRates, Faults, Options, Server, Storage, Time, UploadState};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor};
use tempfile::TempDir;

use super::client::{Account, Fixture, options, small};
use super::jobs::{originals, until};

const RETRIED: &str = "masthead_jobs_total{outcome=\"retried\"}";

/// Longer than the longest pause.
const PAUSE: i64 = 301_000;

const MADE: &str = "masthead_job_stage_seconds_count{stage=\"encode\"}";
const LOST: &str = "masthead_jobs_total{outcome=\"lost\"}";

/// A figure of `/metrics`; 0 when nothing was counted yet.
async fn figure(fixture: &Fixture, name: &str) -> u64 {
    let text = String::from_utf8(fixture.admin("/metrics").await.body).unwrap();
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()).unwrap_or(0)
}

fn at_once() -> Options {
    Options { respond_within: Duration::ZERO, uploads_per_window: 1000, ..options() }
}

/// A server on what another one has left, whose files fail as `faults` says.
async fn again(folder: Arc<TempDir>, alice: Account, options: Options, faults: &Faults) -> Fixture {
    let storage = Storage::folder(folder.path()).await.unwrap().with_faults(faults);
    let store = Arc::clone(storage.store());
    Fixture { server: Server::start(storage, options).await.unwrap(), store, folder, alice }
}

/// A folder with one upload that is accepted and not begun, and whose it is; after so many tries that failed through our fault.
async fn accepted(tries: u32) -> (Arc<TempDir>, Account) {
    let fixture = Fixture::new(at_once()).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    assert_eq!(fixture.upload("", small()).await.status, 202);
    for _ in 0..tries {
        let now = Time::now();
        let claim = fixture.store.claim(now, Duration::MAX).await.unwrap().unwrap();
        assert!(fixture.store.retry(&claim, now, Duration::ZERO).await.unwrap());
    }
    (Arc::clone(&fixture.folder), fixture.alice.clone())
}

async fn state(fixture: &Fixture) -> UploadState {
    fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().expect("it is there").state
}

#[tokio::test]
async fn an_upload_outlasts_days_without_the_blob_store() {
    // With a pause of five minutes, these are days.
    let (folder, alice) = accepted(600).await;
    let (faults, clock) = (Faults::new(1), Clock::default());
    faults.set(FaultRates::OUTAGE);
    let options = Options { clock: clock.clone(), ..at_once() };
    let fixture = again(folder, alice, options, &faults).await;
    until("it is put off", async || figure(&fixture, RETRIED).await == 1).await;
    assert_eq!((state(&fixture).await, originals(&fixture)), (UploadState::Processing, 1));
    assert_eq!(figure(&fixture, "masthead_jobs_put_off").await, 1, "who runs it can see it");
    assert_eq!(fixture.admin("/readyz").await.status, 503);

    // Then the folder is not mounted, and so nothing is in it.
    faults.set(FaultRates::NONE);
    let (blobs, away) = (fixture.folder.path().join("blobs"), fixture.folder.path().join("away"));
    fs::rename(&blobs, &away).unwrap();
    fs::create_dir(&blobs).unwrap();
    clock.shift(PAUSE);
    until("it is put off again", async || figure(&fixture, RETRIED).await == 2).await;
    assert_eq!(state(&fixture).await, UploadState::Processing);

    fs::remove_dir_all(&blobs).unwrap();
    fs::rename(&away, &blobs).unwrap();
    clock.shift(PAUSE);
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
    until("its original is deleted", async || originals(&fixture) == 0).await;
}

#[tokio::test]
async fn an_upload_whose_original_is_lost_is_given_up_in_the_end_and_holds_up_nobody() {
    let (folder, alice) = accepted(0).await;
    for original in fs::read_dir(folder.path().join("blobs/originals")).unwrap() {
        fs::remove_file(original.unwrap().path()).unwrap();
    }
    let clock = Clock::default();
    let fixture = again(folder, alice, Options { clock: clock.clone(), ..at_once() }, &Faults::new(1)).await;
    let bob = fixture.account("bob").await;
    for tries in 1..20 {
        until("it is put off", async || figure(&fixture, RETRIED).await == tries).await;
        assert_eq!(state(&fixture).await, UploadState::Processing, "after {tries}");
        clock.shift(PAUSE);
        // Somebody uploads, and so it is noticed at once that a job is due.
        let answer = fixture.send(bob.raw(&format!("?width={}", 200 + tries), small())).await;
        assert_eq!(answer.status, 202);
        assert_eq!(fixture.settled(&bob).await["state"], "ready");
    }
    let status = fixture.settled(&fixture.alice).await;
    assert_eq!((&status["state"], &status["errors"][0]["code"]), (&"failed".into(), &131.into()));
}

async fn database(fixture: &Fixture) -> SqliteConnection {
    SqliteConnectOptions::new().filename(fixture.folder.path().join("masthead.db")).connect().await.unwrap()
}

#[tokio::test]
async fn a_store_that_cannot_note_the_end_of_a_job_is_told_again() {
    let fixture = Fixture::new(at_once()).await;
    let mut other = database(&fixture).await;
    let trigger = "CREATE TRIGGER outage BEFORE INSERT ON variants BEGIN SELECT RAISE(ABORT, 'an outage'); END";
    other.execute(trigger).await.unwrap();
    assert_eq!(fixture.upload("", small()).await.status, 202);
    // Told five times, given up, and taken up again.
    until("it is made once more", async || figure(&fixture, MADE).await >= 2).await;
    assert_eq!((state(&fixture).await, originals(&fixture)), (UploadState::Processing, 1));
    other.execute("DROP TRIGGER outage").await.unwrap();
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
    assert_eq!(fixture.store.jobs().await.unwrap(), 0);
}

#[tokio::test]
async fn an_upload_that_the_store_does_not_take_leaves_nothing_behind() {
    let fixture = Fixture::new(at_once()).await;
    let mut other = database(&fixture).await;
    let trigger = "CREATE TRIGGER outage AFTER INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'an outage'); END";
    other.execute(trigger).await.unwrap();
    assert_eq!(fixture.upload("", small()).await.refusal().0, 500);
    assert_eq!(originals(&fixture), 0);
    other.execute("DROP TRIGGER outage").await.unwrap();
    assert_eq!(fixture.upload("", small()).await.status, 202);
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
}

#[tokio::test]
async fn an_upload_that_its_user_removes_during_an_outage_ends() {
    let (folder, alice) = accepted(30).await;
    let (faults, clock) = (Faults::new(1), Clock::default());
    faults.set(FaultRates::OUTAGE);
    let options = Options { grace: Duration::ZERO, clock: clock.clone(), ..at_once() };
    let fixture = again(folder, alice, options, &faults).await;
    until("it is put off", async || figure(&fixture, RETRIED).await == 1).await;
    assert_eq!(fixture.send(fixture.alice.post(super::client::REMOVE, "text/plain", "")).await.status, 200);
    assert_eq!(fixture.store.jobs().await.unwrap(), 0);
    assert_eq!(originals(&fixture), 1, "it cannot be deleted");
    faults.set(FaultRates::NONE);
    until("its original is deleted", async || originals(&fixture) == 0).await;
}

/// The user goes while the banner is being written: what is written then would belong to nobody.
#[tokio::test]
async fn a_banner_that_is_made_for_somebody_who_is_gone_is_deleted() {
    let (folder, alice) = accepted(0).await;
    let faults = Faults::new(1);
    let fixture = again(folder, alice, at_once(), &faults).await;
    // Longer than it takes until the files of users who are gone are deleted.
    faults.set(FaultRates { failing: 0, stalling: 1, stall: Duration::from_secs(3) });
    until("the banner is made", async || figure(&fixture, MADE).await == 1).await;
    faults.set(FaultRates::NONE);
    assert!(fixture.store.remove_user(fixture.alice.user.id).await.unwrap());
    let banners = || fs::read_dir(fixture.folder.path().join("blobs/banners")).unwrap().count();
    until("its job ends", async || figure(&fixture, LOST).await == 1).await;
    assert_eq!(banners(), 0);
    until("its original is deleted", async || originals(&fixture) == 0).await;
}

/// Whoever waits for a banner that is removed meanwhile need not wait until the time is over.
#[tokio::test]
async fn a_client_whose_upload_is_removed_meanwhile_is_answered() {
    let (folder, alice) = accepted(0).await;
    let faults = Faults::new(1);
    let fixture = again(folder, alice, Options { respond_within: Duration::from_secs(60), ..at_once() }, &faults).await;
    fixture.settled(&fixture.alice).await;
    faults.set(FaultRates { failing: 0, stalling: 1, stall: Duration::from_secs(1) });
    let removed = async {
        until("the banner is made", async || figure(&fixture, MADE).await == 2).await;
        faults.set(FaultRates::NONE);
        // As the command does it, of which the server knows nothing.
        assert!(fixture.store.purge_banners(fixture.alice.user.id).await.unwrap());
    };
    let start = Instant::now();
    let (answer, ()) = tokio::join!(fixture.upload("?width=210", small()), removed);
    assert_eq!(answer.status, 202);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

/// After one failure, one crash is enough: it is put off for longer each time, and others go on.
#[tokio::test]
async fn a_picture_that_takes_its_process_down_stays_put_off() {
    let (folder, alice) = accepted(9).await;
    let storage = Storage::folder(folder.path()).await.unwrap();
    // As a process that is killed with it.
    assert!(storage.store().claim(Time::now(), Duration::MAX).await.unwrap().is_some());
    drop(storage);
    let clock = Clock::default();
    let fixture = again(folder, alice, Options { clock: clock.clone(), ..at_once() }, &Faults::new(1)).await;
    let bob = fixture.account("bob").await;
    assert_eq!(fixture.send(bob.raw("", small())).await.status, 202);
    assert_eq!(fixture.settled(&bob).await["state"], "ready");
    assert_eq!(state(&fixture).await, UploadState::Processing);
    clock.shift(PAUSE);
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
}
