//! Looks after what is not needed any more: forgets uploads that ended, has their files deleted, and moves files aside that the
//! database does not know.
//!
//! A file is only deleted because the database says so: an upload that was forgotten or removed stands in a table of files to
//! delete until they are gone, and the original of a finished job is deleted by this process. What the database does not know
//! may be its own fault (it was restored, or moved), so such files go into the quarantine, come back when the database knows them again, and are
//! deleted there days later.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::believed::Believed;
use super::deletion::delete;
use crate::auth::TOLERANCE;
use crate::blobs::{BlobError, Part, Quarantined};
use crate::compare::{self, CompareError};
use crate::id::{Time, UploadId};
use crate::pair::{self, PairError};
use crate::rates::Rates;
use crate::state::Shared;
use crate::store::StoreError;

/// How often the table of files to delete is looked into.
const DELETIONS: Duration = Duration::from_secs(2);

/// How long nothing is deleted after some files could not be.
const DELETE_AGAIN: Duration = Duration::from_secs(10);

/// How long the originals of finished jobs wait for others, to be deleted together.
const TOGETHER: Duration = Duration::from_millis(200);

/// How often banners that ended are looked for: this, or the grace time where that is shorter, but no more than once a second.
const ENDED: Duration = Duration::from_secs(60);

/// How often nonces and windows that are over are forgotten.
const PRUNE: Duration = Duration::from_secs(60);

/// How often the files are compared with the database, and their generation raised.
const SWEEP: Duration = Duration::from_secs(3600);

/// Uploads in one go.
const BATCH: u32 = 200;

/// More unknown files than this at once are a sign of something else than a crash.
const HANDFUL: usize = 10;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error(transparent)]
    Pair(#[from] PairError),
}

/// What the collector remembers from round to round.
pub(super) struct Collector {
    shared: Arc<Shared>,
    began: Instant,
    /// The clock, for banners that ended.
    grace: Believed,
    /// The clock, for the quarantine.
    quarantine: Believed,
    /// Files that were not needed at the last comparison. Those that are not at the next one either are moved aside: an upload that is
    /// just being taken in is not among them.
    suspects: HashSet<(Part, UploadId)>,
    next_ended: Instant,
    next_prune: Instant,
    next_delete: Instant,
    next_sweep: Instant,
}

impl Collector {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let (now, wall) = (Instant::now(), shared.clock.now());
        let options = &shared.options;
        Self {
            shared: Arc::clone(shared),
            began: now,
            grace: Believed::new(options.grace, now, wall),
            quarantine: Believed::new(options.quarantine, now, wall),
            suspects: HashSet::new(),
            next_ended: now,
            next_prune: now,
            next_delete: now,
            next_sweep: now + SWEEP,
        }
    }

    /// Collects until the server stops; first of all it moves aside what was `unknown` at the start.
    pub(super) async fn run(mut self, unknown: Vec<(Part, UploadId)>) {
        report("files were not moved aside", set_aside(&self.shared, &unknown).await);
        drop(unknown);
        while !self.shared.is_stopping() {
            self.round(Instant::now()).await;
            tokio::select! {
                () = sleep(DELETIONS) => {}
                () = self.shared.stopped() => {}
                () = self.shared.discarded.added.notified() => {
                    tokio::select! {
                        () = sleep(TOGETHER) => {}
                        () = self.shared.stopped() => {}
                    }
                }
            }
        }
    }

    /// Does what is due at `now`.
    async fn round(&mut self, now: Instant) {
        let shared = Arc::clone(&self.shared);
        if now >= self.next_prune {
            self.next_prune = now + PRUNE;
            report("what is over was not forgotten", prune(&shared).await);
        }
        if now >= self.next_ended {
            self.next_ended = now + ENDED.min(shared.options.grace).max(Duration::from_secs(1));
            let before = self.grace.now(now, shared.clock.now()).before(shared.options.grace);
            report("banners that ended were not forgotten", forget(&shared, before).await);
        }
        if now >= self.next_delete {
            let deleted = delete(&shared).await;
            if !matches!(deleted, Ok(true)) {
                self.next_delete = now + DELETE_AGAIN;
            }
            report("files were not deleted", deleted.map(drop).map_err(Error::from));
        }
        if now >= self.next_sweep {
            self.next_sweep = now + SWEEP;
            self.hourly(now).await;
        }
    }

    /// Compares files and database.
    async fn hourly(&mut self, now: Instant) {
        let shared = Arc::clone(&self.shared);
        if shared.exclusive {
            let raised = pair::raise(&*shared.store, &shared.blobs).await;
            report("the generation of the storage was not raised", raised.map(drop).map_err(Error::from));
        }
        report("files and database were not compared", self.sweep().await);
        let wall = self.quarantine.now(now, shared.clock.now());
        // A clock that was wrong when the process began may have been set since.
        if now.duration_since(self.began) >= SWEEP {
            report("the quarantine was not emptied", expire(&shared, wall.before(shared.options.quarantine)).await);
        }
    }

    /// Moves aside what is not needed now and was not at the last comparison, and brings back what is needed.
    async fn sweep(&mut self) -> Result<(), Error> {
        let shared = &self.shared;
        let mut not_needed = HashSet::new();
        for part in Part::ALL {
            let found = compare::compare(&*shared.store, &shared.blobs.uploads(part).await?).await?;
            not_needed.extend(found.unknown.into_iter().map(|upload| (part, upload)));
            if part == Part::Originals && !shared.options.keep_originals {
                not_needed.extend(found.finished.into_iter().map(|upload| (part, upload)));
            }
        }
        let (aside, suspects) = not_needed.into_iter().partition::<HashSet<_>, _>(|file| self.suspects.contains(file));
        self.suspects = suspects;
        let aside: Vec<_> = aside.into_iter().collect();
        set_aside(shared, &aside).await?;
        bring_back(shared).await
    }
}

/// When a process begins that has the storage to itself, brings back what the database needs. What it does not know is returned:
/// nothing is being taken in yet, so it can be moved aside while the server runs.
pub(super) async fn at_start(shared: &Shared) -> Vec<(Part, UploadId)> {
    report("nothing came back from the quarantine", bring_back(shared).await);
    compare::unknown(&*shared.store, &shared.blobs).await.unwrap_or_else(|error| {
        tracing::error!(%error, "files and database were not compared");
        Vec::new()
    })
}

fn report(what: &str, result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "{what}");
    }
}

/// Deletes what is to be deleted when the work has ended, or it would lie around until it is moved aside.
pub(super) async fn at_end(shared: &Shared) {
    report("files were not deleted", delete(shared).await.map(drop).map_err(Error::from));
}

async fn prune(shared: &Shared) -> Result<(), Error> {
    let now = shared.clock.now();
    let oldest = now.before(2 * TOLERANCE).unix_seconds().unsigned_abs();
    // What is remembered in memory outlasts a clock that jumps, and is to outlast a restart too.
    let oldest = shared.rates.as_ref().and_then(Rates::oldest_nonce).map_or(oldest, |nonce| nonce.min(oldest));
    Ok(shared.store.prune(oldest, now).await?)
}

/// Forgets uploads that ended before this; their files are to be deleted then.
async fn forget(shared: &Shared, before: Time) -> Result<(), Error> {
    loop {
        let ended = shared.store.ended(before, BATCH).await?;
        if ended.is_empty() {
            return Ok(());
        }
        shared.store.forget(&ended).await?;
    }
}

/// Moves files into the quarantine.
async fn set_aside(shared: &Shared, files: &[(Part, UploadId)]) -> Result<(), Error> {
    let moved = compare::set_aside(&shared.blobs, files, shared.clock.now()).await?;
    shared.metrics.quarantined(moved);
    if moved > HANDFUL {
        tracing::warn!(
            files = moved,
            "the database does not know these files: is it the right one? They are in the quarantine (see 'masthead check')"
        );
    } else if moved > 0 {
        tracing::info!(files = moved, "moved files that nothing needs into the quarantine");
    }
    Ok(())
}

/// Moves files of the quarantine back that the database needs.
async fn bring_back(shared: &Shared) -> Result<(), Error> {
    let back = compare::bring_back(&*shared.store, &shared.blobs, shared.options.keep_originals).await?;
    if back > 0 {
        shared.metrics.returned(back);
        tracing::info!(files = back, "brought files back from the quarantine: the database knows them");
    }
    Ok(())
}

/// Deletes what was moved aside before this.
async fn expire(shared: &Shared, before: Time) -> Result<(), Error> {
    let aside = shared.blobs.quarantined().await?;
    let old: Vec<Quarantined> = aside.into_iter().filter(|file| file.batch < before.unix_seconds()).collect();
    if old.is_empty() || shared.store.deletions_held(shared.clock.now()).await? {
        return Ok(());
    }
    for file in &old {
        shared.blobs.delete_quarantined(file).await?;
    }
    tracing::info!(files = old.len(), "deleted files whose time in the quarantine is over");
    Ok(())
}

#[cfg(test)]
mod tests;
