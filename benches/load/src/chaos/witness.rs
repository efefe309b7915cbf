//! What the server says of itself while it runs: which requests met a fault of the blob store, by its log, and how full it is, by
//! its metrics.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use masthead_server::{Server, admin};
use tokio::time::{Instant, sleep};
use tower::ServiceExt;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Where the faults of [`masthead_server::Faults`] are reported.
const FAULTS: &str = "masthead_server::faults";

/// The ids of requests that a fault was met in. Of the whole process, as its log is; ids are never used twice.
static STRUCK: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

fn struck() -> MutexGuard<'static, HashSet<String>> {
    STRUCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The requests that a fault was met in, up to now.
pub(crate) fn struck_requests() -> HashSet<String> {
    struck().clone()
}

/// Listens to the log of this process from now on.
pub(crate) fn listen() {
    // It listens already when this is not the first run.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Listener));
}

struct Listener;

/// The id of a request, kept with its span.
struct RequestId(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span() && *metadata.level() <= tracing::Level::INFO || metadata.target() == FAULTS
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut found = Find(None);
        attributes.record(&mut found);
        if let (Some(span), Some(request)) = (context.span(id), found.0) {
            span.extensions_mut().insert(RequestId(request));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let scope = context.event_scope(event).into_iter().flatten();
        for span in scope {
            if let Some(RequestId(id)) = span.extensions().get() {
                struck().insert(id.clone());
            }
        }
    }
}

/// Finds the field `id`.
struct Find(Option<String>);

impl Visit for Find {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "id" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "id" {
            self.0 = Some(format!("{value:?}"));
        }
    }
}

/// How full the server was at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) at: Instant,
    /// Uploads that wait or are in work.
    pub(crate) queued: u64,
    /// What was free of the memory for uploads, in bytes, and of that for forms: the lesser.
    pub(crate) free: u64,
}

/// Looks on.
pub(crate) struct Witness {
    router: Router,
    samples: Mutex<Vec<Sample>>,
}

impl Witness {
    pub(crate) fn new(server: &Server) -> Arc<Self> {
        Arc::new(Self { router: admin(server.clone()), samples: Mutex::default() })
    }

    /// Looks how full the server is, again and again.
    pub(crate) async fn look_on(self: Arc<Self>, pause: Duration) {
        loop {
            // Without samples nothing is excused.
            if let Some(sample) = self.look().await {
                self.lock().push(sample);
            }
            sleep(pause).await;
        }
    }

    pub(crate) fn samples(&self) -> Vec<Sample> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Sample>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn look(&self) -> Option<Sample> {
        let request = Request::get("/metrics").body(Body::empty()).ok()?;
        let response = self.router.clone().oneshot(request).await.ok()?;
        let body = to_bytes(response.into_body(), usize::MAX).await.ok()?;
        let text = std::str::from_utf8(&body).ok()?;
        let figure = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
        let free = |of: &str| {
            let total = figure(&format!("masthead_memory_budget_bytes{{of=\"{of}\"}}"))?;
            Some(total.saturating_sub(figure(&format!("masthead_memory_budget_in_use_bytes{{of=\"{of}\"}}"))?))
        };
        let free = free("uploads")?.min(free("forms")?);
        Some(Sample { at: Instant::now(), queued: figure("masthead_queue_depth")?, free })
    }
}
