//! What a request was authenticated with is checked once more when its upload has arrived.

use super::fixture::*;

/// What requests with these credentials were authenticated with.
fn authorities(credentials: &Credentials) -> [Authority; 2] {
    [
        Authority::Bearer(Credentials::bearer_digest(&credentials.bearer)),
        Authority::Signed { consumer_key: credentials.consumer_key.clone(), token: credentials.token.clone() },
    ]
}

/// What becomes of an upload of this user that was authenticated so.
async fn accept(store: &dyn Store, user: UserId, authority: &Authority) -> Accepted {
    let new = NewUpload { authority: Some(authority.clone()), ..picture(user, 1) };
    let accepted = store.accept(&new, ROOM, START).await.unwrap();
    assert_eq!(state(store, new.id).await.is_some(), matches!(accepted, Accepted::Queued(_)), "{accepted:?}");
    accepted
}

pub(crate) async fn what_stands_is_accepted(f: Fixture) {
    let store = &*f.store;
    let (ann, credentials) = add(store, "ann").await;
    for authority in authorities(&credentials) {
        assert!(matches!(accept(store, ann.id, &authority).await, Accepted::Queued(_)), "{authority:?}");
    }
}

pub(crate) async fn what_does_not_stand_is_refused_for_what_it_is(f: Fixture) {
    let store = &*f.store;
    let (ann, of_ann) = add_to(store, "web", "ann").await;
    let (bob, of_bob) = add_to(store, "web", "bob").await;
    let reader = NewUser { can_write: false, ..newcomer("reader") };
    let (reader, of_reader) = store.add_user(&reader, &Credentials::random(), START).await.unwrap();
    let token = Accepted::Revoked(Revoked::Token);
    for authority in authorities(&of_bob) {
        assert_eq!(accept(store, ann.id, &authority).await, token, "it is another user's");
        assert_eq!(accept(store, SOMEONE, &authority).await, token);
    }
    for authority in authorities(&of_reader) {
        assert_eq!(accept(store, reader.id, &authority).await, Accepted::Revoked(Revoked::ReadOnly));
    }
    let [_, of_another] = authorities(&Credentials { token: of_ann.token.clone(), ..of_reader });
    assert_eq!(accept(store, ann.id, &of_another).await, token, "the token is of another application");

    for (suspended, expected) in [(true, Some(Revoked::Suspended)), (false, None)] {
        store.set_suspended(ann.id, suspended).await.unwrap();
        for authority in authorities(&of_ann) {
            let accepted = accept(store, ann.id, &authority).await;
            match expected {
                Some(revoked) => assert_eq!(accepted, Accepted::Revoked(revoked)),
                None => assert!(matches!(accepted, Accepted::Queued(_)), "{accepted:?}"),
            }
        }
    }
    let rotated = store.rotate(ann.id, &Credentials::random()).await.unwrap().unwrap();
    for authority in authorities(&of_ann) {
        assert_eq!(accept(store, ann.id, &authority).await, token);
    }
    for authority in authorities(&rotated) {
        assert!(matches!(accept(store, ann.id, &authority).await, Accepted::Queued(_)));
    }
    store.remove_user(ann.id).await.unwrap();
    for authority in authorities(&rotated) {
        assert_eq!(accept(store, ann.id, &authority).await, token);
    }
    assert_eq!(store.jobs().await.unwrap(), 0);
    for authority in authorities(&of_bob) {
        assert!(matches!(accept(store, bob.id, &authority).await, Accepted::Queued(_)), "he goes on as before");
    }
}

/// Neither that nothing is to be done nor that there is no room is told to who may not ask.
pub(crate) async fn it_is_checked_before_anything_else(f: Fixture) {
    let store = &*f.store;
    let (ann, credentials) = add(store, "ann").await;
    let [authority, _] = authorities(&credentials);
    let new = NewUpload { authority: Some(authority), ..picture(ann.id, 1) };
    store.accept(&new, ROOM, START).await.unwrap();
    store.complete(&claim(store, START).await, &files(), START).await.unwrap();
    let again = NewUpload { id: UploadId::random(), ..new };
    assert!(matches!(store.accept(&again, 0, START).await.unwrap(), Accepted::Current(_)));
    store.set_suspended(ann.id, true).await.unwrap();
    assert_eq!(store.accept(&again, 0, START).await.unwrap(), Accepted::Revoked(Revoked::Suspended));
    let other = NewUpload { digest: [9; 32], ..again };
    assert_eq!(store.accept(&other, 0, START).await.unwrap(), Accepted::Revoked(Revoked::Suspended));
}

/// However a removal and an upload meet, no banner is left of a user who is gone.
pub(crate) async fn uploads_and_a_removal_at_once_leave_nothing(f: Fixture) {
    for round in 0..20 {
        let (user, credentials) = add(&*f.store, &format!("user{round}")).await;
        let [authority, _] = authorities(&credentials);
        let uploads = (0..4).map(|number| {
            let store = f.store.clone();
            let new = NewUpload { authority: Some(authority.clone()), ..picture(user.id, number) };
            tokio::spawn(async move { (new.id, store.accept(&new, ROOM, START).await.unwrap()) })
        });
        let uploads: Vec<_> = uploads.collect();
        tokio::task::yield_now().await;
        assert!(f.store.remove_user(user.id).await.unwrap());
        for upload in uploads {
            let (id, _) = upload.await.unwrap();
            assert_ne!(state(&*f.store, id).await, Some(UploadState::Processing));
        }
        assert_eq!(f.store.jobs().await.unwrap(), 0);
        assert_eq!(f.store.latest_upload(user.id).await.unwrap(), None);
    }
}
