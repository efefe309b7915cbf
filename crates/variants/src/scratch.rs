//! Memory of finished jobs, for the next ones.

use std::sync::{Mutex, PoisonError};

use masthead_resample::Resampler;

/// The most scratch memory in bytes that a resampler keeps: that of a picture some 5000 samples wide. Wider ones take so long that
/// getting memory anew is nothing beside it.
pub(crate) const KEPT: usize = 1 << 20;

/// Scratch memory of finished jobs, for the next ones. Shared by all threads: there is as much of it as jobs have used at one time.
#[derive(Debug, Default)]
pub struct Scratch {
    resamplers: Mutex<Vec<Resampler>>,
}

impl Scratch {
    /// So many resamplers that no other job uses.
    pub(crate) fn resamplers(&self, count: usize) -> Vec<Resampler> {
        let mut kept = self.resamplers.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = kept.len().saturating_sub(count);
        let mut resamplers = kept.split_off(rest);
        drop(kept);
        resamplers.resize_with(count, Resampler::new);
        resamplers
    }

    /// Keeps resamplers for the next job.
    pub(crate) fn keep(&self, mut resamplers: Vec<Resampler>) {
        resamplers.iter_mut().for_each(|resampler| resampler.trim(KEPT));
        self.resamplers.lock().unwrap_or_else(PoisonError::into_inner).append(&mut resamplers);
    }
}
