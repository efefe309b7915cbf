//! The order of uploads and removals, however long each of them takes.

use std::collections::HashSet;

use super::fixture::*;

pub(crate) async fn a_version_is_the_second_of_its_upload_and_rises(f: Fixture) {
    let store = &*f.store;
    let second = START.unix_seconds();
    for (now, version) in [
        (at(0), second),
        (at(999), second + 1),
        (at(999), second + 2),
        (at(2500), second + 3),
        (at(9999), second + 9),
        // The clock was put back.
        (at(-50_000), second + 10),
    ] {
        assert_eq!(upload(store, SOMEONE, now).await.1, Version(version), "{now:?}");
    }
    assert_eq!(upload(store, UserId(1), at(0)).await.1, Version(second), "each user has their own");
}

pub(crate) async fn versions_rise_however_many_come_at_once(f: Fixture) {
    let versions = at_once((0..60).map(|number| {
        let store = f.store.clone();
        async move { (number % 3, upload(&*store, UserId(number % 3), START).await.1) }
    }));
    let versions: HashSet<_> = versions.await.into_iter().collect();
    let second = START.unix_seconds();
    let expected = (0..3).flat_map(|user| (0..20).map(move |later| (user, Version(second + later)))).collect();
    assert_eq!(versions, expected);
}

pub(crate) async fn versions_rise_after_everything_was_forgotten(f: Fixture) {
    let store = &*f.store;
    let (id, version) = publish(store, SOMEONE, START).await;
    store.remove_banner(SOMEONE, START).await.unwrap();
    store.forget(&[id]).await.unwrap();
    assert_eq!(store.upload(id).await.unwrap(), None);
    assert!(upload(store, SOMEONE, START).await.1 > version, "the address may be cached with the old banner");
}

pub(crate) async fn an_upload_that_finishes_late_is_superseded(f: Fixture) {
    let store = &*f.store;
    let (early, version) = upload(store, SOMEONE, START).await;
    let slow = claim(store, START).await;
    let (late, _) = upload(store, SOMEONE, START).await;
    let quick = claim(store, START).await;
    assert_eq!((slow.upload, quick.upload), (early, late));
    assert_eq!(store.complete(&quick, &files(), at(1)).await.unwrap(), Completion::Current);
    assert_eq!(store.complete(&slow, &files(), at(2)).await.unwrap(), Completion::Superseded);
    assert_eq!(current(store, SOMEONE).await, Some(late));
    assert_eq!(state(store, early).await, Some(UploadState::Discarded));
    assert_eq!(store.variant(SOMEONE, version, "web").await.unwrap(), None, "its files are not needed");
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap().unwrap().id, late);
    assert_eq!(store.jobs().await.unwrap(), 0);
    assert_eq!(store.complete(&slow, &files(), at(3)).await.unwrap(), Completion::Lost, "it has ended");
}

pub(crate) async fn the_latest_of_a_users_uploads_is_worked_on_first(f: Fixture) {
    let store = &*f.store;
    let mut theirs = Vec::new();
    for _ in 0..3 {
        theirs.push(upload(store, SOMEONE, START).await.0);
    }
    let (of_another, _) = upload(store, UserId(1), at(1)).await;
    let latest = claim(store, at(1)).await;
    assert_eq!((latest.upload, latest.superseded), (theirs[2], false));
    assert_eq!(store.complete(&latest, &files(), at(2)).await.unwrap(), Completion::Current);
    for earlier in [theirs[1], theirs[0]] {
        let job = claim(store, at(2)).await;
        assert_eq!((job.upload, job.superseded), (earlier, true), "there is nothing left to be made");
        assert_eq!(store.complete(&job, &[], at(2)).await.unwrap(), Completion::Superseded);
    }
    assert_eq!(claim(store, at(2)).await.upload, of_another, "in the order of users");
    assert_eq!(store.banner(SOMEONE).await.unwrap().unwrap().variants, files());
}

pub(crate) async fn when_the_later_upload_fails_the_earlier_is_the_banner(f: Fixture) {
    let store = &*f.store;
    let (early, _) = upload(store, SOMEONE, START).await;
    let slow = claim(store, START).await;
    let (late, _) = upload(store, SOMEONE, START).await;
    let quick = claim(store, START).await;
    assert!(!slow.superseded && !quick.superseded, "there is no banner yet");
    assert!(store.fail(&quick, &failure(), at(1)).await.unwrap());
    assert_eq!(store.complete(&slow, &files(), at(2)).await.unwrap(), Completion::Current);
    assert_eq!(current(store, SOMEONE).await, Some(early));
    let latest = store.latest_upload(SOMEONE).await.unwrap().unwrap();
    assert_eq!((latest.id, latest.state), (late, UploadState::Failed(failure())));
}

pub(crate) async fn a_removal_ends_what_is_being_processed(f: Fixture) {
    let store = &*f.store;
    let (running, _) = upload(store, SOMEONE, START).await;
    let job = claim(store, START).await;
    let (waiting, _) = upload(store, SOMEONE, START).await;
    let (of_another, _) = upload(store, UserId(1), START).await;
    assert_eq!(job.upload, running);
    assert!(store.remove_banner(SOMEONE, at(1)).await.unwrap(), "without a banner, but with uploads");
    assert_eq!(store.jobs().await.unwrap(), 1, "the other user's");
    assert_eq!(store.complete(&job, &files(), at(2)).await.unwrap(), Completion::Lost);
    assert!(!store.fail(&job, &failure(), at(2)).await.unwrap());
    assert!(!store.retry(&job, at(2), millis(0)).await.unwrap());
    for id in [running, waiting] {
        assert_eq!(state(store, id).await, Some(UploadState::Discarded));
    }
    assert_eq!((current(store, SOMEONE).await, store.latest_upload(SOMEONE).await.unwrap()), (None, None));
    assert_eq!(claim(store, at(3)).await.upload, of_another);
}

pub(crate) async fn an_upload_after_a_removal_wins_in_the_same_second(f: Fixture) {
    let store = &*f.store;
    let (_, before) = publish(store, SOMEONE, START).await;
    upload(store, SOMEONE, START).await;
    assert!(store.remove_banner(SOMEONE, START).await.unwrap());
    let (id, version) = publish(store, SOMEONE, START).await;
    assert_eq!(current(store, SOMEONE).await, Some(id));
    assert!(version > before);
}

pub(crate) async fn finishing_and_removing_at_once_agree(f: Fixture) {
    for round in 0..40 {
        let now = at(round * 1000);
        let (id, _) = upload(&*f.store, SOMEONE, now).await;
        let job = claim(&*f.store, now).await;
        let (completing, removing) = (f.store.clone(), f.store.clone());
        let (completed, removed) = tokio::join!(
            tokio::spawn(async move { completing.complete(&job, &files(), now).await.unwrap() }),
            tokio::spawn(async move { removing.remove_banner(SOMEONE, now).await.unwrap() }),
        );
        assert!(removed.unwrap(), "there was a banner, or an upload");
        let expected = match completed.unwrap() {
            Completion::Current => UploadState::Ready,
            Completion::Lost => UploadState::Discarded,
            Completion::Superseded => panic!("superseded by what?"),
        };
        assert_eq!(state(&*f.store, id).await, Some(expected));
        assert_eq!((current(&*f.store, SOMEONE).await, f.store.jobs().await.unwrap()), (None, 0));
    }
}
