//! A server's start and its end.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use masthead::{LevelError, SimdLevel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::auth::{Accounts, Authenticator};
use crate::engine::Engine;
use crate::jobs;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::pair;
use crate::rates::{self, Rates};
use crate::state::Shared;
use crate::storage::Storage;
use crate::store::{Store, StoreError};
use crate::timed::Timed;

/// A running server: cheap to clone, shared by all requests and jobs. [`app`](crate::app) makes a router of it.
///
/// It runs, and has its storage, until [`Server::close`]; dropping it does not end it.
#[derive(Clone)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
    /// The tasks that have jobs done and collect what they leave behind.
    background: Arc<Mutex<Vec<JoinHandle<()>>>>,
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
    /// The environment variable `MASTHEAD_SIMD` names no [`SimdLevel`].
    #[error(transparent)]
    Simd(#[from] LevelError),
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
    /// When an option or `MASTHEAD_SIMD` makes no sense, and when the store fails.
    pub async fn start(storage: Storage, options: Options) -> Result<Self, StartError> {
        let (storage, metrics) = timed(storage);
        let accounts = Arc::new(Accounts::new(Arc::clone(&storage.store)).with_clock(options.clock.clone()));
        Self::run(storage, accounts, options, metrics).await
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
        let (storage, metrics) = timed(storage);
        Self::run(storage, authenticator, options, metrics).await
    }

    async fn run(
        storage: Storage,
        authenticator: Arc<dyn Authenticator>,
        options: Options,
        metrics: Metrics,
    ) -> Result<Self, StartError> {
        // No job can be done with an unknown one.
        SimdLevel::from_env()?;
        let least = options.least_memory();
        if options.memory < least {
            return Err(StartError::Memory { given: options.memory, least });
        }
        let engine = Engine::new(&options).map_err(|error| StartError::Threads(error.to_string()))?;
        let rates = match &storage.lock {
            Some(_) => Some(Rates::load(&*storage.store, &options.clock, options.rate_window).await?),
            None => None,
        };
        let shared = Arc::new(Shared::new(storage, authenticator, engine, rates, options, metrics));
        let mut background = jobs::start(&shared).await?;
        background.push(tokio::spawn(rates::write_behind(Arc::clone(&shared))));
        Ok(Self { shared, background: Arc::new(Mutex::new(background)) })
    }

    /// From now on [`admin`](crate::admin) answers that the server is not ready: so that load balancers send their requests
    /// elsewhere before it stops to answer them.
    pub fn drain(&self) {
        self.shared.readiness.drain();
    }

    /// Ends the work: no job is started any more, and those in work may finish within `patience`. What is left stays
    /// in the storage and is done after the next start. Counts of requests are written.
    ///
    /// Stop answering requests first: uploads are still taken in after this, and not processed.
    pub async fn stop(&self, patience: Duration) {
        self.shared.stop();
        let background = mem::take(&mut *self.background.lock().unwrap_or_else(PoisonError::into_inner));
        let deadline = Instant::now() + patience;
        for mut task in background {
            let left = deadline.saturating_duration_since(Instant::now());
            if timeout(left, &mut task).await.is_err() {
                task.abort();
            }
        }
        // It takes a moment; a blob store that takes longer has it done after the next start.
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
        let _ = timeout(left, jobs::end(&self.shared)).await;
        // It takes a moment, and where it takes longer, no more is lost than by a kill.
        if let Some(rates) = &self.shared.rates {
            match timeout(Duration::from_secs(2), rates.write(&*self.shared.store)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "the last counts of requests could not be written"),
                Err(_) => tracing::error!("the last counts of requests could not be written in time"),
            }
        }
    }

    /// Ends the work as [`Server::stop`] does, and closes the storage: what is in memory and beside the database's file is written into
    /// it, so that the file alone is the whole database. Whatever still calls the server fails.
    pub async fn close(self, patience: Duration) {
        self.stop(patience).await;
        let Shared { store, blobs, exclusive, .. } = &*self.shared;
        if *exclusive && let Err(error) = pair::raise(&**store, blobs).await {
            tracing::error!(%error, "the generation of the storage was not raised");
        }
        store.close().await;
    }

    /// The metadata.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// The options it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.shared.options
    }
}

/// A storage whose calls are timed, and where.
fn timed(mut storage: Storage) -> (Storage, Metrics) {
    let metrics = Metrics::new();
    storage.store = Arc::new(Timed::new(storage.store, metrics.store_seconds()));
    storage.blobs = storage.blobs.timed(metrics.blob_seconds());
    (storage, metrics)
}
