//! Rate windows.

use super::fixture::*;

const WINDOW: i64 = 900_000;

async fn take(store: &dyn Store, limit: u32, now: Time) -> RateWindow {
    store.take(SOMEONE, "upload", limit, WINDOW, now).await.unwrap()
}

pub(crate) async fn exactly_the_limit_is_allowed_to_a_crowd(f: Fixture) {
    let taken = at_once((0..100).map(|_| {
        let store = f.store.clone();
        async move { take(&*store, 30, START).await }
    }));
    let mut left: Vec<u32> = taken.await.into_iter().filter(|window| window.allowed).map(|w| w.remaining).collect();
    left.sort_unstable();
    assert_eq!(left, (0..30).collect::<Vec<_>>(), "each number once");
}

pub(crate) async fn a_window_counts_down_and_ends_where_it_said(f: Fixture) {
    let store = &*f.store;
    let reset = at(WINDOW);
    for (now, allowed, remaining) in [(at(0), true, 1), (at(5), true, 0), (at(5), false, 0), (at(WINDOW - 1), false, 0)]
    {
        assert_eq!(take(store, 2, now).await, RateWindow { allowed, remaining, reset }, "{now:?}");
    }
    // The next one starts with the first request in it, not where the last one ended.
    let next = RateWindow { allowed: true, remaining: 1, reset: at(3 * WINDOW) };
    assert_eq!(take(store, 2, at(2 * WINDOW)).await, next);
    assert_eq!(take(store, 2, at(3 * WINDOW - 1)).await, RateWindow { remaining: 0, ..next });
    assert!(take(store, 2, at(3 * WINDOW)).await.allowed, "at its end it is over");
}

pub(crate) async fn users_and_calls_do_not_share_a_window(f: Fixture) {
    let store = &*f.store;
    for (user, call) in [(SOMEONE, "upload"), (SOMEONE, "read"), (UserId(1), "upload")] {
        assert!(store.take(user, call, 1, WINDOW, START).await.unwrap().allowed);
        assert!(!store.take(user, call, 1, WINDOW, START).await.unwrap().allowed);
    }
}

pub(crate) async fn a_refused_request_is_not_counted(f: Fixture) {
    let store = &*f.store;
    for _ in 0..5 {
        take(store, 2, START).await;
    }
    let raised = take(store, 4, START).await;
    assert_eq!((raised.allowed, raised.remaining), (true, 1), "two of four were counted before");
    let lowered = take(store, 1, START).await;
    assert_eq!((lowered.allowed, lowered.remaining), (false, 0));
}

pub(crate) async fn the_reset_is_a_whole_second_and_never_early(f: Fixture) {
    let store = &*f.store;
    for (user, start, reset) in [(1, 1, 901_000), (2, 999, 901_000), (3, 1000, 901_000), (4, 1001, 902_000)] {
        for allowed in [true, false] {
            let window = store.take(UserId(user), "read", 1, WINDOW, at(start)).await.unwrap();
            assert_eq!((window.allowed, window.reset), (allowed, at(reset)), "started at {start}");
        }
        assert!(store.take(UserId(user), "read", 1, WINDOW, at(reset)).await.unwrap().allowed);
    }
}

pub(crate) async fn a_limit_of_zero_allows_nothing(f: Fixture) {
    let store = &*f.store;
    let closed = RateWindow { allowed: false, remaining: 0, reset: at(WINDOW) };
    assert_eq!(take(store, 0, START).await, closed);
    assert_eq!(take(store, 1, START).await, RateWindow { allowed: true, ..closed });
    assert_eq!(take(store, 0, START).await, closed);
    assert_eq!(take(store, 0, at(WINDOW)).await, RateWindow { reset: at(2 * WINDOW), ..closed });
}

pub(crate) async fn pruning_keeps_windows_that_are_not_over(f: Fixture) {
    let store = &*f.store;
    take(store, 1, START).await;
    store.prune(0, at(WINDOW - 1)).await.unwrap();
    assert!(!take(store, 1, at(WINDOW - 1)).await.allowed);
    store.prune(0, at(WINDOW)).await.unwrap();
    assert!(take(store, 1, at(WINDOW)).await.allowed);
}
