//! How often jobs have failed in the same way, one time after the other.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::UploadId;
use crate::store::Claim;

/// What a job is given up for when it happens too often in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The original is not there.
    Missing,
    /// The picture took too long.
    Slow,
}

/// The jobs of this process that failed so at their last try. After a restart they are counted anew: what ended the last process
/// may have been the reason.
#[derive(Debug, Default)]
pub(super) struct Tries {
    jobs: Mutex<HashMap<UploadId, (Again, u32)>>,
}

impl Tries {
    /// Uploads that were removed while they were counted stay behind: of so many the oldest counts are not worth keeping.
    const MOST: usize = 10_000;

    /// Counts a try, and says how many there were in a row.
    pub(super) fn count(&self, claim: &Claim, again: Again) -> u32 {
        let mut jobs = self.lock();
        if jobs.len() >= Self::MOST {
            jobs.clear();
        }
        let (last, tries) = jobs.entry(claim.upload).or_insert((again, 0));
        if *last != again {
            (*last, *tries) = (again, 0);
        }
        *tries += 1;
        *tries
    }

    /// The job has ended, or has failed in another way.
    pub(super) fn forget(&self, claim: &Claim) {
        self.lock().remove(&claim.upload);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UploadId, (Again, u32)>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
