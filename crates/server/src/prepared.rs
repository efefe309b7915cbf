//! Jobs that wait for a worker in memory, as the upload handler has prepared them: nothing is read or planned again.

use masthead::Job;

use crate::budget::{Budget, Held};

/// More than a header and a plan take.
const PLAN: u64 = 64 << 10;

/// More than the tables for the colours of a profile take.
const COLORS: u64 = 1 << 20;

/// A job that waits, and the memory that it is counted with until a worker takes it.
#[derive(Debug)]
pub(crate) struct Prepared {
    job: Job,
    _memory: Held,
}

impl Prepared {
    /// Keeps a job of a file of so many bytes, if there is memory for it now: nobody waits for that.
    pub(crate) fn keep(job: Job, file: usize, budget: &Budget) -> Option<Self> {
        let profile = job.header().icc_profile.as_ref().map_or(0, |profile| profile.len() as u64 + COLORS);
        let memory = budget.try_take(file as u64 + profile + PLAN)?;
        Some(Self { job, _memory: memory })
    }

    /// The job. From now on its memory is that of a job in work.
    pub(crate) fn into_job(self) -> Job {
        self.job
    }
}
