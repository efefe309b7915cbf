//! Upload handlers that wait for their job: what they hand over to its worker, and how they are told of its end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::id::{UploadId, UserId, Version};
use crate::prepared::Prepared;
use crate::store::Failure;

/// What a handler that waits is told.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// The upload is the banner now.
    Ready,
    /// It could not be made into one.
    Failed(Failure),
    /// A later upload of the user, or a removal, has taken its place; it does not matter any more how it ends.
    Overtaken,
}

/// All handlers of this process that wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waiting {
    entries: Arc<Mutex<HashMap<UploadId, Entry>>>,
}

#[derive(Debug)]
struct Entry {
    user: UserId,
    version: Option<Version>,
    /// Until a worker takes it. It goes with the handler: whatever becomes of the upload, nobody keeps it for nothing.
    prepared: Option<Prepared>,
    tell: oneshot::Sender<Outcome>,
}

/// A place in [`Waiting`], left when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    waiting: Waiting,
    upload: UploadId,
    told: oneshot::Receiver<Outcome>,
}

impl Waiting {
    /// Waits for an upload: before it is accepted, or its end could be missed. Its job is for the worker, if it is to wait in
    /// memory.
    pub(crate) fn wait(&self, upload: UploadId, user: UserId, prepared: Option<Prepared>) -> Place {
        let (tell, told) = oneshot::channel();
        self.lock().insert(upload, Entry { user, version: None, prepared, tell });
        Place { waiting: self.clone(), upload, told }
    }

    /// The job of an upload whose handler waits, for its worker, once.
    pub(crate) fn hand_over(&self, upload: UploadId) -> Option<Prepared> {
        self.lock().get_mut(&upload)?.prepared.take()
    }

    /// An upload was accepted. Handlers of this user's earlier uploads need not wait any longer, so uploads are
    /// acknowledged in the order in which they count.
    pub(crate) fn accepted(&self, upload: UploadId, user: UserId, version: Version) {
        let mut entries = self.lock();
        if let Some(entry) = entries.get_mut(&upload) {
            entry.version = Some(version);
        }
        overtake(&mut entries, user, version);
    }

    /// The banner was removed: no upload of this user that was accepted becomes it any more.
    pub(crate) fn removed(&self, user: UserId) {
        overtake(&mut self.lock(), user, Version(i64::MAX));
    }

    /// The job of an upload has ended.
    pub(crate) fn ended(&self, upload: UploadId, outcome: Outcome) {
        if let Some(entry) = self.lock().remove(&upload) {
            // Nobody may be there any more.
            let _ = entry.tell.send(outcome);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UploadId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn overtake(entries: &mut HashMap<UploadId, Entry>, user: UserId, by: Version) {
    let earlier =
        |_: &UploadId, entry: &mut Entry| entry.user == user && entry.version.is_some_and(|version| version < by);
    for (_, entry) in entries.extract_if(earlier) {
        let _ = entry.tell.send(Outcome::Overtaken);
    }
}

impl Place {
    /// What is told; for ever when nothing is (another process may have the job).
    pub(crate) async fn told(&mut self) -> Outcome {
        match (&mut self.told).await {
            Ok(outcome) => outcome,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.lock().remove(&self.upload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_later_upload_of_the_same_user_ends_the_wait_of_an_earlier_one() {
        let waiting = Waiting::default();
        let [first, second, other] = [(); 3].map(|()| UploadId::random());
        let mut first_place = waiting.wait(first, UserId(1), None);
        let mut second_place = waiting.wait(second, UserId(1), None);
        let mut other_place = waiting.wait(other, UserId(2), None);
        waiting.accepted(other, UserId(2), Version(5));
        waiting.accepted(first, UserId(1), Version(5));
        waiting.accepted(second, UserId(1), Version(6));
        assert!(matches!(first_place.told().await, Outcome::Overtaken));
        waiting.ended(second, Outcome::Ready);
        assert!(matches!(second_place.told().await, Outcome::Ready));
        waiting.removed(UserId(2));
        assert!(matches!(other_place.told().await, Outcome::Overtaken));
    }

    #[test]
    fn who_stops_waiting_is_forgotten() {
        let waiting = Waiting::default();
        let place = waiting.wait(UploadId::random(), UserId(1), None);
        drop(place);
        assert!(waiting.lock().is_empty());
    }
}
