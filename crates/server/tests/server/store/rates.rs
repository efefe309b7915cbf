//! Rate windows.

use super::fixture::{Fixture, RateWindow, SOMEONE, START, Store, Time, UserId, at, at_once, take};

/// As [`WINDOW`](super::fixture::WINDOW), in milliseconds.
const LENGTH: i64 = 900_000;

async fn upload(store: &dyn Store, limit: u32, now: Time) -> RateWindow {
    take(store, SOMEONE, "upload", limit, now).await
}

pub(crate) async fn exactly_the_limit_is_allowed_to_a_crowd(f: Fixture) {
    let taken = at_once((0..100).map(|_| {
        let store = f.store.clone();
        async move { upload(&*store, 30, START).await }
    }));
    let mut left: Vec<u32> = taken.await.into_iter().filter(|window| window.allowed).map(|w| w.remaining).collect();
    left.sort_unstable();
    assert_eq!(left, (0..30).collect::<Vec<_>>(), "each number once");
}

pub(crate) async fn a_window_counts_down_and_ends_where_it_said(f: Fixture) {
    let store = &*f.store;
    let reset = at(LENGTH);
    for (now, allowed, remaining) in [(at(0), true, 1), (at(5), true, 0), (at(5), false, 0), (at(LENGTH - 1), false, 0)]
    {
        assert_eq!(upload(store, 2, now).await, RateWindow { allowed, remaining, reset }, "{now:?}");
    }
    // The next one starts with the first request in it, not where the last one ended.
    let next = RateWindow { allowed: true, remaining: 1, reset: at(3 * LENGTH) };
    assert_eq!(upload(store, 2, at(2 * LENGTH)).await, next);
    assert_eq!(upload(store, 2, at(3 * LENGTH - 1)).await, RateWindow { remaining: 0, ..next });
    assert!(upload(store, 2, at(3 * LENGTH)).await.allowed, "at its end it is over");
}

pub(crate) async fn users_and_calls_do_not_share_a_window(f: Fixture) {
    let store = &*f.store;
    for (user, call) in [(SOMEONE, "upload"), (SOMEONE, "read"), (UserId(1), "upload")] {
        assert!(take(store, user, call, 1, START).await.allowed);
        assert!(!take(store, user, call, 1, START).await.allowed);
    }
}

pub(crate) async fn a_refused_request_is_not_counted(f: Fixture) {
    let store = &*f.store;
    for _ in 0..5 {
        upload(store, 2, START).await;
    }
    let raised = upload(store, 4, START).await;
    assert_eq!((raised.allowed, raised.remaining), (true, 1), "two of four were counted before");
    let lowered = upload(store, 1, START).await;
    assert_eq!((lowered.allowed, lowered.remaining), (false, 0));
}

pub(crate) async fn the_reset_is_a_whole_second_and_never_early(f: Fixture) {
    let store = &*f.store;
    for (user, start, reset) in [(1, 1, 901_000), (2, 999, 901_000), (3, 1000, 901_000), (4, 1001, 902_000)] {
        for allowed in [true, false] {
            let window = take(store, UserId(user), "read", 1, at(start)).await;
            assert_eq!((window.allowed, window.reset), (allowed, at(reset)), "started at {start}");
        }
        assert!(take(store, UserId(user), "read", 1, at(reset)).await.allowed);
    }
}

pub(crate) async fn a_limit_of_zero_allows_nothing(f: Fixture) {
    let store = &*f.store;
    let closed = RateWindow { allowed: false, remaining: 0, reset: at(LENGTH) };
    assert_eq!(upload(store, 0, START).await, closed);
    assert_eq!(upload(store, 1, START).await, RateWindow { allowed: true, ..closed });
    assert_eq!(upload(store, 0, START).await, closed);
    assert_eq!(upload(store, 0, at(LENGTH)).await, RateWindow { reset: at(2 * LENGTH), ..closed });
}

pub(crate) async fn pruning_keeps_windows_that_are_not_over(f: Fixture) {
    let store = &*f.store;
    upload(store, 1, START).await;
    store.prune(0, at(LENGTH - 1)).await.unwrap();
    assert!(!upload(store, 1, at(LENGTH - 1)).await.allowed);
    store.prune(0, at(LENGTH)).await.unwrap();
    assert!(upload(store, 1, at(LENGTH)).await.allowed);
}

/// The clock was years ahead, and was put right.
pub(crate) async fn a_window_that_would_last_for_years_is_over(f: Fixture) {
    let store = &*f.store;
    let years = 4 * 365 * 24 * 3_600_000;
    for user in 1..=2 {
        assert!(take(store, UserId(user), "read", 1, at(years)).await.allowed);
        assert!(!take(store, UserId(user), "read", 1, at(years)).await.allowed);
    }
    let closed = take(store, UserId(1), "read", 0, START).await;
    assert_eq!(closed.reset, at(LENGTH), "not in four years");
    for user in 1..=2 {
        let window = take(store, UserId(user), "read", 1, START).await;
        assert_eq!(window, RateWindow { allowed: true, remaining: 0, reset: at(LENGTH) });
        assert!(!take(store, UserId(user), "read", 1, at(LENGTH - 1)).await.allowed);
    }
}

/// Back by less than a window, what is left of it is no longer than a whole one.
pub(crate) async fn a_clock_that_goes_back_makes_no_window_longer(f: Fixture) {
    let store = &*f.store;
    assert!(upload(store, 1, START).await.allowed);
    let back = upload(store, 1, at(-5000)).await;
    assert_eq!(back, RateWindow { allowed: true, remaining: 0, reset: at(LENGTH - 5000) });
    assert!(!upload(store, 1, at(LENGTH - 5001)).await.allowed);
    assert!(upload(store, 1, at(LENGTH - 5000)).await.allowed);
}
