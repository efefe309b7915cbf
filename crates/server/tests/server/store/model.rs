//! Random histories, against the rules in a few lines.

use std::collections::HashMap;
use std::time::Duration;

use masthead_testdata::Random;

use super::fixture::*;

const USERS: u64 = 3;
const STEPS: usize = 300;
const ROOM_HERE: usize = 6;

/// One of these, if there are any.
fn pick<T: Clone>(random: &mut Random, from: &[T]) -> Option<T> {
    let bound = u64::try_from(from.len()).unwrap();
    (bound > 0).then(|| from[usize::try_from(random.below(bound)).unwrap()].clone())
}

/// An upload by the rules.
struct Known {
    user: UserId,
    version: i64,
    digest: [u8; 32],
    state: UploadState,
    ended: Option<Time>,
}

struct Job {
    upload: UploadId,
    /// When it was put off, and until when.
    pause: Option<(Time, Time)>,
    lease: Option<Time>,
    token: i64,
    crashes: u32,
    failures: u32,
}

/// What decides at the end: whatever is older than the newest decision, an upload that became the banner or a removal,
/// comes too late.
#[derive(Clone, Copy, Default)]
struct Order {
    last: i64,
    floor: i64,
    banner: Option<UploadId>,
}

#[derive(Default)]
struct Model {
    uploads: HashMap<UploadId, Known>,
    jobs: Vec<Job>,
    order: HashMap<UserId, Order>,
}

impl Model {
    fn end(&mut self, id: UploadId, state: UploadState, now: Time) {
        let upload = self.uploads.get_mut(&id).expect("it is known");
        upload.state = state;
        upload.ended = Some(now);
    }

    fn accept(&mut self, new: &NewUpload, room: usize, now: Time) -> Accepted {
        let order = self.order.entry(new.user).or_default();
        if let Some(banner) = order.banner.map(|id| &self.uploads[&id]) {
            let later = self.uploads.values().any(|upload| {
                upload.user == new.user && upload.version > banner.version && upload.state == UploadState::Processing
            });
            if banner.digest == new.digest && !later {
                return Accepted::Current(Version(banner.version));
            }
        }
        if self.jobs.len() >= room {
            return Accepted::Full;
        }
        order.last = now.unix_seconds().max(order.last + 1);
        let (user, version) = (new.user, order.last);
        let known = Known { user, version, digest: new.digest, state: UploadState::Processing, ended: None };
        self.uploads.insert(new.id, known);
        self.jobs.push(Job { upload: new.id, pause: None, lease: None, token: 0, crashes: 0, failures: 0 });
        Accepted::Queued(Version(version))
    }

    /// The upload, token, crashes and failures of what is claimed.
    fn claim(&mut self, now: Time, lease: Duration) -> Option<(UploadId, i64, u32, u32)> {
        // What was due once is due for good.
        for job in &mut self.jobs {
            job.pause = job.pause.filter(|&(since, until)| since <= now && now < until);
        }
        let lease = now.after(lease);
        let is_due = |job: &Job| job.pause.is_none() && job.lease.is_none_or(|held| held <= now || lease < held);
        // They lie in the order in which they came.
        let first = self.jobs.iter().find(|job| is_due(job))?;
        let user = self.uploads[&first.upload].user;
        let theirs = self.jobs.iter_mut().filter(|job| is_due(job) && self.uploads[&job.upload].user == user);
        let job = theirs.max_by_key(|job| self.uploads[&job.upload].version)?;
        job.lease = Some(lease);
        job.token += 1;
        job.crashes += 1;
        Some((job.upload, job.token, job.crashes - 1, job.failures))
    }

    fn held(&mut self, claim: &Claim) -> Option<usize> {
        self.jobs.iter().position(|job| job.upload == claim.upload && job.token == claim.token && job.lease.is_some())
    }

    fn complete(&mut self, claim: &Claim, now: Time) -> Completion {
        let Some(job) = self.held(claim) else { return Completion::Lost };
        self.jobs.remove(job);
        let version = self.uploads[&claim.upload].version;
        let order = self.order[&claim.user];
        if version <= order.floor {
            self.end(claim.upload, UploadState::Discarded, now);
            return Completion::Superseded;
        }
        if let Some(former) = order.banner {
            self.end(former, UploadState::Ready, now);
        }
        self.uploads.get_mut(&claim.upload).expect("it is known").state = UploadState::Ready;
        self.order.insert(claim.user, Order { floor: version, banner: Some(claim.upload), ..order });
        Completion::Current
    }

    fn fail(&mut self, claim: &Claim, now: Time) -> bool {
        let held = self.held(claim).map(|job| self.jobs.remove(job));
        if held.is_some() {
            self.end(claim.upload, UploadState::Failed(failure()), now);
        }
        held.is_some()
    }

    fn retry(&mut self, claim: &Claim, now: Time, pause: Duration) -> bool {
        let Some(job) = self.held(claim) else { return false };
        let job = &mut self.jobs[job];
        (job.pause, job.lease, job.crashes, job.failures) = (Some((now, now.after(pause))), None, 0, job.failures + 1);
        true
    }

    fn remove(&mut self, user: UserId, now: Time) -> bool {
        let order = self.order.entry(user).or_default();
        order.floor = order.last;
        let banner = order.banner.take();
        let processing: Vec<_> = self.jobs.extract_if(.., |job| self.uploads[&job.upload].user == user).collect();
        for job in &processing {
            self.end(job.upload, UploadState::Discarded, now);
        }
        if let Some(banner) = banner {
            self.end(banner, UploadState::Ready, now);
        }
        banner.is_some() || !processing.is_empty()
    }

    fn latest(&self, user: UserId) -> Option<UploadId> {
        let known = self.uploads.iter().filter(|(_, upload)| upload.user == user);
        let known = known.filter(|(_, upload)| upload.state != UploadState::Discarded);
        known.max_by_key(|(_, upload)| upload.version).map(|(&id, _)| id)
    }

    fn ended(&self, before: Time) -> Vec<UploadId> {
        let ended = self.uploads.iter().filter(|(_, upload)| upload.ended.is_some_and(|ended| ended < before));
        let failed = |upload: &Known| matches!(upload.state, UploadState::Failed(_));
        let mut ended: Vec<_> = ended
            .filter(|&(&id, upload)| !(failed(upload) && self.latest(upload.user) == Some(id)))
            .map(|(&id, _)| id)
            .collect();
        ended.sort();
        ended
    }

    /// The store shows what the rules say.
    async fn check(&self, store: &dyn Store, now: Time) {
        assert_eq!(store.jobs().await.unwrap(), u64::try_from(self.jobs.len()).unwrap());
        for (&user, order) in &self.order {
            assert_eq!(current(store, user).await, order.banner, "the banner of {user}");
            let latest = store.latest_upload(user).await.unwrap().map(|latest| latest.id);
            assert_eq!(latest, self.latest(user), "the latest upload of {user}");
        }
        let mut known: Vec<_> = self.uploads.iter().map(|(&id, upload)| (id, upload.state.clone())).collect();
        known.sort_by_key(|&(id, _)| id);
        let ids: Vec<_> = known.iter().map(|&(id, _)| id).collect();
        assert_eq!(states(store, &ids).await, known);
        let mut ended = store.ended(now, 1000).await.unwrap();
        ended.sort();
        assert_eq!(ended, self.ended(now));
    }
}

async fn history(store: &dyn Store, seed: u64) {
    let mut random = Random::new(seed);
    let mut model = Model::default();
    let mut claims: Vec<Claim> = Vec::new();
    let mut now = START;
    for _ in 0..STEPS {
        now = Time(now.0 + i64::try_from(random.below(400)).unwrap());
        if random.below(40) == 0 {
            // The clock jumps, on or back.
            now = Time(now.0 + i64::try_from(random.below(20_000)).unwrap() - 10_000);
        }
        // Other users for each seed: they share the database.
        let user = UserId(i64::try_from(seed * USERS + random.below(USERS)).unwrap());
        match random.below(20) {
            0..=5 => {
                let new = picture(user, u8::try_from(random.below(3)).unwrap());
                let accepted = store.accept(&new, u64::try_from(ROOM_HERE).unwrap(), now).await.unwrap();
                assert_eq!(accepted, model.accept(&new, ROOM_HERE, now));
            }
            6..=10 => {
                let lease = millis(random.below(3000));
                let claimed = store.claim(now, lease).await.unwrap();
                let seen = claimed.as_ref().map(|claim| (claim.upload, claim.token, claim.crashes, claim.failures));
                assert_eq!(seen, model.claim(now, lease));
                claims.extend(claimed);
            }
            11..=14 => {
                let Some(claim) = pick(&mut random, &claims) else { continue };
                let completed = store.complete(&claim, &files(), now).await.unwrap();
                assert_eq!(completed, model.complete(&claim, now));
            }
            15 => {
                let Some(claim) = pick(&mut random, &claims) else { continue };
                assert_eq!(store.fail(&claim, &failure(), now).await.unwrap(), model.fail(&claim, now));
            }
            16 => {
                let Some(claim) = pick(&mut random, &claims) else { continue };
                let pause = millis(random.below(1000));
                assert_eq!(store.retry(&claim, now, pause).await.unwrap(), model.retry(&claim, now, pause));
            }
            17 => assert_eq!(store.remove_banner(user, now).await.unwrap(), model.remove(user, now)),
            18 => {
                let Some(claim) = pick(&mut random, &claims) else { continue };
                let lease = millis(3000);
                store.renew(&[(claim.upload, claim.token)], now, lease).await.unwrap();
                if let Some(job) = model.held(&claim) {
                    model.jobs[job].lease = Some(now.after(lease));
                }
            }
            _ => {
                let ended = model.ended(Time(now.0 - 2000));
                store.forget(&ended).await.unwrap();
                model.uploads.retain(|id, _| !ended.contains(id));
            }
        }
        model.check(store, now).await;
    }
    assert!(claims.len() > 30, "the history was too dull to prove anything");
    // The next history starts without jobs and without what ended.
    for &user in model.order.keys() {
        store.remove_user(user).await.unwrap();
    }
}

pub(crate) async fn random_histories_agree_with_the_rules(f: Fixture) {
    for seed in 1..=6 {
        println!("seed {seed}");
        history(&*f.store, seed).await;
    }
}
