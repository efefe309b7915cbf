//! One job: from an original to the files of a banner, and whose fault it is when that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use masthead::{Banner, ErrorKind, FileBytes, Job, Threads};
use tokio::sync::oneshot;

use super::settle::{self, End};
use super::tries::{Again, Tries};
use crate::blobs::BlobError;
use crate::budget::Held;
use crate::engine::Engine;
use crate::error::Refusal;
use crate::state::Shared;
use crate::store::{Claim, Failure, Variant};

/// A job that was claimed this often in a row and never heard of again may take its process down with it: it is put off
/// like one that failed. After that, once is enough.
const MAX_CRASHES: u32 = 3;

/// An original that is not found this often in a row, for more than an hour, is lost, and the job is given up. Nothing else of ours ends
/// one.
const MAX_MISSING: u32 = 20;

/// A picture that takes too long so often in a row is at fault.
const MAX_SLOW: u32 = 3;

/// Why a job did not lead to a banner.
enum Trouble {
    /// The picture is at fault: trying again changes nothing.
    Picture(Failure),
    /// It took too long: the picture may be at fault, or the machine was slow.
    Slow(Failure),
    /// The blob store is there, and the original is not.
    Missing,
    /// We are at fault, and it may go well another time.
    Ours(String),
}

impl From<BlobError> for Trouble {
    fn from(error: BlobError) -> Self {
        Self::Ours(error.to_string())
    }
}

/// Works on a job, and tells the store and whoever waits what became of it. `false` when the store could not be told: the job is still
/// claimed, or it is not known.
pub(super) async fn work(shared: &Arc<Shared>, tries: &Tries, claim: &Claim) -> bool {
    shared.metrics.stage("wait", Duration::from_millis((shared.clock.now().0 - claim.due.0).max(0).unsigned_abs()));
    let crashed = claim.crashes >= if claim.failures == 0 { MAX_CRASHES } else { 1 };
    let result = if crashed {
        Err(Trouble::Ours(format!("its process ended {} times in a row", claim.crashes)))
    } else if claim.superseded {
        Ok(Vec::new())
    } else {
        make(shared, claim).await
    };
    let end = match result {
        Ok(variants) => End::Made(variants),
        Err(Trouble::Picture(failure)) => End::Failed(failure),
        Err(Trouble::Slow(failure)) if tries.count(claim, Again::Slow) >= MAX_SLOW => End::Failed(failure),
        Err(Trouble::Slow(failure)) => End::PutOff(failure.message),
        Err(Trouble::Missing) if tries.count(claim, Again::Missing) >= MAX_MISSING => {
            tracing::error!(upload = %claim.upload, user = %claim.user, "job given up: its original is lost");
            End::Failed(Refusal::Internal.failure())
        }
        Err(Trouble::Missing) => End::PutOff("the original is not there".to_owned()),
        Err(Trouble::Ours(reason)) => {
            tries.forget(claim);
            End::PutOff(reason)
        }
    };
    if !matches!(end, End::PutOff(_)) {
        tries.forget(claim);
    }
    settle::note(shared, claim, &end).await
}

/// Makes the banner and writes its files.
async fn make(shared: &Arc<Shared>, claim: &Claim) -> Result<Vec<Variant>, Trouble> {
    let (job, waited_in) = match shared.waiting.hand_over(claim.upload) {
        Some(prepared) => {
            let (job, memory) = prepared.into_job();
            (job, Some(memory))
        }
        None => (read(shared, claim).await?, None),
    };
    let (banner, _memory) = compute(shared, job, waited_in).await?;
    shared.metrics.stage("decode", banner.decode_time);
    shared.metrics.stage("resample", banner.resample_time);
    shared.metrics.stage("encode", banner.variants.iter().map(|variant| variant.encode_time).sum());

    let start = Instant::now();
    let mut variants = Vec::new();
    let mut files = Vec::new();
    let mut end = 0;
    for file in banner.variants {
        let bytes = file.bytes.len() as u64;
        variants.push(Variant {
            name: file.name,
            width: file.dimensions.width(),
            height: file.dimensions.height(),
            content_type: file.format.content_type().to_owned(),
            start: end,
            bytes,
        });
        files.push(Bytes::from(file.bytes));
        end += bytes;
    }
    shared.blobs.put_banner(claim.upload, files).await?;
    shared.metrics.stage("store", start.elapsed());
    Ok(variants)
}

/// Reads the original and prepares its job once more: no handler waits with it.
async fn read(shared: &Arc<Shared>, claim: &Claim) -> Result<Job, Trouble> {
    let start = Instant::now();
    let original = shared.blobs.original(claim.upload).await?;
    let Some(original) = original else {
        // Nothing is there where nothing is mounted.
        let there = shared.blobs.identity().await?.is_some();
        return Err(if there { Trouble::Missing } else { Trouble::Ours("the blob store is empty".to_owned()) });
    };
    shared.metrics.stage("read", start.elapsed());
    let region = claim.region;
    let prepare =
        move |shared: &Shared| shared.engine.processor.prepare_region(FileBytes::from_owner(original), region);
    on_pool(shared, prepare).await
}

/// Takes the memory that the job will need from the budget, then renders on the pool. The memory is put back when the
/// files, which are in it, are not needed any more.
///
/// Only then the memory that the job has waited in is put back, or it would be counted nowhere for a while. That is no deadlock:
/// nobody waits for the budget of prepared jobs (who finds it used up does without), and who holds some of the budget of jobs in
/// work waits for no other.
async fn compute(shared: &Arc<Shared>, job: Job, waited_in: Option<Held>) -> Result<(Banner, Held), Trouble> {
    let computing = Computing::start(shared);
    let Engine { pool, processor, .. } = &shared.engine;
    // A job that is alone is made by all threads, unless they need too much memory together; jobs that come together have one
    // thread each, and nothing to wait for.
    let together = job.memory(pool.current_num_threads());
    let (threads, needed) = if computing.alone && together <= processor.options().limits.memory {
        (Threads::Pool, together)
    } else {
        (Threads::Caller, job.memory(1))
    };
    let job = job.with_threads(threads);
    let start = Instant::now();
    let memory = shared.job_budget.take(needed).await;
    drop(waited_in);
    shared.metrics.stage("memory", start.elapsed());
    on_pool(shared, move |_| {
        let _until_the_end = computing;
        Ok((job.render()?, memory))
    })
    .await
}

/// A job that computes or is about to, counted for as long as this lives.
struct Computing {
    shared: Arc<Shared>,
    /// Whether it was the only one when it began.
    alone: bool,
}

impl Computing {
    fn start(shared: &Arc<Shared>) -> Self {
        let alone = shared.engine.computing.fetch_add(1, Ordering::Relaxed) == 0;
        Self { shared: Arc::clone(shared), alone }
    }
}

impl Drop for Computing {
    fn drop(&mut self) {
        self.shared.engine.computing.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs `work` on a thread of the pool, and survives its panic.
async fn on_pool<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<T, masthead::Error> + Send + 'static,
) -> Result<T, Trouble> {
    let (sender, receiver) = oneshot::channel();
    let theirs = Arc::clone(shared);
    shared.engine.pool.spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| work(&theirs)));
        // The receiver is gone when the server stops.
        let _ = sender.send(result);
    });
    match receiver.await {
        Ok(Ok(Ok(value))) => Ok(value),
        Ok(Ok(Err(error))) => match error.kind() {
            ErrorKind::Internal => Err(Trouble::Ours(error.to_string())),
            kind => {
                let failure = Refusal::picture(&error, &shared.options.images.limits).failure();
                Err(if kind == ErrorKind::Deadline { Trouble::Slow(failure) } else { Trouble::Picture(failure) })
            }
        },
        Ok(Err(_)) => Err(Trouble::Ours("the engine panicked: a defect of masthead".to_owned())),
        Err(_) => Err(Trouble::Ours("the pool has gone".to_owned())),
    }
}
