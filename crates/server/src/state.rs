//! What requests and jobs share.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::auth::Authenticator;
use crate::blobs::Blobs;
use crate::budget::Budget;
use crate::clock::Clock;
use crate::engine::Engine;
use crate::id::Time;
use crate::jobs::Discarded;
use crate::metrics::{Metrics, Readings};
use crate::options::Options;
use crate::rates::Rates;
use crate::readiness::Readiness;
use crate::storage::Storage;
use crate::store::{Store, StoreError};
use crate::upload_memory::UploadMemory;
use crate::waiting::Waiting;

/// What requests and jobs share: one for each server, in an [`Arc`].
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Blobs,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) engine: Engine,
    pub(crate) waiting: Waiting,
    /// Originals that the collector is to delete.
    pub(crate) discarded: Discarded,
    /// Signalled when there may be a job to do.
    pub(crate) wake: Notify,
    pub(crate) metrics: Metrics,
    pub(crate) readiness: Readiness,
    /// Windows and nonces. `None` where the storage is shared: they are counted there.
    pub(crate) rates: Option<Rates>,
    /// For uploads whose sender is known.
    pub(crate) upload_memory: UploadMemory,
    /// For forms: only when they have been read it is known who sends them.
    pub(crate) stranger_memory: UploadMemory,
    /// For jobs in work.
    pub(crate) job_budget: Budget,
    /// For prepared jobs that wait for a worker.
    pub(crate) prepared_budget: Budget,
    /// Becomes `true` when no more jobs are to be started.
    stop: watch::Sender<bool>,
    /// Whether nobody else works on the storage.
    pub(crate) exclusive: bool,
    /// Keeps the data folder locked.
    _lock: Option<File>,
}

impl Shared {
    pub(crate) fn new(
        storage: Storage,
        authenticator: Arc<dyn Authenticator>,
        engine: Engine,
        rates: Option<Rates>,
        options: Options,
        metrics: Metrics,
    ) -> Self {
        let Storage { store, blobs, lock } = storage;
        let uploads = |bytes| UploadMemory::new(bytes, options.largest_upload());
        Self {
            store,
            blobs,
            authenticator,
            engine,
            waiting: Waiting::default(),
            discarded: Discarded::default(),
            wake: Notify::new(),
            metrics,
            readiness: Readiness::default(),
            rates,
            upload_memory: uploads(options.upload_memory() - options.stranger_memory()),
            stranger_memory: uploads(options.stranger_memory()),
            job_budget: Budget::new(options.image_memory()),
            prepared_budget: Budget::new(options.prepared_memory()),
            clock: options.clock.clone(),
            options,
            stop: watch::Sender::new(false),
            exclusive: lock.is_some(),
            _lock: lock,
        }
    }

    /// From now on no more jobs are started.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

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
        let now = self.clock.now();
        let queue = self.store.queue(now).await?;
        let age = |oldest: Time| Duration::from_millis((now.0 - oldest.0).max(0).unsigned_abs());
        Ok(Readings {
            queue_depth: queue.jobs,
            put_off: queue.put_off,
            oldest_job: queue.oldest.map(age).unwrap_or_default(),
            upload_memory: (self.upload_memory.in_use(), self.upload_memory.total()),
            stranger_memory: (self.stranger_memory.in_use(), self.stranger_memory.total()),
            job_memory: of(&self.job_budget),
            prepared_memory: of(&self.prepared_budget),
        })
    }
}
