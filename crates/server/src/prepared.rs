//! Jobs that wait for a worker in memory, as the upload handler has prepared them: nothing is read or planned again.

use masthead::Job;

use crate::budget::{Budget, Held};

/// A job that waits, and the memory that it is counted with until it is counted as a job in work.
#[derive(Debug)]
pub(crate) struct Prepared {
    job: Job,
    memory: Held,
}

impl Prepared {
    /// Keeps a job of a file of so many bytes, if there is memory for it now: nobody waits for that.
    pub(crate) fn keep(job: Job, file: usize, budget: &Budget) -> Option<Self> {
        let memory = budget.try_take(file as u64 + job.held())?;
        Some(Self { job, memory })
    }

    /// The job, and its memory: to be given back when that of the job in work is taken.
    pub(crate) fn into_job(self) -> (Job, Held) {
        (self.job, self.memory)
    }
}
