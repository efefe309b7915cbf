//! Jobs as a worker sees them: what it claims, what ending a claim led to, and how many there are.

use masthead::Rect;

use crate::id::{Time, UploadId, UserId, Version};

/// A job, held by one worker until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The upload to process.
    pub upload: UploadId,
    /// Whose it is.
    pub user: UserId,
    /// Its version.
    pub version: Version,
    /// The region, as in [`NewUpload`](super::NewUpload).
    pub region: Rect,
    /// Whether a later upload of the user is the banner already: there is nothing to be made, and
    /// [`Store::complete`](super::Store::complete) without variants ends the job.
    pub superseded: bool,
    /// When it was due.
    pub due: Time,
    /// Tells this claim from earlier and later ones of the same job: a worker that was given up changes nothing.
    pub token: i64,
    /// How often the job was claimed before and not heard of again: what it takes down with it should not be tried for ever.
    /// A failure that was reported sets it back to 0.
    pub crashes: u32,
    /// How often the job failed through our fault.
    pub failures: u32,
}

/// What a finished job led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// The upload is the user's banner now.
    Current,
    /// A later upload came first: it is discarded, and its files are not needed.
    Superseded,
    /// The claim is not held any more: the files belong to whoever holds it, or, after a removal, to nobody.
    Lost,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// All jobs: ready, running and put off.
    pub jobs: u64,
    /// Those that failed through our fault and are not due yet.
    pub put_off: u64,
    /// When the first of all jobs was accepted.
    pub oldest: Option<Time>,
}
