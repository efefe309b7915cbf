//! One job: from an original to a banner.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::try_join_all;
use masthead::{Banner, Processor};
use tokio::sync::oneshot;

use crate::blobs::BlobError;
use crate::error::Refusal;
use crate::id::Time;
use crate::server::Inner;
use crate::store::{Claim, Completion, Failure, StoreError, Variant};
use crate::waiting::Outcome;

/// A job that was claimed this often and never heard of again takes its process down with it.
const MAX_CRASHES: u32 = 6;

/// A job that failed this often through our fault is given up: after more than an hour.
const MAX_FAILURES: u32 = 20;

/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// Why a job did not lead to a banner.
enum Trouble {
    /// The picture is at fault: trying again changes nothing.
    Picture(Failure),
    /// We are, and it may go well another time.
    Ours(String),
}

impl From<BlobError> for Trouble {
    fn from(error: BlobError) -> Self {
        Self::Ours(error.to_string())
    }
}

/// Works on a job, and tells the store and whoever waits what became of it.
pub(super) async fn work(inner: &Arc<Inner>, claim: &Claim) {
    let result = if claim.crashes >= MAX_CRASHES {
        tracing::error!(upload = %claim.upload, crashes = claim.crashes, "job given up: it never came to an end");
        Err(Trouble::Picture(Refusal::Internal.failure()))
    } else {
        make(inner, claim).await
    };
    let settled = match result {
        Ok(variants) => complete(inner, claim, &variants).await,
        Err(Trouble::Picture(failure)) => fail(inner, claim, failure).await,
        Err(Trouble::Ours(reason)) => put_off(inner, claim, &reason).await,
    };
    if let Err(error) = settled {
        // The lease will run out, and somebody will try again.
        tracing::error!(upload = %claim.upload, %error, "the end of a job could not be noted");
    }
}

async fn complete(inner: &Inner, claim: &Claim, variants: &[Variant]) -> Result<(), StoreError> {
    let completion = inner.store.complete(claim, variants, Time::now()).await?;
    let outcome = match completion {
        Completion::Current => Outcome::Ready,
        Completion::Superseded => Outcome::Overtaken,
        Completion::Lost => {
            inner.metrics.job("lost");
            return Ok(());
        }
    };
    inner.metrics.job(if completion == Completion::Current { "ready" } else { "superseded" });
    tracing::info!(upload = %claim.upload, user = %claim.user, version = %claim.version, ?completion, "banner made");
    inner.waiting.ended(claim.upload, outcome);
    delete_original(inner, claim).await;
    Ok(())
}

async fn fail(inner: &Inner, claim: &Claim, failure: Failure) -> Result<(), StoreError> {
    if !inner.store.fail(claim, &failure, Time::now()).await? {
        inner.metrics.job("lost");
        return Ok(());
    }
    inner.metrics.job("failed");
    tracing::info!(upload = %claim.upload, user = %claim.user, message = failure.message, "upload failed");
    inner.waiting.ended(claim.upload, Outcome::Failed(failure));
    delete_original(inner, claim).await;
    Ok(())
}

async fn put_off(inner: &Inner, claim: &Claim, reason: &str) -> Result<(), StoreError> {
    if claim.failures + 1 >= MAX_FAILURES {
        tracing::error!(upload = %claim.upload, reason, "job given up");
        return fail(inner, claim, Refusal::Internal.failure()).await;
    }
    let pause = Duration::from_secs(1 << claim.failures.min(10)).min(MAX_PAUSE);
    tracing::warn!(upload = %claim.upload, reason, ?pause, "job put off");
    inner.metrics.job("retried");
    inner.store.retry(claim, Time::now().after(pause)).await?;
    Ok(())
}

/// What stays behind if this fails is swept up later.
async fn delete_original(inner: &Inner, claim: &Claim) {
    if !inner.options.keep_originals
        && let Err(error) = inner.blobs.delete_original(claim.upload).await
    {
        tracing::warn!(upload = %claim.upload, %error, "an original was not deleted");
    }
}

/// Reads the original, makes the banner, writes its files.
async fn make(inner: &Arc<Inner>, claim: &Claim) -> Result<Vec<Variant>, Trouble> {
    let start = Instant::now();
    let original = inner.blobs.original(claim.upload).await?;
    let original = original.ok_or_else(|| Trouble::Ours("the original is not there".to_owned()))?;
    inner.metrics.stage("read", start.elapsed());

    let banner = compute(inner, claim, original).await?;
    inner.metrics.stage("decode", banner.decode_time);
    let resampling = banner.variants.iter().map(|variant| variant.resample_time).sum::<Duration>();
    inner.metrics.stage("resample", banner.halving_time + resampling);
    inner.metrics.stage("encode", banner.variants.iter().map(|variant| variant.encode_time).sum());

    let start = Instant::now();
    let written = banner.variants.into_iter().map(async |file| {
        let variant = Variant {
            name: file.name,
            width: file.dimensions.width(),
            height: file.dimensions.height(),
            content_type: file.format.content_type().to_owned(),
            bytes: file.bytes.len() as u64,
        };
        inner.blobs.put_variant(claim.upload, &variant.name, file.bytes).await?;
        Ok::<_, BlobError>(variant)
    });
    let variants = try_join_all(written).await?;
    inner.metrics.stage("store", start.elapsed());
    Ok(variants)
}

/// Takes the memory that the job will need from the budget, then renders on the pool.
async fn compute(inner: &Arc<Inner>, claim: &Claim, original: Bytes) -> Result<Banner, Trouble> {
    let computing = Computing::start(inner);
    let alone = computing.alone;
    let region = claim.region;
    let needed = {
        let original = original.clone();
        on_pool(inner, move |inner| {
            let job = processor(inner, alone).prepare(&original, &region)?;
            Ok(job.memory(job.plan().threads()) + original.len() as u64)
        })
        .await?
    };
    let memory = inner.job_budget.take(needed).await;
    on_pool(inner, move |inner| {
        let _used_until_the_end = (computing, memory);
        processor(inner, alone).render(&original, &region)
    })
    .await
}

/// A job that computes or is about to, counted for as long as this lives.
struct Computing {
    inner: Arc<Inner>,
    /// Whether it was the only one when it began.
    alone: bool,
}

impl Computing {
    fn start(inner: &Arc<Inner>) -> Self {
        let alone = inner.engine.computing.fetch_add(1, Ordering::Relaxed) == 0;
        Self { inner: Arc::clone(inner), alone }
    }
}

impl Drop for Computing {
    fn drop(&mut self) {
        self.inner.engine.computing.fetch_sub(1, Ordering::Relaxed);
    }
}

fn processor(inner: &Inner, alone: bool) -> &Processor {
    if alone { &inner.engine.alone } else { &inner.engine.busy }
}

/// Runs `work` on a thread of the pool, and survives its panic.
async fn on_pool<T: Send + 'static>(
    inner: &Arc<Inner>,
    work: impl FnOnce(&Inner) -> Result<T, masthead::Error> + Send + 'static,
) -> Result<T, Trouble> {
    let (sender, receiver) = oneshot::channel();
    let shared = Arc::clone(inner);
    inner.engine.pool.spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| work(&shared)));
        // The receiver is gone when the server stops.
        let _ = sender.send(result);
    });
    match receiver.await {
        Ok(Ok(Ok(value))) => Ok(value),
        Ok(Ok(Err(error))) => {
            let limits = &inner.options.images.limits;
            Err(Trouble::Picture(Refusal::picture(&error, limits).failure()))
        }
        Ok(Err(_)) => {
            tracing::error!("the engine panicked: a defect of masthead");
            Err(Trouble::Picture(Refusal::Internal.failure()))
        }
        Err(_) => Err(Trouble::Ours("the pool has gone".to_owned())),
    }
}
