//! Rendering on several threads: one decodes, another resamples what has been decoded, and all encode what is finished.
//!
//! Many jobs may share a pool, and all of its threads may be busy with jobs of their own. So nobody ever waits for a task that
//! no thread may have begun: when resampling falls behind, or has not begun, the thread that decodes does it itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use masthead_decode::{RowBatch, Rows};
use rayon::ScopeFifo;

use crate::Error;
use crate::passes::{Finished, Passes};
use crate::render::{Made, timed};

/// How many batches of rows there are: those that wait to be resampled, the one that is, and the one that is being decoded.
pub(crate) const BATCHES: usize = 8;

/// How many batches wait before a task is begun to resample them: beginning one may wake a thread, which takes longer than a
/// batch does.
const WAITING: usize = 2;

/// Decodes all rows, resamples them, and finishes what comes out.
pub(crate) fn stream<T: Send>(
    mut rows: Rows<'_>,
    passes: Passes<'_>,
    finish: impl Fn(Finished) -> Result<(usize, T), Error> + Sync,
) -> Result<Made<T>, Error> {
    let stream = Stream {
        passes: Mutex::new(passes),
        decoded: Mutex::default(),
        free: Mutex::new((0..BATCHES).map(|_| RowBatch::default()).collect()),
        has_task: AtomicBool::new(false),
        made: Mutex::default(),
        finish,
    };
    let mut decode_time = Duration::ZERO;
    // First in, first out: the dearest variant of those that are finished together is encoded first.
    rayon::scope_fifo(|scope| -> Result<(), Error> {
        loop {
            let mut batch = stream.free_batch(scope);
            if !timed(&mut decode_time, || rows.read(&mut batch))? {
                break;
            }
            let waiting = {
                let mut decoded = locked(&stream.decoded);
                decoded.push_back(batch);
                decoded.len()
            };
            if waiting >= WAITING && !stream.has_task.swap(true, Ordering::Relaxed) {
                scope.spawn_fifo(|scope| {
                    while stream.resample_next(scope, || true) {}
                    stream.has_task.store(false, Ordering::Relaxed);
                });
            }
        }
        drop(rows);
        while stream.resample_next(scope, || true) {}
        Ok(())
    })?;
    let Stream { passes, made, .. } = stream;
    let made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    let passes = passes.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Made { variants: made.into_iter().collect::<Result<_, _>>()?, decode_time, resample_time: passes.time() })
}

/// What the threads share. Two locks are only ever taken in this order: `passes`, then one of the others.
struct Stream<'a, T, F> {
    /// Whoever takes batches out of `decoded` holds it, so that they are resampled in order.
    passes: Mutex<Passes<'a>>,
    decoded: Mutex<VecDeque<RowBatch>>,
    free: Mutex<Vec<RowBatch>>,
    /// Whether there is a task that resamples, begun or not.
    has_task: AtomicBool,
    made: Mutex<Vec<Result<(usize, T), Error>>>,
    finish: F,
}

impl<T: Send, F: Fn(Finished) -> Result<(usize, T), Error> + Sync> Stream<'_, T, F> {
    /// A batch to decode into: where there is none, rows are resampled until there is.
    fn free_batch<'scope>(&'scope self, scope: &ScopeFifo<'scope>) -> RowBatch {
        loop {
            if let Some(batch) = locked(&self.free).pop() {
                return batch;
            }
            // While it waited for the passes a batch may have been set free.
            self.resample_next(scope, || locked(&self.free).is_empty());
        }
    }

    /// Resamples the batch that has waited longest, if it still `should` when nobody else resamples; `false` where it has not.
    fn resample_next<'scope>(&'scope self, scope: &ScopeFifo<'scope>, should: impl Fn() -> bool) -> bool {
        // No task is waited for under this lock, and no other work begun, so that it is always free soon.
        let mut passes = locked(&self.passes);
        if !should() {
            return false;
        }
        let Some(batch) = locked(&self.decoded).pop_front() else { return false };
        let finished = passes.push(batch.components());
        locked(&self.free).push(batch);
        drop(passes);
        for finished in finished {
            scope.spawn_fifo(move |_| {
                let made = (self.finish)(finished);
                locked(&self.made).push(made);
            });
        }
        true
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use masthead_crop::{CropPolicy, CropRegion, CropRequest};
    use masthead_decode::Decoder;
    use masthead_picture::Light;
    use masthead_resample::Resampler;
    use masthead_testdata::any_size;
    use rayon::ThreadPoolBuilder;

    use super::*;
    use crate::passes::Weights;
    use crate::{Plan, RenderOptions, Scratch, Source, VariantSet};

    /// A panic while a variant is finished is that of the caller, once nothing of the job runs any more; the pool goes on.
    #[test]
    fn a_panic_ends_the_job_and_nothing_else() {
        let file = std::fs::read(masthead_testdata::folder().join("jpeg-420.jpg")).unwrap();
        let decoder = Decoder::new(file, &any_size()).unwrap();
        let source = Source::from(decoder.header());
        let region =
            CropRegion::new(&CropRequest::default(), decoder.header().displayed(), CropPolicy::Refuse).unwrap();
        let plan = Plan::new(&source, &region, &VariantSet::default(), &RenderOptions::default());
        let weights = Weights::new(&plan).unwrap();
        let finished_in_pool = |panics: Option<usize>| {
            let mut resamplers = [(); 3].map(|()| Resampler::new());
            let rows = decoder.rows(plan.window(), Light::Linear).unwrap();
            let finish = |finished: Finished| {
                assert_ne!(Some(finished.variant), panics, "as it was asked to");
                Ok((finished.variant, ()))
            };
            let made =
                stream(rows, Passes::new(&plan, &weights, &mut resamplers, &Scratch::default()), finish).unwrap();
            made.variants.len()
        };
        for threads in [2, 3] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for variant in 0..plan.variant_count() {
                let ended = catch_unwind(AssertUnwindSafe(|| pool.install(|| finished_in_pool(Some(variant)))));
                assert!(ended.is_err(), "variant {variant} on {threads} threads");
            }
            assert_eq!(pool.install(|| finished_in_pool(None)), plan.variant_count());
        }
    }
}
