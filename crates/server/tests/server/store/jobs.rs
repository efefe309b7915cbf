//! Jobs and those who hold them.

use std::collections::HashSet;

use super::fixture::*;

pub(crate) async fn no_two_workers_hold_one_job(f: Fixture) {
    let mut waiting = HashSet::new();
    for number in 0..20 {
        waiting.insert(upload(&*f.store, UserId(number), START).await.0);
    }
    let claims = at_once((0..64).map(|_| {
        let store = f.store.clone();
        async move { store.claim(START, at(10_000)).await.unwrap() }
    }));
    let claimed: Vec<UploadId> = claims.await.into_iter().flatten().map(|claim| claim.upload).collect();
    assert_eq!(claimed.len(), 20);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>(), waiting);
}

pub(crate) async fn jobs_come_in_the_order_in_which_they_are_due(f: Fixture) {
    let store = &*f.store;
    let mut expected = Vec::new();
    for (user, millis) in [(5, 20), (1, 30), (4, 30), (2, 10), (3, 20)] {
        expected.push((millis, upload(store, UserId(user), at(millis)).await.0));
    }
    expected.sort_by_key(|&(millis, _)| millis);
    assert_eq!(store.claim(at(9), at(100)).await.unwrap(), None, "none is due");
    assert_eq!(claim(store, at(10)).await.upload, expected[0].1);
    assert_eq!(store.claim(at(19), at(100)).await.unwrap(), None, "the next is not due");
    for &(_, id) in &expected[1..] {
        assert_eq!(claim(store, at(30)).await.upload, id);
    }
}

pub(crate) async fn a_job_whose_lease_ended_goes_to_another(f: Fixture) {
    let store = &*f.store;
    let (id, _) = upload(store, SOMEONE, START).await;
    let stale = store.claim(START, at(10)).await.unwrap().unwrap();
    assert_eq!(store.claim(at(10), at(99)).await.unwrap(), None, "the lease holds to its end");
    let taken = store.claim(at(11), at(99)).await.unwrap().unwrap();
    assert_eq!((taken.upload, taken.user, taken.region), (id, stale.user, stale.region));
    assert!(taken.token > stale.token);
}

pub(crate) async fn a_claim_that_was_lost_changes_nothing(f: Fixture) {
    let store = &*f.store;
    let (id, _) = upload(store, SOMEONE, START).await;
    let stale = store.claim(START, at(10)).await.unwrap().unwrap();
    let taken = store.claim(at(11), at(99)).await.unwrap().unwrap();
    assert_eq!(store.complete(&stale, &files(), at(12)).await.unwrap(), Completion::Lost);
    assert!(!store.fail(&stale, &failure(), at(12)).await.unwrap());
    assert!(!store.retry(&stale, at(12)).await.unwrap());
    assert_eq!(state(store, id).await, Some(UploadState::Processing));
    assert_eq!(store.claim(at(50), at(99)).await.unwrap(), None, "the job was not put back");
    assert_eq!(current(store, SOMEONE).await, None);
    // Nor does one that was given back, or one that was made up.
    assert!(store.retry(&taken, at(50)).await.unwrap());
    assert_eq!(store.complete(&taken, &files(), at(51)).await.unwrap(), Completion::Lost);
    assert!(!store.fail(&taken, &failure(), at(51)).await.unwrap());
    assert!(!store.retry(&taken, at(51)).await.unwrap());
    let made_up = Claim { token: taken.token + 1, ..taken };
    assert_eq!(store.complete(&made_up, &files(), at(51)).await.unwrap(), Completion::Lost);
    let last = claim(store, at(51)).await;
    assert_eq!(store.complete(&last, &files(), at(52)).await.unwrap(), Completion::Current);
    assert_eq!(store.banner(SOMEONE).await.unwrap().unwrap().variants, files(), "once");
}

pub(crate) async fn a_lease_that_ended_unnoticed_is_still_good(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let late = store.claim(START, at(10)).await.unwrap().unwrap();
    assert_eq!(store.complete(&late, &files(), at(5000)).await.unwrap(), Completion::Current);
}

pub(crate) async fn a_renewed_lease_holds_longer(f: Fixture) {
    let store = &*f.store;
    for user in 0..3 {
        upload(store, UserId(user), START).await;
    }
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(store.claim(START, at(10)).await.unwrap().unwrap());
    }
    let renewed: Vec<_> = held[..2].iter().map(|claim| (claim.upload, claim.token)).collect();
    store.renew(&renewed, at(20)).await.unwrap();
    store.renew(&[], at(99)).await.unwrap();
    assert_eq!(store.claim(at(11), at(99)).await.unwrap().unwrap().upload, held[2].upload);
    assert_eq!(store.claim(at(20), at(99)).await.unwrap(), None);
    assert_eq!(store.claim(at(21), at(99)).await.unwrap().unwrap().upload, held[0].upload);
}

pub(crate) async fn a_lost_claim_cannot_be_renewed(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let stale = store.claim(START, at(10)).await.unwrap().unwrap();
    let taken = store.claim(at(11), at(20)).await.unwrap().unwrap();
    store.renew(&[(stale.upload, stale.token), (UploadId::random(), 1)], at(5000)).await.unwrap();
    let again = store.claim(at(21), at(30)).await.unwrap().expect("the lease was not prolonged");
    assert!(store.retry(&again, at(40)).await.unwrap());
    store.renew(&[(again.upload, again.token), (taken.upload, taken.token)], at(5000)).await.unwrap();
    assert!(store.claim(at(40), at(50)).await.unwrap().is_some(), "a job that was put back is not taken again");
}

pub(crate) async fn a_job_that_is_put_back_waits_and_counts(f: Fixture) {
    let store = &*f.store;
    let (id, _) = upload(store, SOMEONE, START).await;
    for failures in 0..3 {
        let now = i64::from(failures) * 100;
        let job = claim(store, at(now)).await;
        assert_eq!((job.upload, job.failures, job.crashes), (id, failures, 0));
        assert!(store.retry(&job, at(now + 100)).await.unwrap());
        assert_eq!(state(store, id).await, Some(UploadState::Processing));
        assert_eq!(store.claim(at(now + 99), at(9000)).await.unwrap(), None);
    }
}

pub(crate) async fn crashes_are_counted_until_a_failure_is_reported(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let mut job = store.claim(START, at(0)).await.unwrap().unwrap();
    for crashes in 1..4 {
        let now = i64::from(crashes);
        job = store.claim(at(now), at(now)).await.unwrap().unwrap();
        assert_eq!((job.crashes, job.failures), (crashes, 0));
        store.renew(&[(job.upload, job.token)], at(now)).await.unwrap();
    }
    assert!(store.retry(&job, at(10)).await.unwrap());
    let job = store.claim(at(10), at(10)).await.unwrap().unwrap();
    assert_eq!((job.crashes, job.failures), (0, 1));
    let job = store.claim(at(11), at(11)).await.unwrap().unwrap();
    assert_eq!((job.crashes, job.failures), (1, 1));
}

pub(crate) async fn after_a_restart_running_jobs_are_ready(f: Fixture) {
    let store = &*f.store;
    let (first, _) = upload(store, UserId(1), START).await;
    upload(store, UserId(2), START).await;
    let (waiting, _) = upload(store, UserId(3), START).await;
    let lost = [claim(store, START).await, claim(store, START).await];
    assert_eq!(store.recover(at(5)).await.unwrap(), 2);
    assert_eq!(store.recover(at(5)).await.unwrap(), 0);
    assert_eq!(store.jobs().await.unwrap(), 3);
    assert_eq!(store.complete(&lost[0], &files(), at(5)).await.unwrap(), Completion::Lost);
    let again = claim(store, at(5)).await;
    assert_eq!((again.upload, again.crashes), (first, 1), "it was first in the queue, and is again");
    assert!(again.token > lost[0].token);
    assert_eq!(claim(store, at(5)).await.crashes, 1);
    let fresh = claim(store, at(5)).await;
    assert_eq!((fresh.upload, fresh.crashes), (waiting, 0));
    // A clock that was put back does not keep them waiting.
    assert_eq!(store.recover(at(-9000)).await.unwrap(), 3);
    assert!(store.claim(at(-9000), START).await.unwrap().is_some());
}

pub(crate) async fn waiting_and_running_jobs_count(f: Fixture) {
    let store = &*f.store;
    for user in 0..4 {
        assert_eq!(store.jobs().await.unwrap(), u64::try_from(user).unwrap());
        upload(store, UserId(user), START).await;
    }
    let done = claim(store, START).await;
    let failed = claim(store, START).await;
    let later = claim(store, START).await;
    assert!(store.retry(&later, at(99_000)).await.unwrap());
    assert_eq!(store.jobs().await.unwrap(), 4);
    store.complete(&done, &files(), START).await.unwrap();
    assert_eq!(store.jobs().await.unwrap(), 3);
    store.fail(&failed, &failure(), START).await.unwrap();
    assert_eq!(store.jobs().await.unwrap(), 2);
}
