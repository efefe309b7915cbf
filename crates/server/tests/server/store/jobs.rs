//! Jobs and those who hold them.

use std::collections::HashSet;
use std::time::Duration;

use super::fixture::*;

pub(crate) async fn no_two_workers_hold_one_job(f: Fixture) {
    let mut waiting = HashSet::new();
    for number in 0..20 {
        waiting.insert(upload(&*f.store, UserId(number), START).await.0);
    }
    let claims = at_once((0..64).map(|_| {
        let store = f.store.clone();
        async move { store.claim(START, LEASE).await.unwrap() }
    }));
    let claimed: Vec<UploadId> = claims.await.into_iter().flatten().map(|claim| claim.upload).collect();
    assert_eq!(claimed.len(), 20);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>(), waiting);
}

pub(crate) async fn jobs_come_in_the_order_in_which_they_were_accepted(f: Fixture) {
    let store = &*f.store;
    let years = 4 * 365 * 24 * 3_600_000;
    let mut accepted = Vec::new();
    // Whatever the clock does meanwhile.
    for (user, millis) in [(5, 0), (1, 30), (4, years), (2, 10), (3, -3_600_000)] {
        accepted.push(upload(store, UserId(user), at(millis)).await.0);
    }
    for id in accepted {
        assert_eq!(claim(store, at(-3_600_000)).await.upload, id, "a job that is ready waits for no time");
    }
}

pub(crate) async fn a_job_whose_lease_ended_goes_to_another(f: Fixture) {
    let store = &*f.store;
    let (id, _) = upload(store, SOMEONE, START).await;
    let stale = store.claim(START, millis(10)).await.unwrap().unwrap();
    assert_eq!(store.claim(at(9), millis(10)).await.unwrap(), None, "the lease holds to its end");
    let taken = store.claim(at(10), millis(10)).await.unwrap().unwrap();
    assert_eq!((taken.upload, taken.user, taken.region), (id, stale.user, stale.region));
    assert!(taken.token > stale.token);
}

pub(crate) async fn a_claim_that_was_lost_changes_nothing(f: Fixture) {
    let store = &*f.store;
    let (id, _) = upload(store, SOMEONE, START).await;
    let stale = store.claim(START, millis(10)).await.unwrap().unwrap();
    let taken = store.claim(at(11), millis(90)).await.unwrap().unwrap();
    assert_eq!(store.complete(&stale, &files(), at(12)).await.unwrap(), Completion::Lost);
    assert!(!store.fail(&stale, &failure(), at(12)).await.unwrap());
    assert!(!store.retry(&stale, at(12), millis(0)).await.unwrap());
    assert_eq!(state(store, id).await, Some(UploadState::Processing));
    assert_eq!(store.claim(at(50), millis(90)).await.unwrap(), None, "the job was not put back");
    assert_eq!(current(store, SOMEONE).await, None);
    // Nor does one that was given back, or one that was made up.
    assert!(store.retry(&taken, at(50), millis(0)).await.unwrap());
    assert_eq!(store.complete(&taken, &files(), at(51)).await.unwrap(), Completion::Lost);
    assert!(!store.fail(&taken, &failure(), at(51)).await.unwrap());
    assert!(!store.retry(&taken, at(51), millis(0)).await.unwrap());
    let made_up = Claim { token: taken.token + 1, ..taken };
    assert_eq!(store.complete(&made_up, &files(), at(51)).await.unwrap(), Completion::Lost);
    let last = claim(store, at(51)).await;
    assert_eq!(store.complete(&last, &files(), at(52)).await.unwrap(), Completion::Current);
    assert_eq!(store.banner(SOMEONE).await.unwrap().unwrap().variants, files(), "once");
}

pub(crate) async fn a_lease_that_ended_unnoticed_is_still_good(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let late = store.claim(START, millis(10)).await.unwrap().unwrap();
    assert_eq!(store.complete(&late, &files(), at(5000)).await.unwrap(), Completion::Current);
}

pub(crate) async fn a_renewed_lease_holds_longer(f: Fixture) {
    let store = &*f.store;
    for user in 0..3 {
        upload(store, UserId(user), START).await;
    }
    let lease = millis(10);
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(store.claim(START, lease).await.unwrap().unwrap());
    }
    let renewed: Vec<_> = held[..2].iter().map(|claim| (claim.upload, claim.token)).collect();
    store.renew(&renewed, at(9), lease).await.unwrap();
    store.renew(&[], at(9), lease).await.unwrap();
    assert_eq!(store.claim(at(10), lease).await.unwrap().unwrap().upload, held[2].upload);
    assert_eq!(store.claim(at(18), lease).await.unwrap(), None);
    assert_eq!(store.claim(at(19), lease).await.unwrap().unwrap().upload, held[0].upload);
}

pub(crate) async fn a_lease_outlasts_no_jump_of_the_clock(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let first = store.claim(at(3_600_000), LEASE).await.unwrap().unwrap();
    // An hour back: whoever has it must have said so meanwhile, or is not heard of again.
    let second = store.claim(START, LEASE).await.unwrap().expect("the lease does not last for an hour");
    assert_eq!(second.upload, first.upload);
    store.renew(&[(first.upload, first.token)], START, LEASE).await.unwrap();
    assert_eq!(store.claim(at(1), LEASE).await.unwrap(), None);
    // A clock that goes back a little does not take a job from its worker.
    store.renew(&[(second.upload, second.token)], START, LEASE).await.unwrap();
    assert_eq!(store.claim(at(9999), LEASE).await.unwrap(), None);
    assert!(store.claim(at(10_000), LEASE).await.unwrap().is_some());
}

pub(crate) async fn a_lease_without_end_is_held_whatever_the_clock_does(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let held = store.claim(START, Duration::MAX).await.unwrap().unwrap();
    for now in [START, at(-3_600_000), at(4 * 365 * 24 * 3_600_000), Time(0)] {
        assert_eq!(store.claim(now, Duration::MAX).await.unwrap(), None, "{now:?}");
    }
    assert_eq!(store.complete(&held, &files(), START).await.unwrap(), Completion::Current);
}

pub(crate) async fn a_lost_claim_cannot_be_renewed(f: Fixture) {
    let store = &*f.store;
    let lease = millis(10);
    upload(store, SOMEONE, START).await;
    let stale = store.claim(START, lease).await.unwrap().unwrap();
    let taken = store.claim(at(10), lease).await.unwrap().unwrap();
    store.renew(&[(stale.upload, stale.token), (UploadId::random(), 1)], at(15), lease).await.unwrap();
    let again = store.claim(at(20), lease).await.unwrap().expect("the lease was not prolonged");
    assert!(store.retry(&again, at(20), millis(0)).await.unwrap());
    store.renew(&[(again.upload, again.token), (taken.upload, taken.token)], at(20), lease).await.unwrap();
    assert!(store.claim(at(20), lease).await.unwrap().is_some(), "a job that was put back is not taken again");
}

pub(crate) async fn a_job_that_is_put_off_waits_and_counts(f: Fixture) {
    let store = &*f.store;
    let (id, _) = upload(store, SOMEONE, START).await;
    for failures in 0..3 {
        let now = i64::from(failures) * 100;
        let job = claim(store, at(now)).await;
        assert_eq!((job.upload, job.failures, job.crashes), (id, failures, 0));
        assert!(store.retry(&job, at(now), millis(100)).await.unwrap());
        assert_eq!(state(store, id).await, Some(UploadState::Processing));
        assert_eq!(store.claim(at(now), LEASE).await.unwrap(), None);
        assert_eq!(store.claim(at(now + 99), LEASE).await.unwrap(), None);
    }
    let job = claim(store, at(300)).await;
    assert_eq!(job.due, at(300));
    assert!(store.retry(&job, at(300), Duration::MAX).await.unwrap(), "longer than there are times");
    assert_eq!(store.claim(at(4 * 365 * 24 * 3_600_000), LEASE).await.unwrap(), None);
}

pub(crate) async fn a_job_is_put_off_for_no_longer_than_its_pause(f: Fixture) {
    let store = &*f.store;
    let hour = 3_600_000;
    for (jump, due) in
        [(-hour, true), (-1, true), (0, false), (299_999, false), (300_000, true), (4 * 8766 * hour, true)]
    {
        let (id, _) = upload(store, SOMEONE, START).await;
        let job = claim(store, START).await;
        assert!(store.retry(&job, START, millis(300_000)).await.unwrap());
        let now = at(jump);
        let queue = store.queue(now).await.unwrap();
        assert_eq!((queue.jobs, queue.put_off), (1, u64::from(!due)), "{jump}");
        let claimed = store.claim(now, LEASE).await.unwrap();
        assert_eq!(claimed.is_some(), due, "{jump}");
        if let Some(job) = claimed {
            // Once it was due, it is: the clock takes nothing back.
            store.recover(&[]).await.unwrap();
            assert_eq!(claim(store, START).await.upload, job.upload);
        }
        store.remove_banner(SOMEONE, START).await.unwrap();
        assert_eq!(state(store, id).await, Some(UploadState::Discarded));
    }
}

pub(crate) async fn jobs_that_were_put_off_keep_their_place(f: Fixture) {
    let store = &*f.store;
    let mut accepted = Vec::new();
    for user in 0..4 {
        accepted.push(upload(store, UserId(user), at(user)).await.0);
    }
    let pauses = [50, 10, 30];
    for pause in pauses {
        let job = claim(store, START).await;
        assert!(store.retry(&job, START, millis(pause)).await.unwrap());
    }
    assert_eq!(claim(store, at(29)).await.upload, accepted[1]);
    assert_eq!(claim(store, at(60)).await.upload, accepted[0]);
    assert_eq!(claim(store, at(60)).await.upload, accepted[2]);
    assert_eq!(claim(store, at(60)).await.upload, accepted[3]);
}

pub(crate) async fn crashes_are_counted_until_a_failure_is_reported(f: Fixture) {
    let store = &*f.store;
    upload(store, SOMEONE, START).await;
    let lease = millis(1);
    let mut job = store.claim(START, lease).await.unwrap().unwrap();
    for crashes in 1..4 {
        let now = at(i64::from(crashes));
        job = store.claim(now, lease).await.unwrap().unwrap();
        assert_eq!((job.crashes, job.failures), (crashes, 0));
        store.renew(&[(job.upload, job.token)], now, lease).await.unwrap();
    }
    assert!(store.retry(&job, at(10), millis(0)).await.unwrap());
    let job = store.claim(at(10), lease).await.unwrap().unwrap();
    assert_eq!((job.crashes, job.failures), (0, 1));
    let job = store.claim(at(11), lease).await.unwrap().unwrap();
    assert_eq!((job.crashes, job.failures), (1, 1));
}

pub(crate) async fn after_a_restart_running_jobs_are_ready(f: Fixture) {
    let store = &*f.store;
    let (first, _) = upload(store, UserId(1), START).await;
    upload(store, UserId(2), START).await;
    let (waiting, _) = upload(store, UserId(3), START).await;
    let lost = [claim(store, START).await, store.claim(START, Duration::MAX).await.unwrap().unwrap()];
    assert_eq!(store.recover(&[]).await.unwrap(), 2);
    assert_eq!(store.recover(&[]).await.unwrap(), 0);
    assert_eq!(store.jobs().await.unwrap(), 3);
    assert_eq!(store.complete(&lost[0], &files(), at(5)).await.unwrap(), Completion::Lost);
    let again = claim(store, at(5)).await;
    assert_eq!((again.upload, again.crashes), (first, 1), "it was first in the queue, and is again");
    assert!(again.token > lost[0].token);
    assert_eq!(claim(store, at(5)).await.crashes, 1);
    let fresh = claim(store, at(5)).await;
    assert_eq!((fresh.upload, fresh.crashes), (waiting, 0));
    // A clock that was put back does not keep them waiting.
    assert_eq!(store.recover(&[]).await.unwrap(), 3);
    assert!(store.claim(at(-9000), LEASE).await.unwrap().is_some());
}

/// The answer to a claim, or to its end, was lost.
pub(crate) async fn jobs_that_nobody_holds_can_be_recovered_beside_those_that_are_held(f: Fixture) {
    let store = &*f.store;
    for user in 0..3 {
        upload(store, UserId(user), START).await;
    }
    let [kept, lost, put_off] = [claim(store, START).await, claim(store, START).await, claim(store, START).await];
    assert!(store.retry(&put_off, START, millis(50)).await.unwrap());
    let held = [(kept.upload, kept.token), (lost.upload, lost.token + 1), (put_off.upload, put_off.token)];
    assert_eq!(store.recover(&held).await.unwrap(), 1);
    assert_eq!(claim(store, START).await.upload, lost.upload);
    assert_eq!(store.claim(START, LEASE).await.unwrap(), None, "what was put off waits on");
    assert_eq!(store.complete(&kept, &files(), START).await.unwrap(), Completion::Current);
}

pub(crate) async fn waiting_and_running_jobs_count(f: Fixture) {
    let store = &*f.store;
    assert_eq!(store.queue(START).await.unwrap(), Queue { jobs: 0, put_off: 0, oldest: None });
    for user in 0..4 {
        assert_eq!(store.jobs().await.unwrap(), u64::try_from(user).unwrap());
        upload(store, UserId(user), at(user)).await;
    }
    let put_off = claim(store, START).await;
    let done = claim(store, START).await;
    let failed = claim(store, START).await;
    assert!(store.retry(&put_off, at(10), millis(99_000)).await.unwrap());
    assert_eq!(store.jobs().await.unwrap(), 4);
    assert_eq!(store.queue(at(10)).await.unwrap(), Queue { jobs: 4, put_off: 1, oldest: Some(at(0)) });
    assert_eq!(store.queue(at(99_010)).await.unwrap(), Queue { jobs: 4, put_off: 0, oldest: Some(at(0)) });
    store.complete(&done, &files(), START).await.unwrap();
    assert_eq!(store.jobs().await.unwrap(), 3);
    store.fail(&failed, &failure(), START).await.unwrap();
    assert_eq!(store.jobs().await.unwrap(), 2);
    store.remove_banner(UserId(0), START).await.unwrap();
    assert_eq!(store.queue(START).await.unwrap(), Queue { jobs: 1, put_off: 0, oldest: Some(at(3)) });
}
