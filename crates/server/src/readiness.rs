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
    latest: Mutex<Option<Latest>>,
}

#[derive(Debug)]
struct Latest {
    at: Instant,
    /// What was wrong with database and blobs.
    wrong: [Option<String>; 2],
}

impl Latest {
    fn found(&self) -> Found {
        let [database, blobs] = self.wrong.each_ref().map(Option::is_none);
        Found { database, blobs }
    }
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
        if let Some(latest) = &*latest
            && latest.at.elapsed() < GOOD_FOR
        {
            return latest.found();
        }
        let wrong: [_; 2] = tokio::join!(trouble(store.ping()), trouble(blobs.ping())).into();
        let before = latest.take().map(|latest| latest.wrong).unwrap_or_default();
        for (part, (before, now)) in ["database", "blobs"].into_iter().zip(before.iter().zip(&wrong)) {
            tell(part, before.as_deref(), now.as_deref());
        }
        latest.insert(Latest { at: Instant::now(), wrong }).found()
    }
}

/// What is wrong with a part, if anything.
async fn trouble<E: fmt::Display>(ping: impl Future<Output = Result<(), E>>) -> Option<String> {
    match timeout(ANSWERS_WITHIN, ping).await {
        Ok(answer) => answer.err().map(|error| error.to_string()),
        Err(_) => Some(format!("no answer within {} s", ANSWERS_WITHIN.as_secs())),
    }
}

/// Logs what has changed: an outage is asked about each second, and is one line at its begin and one at its end.
fn tell(part: &str, before: Option<&str>, now: Option<&str>) {
    match now {
        Some(error) if before != now => tracing::error!(part, error, "not ready"),
        None if before.is_some() => tracing::info!(part, "ready again"),
        _ => {}
    }
}
