//! Nonces of OAuth: a request that was overheard cannot be sent again.

use super::fixture::*;

const SEEN: Nonce<'_> = Nonce { consumer_key: "key", token: "token", timestamp: 1_800_000_000, nonce: "n-1_2" };

pub(crate) async fn a_nonce_is_good_for_one_use(f: Fixture) {
    let store = &*f.store;
    assert!(store.use_nonce(&SEEN).await.unwrap());
    assert!(!store.use_nonce(&SEEN).await.unwrap());
    for other in [
        Nonce { timestamp: SEEN.timestamp + 1, ..SEEN },
        Nonce { consumer_key: "Key", ..SEEN },
        Nonce { token: "Token", ..SEEN },
        Nonce { nonce: "N-1_2", ..SEEN },
        // Not to be told apart where the parts are strung together.
        Nonce { consumer_key: "keyt", token: "oken", ..SEEN },
    ] {
        assert!(store.use_nonce(&other).await.unwrap(), "{other:?}");
        assert!(!store.use_nonce(&other).await.unwrap(), "{other:?}");
    }
    assert!(!store.use_nonce(&SEEN).await.unwrap());
}

pub(crate) async fn of_many_uses_of_one_nonce_one_wins(f: Fixture) {
    let used = at_once((0..50).map(|_| {
        let store = f.store.clone();
        async move { store.use_nonce(&SEEN).await.unwrap() }
    }));
    assert_eq!(used.await.into_iter().filter(|&won| won).count(), 1);
}

pub(crate) async fn old_nonces_are_pruned_and_others_kept(f: Fixture) {
    let store = &*f.store;
    let later = Nonce { timestamp: SEEN.timestamp + 1, ..SEEN };
    assert!(store.use_nonce(&SEEN).await.unwrap() && store.use_nonce(&later).await.unwrap());
    store.prune(SEEN.timestamp, START).await.unwrap();
    assert!(!store.use_nonce(&SEEN).await.unwrap(), "it is not before the bound");
    store.prune(later.timestamp, START).await.unwrap();
    assert!(store.use_nonce(&SEEN).await.unwrap());
    assert!(!store.use_nonce(&later).await.unwrap());
}
