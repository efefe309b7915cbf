//! What is no longer needed is collected, and nothing else.

use std::collections::HashSet;

use super::fixture::*;

async fn ended(store: &dyn Store, before: Time) -> HashSet<UploadId> {
    let ended = store.ended(before, 1000).await.unwrap();
    let set: HashSet<_> = ended.iter().copied().collect();
    assert_eq!(set.len(), ended.len(), "each once");
    set
}

pub(crate) async fn what_has_ended_can_be_forgotten(f: Fixture) {
    let store = &*f.store;
    let (superseded, _) = publish(store, SOMEONE, START).await;
    let (removed, _) = publish(store, SOMEONE, at(10)).await;
    let (discarded, _) = upload(store, SOMEONE, at(20)).await;
    store.remove_banner(SOMEONE, at(30)).await.unwrap();
    let (failed, _) = upload(store, SOMEONE, at(40)).await;
    store.fail(&claim(store, at(40)).await, &failure(), at(50)).await.unwrap();
    let (overtaken, _) = upload(store, SOMEONE, at(60)).await;
    let slow = claim(store, at(60)).await;
    let (banner, _) = publish(store, SOMEONE, at(60)).await;
    assert_eq!(store.complete(&slow, &files(), at(70)).await.unwrap(), Completion::Superseded);
    let (waiting, _) = upload(store, SOMEONE, at(80)).await;

    let expected = [superseded, removed, discarded, failed, overtaken];
    assert_eq!(ended(store, at(1000)).await, expected.into());
    store.forget(&expected).await.unwrap();
    assert_eq!(ended(store, at(1000)).await, HashSet::new());
    // Their files are still there.
    let deletions: HashSet<_> = store.deletions(1000).await.unwrap().into_iter().collect();
    assert_eq!(deletions, expected.into());
    store.deleted(&expected).await.unwrap();
    let left = states(store, &[superseded, removed, discarded, failed, overtaken, banner, waiting]).await;
    let mut expected = [(banner, UploadState::Ready), (waiting, UploadState::Processing)];
    expected.sort_by_key(|&(id, _)| id);
    assert_eq!(left, expected);
}

pub(crate) async fn a_users_latest_failure_is_kept(f: Fixture) {
    let store = &*f.store;
    let (failed, _) = upload(store, SOMEONE, START).await;
    store.fail(&claim(store, START).await, &failure(), at(10)).await.unwrap();
    publish(store, UserId(1), at(20)).await;
    assert_eq!(ended(store, at(9000)).await, HashSet::new(), "the user has not seen it");
    // A later upload that was discarded leaves it the latest one.
    let (discarded, _) = upload(store, SOMEONE, at(20)).await;
    assert_eq!(ended(store, at(9000)).await, HashSet::from([failed]));
    store.remove_banner(SOMEONE, at(30)).await.unwrap();
    assert_eq!(ended(store, at(9000)).await, HashSet::from([discarded]));
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap().unwrap().id, failed);
    publish(store, SOMEONE, at(40)).await;
    assert_eq!(ended(store, at(9000)).await, HashSet::from([failed, discarded]));
}

pub(crate) async fn collection_has_a_bound_in_time_and_number(f: Fixture) {
    let store = &*f.store;
    let mut former = Vec::new();
    for number in 0..6 {
        former.push(publish(store, SOMEONE, at(number * 10)).await.0);
    }
    former.pop();
    // Number n ended when number n + 1 came.
    assert_eq!(ended(store, at(10)).await, HashSet::new(), "it ended at 10, not before");
    assert_eq!(ended(store, at(11)).await, former[..1].iter().copied().collect());
    assert_eq!(ended(store, at(31)).await, former[..3].iter().copied().collect());
    assert_eq!(store.ended(at(9000), 2).await.unwrap(), former[..2], "the oldest come first");
    assert_eq!(store.ended(at(9000), 0).await.unwrap(), []);
}

pub(crate) async fn what_is_needed_cannot_be_forgotten(f: Fixture) {
    let store = &*f.store;
    let (banner, version) = publish(store, SOMEONE, START).await;
    let (running, _) = upload(store, SOMEONE, at(1)).await;
    let job = claim(store, at(1)).await;
    store.forget(&[banner, running, UploadId::random()]).await.unwrap();
    store.forget(&[]).await.unwrap();
    assert_eq!(current(store, SOMEONE).await, Some(banner));
    assert!(store.variant(SOMEONE, version, "web").await.unwrap().is_some());
    assert_eq!(store.complete(&job, &files(), at(2)).await.unwrap(), Completion::Current);
}

pub(crate) async fn states_are_of_those_that_are_there(f: Fixture) {
    let store = &*f.store;
    let (ready, _) = publish(store, SOMEONE, START).await;
    let (failed, _) = upload(store, SOMEONE, START).await;
    store.fail(&claim(store, START).await, &failure(), START).await.unwrap();
    let (waiting, _) = upload(store, SOMEONE, START).await;
    let mut expected =
        [(ready, UploadState::Ready), (failed, UploadState::Failed(failure())), (waiting, UploadState::Processing)];
    expected.sort_by_key(|&(id, _)| id);
    assert_eq!(states(store, &[waiting, UploadId::random(), failed, ready, failed]).await, expected, "each once");
    assert_eq!(store.states(&[]).await.unwrap(), []);
}

pub(crate) async fn what_ended_in_the_future_has_ended_when_the_clock_is_right_again(f: Fixture) {
    let store = &*f.store;
    let years = 4 * 365 * 24 * 3_600_000;
    let (early, _) = publish(store, SOMEONE, at(years)).await;
    publish(store, SOMEONE, at(years)).await;
    assert_eq!(ended(store, at(9000)).await, HashSet::new());
    store.prune(0, at(1000)).await.unwrap();
    assert_eq!(ended(store, at(1000)).await, HashSet::new(), "it can be fetched for as long as any other");
    assert_eq!(ended(store, at(1001)).await, HashSet::from([early]));
    // What has ended before stays as it was.
    store.prune(0, at(9000)).await.unwrap();
    assert_eq!(ended(store, at(1001)).await, HashSet::from([early]));
}
