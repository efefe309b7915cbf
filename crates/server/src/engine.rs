//! What makes banners: threads, and what they are told.

use std::sync::atomic::AtomicUsize;

use masthead::{Options as ImageOptions, Processor, Threads};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use sha2::{Digest, Sha256};

use crate::options::Options;

/// What makes banners.
pub(crate) struct Engine {
    pub(crate) pool: ThreadPool,
    /// For a job that is alone: its variants are made by all threads.
    pub(crate) alone: Processor,
    /// For jobs that come together: one thread each, with nothing to wait for.
    pub(crate) busy: Processor,
    /// Jobs that compute or are about to.
    pub(crate) computing: AtomicUsize,
    /// Of the settings that decide what a banner looks like.
    pub(crate) fingerprint: [u8; 32],
}

impl Engine {
    pub(crate) fn new(options: &Options) -> Result<Self, ThreadPoolBuildError> {
        let mut images: ImageOptions = options.images.clone();
        images.limits.memory = images.limits.memory.min(options.image_memory());
        let pool =
            ThreadPoolBuilder::new().num_threads(options.threads).thread_name(|n| format!("banner-{n}")).build()?;
        // The options' own description: it changes whenever a setting does.
        let settings = format!("{} {:?}", env!("CARGO_PKG_VERSION"), images.clone().with_threads(Threads::Pool));
        Ok(Self {
            pool,
            alone: Processor::new(images.clone().with_threads(Threads::Pool)),
            busy: Processor::new(images.with_threads(Threads::Caller)),
            computing: AtomicUsize::new(0),
            fingerprint: Sha256::digest(settings).into(),
        })
    }
}
