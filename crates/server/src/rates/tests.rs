//! Counting in memory: the same whatever the clock does, bounded, and written in the end.

use tokio::time::advance;

use super::*;
use crate::store::SqliteStore;

const MINUTE: Duration = Duration::from_secs(60);
const WINDOW: Duration = Duration::from_secs(900);
const YEARS: i64 = 4 * 365 * 24 * 3600 * 1000;

fn rates(clock: &Clock) -> Rates {
    Rates::new(clock, WINDOW, 1000, 1000)
}

fn nonce(clock: &Clock, number: u64) -> Nonce {
    Nonce::new("key", "token", u64::try_from(clock.now().unix_seconds()).unwrap(), &number.to_string())
}

fn asking(user: i64, nonce: Option<Nonce>) -> Asking {
    Asking { user: UserId(user), call: Call::Sizes, limit: 2, nonce }
}

/// Whether a request is allowed, how many are left, and for how long.
#[track_caller]
fn window(counted: Counted) -> (bool, u32, Duration) {
    match counted {
        Counted::Window(window, left) => (window.allowed, window.remaining, left),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn windows_end_when_they_should_whatever_the_clock_does() {
    let clock = Clock::default();
    let rates = rates(&clock);
    assert_eq!(window(rates.count(asking(1, None))), (true, 1, WINDOW));
    advance(5 * MINUTE).await;
    for jump in [YEARS, -2 * YEARS, YEARS, -3_600_000, 3_600_000] {
        clock.shift(jump);
        let before = clock.now();
        let Counted::Window(window, left) = rates.count(asking(2, None)) else { panic!() };
        rates.lock().windows.remove(&(UserId(2), Call::Sizes));
        assert!(window.allowed && left == WINDOW, "a new one");
        assert!(window.reset >= before.after(WINDOW) && window.reset <= clock.now().after(WINDOW + MINUTE / 60));
    }
    assert_eq!(window(rates.count(asking(1, None))), (true, 0, 10 * MINUTE));
    clock.shift(-YEARS);
    assert_eq!(window(rates.count(asking(1, None))), (false, 0, 10 * MINUTE));
    advance(10 * MINUTE).await;
    assert_eq!(window(rates.count(asking(1, None))), (true, 1, WINDOW));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_goes_there_and_back_lets_no_nonce_in_again() {
    let clock = Clock::default();
    let rates = rates(&clock);
    let seen = nonce(&clock, 1);
    assert!(window(rates.count(asking(1, Some(seen)))).0);
    for (jump, wait) in [(YEARS, MINUTE), (-YEARS, MINUTE), (0, 55 * MINUTE), (-3_600_000, MINUTE)] {
        clock.shift(jump);
        advance(wait).await;
        rates.lock().forget(Instant::now());
        assert_eq!(rates.count(asking(2, Some(seen))), Counted::Replayed, "{jump}");
    }
    advance(KEPT).await;
    rates.lock().forget(Instant::now());
    assert!(rates.lock().nonces.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_is_not_remembered() {
    let clock = Clock::default();
    let rates = rates(&clock);
    let all: Vec<_> = (0..50).map(|number| rates.count(asking(1, Some(nonce(&clock, number))))).collect();
    assert_eq!(all.into_iter().filter(|counted| window(*counted).0).count(), 2);
    let state = rates.lock();
    assert_eq!((state.nonces.len(), state.added.len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_fit_is_turned_away_and_nothing_that_counts_is_forgotten() {
    let clock = Clock::default();
    let rates = Rates::new(&clock, WINDOW, 3, 100);
    for user in 1..=3 {
        assert!(window(rates.count(asking(user, None))).0);
    }
    advance(MINUTE).await;
    assert_eq!(rates.count(asking(4, None)), Counted::Full);
    assert_eq!(window(rates.count(asking(1, None))).1, 0, "who is known goes on");
    advance(WINDOW).await;
    assert!(window(rates.count(asking(4, None))).0);

    let rates = Rates::new(&clock, WINDOW, 100, 3);
    let nonces: Vec<_> = (0..4).map(|number| nonce(&clock, number)).collect();
    for (user, nonce) in (1..=3).zip(&nonces) {
        assert!(window(rates.count(asking(user, Some(*nonce)))).0);
    }
    advance(LIVE).await;
    assert_eq!(rates.count(asking(4, Some(nonces[3]))), Counted::Full);
    assert!(window(rates.count(asking(4, None))).0, "without one it is not refused");
    assert_eq!(rates.count(asking(4, Some(nonces[0]))), Counted::Replayed);
    advance(MINUTE).await;
    assert!(window(rates.count(asking(4, Some(nonces[3])))).0, "the oldest is too old to be accepted");
    assert_eq!(rates.lock().nonces.len(), 3);
}

#[tokio::test]
async fn what_was_counted_is_written_in_the_end_and_taken_up_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let open = async || SqliteStore::open(&folder.path().join("masthead.db")).await.unwrap();
    let closed = open().await;
    closed.close().await;
    let store = open().await;
    let clock = Clock::default();
    let rates = rates(&clock);
    let seen = nonce(&clock, 1);
    rates.count(asking(1, Some(seen)));
    assert!(rates.write(&closed).await.is_err());
    // Somebody is counted while it is written.
    let counted = async {
        for user in 1..=500 {
            tokio::task::yield_now().await;
            rates.count(asking(user, Some(nonce(&clock, user.unsigned_abs() + 1))));
        }
    };
    let (written, ()) = tokio::join!(rates.write(&store), counted);
    written.unwrap();
    rates.write(&store).await.unwrap();
    assert!(rates.lock().changed.is_empty() && rates.lock().added.is_empty());
    assert_eq!(store.nonces().await.unwrap().len(), 501);

    let next = Rates::load(&store, &clock, WINDOW).await.unwrap();
    assert_eq!(next.count(asking(7, Some(seen))), Counted::Replayed);
    let (allowed, remaining, left) = window(next.count(asking(1, None)));
    assert!(!allowed && remaining == 0 && left <= WINDOW && left > WINDOW - MINUTE);
    assert!(window(next.count(asking(2, None))).0);
    assert_eq!(next.oldest_nonce(), rates.oldest_nonce());

    // The clock has jumped meanwhile: nobody is locked out.
    clock.shift(-YEARS);
    let next = Rates::load(&store, &clock, WINDOW).await.unwrap();
    assert_eq!(window(next.count(asking(1, None))), (true, 1, WINDOW));
    assert_eq!(next.count(asking(7, Some(seen))), Counted::Replayed);
}

#[tokio::test(start_paused = true)]
async fn what_waits_to_be_written_is_bounded_by_what_is_remembered() {
    let clock = Clock::default();
    let rates = rates(&clock);
    for round in 0..3 {
        for number in 0..1000 {
            let asking = Asking { limit: 10_000, ..asking(1, Some(nonce(&clock, round * 1000 + number))) };
            assert!(window(rates.count(asking)).0);
        }
        advance(KEPT + MINUTE).await;
        rates.lock().forget(Instant::now());
        assert!(rates.lock().added.is_empty(), "nothing was written, and all is over");
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_of_any_length_has_an_end() {
    let rates = Rates::new(&Clock::default(), Duration::MAX, 10, 10);
    assert_eq!(window(rates.count(asking(1, None))), (true, 1, LONGEST));
}
