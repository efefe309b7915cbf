//! Users and what they sign with.

use super::fixture::*;

fn with(application: &str, can_write: bool, screen_name: &str) -> NewUser {
    NewUser { application: Some(application.into()), can_write, ..newcomer(screen_name) }
}

/// Whom these credentials sign for, by OAuth 1.0a and then by bearer token.
async fn grants(store: &dyn Store, with: &Credentials) -> [Option<(UserId, bool)>; 2] {
    let signed = store.signed_grant(&with.consumer_key, &with.token).await.unwrap();
    let signed = signed.filter(|signed| signed.consumer_secret == with.consumer_secret).and_then(|signed| signed.token);
    let signed = signed.filter(|(secret, _)| *secret == with.token_secret).map(|(_, grant)| grant);
    let bearer = store.bearer_grant(&Credentials::bearer_digest(&with.bearer)).await.unwrap();
    [signed, bearer].map(|grant| grant.map(|grant| (grant.user.id, grant.can_write)))
}

pub(crate) async fn users_are_found_by_number_and_by_name_in_any_case(f: Fixture) {
    let store = &*f.store;
    assert_eq!(users(store).await, []);
    let (zoe, _) = add(store, "Zoe_1").await;
    let (ann, _) = add(store, "ann").await;
    assert_eq!((zoe.screen_name.as_str(), zoe.name.as_str(), zoe.suspended), ("Zoe_1", "Some Name", false));
    assert_eq!(users(store).await, [zoe.clone(), ann.clone()], "in the order in which they were added");
    assert_eq!(store.user(&UserKey::Id(ann.id)).await.unwrap(), Some(ann));
    for name in ["Zoe_1", "zoe_1", "ZOE_1"] {
        assert_eq!(store.user(&UserKey::ScreenName(name.into())).await.unwrap(), Some(zoe.clone()));
    }
    for name in ["zoe", "zoe%1", "zoe-1", ""] {
        assert_eq!(store.user(&UserKey::ScreenName(name.into())).await.unwrap(), None, "{name}");
    }
    assert_eq!(store.user(&UserKey::Id(UserId(zoe.id.0 + 1000))).await.unwrap(), None);
}

pub(crate) async fn users_are_listed_in_pages(f: Fixture) {
    let store = &*f.store;
    let mut added = Vec::new();
    for name in ["e", "d", "c", "b", "a"] {
        added.push(add(store, name).await.0);
    }
    assert_eq!(store.users(None, 2).await.unwrap(), added[..2]);
    assert_eq!(store.users(Some(added[1].id), 2).await.unwrap(), added[2..4]);
    store.remove_user(added[3].id).await.unwrap();
    assert_eq!(store.users(Some(added[3].id), 2).await.unwrap(), added[4..]);
    assert_eq!(store.users(Some(added[4].id), 2).await.unwrap(), []);
    assert_eq!(store.users(None, 0).await.unwrap(), []);
}

pub(crate) async fn a_screen_name_is_taken_in_any_case(f: Fixture) {
    let store = &*f.store;
    add(store, "Ann").await;
    let refused = store.add_user(&with("web", false, "aNN"), &Credentials::random(), START).await;
    assert!(matches!(&refused, Err(StoreError::Conflict(text)) if text.contains("aNN")), "{refused:?}");
    assert_eq!(users(store).await.len(), 1);
    // The application was not made either: it can be made differently.
    store.add_user(&with("web", true, "bob"), &Credentials::random(), START).await.unwrap();
}

pub(crate) async fn of_many_who_want_one_name_one_gets_it(f: Fixture) {
    let added = at_once((0..20).map(|number| {
        let store = f.store.clone();
        let name = if number % 2 == 0 { "ann" } else { "ANN" };
        async move { store.add_user(&newcomer(name), &Credentials::random(), START).await }
    }));
    let (won, lost): (Vec<_>, Vec<_>) = added.await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert!(lost.iter().all(|lost| matches!(lost, Err(StoreError::Conflict(_)))), "{lost:?}");
}

pub(crate) async fn users_without_an_application_get_one_each(f: Fixture) {
    let store = &*f.store;
    let (ann, of_ann) = add(store, "ann").await;
    let fresh = Credentials::random();
    let (bob, of_bob) = store.add_user(&NewUser { can_write: false, ..newcomer("bob") }, &fresh, START).await.unwrap();
    assert!(of_bob == fresh, "they are what was given");
    assert_ne!(of_ann.consumer_key, of_bob.consumer_key);
    assert_eq!(grants(store, &of_ann).await, [Some((ann.id, true)); 2]);
    assert_eq!(grants(store, &of_bob).await, [Some((bob.id, false)); 2]);
}

pub(crate) async fn users_of_an_application_share_its_key_and_nothing_else(f: Fixture) {
    let store = &*f.store;
    let (ann, of_ann) = add_to(store, "web", "ann").await;
    let (bob, of_bob) = add_to(store, "web", "bob").await;
    assert_eq!(of_ann.consumer_key, of_bob.consumer_key);
    assert!(of_ann.consumer_secret == of_bob.consumer_secret);
    assert!(of_ann.token != of_bob.token && of_ann.token_secret != of_bob.token_secret);
    assert!(of_ann.bearer != of_bob.bearer);
    assert_eq!(grants(store, &of_ann).await, [Some((ann.id, true)); 2]);
    assert_eq!(grants(store, &of_bob).await, [Some((bob.id, true)); 2]);
}

pub(crate) async fn an_application_does_not_change_what_it_may(f: Fixture) {
    let store = &*f.store;
    store.add_user(&with("reader", false, "ann"), &Credentials::random(), START).await.unwrap();
    let refused = store.add_user(&with("reader", true, "bob"), &Credentials::random(), START).await;
    assert!(matches!(&refused, Err(StoreError::Conflict(text)) if text.contains("reader")), "{refused:?}");
    // The name was not taken by it.
    store.add_user(&with("reader", false, "bob"), &Credentials::random(), START).await.unwrap();
    assert_eq!(users(store).await.len(), 2);
}

pub(crate) async fn rotating_ends_every_old_secret(f: Fixture) {
    let store = &*f.store;
    for application in [None, Some("web".to_owned())] {
        let new = NewUser { application, ..newcomer("ann") };
        let (ann, old) = store.add_user(&new, &Credentials::random(), START).await.unwrap();
        let fresh = Credentials::random();
        let rotated = store.rotate(ann.id, &fresh).await.unwrap().expect("she is there");
        assert!(rotated == fresh, "nobody else has the application");
        assert_eq!(grants(store, &rotated).await, [Some((ann.id, true)); 2]);
        assert!(store.signed_grant(&old.consumer_key, &old.token).await.unwrap().is_none());
        assert!(store.signed_grant(&rotated.consumer_key, &old.token).await.unwrap().unwrap().token.is_none());
        assert_eq!(grants(store, &old).await, [None; 2]);
        assert!(store.remove_user(ann.id).await.unwrap());
        assert!(store.rotate(ann.id, &Credentials::random()).await.unwrap().is_none());
    }
}

pub(crate) async fn rotating_leaves_a_shared_application_alone(f: Fixture) {
    let store = &*f.store;
    let (ann, of_ann) = add_to(store, "web", "ann").await;
    let (bob, of_bob) = add_to(store, "web", "bob").await;
    let fresh = Credentials::random();
    let rotated = store.rotate(ann.id, &fresh).await.unwrap().expect("she is there");
    assert!(rotated.consumer_key == of_ann.consumer_key && rotated.consumer_secret == of_ann.consumer_secret);
    assert!(rotated.token == fresh.token && rotated.token_secret == fresh.token_secret);
    assert!(rotated.bearer == fresh.bearer);
    assert_eq!(grants(store, &rotated).await, [Some((ann.id, true)); 2]);
    assert_eq!(grants(store, &of_ann).await, [None; 2]);
    assert_eq!(grants(store, &of_bob).await, [Some((bob.id, true)); 2], "he goes on as before");
}

pub(crate) async fn a_suspended_user_is_seen_as_such_in_every_grant(f: Fixture) {
    let store = &*f.store;
    let (ann, credentials) = add(store, "ann").await;
    for suspended in [true, true, false] {
        assert!(store.set_suspended(ann.id, suspended).await.unwrap());
        let expected = User { suspended, ..ann.clone() };
        assert_eq!(store.user(&UserKey::Id(ann.id)).await.unwrap().as_ref(), Some(&expected));
        let signed = store.signed_grant(&credentials.consumer_key, &credentials.token).await.unwrap().unwrap();
        assert_eq!(signed.token.unwrap().1.user, expected);
        let bearer = store.bearer_grant(&Credentials::bearer_digest(&credentials.bearer)).await.unwrap();
        assert_eq!(bearer.unwrap().user, expected);
    }
    assert!(!store.set_suspended(UserId(ann.id.0 + 1), true).await.unwrap());
}

pub(crate) async fn a_removed_user_leaves_nothing_and_their_number_is_not_used_again(f: Fixture) {
    let store = &*f.store;
    let (bob, of_bob) = add_to(store, "web", "bob").await;
    let (ann, of_ann) = add_to(store, "web", "ann").await;
    let (kept, _) = publish(store, bob.id, START).await;
    let (gone, version) = publish(store, ann.id, START).await;
    let (waiting, _) = upload(store, ann.id, at(1)).await;
    let running = claim(store, at(1)).await;
    assert!(take(store, ann.id, "upload", 1, START).await.allowed);

    assert!(store.remove_user(ann.id).await.unwrap());
    assert!(!store.remove_user(ann.id).await.unwrap());
    assert_eq!(users(store).await, std::slice::from_ref(&bob));
    assert_eq!(grants(store, &of_ann).await, [None; 2]);
    assert_eq!(grants(store, &of_bob).await, [Some((bob.id, true)); 2]);
    assert_eq!(store.banner(ann.id).await.unwrap(), None);
    assert_eq!(store.latest_upload(ann.id).await.unwrap(), None);
    assert_eq!(store.variant(ann.id, version, "web").await.unwrap(), None);
    let mut gone = [gone, waiting];
    gone.sort();
    let mut deletions = store.deletions(10).await.unwrap();
    deletions.sort();
    assert_eq!(deletions, gone, "their files are to be deleted");
    for id in gone {
        assert_eq!(state(store, id).await, None);
    }
    assert_eq!(store.jobs().await.unwrap(), 0);
    assert_eq!(store.complete(&running, &files(), at(2)).await.unwrap(), Completion::Lost);
    assert!(take(store, ann.id, "upload", 1, at(1)).await.allowed, "the window went along");
    assert_eq!(current(store, bob.id).await, Some(kept));

    let (again, _) = add(store, "ann").await;
    assert!(again.id.0 > ann.id.0, "{} was given to somebody else", ann.id);
}

pub(crate) async fn an_application_goes_with_its_last_user(f: Fixture) {
    let store = &*f.store;
    let (ann, old) = add_to(store, "web", "ann").await;
    let (bob, _) = add_to(store, "web", "bob").await;
    assert!(store.remove_user(ann.id).await.unwrap());
    let left = store.signed_grant(&old.consumer_key, &old.token).await.unwrap();
    assert!(left.expect("bob has it still").token.is_none());
    assert!(store.remove_user(bob.id).await.unwrap());
    assert!(store.signed_grant(&old.consumer_key, &old.token).await.unwrap().is_none());
    store.add_user(&with("web", false, "ann"), &Credentials::random(), START).await.unwrap();
}

pub(crate) async fn a_user_who_is_kept_elsewhere_can_be_removed(f: Fixture) {
    let store = &*f.store;
    let (id, _) = publish(store, SOMEONE, START).await;
    assert!(store.remove_user(SOMEONE).await.unwrap());
    assert_eq!((current(store, SOMEONE).await, state(store, id).await), (None, None));
    assert!(!store.remove_user(SOMEONE).await.unwrap());
}

pub(crate) async fn a_signed_grant_tells_unknown_consumers_from_unknown_tokens(f: Fixture) {
    let store = &*f.store;
    let (ann, of_ann) = add(store, "ann").await;
    let (_, of_bob) = add(store, "bob").await;
    assert!(store.signed_grant("nobody", &of_ann.token).await.unwrap().is_none());
    for token in ["nothing", "", &of_bob.token] {
        let grant = store.signed_grant(&of_ann.consumer_key, token).await.unwrap().expect("the consumer is known");
        assert!(grant.consumer_secret == of_ann.consumer_secret && grant.token.is_none());
    }
    let grant = store.signed_grant(&of_ann.consumer_key, &of_ann.token).await.unwrap().unwrap();
    let (secret, grant) = grant.token.expect("the token is known");
    assert!(secret == of_ann.token_secret);
    assert_eq!((grant.user, grant.can_write), (ann, true));
}

pub(crate) async fn a_bearer_token_is_known_by_its_digest_only(f: Fixture) {
    let store = &*f.store;
    let (ann, credentials) = add(store, "ann").await;
    let digest = Credentials::bearer_digest(&credentials.bearer);
    assert_eq!(store.bearer_grant(&digest).await.unwrap().unwrap().user, ann);
    for other in [[0; 32], Credentials::bearer_digest(&credentials.token)] {
        assert_eq!(store.bearer_grant(&other).await.unwrap(), None);
    }
}
