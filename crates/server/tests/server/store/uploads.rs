//! From an upload to a banner.

use super::fixture::*;

pub(crate) async fn an_upload_becomes_the_banner_with_its_files_in_order(f: Fixture) {
    let store = &*f.store;
    let new = picture(SOMEONE, 9);
    let Accepted::Queued(version) = store.accept(&new, ROOM, at(1999)).await.unwrap() else { panic!("not queued") };
    let upload = Upload { id: new.id, version, state: UploadState::Processing };
    assert_eq!(store.upload(new.id).await.unwrap().as_ref(), Some(&upload));
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap().as_ref(), Some(&upload));
    assert_eq!(store.banner(SOMEONE).await.unwrap(), None);

    let job = claim(store, at(1999)).await;
    assert_eq!((job.upload, job.user, job.version, job.region), (new.id, SOMEONE, version, new.region));
    assert_eq!((job.crashes, job.failures), (0, 0));
    assert_eq!(store.complete(&job, &files(), at(2500)).await.unwrap(), Completion::Current);

    let banner = Banner { upload: new.id, version, digest: new.digest, variants: files() };
    assert_eq!(store.banner(SOMEONE).await.unwrap(), Some(banner));
    assert_eq!(state(store, new.id).await, Some(UploadState::Ready));
    for file in files() {
        let found = store.variant(SOMEONE, version, &file.name).await.unwrap();
        assert_eq!(found, Some((new.id, file)));
    }
    for (user, version, name) in
        [(SOMEONE, version, "Web"), (SOMEONE, Version(version.0 + 1), "web"), (UserId(1), version, "web")]
    {
        assert_eq!(store.variant(user, version, name).await.unwrap(), None);
    }
    assert_eq!(store.banner(UserId(1)).await.unwrap(), None);
}

pub(crate) async fn uploads_are_unknown_until_accepted(f: Fixture) {
    let store = &*f.store;
    store.ping().await.unwrap();
    assert_eq!(store.upload(UploadId::random()).await.unwrap(), None);
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap(), None);
    assert_eq!(store.claim(START, LEASE).await.unwrap(), None);
    let refused = picture(SOMEONE, 1);
    assert_eq!(store.accept(&refused, 0, START).await.unwrap(), Accepted::Full);
    assert_eq!(store.upload(refused.id).await.unwrap(), None);
}

pub(crate) async fn the_banner_once_more_is_nothing_to_do(f: Fixture) {
    let store = &*f.store;
    let accept = async |user, number, now| store.accept(&picture(user, number), ROOM, now).await.unwrap();
    let first = Version(START.unix_seconds());
    assert_eq!(accept(SOMEONE, 1, START).await, Accepted::Queued(first));
    // It is not the banner yet.
    assert_eq!(accept(SOMEONE, 1, START).await, Accepted::Queued(Version(first.0 + 1)));
    for _ in 0..2 {
        let job = claim(store, START).await;
        store.complete(&job, &files(), START).await.unwrap();
    }
    let second = Version(first.0 + 1);
    assert_eq!(accept(SOMEONE, 1, at(9000)).await, Accepted::Current(second));
    assert_eq!(
        store.accept(&picture(SOMEONE, 1), 0, at(9000)).await.unwrap(),
        Accepted::Current(second),
        "no room is needed"
    );
    assert_eq!(store.jobs().await.unwrap(), 0);
    assert!(matches!(accept(UserId(1), 1, at(9000)).await, Accepted::Queued(_)), "another user's is not theirs");

    // With another one on its way, it has to be made again to win.
    assert!(matches!(accept(SOMEONE, 2, at(9000)).await, Accepted::Queued(_)));
    assert!(matches!(accept(SOMEONE, 1, at(9000)).await, Accepted::Queued(_)));
    store.remove_banner(SOMEONE, at(9001)).await.unwrap();
    assert!(matches!(accept(SOMEONE, 1, at(9001)).await, Accepted::Queued(_)), "it is not the banner any more");
}

pub(crate) async fn the_queue_is_full_at_its_bound_exactly(f: Fixture) {
    let accepted = at_once((0..60).map(|number| {
        let store = f.store.clone();
        async move { store.accept(&picture(UserId(number % 7), 1), 25, START).await.unwrap() }
    }));
    let full = accepted.await.into_iter().filter(|accepted| *accepted == Accepted::Full).count();
    assert_eq!((full, f.store.jobs().await.unwrap()), (35, 25));
    // Running jobs count; a job that is done makes room.
    let job = claim(&*f.store, START).await;
    assert_eq!(f.store.accept(&picture(SOMEONE, 2), 25, START).await.unwrap(), Accepted::Full);
    f.store.complete(&job, &files(), START).await.unwrap();
    assert!(matches!(f.store.accept(&picture(SOMEONE, 2), 25, START).await.unwrap(), Accepted::Queued(_)));
}

pub(crate) async fn a_failed_upload_keeps_the_former_banner_and_says_why(f: Fixture) {
    let store = &*f.store;
    let (good, _) = publish(store, SOMEONE, START).await;
    let (bad, version) = upload(store, SOMEONE, at(1000)).await;
    let job = claim(store, at(1000)).await;
    assert!(store.fail(&job, &failure(), at(1500)).await.unwrap());
    assert_eq!(current(store, SOMEONE).await, Some(good));
    let failed = Upload { id: bad, version, state: UploadState::Failed(failure()) };
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap(), Some(failed));
    assert_eq!(store.jobs().await.unwrap(), 0);
    assert!(!store.fail(&job, &failure(), at(1600)).await.unwrap(), "it has ended");
}

pub(crate) async fn the_files_of_a_former_banner_are_served_until_forgotten(f: Fixture) {
    let store = &*f.store;
    let (first, superseded) = publish(store, SOMEONE, START).await;
    let (second, removed) = publish(store, SOMEONE, at(1000)).await;
    assert!(store.remove_banner(SOMEONE, at(2000)).await.unwrap());
    for (id, version) in [(first, superseded), (second, removed)] {
        assert_eq!(store.variant(SOMEONE, version, "web").await.unwrap().unwrap().0, id);
        assert_eq!(state(store, id).await, Some(UploadState::Ready));
        store.forget(&[id]).await.unwrap();
        assert_eq!(store.variant(SOMEONE, version, "web").await.unwrap(), None);
    }
}

pub(crate) async fn removing_nothing_says_so(f: Fixture) {
    let store = &*f.store;
    assert!(!store.remove_banner(SOMEONE, START).await.unwrap());
    let (id, _) = publish(store, SOMEONE, START).await;
    publish(store, UserId(1), START).await;
    assert!(store.remove_banner(SOMEONE, START).await.unwrap());
    assert!(!store.remove_banner(SOMEONE, START).await.unwrap());
    assert_eq!(current(store, SOMEONE).await, None);
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap().unwrap().id, id);
    assert!(current(store, UserId(1)).await.is_some(), "others keep theirs");
}
