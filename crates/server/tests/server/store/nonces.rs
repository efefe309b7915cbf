//! Nonces of OAuth: a request that was overheard cannot be sent again.

use super::fixture::*;

const SECOND: u64 = 1_800_000_000;

fn seen() -> Nonce {
    Nonce::new("key", "token", SECOND, "n-1_2")
}

/// Asks for a signed request with so many allowed.
async fn ask(store: &dyn Store, nonce: Nonce, limit: u32) -> Admitted {
    let asked = Admission { user: SOMEONE, call: "read", limit, window: WINDOW, nonce: Some(nonce) };
    store.admit(&asked, START).await.unwrap()
}

/// Whether a nonce is new, and remembers it.
async fn is_new(store: &dyn Store, nonce: Nonce) -> bool {
    ask(store, nonce, 1000).await != Admitted::Replayed
}

pub(crate) async fn a_nonce_is_good_for_one_use(f: Fixture) {
    let store = &*f.store;
    assert!(is_new(store, seen()).await);
    assert!(!is_new(store, seen()).await);
    for other in [
        Nonce::new("key", "token", SECOND + 1, "n-1_2"),
        Nonce::new("Key", "token", SECOND, "n-1_2"),
        Nonce::new("key", "Token", SECOND, "n-1_2"),
        Nonce::new("key", "token", SECOND, "N-1_2"),
        // Not to be told apart where the parts are strung together.
        Nonce::new("keyt", "oken", SECOND, "n-1_2"),
        Nonce::new("key", "tokenn", SECOND, "-1_2"),
    ] {
        assert!(is_new(store, other).await, "{other:?}");
        assert!(!is_new(store, other).await, "{other:?}");
    }
    assert!(!is_new(store, seen()).await);
}

pub(crate) async fn of_many_uses_of_one_nonce_one_wins(f: Fixture) {
    let used = at_once((0..50).map(|_| {
        let store = f.store.clone();
        async move { is_new(&*store, seen()).await }
    }));
    assert_eq!(used.await.into_iter().filter(|&won| won).count(), 1);
}

pub(crate) async fn old_nonces_are_pruned_and_others_kept(f: Fixture) {
    let store = &*f.store;
    let later = Nonce::new("key", "token", SECOND + 1, "n-1_2");
    assert!(is_new(store, seen()).await && is_new(store, later).await);
    store.prune(SECOND, START).await.unwrap();
    assert!(!is_new(store, seen()).await, "it is not before the bound");
    store.prune(SECOND + 1, START).await.unwrap();
    assert!(is_new(store, seen()).await);
    assert!(!is_new(store, later).await);
}

pub(crate) async fn nonces_of_a_clock_that_was_years_ahead_are_pruned(f: Fixture) {
    let store = &*f.store;
    let tomorrow = SECOND + 24 * 3600;
    assert_eq!(u64::try_from(START.unix_seconds()), Ok(SECOND));
    for second in [tomorrow, tomorrow + 1, SECOND + 4 * 365 * 24 * 3600] {
        assert!(is_new(store, Nonce::new("key", "token", second, "n")).await);
    }
    store.prune(0, START).await.unwrap();
    assert_eq!(store.nonces().await.unwrap(), [Nonce::new("key", "token", tomorrow, "n")]);
}

pub(crate) async fn a_replay_is_not_counted(f: Fixture) {
    let store = &*f.store;
    let first = ask(store, seen(), 2).await;
    assert!(matches!(first, Admitted::Counted(RateWindow { allowed: true, remaining: 1, .. })), "{first:?}");
    for _ in 0..3 {
        assert_eq!(ask(store, seen(), 2).await, Admitted::Replayed);
    }
    assert_eq!(take(store, SOMEONE, "read", 2, START).await.remaining, 0);
}

pub(crate) async fn the_nonce_of_a_refused_request_is_not_remembered(f: Fixture) {
    let store = &*f.store;
    for number in 0..20 {
        let asked = ask(store, Nonce::new("key", "token", SECOND, &number.to_string()), 3).await;
        assert!(matches!(asked, Admitted::Counted(window) if window.allowed == (number < 3)), "{asked:?}");
    }
    assert_eq!(store.nonces().await.unwrap().len(), 3, "whoever is refused fills no table");
    // It is good later, when there is room.
    let refused = Nonce::new("key", "token", SECOND, "19");
    assert!(matches!(ask(store, refused, 4).await, Admitted::Counted(RateWindow { allowed: true, .. })));
    assert_eq!(ask(store, refused, 5).await, Admitted::Replayed);
}

pub(crate) async fn nonces_and_windows_that_were_counted_elsewhere_are_noted(f: Fixture) {
    let store = &*f.store;
    let late = at(600_000);
    let window =
        |user, call: &str, used, ends_at| WindowCount { user: UserId(user), call: call.to_owned(), used, ends_at };
    let first = [window(1, "read", 3, late), window(1, "upload", 1, late), window(2, "read \"'\u{e4}", 9, late)];
    let nonces = [seen(), Nonce::new("key", "token", SECOND + 1, "n")];
    store.note(&first, &nonces).await.unwrap();
    store.note(&[window(1, "read", 5, at(700_000))], &nonces[..1]).await.unwrap();
    store.note(&[], &[]).await.unwrap();

    let mut windows = store.windows().await.unwrap();
    windows.sort_by(|a, b| (a.user, &a.call).cmp(&(b.user, &b.call)));
    assert_eq!(windows, [window(1, "read", 5, at(700_000)), first[1].clone(), first[2].clone()]);
    let mut known = store.nonces().await.unwrap();
    known.sort_unstable();
    let mut expected = nonces;
    expected.sort_unstable();
    assert_eq!(known, expected);
    assert!(!is_new(store, seen()).await);
    let next = take(store, UserId(1), "read", 7, START).await;
    assert_eq!(next, RateWindow { allowed: true, remaining: 1, reset: at(700_000) });
}
