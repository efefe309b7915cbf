//! What happens to accepted uploads when things go wrong.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use masthead::{CropRequest, Dimensions};
use masthead_server::{Options, Time, UploadState};

use super::client::{Fixture, options, small, testdata};

pub(super) fn originals(fixture: &Fixture) -> usize {
    fs::read_dir(fixture.folder.path().join("blobs/originals")).unwrap().count()
}

/// A figure of `/metrics`.
pub(super) async fn figure(fixture: &Fixture, name: &str) -> u64 {
    let text = String::from_utf8(fixture.admin("/metrics").await.body).unwrap();
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    found.unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

/// How much of a budget is in use.
async fn in_use(fixture: &Fixture, of: &str) -> u64 {
    figure(fixture, &format!("masthead_memory_budget_in_use_bytes{{of=\"{of}\"}}")).await
}

/// Waits for something, and not for ever.
pub(super) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn originals_are_deleted_when_they_are_processed_unless_they_are_kept() {
    for (keep_originals, left) in [(false, 0), (true, 2)] {
        let fixture = Fixture::new(Options { keep_originals, ..options() }).await;
        assert_eq!(fixture.upload("", small()).await.status, 201);
        let broken = testdata("generated/broken-jpeg-cut-scan.jpg");
        assert_eq!(fixture.upload("", broken).await.refusal().0, 400);
        until("originals are deleted", async || originals(&fixture) == left).await;
    }
}

#[tokio::test]
async fn what_was_accepted_is_done_after_a_restart() {
    let options = Options { respond_within: Duration::ZERO, ..options() };
    let fixture = Fixture::new(options.clone()).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    let answer = fixture.upload("", small()).await;
    assert_eq!(answer.status, 202);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(fixture.store.jobs().await.unwrap(), 1, "a stopped server starts no job");
    let (folder, alice) = (Arc::clone(&fixture.folder), fixture.alice.clone());
    drop(fixture);

    let again = Fixture::in_folder(folder, options).await;
    assert_eq!(again.settled(&alice).await["state"], "ready");
    assert_eq!(again.settled(&alice).await["version"], answer.json()["version"]);
    let read = figure(&again, "masthead_job_stage_seconds_count{stage=\"read\"}").await;
    assert_eq!(read, 1, "what is not in memory any more is read");
}

#[tokio::test]
async fn what_was_accepted_is_done_also_when_it_would_not_be_accepted_any_more() {
    let fixture = Fixture::new(Options { respond_within: Duration::ZERO, ..options() }).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    let region = "?width=210&height=70&offset_left=40&offset_top=50";
    assert_eq!(fixture.upload(region, small()).await.status, 202);
    let (folder, alice) = (Arc::clone(&fixture.folder), fixture.alice.clone());
    drop(fixture);

    let images = options().images.with_min_region(Dimensions::new(250, 100).unwrap());
    let again = Fixture::in_folder(folder, Options { images, ..options() }).await;
    assert_eq!(again.settled(&alice).await["state"], "ready");
    assert_eq!(again.upload(region, small()).await.refusal().0, 422);
}

#[tokio::test]
async fn uploads_that_wait_in_memory_are_in_nobodys_way() {
    // Of this much, less than 5 MiB are for uploads that wait.
    let memory = Options::default().least_memory();
    let fixture = Fixture::new(Options { memory, ..options() }).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    let mut accounts = Vec::new();
    for name in ["bob", "carol", "dave", "erin"] {
        accounts.push(fixture.account(name).await);
    }
    // What follows the end of a picture is not looked at.
    let mut picture = small();
    picture.resize(2 << 20, 0);
    let uploads = accounts.iter().map(|account| fixture.send(account.raw("", picture.clone())));
    tokio::select! {
        answers = futures_util::future::join_all(uploads) => panic!("nobody works: {answers:?}"),
        () = async {
            until("all are accepted", async || fixture.store.jobs().await.unwrap() == 4).await;
            assert_eq!(in_use(&fixture, "uploads").await, 0, "others can upload");
            let prepared = in_use(&fixture, "prepared").await;
            let room = figure(&fixture, "masthead_memory_budget_bytes{of=\"prepared\"}").await;
            assert!((4 << 20..=room).contains(&prepared), "{prepared} of {room}");
        } => {}
    }
    // The clients have hung up, and nothing is kept for them.
    assert_eq!(in_use(&fixture, "prepared").await, 0);

    let folder = Arc::clone(&fixture.folder);
    drop(fixture);
    let fixture = Fixture::in_folder(folder, options()).await;
    for account in &accounts {
        assert_eq!(fixture.settled(account).await["state"], "ready");
    }
}

/// Whoever uploads again and again does not keep others waiting.
#[tokio::test]
async fn uploads_that_are_overtaken_while_they_wait_are_not_made() {
    let options = Options { respond_within: Duration::ZERO, ..options() };
    let fixture = Fixture::new(options.clone()).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    for left in 0..9 {
        assert_eq!(fixture.upload(&format!("?width=200&offset_left={left}"), small()).await.status, 202);
    }
    let (folder, alice) = (Arc::clone(&fixture.folder), fixture.alice.clone());
    drop(fixture);
    let fixture = Fixture::in_folder(folder, Options { threads: 1, ..options }).await;
    until("all are done", async || fixture.store.jobs().await.unwrap() == 0).await;
    assert_eq!(fixture.settled(&alice).await["state"], "ready");
    let figures = String::from_utf8(fixture.admin("/metrics").await.body).unwrap();
    let made =
        figures.lines().find_map(|line| line.strip_prefix("masthead_job_stage_seconds_count{stage=\"decode\"} "));
    // One, and those that were begun before it was done.
    assert!(made.unwrap().parse::<u32>().unwrap() <= 4, "{figures}");
    until("originals are deleted", async || originals(&fixture) == 0).await;
}

#[tokio::test]
async fn a_job_whose_worker_went_silent_is_taken_up_again() {
    let fixture = Fixture::default().await;
    fixture.server.stop(Duration::from_secs(5)).await;
    let options = Options { respond_within: Duration::ZERO, ..options() };
    let (folder, alice) = (Arc::clone(&fixture.folder), fixture.alice.clone());
    drop(fixture);
    let fixture = Fixture::in_folder(Arc::clone(&folder), options.clone()).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    fixture.send(alice.raw("", small())).await;
    // Somebody claims it and is not heard of again.
    let now = Time::now();
    let claim = fixture.store.claim(now, Duration::from_secs(3600)).await.unwrap().unwrap();
    drop(fixture);

    let fixture = Fixture::in_folder(folder, options).await;
    assert_eq!(fixture.settled(&alice).await["state"], "ready", "the folder is ours alone: nobody can be at it");
    assert!(!fixture.store.retry(&claim, now, Duration::ZERO).await.unwrap(), "the silent one has lost it");
}

/// As after a kill in the middle of all jobs, so many times.
async fn killed(fixture: &Fixture, times: usize) {
    for _ in 0..times {
        let now = Time::now();
        while fixture.store.claim(now, Duration::from_secs(60)).await.unwrap().is_some() {}
        fixture.store.recover(&[]).await.unwrap();
    }
}

#[tokio::test]
async fn however_often_a_server_is_killed_its_uploads_are_not_lost() {
    let options = Options { respond_within: Duration::ZERO, ..options() };
    let fixture = Fixture::new(options.clone()).await;
    fixture.server.stop(Duration::from_secs(5)).await;
    let bob = fixture.account("bob").await;
    fixture.upload("", small()).await;
    fixture.send(bob.raw("", small())).await;
    let (folder, alice) = (Arc::clone(&fixture.folder), fixture.alice.clone());
    killed(&fixture, 2).await;
    drop(fixture);
    let fixture = Fixture::in_folder(Arc::clone(&folder), options.clone()).await;
    assert_eq!(fixture.settled(&alice).await["state"], "ready");
    assert_eq!(fixture.settled(&bob).await["state"], "ready");

    // As often as if it were its fault: it is put off, and others go ahead.
    fixture.server.stop(Duration::from_secs(5)).await;
    fixture.send(alice.raw("?width=200", small())).await;
    killed(&fixture, 3).await;
    fixture.send(bob.raw("?width=200", small())).await;
    drop(fixture);
    let fixture = Fixture::in_folder(folder, options).await;
    assert_eq!(fixture.settled(&bob).await["state"], "ready");
    let latest = fixture.store.latest_upload(alice.user.id).await.unwrap().unwrap();
    assert_eq!(latest.state, UploadState::Processing);
    assert_eq!(fixture.settled(&alice).await["state"], "ready");
}

/// All threads together take more memory than one.
#[tokio::test]
async fn a_picture_that_one_thread_can_make_is_made_however_many_there_are() {
    let picture = testdata("photos/coffee.png");
    let mut options = Options { threads: 16, ..options() };
    let processor = masthead::Processor::default();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(16).build().unwrap();
    let region = CropRequest::default();
    let together = pool.install(|| processor.prepare(&picture, &region).unwrap().memory(16));
    let single = processor.prepare(&picture, &region).unwrap().memory(1);
    assert!(single < together);
    options.images.limits.memory = (single + together) / 2;
    let fixture = Fixture::new(options).await;
    assert_eq!(fixture.upload("", picture).await.status, 201);
}

#[tokio::test]
async fn our_failures_are_tried_again() {
    let fixture = Fixture::new(Options { respond_within: Duration::ZERO, ..options() }).await;
    // Nothing can be written where banners go.
    let banners = fixture.folder.path().join("blobs/banners");
    fs::remove_dir(&banners).unwrap();
    fs::write(&banners, "in the way").unwrap();
    fixture.upload("", small()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let latest = fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().unwrap();
    assert_eq!(latest.state, UploadState::Processing, "it is put off, not given up");
    fs::remove_file(&banners).unwrap();
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
}

#[tokio::test]
async fn two_servers_never_share_a_folder() {
    let fixture = Fixture::default().await;
    let error = masthead_server::Storage::folder(fixture.folder.path()).await.err().unwrap();
    assert!(
        error.to_string().ends_with("is in use by another server: stop that one, or choose another folder (--data)"),
        "{error}"
    );
}

/// Who is told 202 has nothing yet but what waits, and that is put on the disk before the answer; with 201 it is the banner.
#[tokio::test]
async fn what_is_promised_is_on_the_disk_before_it_is() {
    const SECURED: &str = "masthead_store_seconds_count{operation=\"secure\"} 1";
    let fixture = Fixture::default().await;
    assert_eq!(fixture.upload("", small()).await.status, 201);
    assert!(!fixture.metrics().await.contains("operation=\"secure\""));

    let fixture = Fixture::new(Options { respond_within: Duration::ZERO, ..options() }).await;
    assert_eq!(fixture.upload("", small()).await.status, 202);
    assert!(fixture.metrics().await.contains(SECURED));
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
}
