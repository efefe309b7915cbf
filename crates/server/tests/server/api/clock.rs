//! A clock that jumps, by an hour and by years, on and back.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use masthead_server::{Clock, Options, UploadState};

use super::client::{CREDENTIALS, Fixture, options, small};

const HOUR: i64 = 3_600_000;
const FOUR_YEARS: i64 = 4 * 8766 * HOUR;

/// A server whose clock can be moved, and the clock.
async fn fixture(options: Options) -> (Fixture, Clock) {
    let clock = options.clock.clone();
    (Fixture::new(options).await, clock)
}

#[tokio::test]
async fn uploads_become_banners_and_no_window_grows_whatever_the_clock_does() {
    let (fixture, clock) = fixture(Options { reads_per_window: 1, ..options() }).await;
    let mut last = 0;
    for (number, jump) in [0, FOUR_YEARS, -FOUR_YEARS, -HOUR, HOUR].into_iter().enumerate() {
        clock.shift(jump);
        // There may be a new window, as if it were that much later, or the old one.
        fixture.send(fixture.alice.get(CREDENTIALS)).await;
        let refused = fixture.send(fixture.alice.get(CREDENTIALS)).await;
        assert_eq!(refused.status, 429, "after {jump}");
        let away = refused.header("x-rate-limit-reset").parse::<i64>().unwrap() - clock.now().unix_seconds();
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert!((0..=901).contains(&away) && wait <= 901, "after {jump} the window ends in {away} s, or {wait} s");

        let answer = fixture.upload(&format!("?offset_left={number}"), small()).await;
        assert_eq!(answer.status, 201, "after {jump}");
        let version = answer.json()["version"].as_i64().unwrap();
        assert!(version > last, "addresses rise");
        last = version;
    }
}

#[tokio::test]
async fn what_was_accepted_before_the_clock_went_back_is_done_at_once() {
    let waiting = Options { respond_within: Duration::ZERO, ..options() };
    for jump in [-HOUR, -FOUR_YEARS, FOUR_YEARS] {
        let (fixture, clock) = fixture(Options { clock: Clock::default(), ..waiting.clone() }).await;
        fixture.server.stop(Duration::from_secs(5)).await;
        assert_eq!(fixture.upload("", small()).await.status, 202);
        // One that nobody has begun, and one that was in work.
        let bob = fixture.account("bob").await;
        fixture.send(bob.raw("", small())).await;
        fixture.store.claim(clock.now(), Duration::from_secs(10)).await.unwrap().unwrap();
        let (folder, alice) = (Arc::clone(&fixture.folder), fixture.alice.clone());
        drop(fixture);

        clock.shift(jump);
        let fixture = Fixture::in_folder(folder, Options { clock, ..waiting.clone() }).await;
        for account in [&alice, &bob] {
            assert_eq!(fixture.settled(account).await["state"], "ready", "after {jump}");
        }
    }
}

#[tokio::test]
async fn a_retry_waits_no_longer_than_its_pause_when_the_clock_goes_back() {
    let (fixture, clock) = fixture(Options { respond_within: Duration::ZERO, ..options() }).await;
    // Nothing can be written where banners go.
    let banners = fixture.folder.path().join("blobs/banners");
    fs::remove_dir(&banners).unwrap();
    fs::write(&banners, "in the way").unwrap();
    assert_eq!(fixture.upload("", small()).await.status, 202);
    let start = Instant::now();
    while fixture.store.queue(clock.now()).await.unwrap().put_off == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not fail");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    fs::remove_file(&banners).unwrap();
    clock.shift(-HOUR);
    fixture.settled(&fixture.alice).await;
    let latest = fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().unwrap();
    assert_eq!(latest.state, UploadState::Ready, "the pause was a second, not an hour");
}
