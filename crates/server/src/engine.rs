//! What makes banners: threads, and what they are told.

use std::sync::atomic::AtomicUsize;

use masthead::{CropPolicy, Options as ImageOptions, Processor, Threads};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use sha2::{Digest, Sha256};

use crate::options::Options;

/// What makes banners.
pub(crate) struct Engine {
    pub(crate) pool: ThreadPool,
    /// Prepares jobs for one thread, the least that they need memory for.
    pub(crate) processor: Processor,
    /// The same, but a region that reaches outside its picture is cut to it.
    pub(crate) clamping: Processor,
    /// Jobs that compute or are about to.
    pub(crate) computing: AtomicUsize,
    /// Of the settings that decide what a banner looks like.
    pub(crate) fingerprint: [u8; 32],
}

impl Engine {
    pub(crate) fn new(options: &Options) -> Result<Self, ThreadPoolBuildError> {
        let mut images: ImageOptions = options.images.clone().with_threads(Threads::Caller);
        images.limits.memory = images.limits.memory.min(options.image_memory());
        let pool =
            ThreadPoolBuilder::new().num_threads(options.threads).thread_name(|n| format!("banner-{n}")).build()?;
        // The options' own description: it changes whenever a setting does.
        let settings = format!("{} {images:?}", env!("CARGO_PKG_VERSION"));
        Ok(Self {
            pool,
            processor: Processor::new(images.clone()),
            clamping: Processor::new(images.with_crop_policy(CropPolicy::Clamp)),
            computing: AtomicUsize::new(0),
            fingerprint: Sha256::digest(settings).into(),
        })
    }
}
