//! Whether a server can work: asked for by load balancers, often, so looked into once a second at most.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::blobs::Blobs;
use crate::store::Store;

/// How long what was found out is good for.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// How long the database and the blob store may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Whether a server can work, as it was found out last.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    draining: AtomicBool,
    latest: Mutex<Option<(Instant, Found)>>,
}

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Whether the database answers.
    pub(crate) database: bool,
    /// Whether the blob store takes files.
    pub(crate) blobs: bool,
}

impl Readiness {
    /// From now on the server is not ready, whatever else it is: it is about to end.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Looks into it, or says what was found less than a second ago. Who asks meanwhile waits for the same answer.
    pub(crate) async fn check(&self, store: &dyn Store, blobs: &Blobs) -> Found {
        let mut latest = self.latest.lock().await;
        if let Some((at, found)) = *latest
            && at.elapsed() < GOOD_FOR
        {
            return found;
        }
        let (database, blobs) = tokio::join!(answers("database", store.ping()), answers("blobs", blobs.ping()));
        let found = Found { database, blobs };
        *latest = Some((Instant::now(), found));
        found
    }
}

async fn answers<E: fmt::Display>(part: &str, ping: impl Future<Output = Result<(), E>>) -> bool {
    match timeout(ANSWERS_WITHIN, ping).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::error!(part, %error, "not ready"),
        Err(_) => tracing::error!(part, "not ready: no answer within {} s", ANSWERS_WITHIN.as_secs()),
    }
    false
}
