//! The state that everything shares, its beginning and its end.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use masthead::{Options as ImageOptions, Processor, Threads};
use rayon::ThreadPool;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::auth::{Accounts, Authenticator};
use crate::blobs::Blobs;
use crate::budget::Budget;
use crate::jobs;
use crate::metrics::{Metrics, Readings};
use crate::options::Options;
use crate::storage::Storage;
use crate::store::{Store, StoreError};
use crate::waiting::Waiting;

/// A running server: cheap to clone, shared by all requests and jobs. [`app`](crate::app) makes a router of it.
///
/// It runs, and has its storage, until [`Server::stop`]; dropping it does not end it.
#[derive(Clone)]
pub struct Server {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Blobs,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) engine: Engine,
    pub(crate) waiting: Waiting,
    /// Signalled when there may be a job to do.
    pub(crate) wake: Notify,
    pub(crate) metrics: Metrics,
    /// For uploads whose sender is known.
    pub(crate) upload_budget: Budget,
    /// For forms: only when they have been read it is known who sends them.
    pub(crate) stranger_budget: Budget,
    pub(crate) job_budget: Budget,
    background: std::sync::Mutex<Vec<JoinHandle<()>>>,
    /// Becomes `true` when no more jobs are to be started.
    stop: watch::Sender<bool>,
    /// Whether nobody else works on the storage.
    pub(crate) exclusive: bool,
    /// Keeps the data folder locked.
    _lock: Option<std::fs::File>,
}

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

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// [`Options::memory`] is too little.
    #[error("memory is {given} bytes (expected at least {least})")]
    Memory {
        /// What was given.
        given: u64,
        /// What is needed.
        least: u64,
    },
    /// The threads could not be started.
    #[error("threads could not be started: {0}")]
    Threads(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Server {
    /// Starts a server with the users of the storage itself, and its jobs on the current tokio runtime.
    ///
    /// # Errors
    /// When an option makes no sense, and when the store fails.
    pub async fn start(storage: Storage, options: Options) -> Result<Self, StartError> {
        let accounts = Arc::new(Accounts::new(Arc::clone(&storage.store)));
        Self::start_with(storage, accounts, options).await
    }

    /// Starts a server with users of your own.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_with(
        storage: Storage,
        authenticator: Arc<dyn Authenticator>,
        options: Options,
    ) -> Result<Self, StartError> {
        let least = options.least_memory();
        if options.memory < least {
            return Err(StartError::Memory { given: options.memory, least });
        }
        let engine = Engine::new(&options)?;
        let Storage { store, blobs, lock } = storage;
        let inner = Arc::new(Inner {
            store,
            blobs,
            authenticator,
            engine,
            waiting: Waiting::default(),
            wake: Notify::new(),
            metrics: Metrics::new(),
            upload_budget: Budget::new(options.upload_memory() - options.stranger_memory()),
            stranger_budget: Budget::new(options.stranger_memory()),
            job_budget: Budget::new(options.image_memory()),
            options,
            background: std::sync::Mutex::default(),
            stop: watch::Sender::new(false),
            exclusive: lock.is_some(),
            _lock: lock,
        });
        let background = jobs::start(&inner).await?;
        inner.background.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(background);
        Ok(Self { inner })
    }

    /// Ends the work: no job is started any more, and those in work may finish within `patience`. What is left stays
    /// in the storage and is done after the next start.
    ///
    /// Stop answering requests first: uploads are still taken in after this, and not processed.
    pub async fn stop(&self, patience: Duration) {
        self.inner.stop.send_replace(true);
        let background =
            std::mem::take(&mut *self.inner.background.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let deadline = tokio::time::Instant::now() + patience;
        for mut task in background {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            if timeout(left, &mut task).await.is_err() {
                task.abort();
            }
        }
    }

    /// The metadata.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// The options it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.inner.options
    }
}

impl Inner {
    /// Resolves when no more jobs are to be started.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as `self`.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    pub(crate) async fn readings(&self) -> Result<Readings, StoreError> {
        let of = |budget: &Budget| (budget.in_use(), budget.total());
        Ok(Readings {
            queue_depth: self.store.jobs().await?,
            upload_memory: of(&self.upload_budget),
            stranger_memory: of(&self.stranger_budget),
            job_memory: of(&self.job_budget),
        })
    }
}

impl Engine {
    fn new(options: &Options) -> Result<Self, StartError> {
        let mut images: ImageOptions = options.images.clone();
        images.limits.memory = images.limits.memory.min(options.image_memory());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).thread_name(|n| format!("banner-{n}"));
        let pool = pool.build().map_err(|error| StartError::Threads(error.to_string()))?;
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
