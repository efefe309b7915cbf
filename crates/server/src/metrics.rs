//! Figures for operations, in the text format of Prometheus.

use std::hash::Hash;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::process;

/// Seconds, from a refusal by its header to a picture at the limits on a busy machine.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How long calls took, by operation. Clones are the same figures.
pub(crate) type Latencies = Times<OperationLabels>;

/// How long something took, by what tells it apart.
type Times<Labels> = Family<Labels, Histogram, fn() -> Histogram>;

/// Figures of their own, with nothing in them yet.
pub(crate) fn times<Labels: Clone + Eq + Hash>() -> Times<Labels> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}

/// What is counted and timed. Each server has its own.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    given_up: Family<RouteLabels, Counter>,
    request_seconds: Times<RouteLabels>,
    store_seconds: Latencies,
    blob_seconds: Latencies,
    refusals: Family<KindLabels, Counter>,
    upload_bytes: Counter,
    stages: Times<StageLabels>,
    jobs: Family<OutcomeLabels, Counter>,
    quarantined: Counter,
    returned: Counter,
    queue_depth: Gauge,
    put_off: Gauge,
    oldest_job: Gauge<f64, AtomicU64>,
    memory: Family<MemoryLabels, Gauge>,
    memory_in_use: Family<MemoryLabels, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

/// What was called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct OperationLabels {
    pub(crate) operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MemoryLabels {
    of: &'static str,
}

/// What is read when the figures are asked for.
pub(crate) struct Readings {
    pub(crate) queue_depth: u64,
    pub(crate) put_off: u64,
    /// How long ago the first job in the queue was accepted; 0 when it is empty.
    pub(crate) oldest_job: Duration,
    pub(crate) upload_memory: (u64, u64),
    pub(crate) stranger_memory: (u64, u64),
    pub(crate) job_memory: (u64, u64),
    pub(crate) prepared_memory: (u64, u64),
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("masthead");
        let requests = Family::default();
        registry.register("requests", "Requests by route and status", requests.clone());
        let given_up = Family::default();
        let help = "Requests whose clients hung up, or were hung up on, before they were answered";
        registry.register("requests_given_up", help, given_up.clone());
        let request_seconds = times();
        let help = "How long requests took, from their head to that of their answer";
        registry.register_with_unit("request", help, Unit::Seconds, request_seconds.clone());
        let store_seconds = times();
        registry.register_with_unit("store", "How long calls of the store took", Unit::Seconds, store_seconds.clone());
        let blob_seconds = times();
        let help = "How long calls of the blob store took";
        registry.register_with_unit("blob", help, Unit::Seconds, blob_seconds.clone());
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build_info", "What runs", build);
        let refusals = Family::default();
        registry.register("refusals", "Refused requests by kind", refusals.clone());
        let upload_bytes = Counter::default();
        let help = "Bytes of request bodies that were read";
        registry.register_with_unit("upload", help, Unit::Bytes, upload_bytes.clone());
        let stages = times();
        let help = "How long the stages of jobs took: wait, read (of those that were not handed over in memory), memory, decode, resample, \
                    encode, store";
        registry.register_with_unit("job_stage", help, Unit::Seconds, stages.clone());
        let jobs = Family::default();
        registry.register("jobs", "Jobs by what became of them", jobs.clone());
        let quarantined = Counter::default();
        let help = "Files that were moved into the quarantine: the database does not know them, or nothing needs them";
        registry.register("quarantined_files", help, quarantined.clone());
        let returned = Counter::default();
        let help = "Files that came back from the quarantine, as the database knows them again";
        registry.register("returned_files", help, returned.clone());
        let queue_depth = Gauge::default();
        registry.register("queue_depth", "Uploads that wait or are in work", queue_depth.clone());
        let put_off = Gauge::default();
        let help =
            "Uploads that are tried again later: a database or blob store that cannot be used has them wait here";
        registry.register("jobs_put_off", help, put_off.clone());
        let oldest_job = Gauge::default();
        let help = "How long ago the first upload that waits or is in work was accepted";
        registry.register_with_unit("oldest_job", help, Unit::Seconds, oldest_job.clone());
        let memory = Family::default();
        let help =
            "The memory budgets: for uploads, for forms, for images, and for prepared jobs that wait for a worker";
        registry.register_with_unit("memory_budget", help, Unit::Bytes, memory.clone());
        let memory_in_use = Family::default();
        let help = "How much of each memory budget is in use";
        registry.register_with_unit("memory_budget_in_use", help, Unit::Bytes, memory_in_use.clone());
        Self {
            registry,
            requests,
            given_up,
            request_seconds,
            store_seconds,
            blob_seconds,
            refusals,
            upload_bytes,
            stages,
            jobs,
            quarantined,
            returned,
            queue_depth,
            put_off,
            oldest_job,
            memory,
            memory_in_use,
        }
    }

    /// A request was answered. `route` is the pattern that matched, never what the client made up.
    pub(crate) fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { method, route: route.to_owned(), status }).inc();
        let labels = RouteLabels { method, route: route.to_owned() };
        self.request_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// A request came to its end without an answer.
    pub(crate) fn given_up(&self, method: &'static str, route: &str) {
        self.given_up.get_or_create(&RouteLabels { method, route: route.to_owned() }).inc();
    }

    /// Where the store's calls are timed.
    pub(crate) fn store_seconds(&self) -> Latencies {
        self.store_seconds.clone()
    }

    /// Where the blob store's calls are timed.
    pub(crate) fn blob_seconds(&self) -> Latencies {
        self.blob_seconds.clone()
    }

    pub(crate) fn refusal(&self, kind: &'static str) {
        self.refusals.get_or_create(&KindLabels { kind }).inc();
    }

    pub(crate) fn uploaded(&self, bytes: u64) {
        self.upload_bytes.inc_by(bytes);
    }

    pub(crate) fn stage(&self, stage: &'static str, took: Duration) {
        self.stages.get_or_create(&StageLabels { stage }).observe(took.as_secs_f64());
    }

    pub(crate) fn job(&self, outcome: &'static str) {
        self.jobs.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn quarantined(&self, files: usize) {
        self.quarantined.inc_by(files as u64);
    }

    pub(crate) fn returned(&self, files: usize) {
        self.returned.inc_by(files as u64);
    }

    /// All figures as text.
    pub(crate) fn text(&self, readings: &Readings) -> String {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.queue_depth.set(gauge(readings.queue_depth));
        self.put_off.set(gauge(readings.put_off));
        self.oldest_job.set(readings.oldest_job.as_secs_f64());
        let budgets = [
            ("uploads", readings.upload_memory),
            ("forms", readings.stranger_memory),
            ("images", readings.job_memory),
            ("prepared", readings.prepared_memory),
        ];
        for (of, (used, total)) in budgets {
            self.memory.get_or_create(&MemoryLabels { of }).set(gauge(total));
            self.memory_in_use.get_or_create(&MemoryLabels { of }).set(gauge(used));
        }
        let mut out = String::new();
        for registry in [&self.registry, &process::figures()] {
            text::encode_registry(&mut out, registry).expect("a String takes all that is written");
        }
        text::encode_eof(&mut out).expect("a String takes all that is written");
        out
    }
}
