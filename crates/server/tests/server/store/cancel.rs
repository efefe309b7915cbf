//! A client hangs up, and the future that served it is dropped, at whatever point it had reached.

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use super::fixture::*;

/// More polls than any call takes.
const ENOUGH: usize = 400;

/// Polls `work` so many times, then drops it: at once, while the database is at it, or when the database has answered.
async fn dropped_after<T>(polls: usize, at_once: bool, work: impl Future<Output = T>) -> Option<T> {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        let polled = work.as_mut().poll(context).map(Some);
        if left == 0 && at_once && polled.is_pending() { Poll::Ready(None) } else { polled }
    })
    .await
}

/// Drops what `work` makes at each of its points in turn, in both ways, until it finishes; over again while that was
/// too quick to have been dropped often.
async fn at_each_point<T>(mut work: impl AsyncFnMut(usize, bool) -> Option<T>) {
    for at_once in [false, true] {
        let mut dropped = 0;
        for _ in 0..ENOUGH {
            let mut polls = 1;
            while work(polls, at_once).await.is_none() {
                dropped += 1;
                polls += 1;
                assert!(polls < ENOUGH, "it never finishes");
            }
            if dropped >= 8 {
                break;
            }
        }
        assert!(dropped >= 8, "it was hardly ever dropped halfway");
    }
}

/// Waits for a call that was dropped: its COMMIT may be on its way still, and goes before a write of our own.
async fn settled(store: &dyn Store) {
    store.prune(0, Time(0)).await.unwrap();
}

/// What is being processed has a job, and the other way round.
async fn assert_whole(store: &dyn Store, uploads: &[UploadId]) {
    settled(store).await;
    let processing = states(store, uploads).await;
    let processing = processing.iter().filter(|(_, state)| *state == UploadState::Processing).count();
    assert_eq!(store.jobs().await.unwrap(), u64::try_from(processing).unwrap());
}

pub(crate) async fn an_upload_dropped_halfway_is_whole_or_nothing(f: Fixture) {
    let store = &*f.store;
    let mut tried = Vec::new();
    at_each_point(async |polls, at_once| {
        let new = picture(SOMEONE, 1);
        tried.push(new.id);
        let accepted = dropped_after(polls, at_once, store.accept(&new, ROOM, START)).await;
        assert_whole(store, &tried).await;
        accepted.map(|accepted| accepted.unwrap())
    })
    .await;
    // Each that is there can be worked on, the latest first.
    for turn in 0..store.jobs().await.unwrap() {
        let job = claim(store, START).await;
        let expected = if turn == 0 { Completion::Current } else { Completion::Superseded };
        assert_eq!(store.complete(&job, &files(), START).await.unwrap(), expected);
    }
    assert_whole(store, &tried).await;
}

pub(crate) async fn a_job_dropped_halfway_is_whole_or_nothing(f: Fixture) {
    let store = &*f.store;
    let mut tried = Vec::new();
    let mut now = START;
    at_each_point(async |polls, at_once| {
        now = Time(now.0 + 100_000);
        let (id, _) = upload(store, SOMEONE, now).await;
        tried.push(id);
        let former = current(store, SOMEONE).await;
        let job = claim(store, now).await;
        let completed = dropped_after(polls, at_once, store.complete(&job, &files(), now)).await;
        assert_whole(store, &tried).await;
        let banner = store.banner(SOMEONE).await.unwrap();
        if state(store, id).await == Some(UploadState::Ready) {
            let banner = banner.expect("it is the banner");
            assert_eq!((banner.upload, banner.variants), (id, files()));
        } else {
            assert!(completed.is_none());
            assert_eq!(banner.map(|banner| banner.upload), former);
            assert_eq!(store.complete(&job, &files(), now).await.unwrap(), Completion::Current, "it can be done again");
        }
        completed
    })
    .await;
    at_each_point(async |polls, at_once| {
        now = Time(now.0 + 100_000);
        let (id, _) = upload(store, SOMEONE, now).await;
        tried.push(id);
        let removed = dropped_after(polls, at_once, store.remove_banner(SOMEONE, now)).await;
        assert_whole(store, &tried).await;
        let discarded = state(store, id).await == Some(UploadState::Discarded);
        assert_eq!(current(store, SOMEONE).await.is_none(), discarded);
        if discarded {
            publish(store, SOMEONE, now).await;
        } else {
            let job = claim(store, now).await;
            store.complete(&job, &files(), now).await.unwrap();
        }
        removed
    })
    .await;
}

pub(crate) async fn an_account_dropped_halfway_is_whole_or_nothing(f: Fixture) {
    let store = &*f.store;
    let mut number = 0;
    at_each_point(async |polls, at_once| {
        number += 1;
        let new = NewUser { application: Some(format!("app{number}")), ..newcomer(&format!("user{number}")) };
        let credentials = Credentials::random();
        let added = dropped_after(polls, at_once, store.add_user(&new, &credentials, START)).await;
        settled(store).await;
        let user = store.user(&UserKey::ScreenName(new.screen_name.clone())).await.unwrap();
        let signed = store.signed_grant(&credentials.consumer_key, &credentials.token).await.unwrap();
        let bearer = store.bearer_grant(&Credentials::bearer_digest(&credentials.bearer)).await.unwrap();
        assert_eq!(signed.map(|signed| signed.token.expect("it has the token").1.user), user);
        assert_eq!(bearer.map(|grant| grant.user), user);
        if let Some(user) = user {
            upload(store, user.id, START).await;
            let removed = dropped_after(polls, at_once, store.remove_user(user.id)).await;
            settled(store).await;
            let there = store.user(&UserKey::Id(user.id)).await.unwrap().is_some();
            assert_eq!(store.latest_upload(user.id).await.unwrap().is_some(), there);
            assert_eq!(
                store.bearer_grant(&Credentials::bearer_digest(&credentials.bearer)).await.unwrap().is_some(),
                there
            );
            assert!(removed.is_none() || !there);
        }
        added.map(|added| added.unwrap())
    })
    .await;
}

pub(crate) async fn aborted_tasks_leave_no_half_done_work(f: Fixture) {
    let mut tried = Vec::new();
    let mut tasks = Vec::new();
    for number in 0..200_u64 {
        let new = picture(UserId(i64::try_from(number % 5).unwrap()), 1);
        tried.push(new.id);
        let store = f.store.clone();
        tasks.push(tokio::spawn(async move {
            match number % 4 {
                0 => drop(store.remove_banner(new.user, START).await),
                1 => {
                    if let Ok(Some(job)) = store.claim(START, LEASE).await {
                        drop(store.complete(&job, &files(), START).await);
                    }
                }
                _ => drop(store.accept(&new, ROOM, START).await),
            }
        }));
        if number % 3 == 0 {
            tokio::time::sleep(Duration::from_micros(number * 37 % 900)).await;
            tasks[usize::try_from(number * 7 % (number + 1)).unwrap()].abort();
        }
        if number % 3 == 1 {
            tasks.last().expect("one was spawned").abort();
        }
    }
    for task in tasks {
        let ended = task.await;
        assert!(ended.is_ok() || ended.is_err_and(|error| error.is_cancelled()), "it panicked");
    }
    assert_whole(&*f.store, &tried).await;
    if let Some(after) = f.backend.after_a_kill().await {
        assert_eq!(states(&*after, &tried).await, states(&*f.store, &tried).await);
        assert_whole(&*after, &tried).await;
    }
    for user in 0..5 {
        f.store.remove_banner(UserId(user), START).await.unwrap();
    }
    publish(&*f.store, SOMEONE, START).await;
}
