//! Figures for operations, in the text format of Prometheus.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Seconds, from a refusal by its header to a picture at the limits on a busy machine.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What is counted and timed. Each server has its own.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    refusals: Family<KindLabels, Counter>,
    upload_bytes: Counter,
    stages: Family<StageLabels, Histogram, fn() -> Histogram>,
    jobs: Family<OutcomeLabels, Counter>,
    queue_depth: Gauge,
    memory: Family<MemoryLabels, Gauge>,
    memory_in_use: Family<MemoryLabels, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
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
        let refusals = Family::default();
        registry.register("refusals", "Refused requests by kind", refusals.clone());
        let upload_bytes = Counter::default();
        let help = "Bytes of request bodies that were read";
        registry.register_with_unit("upload", help, Unit::Bytes, upload_bytes.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let stages = Family::new_with_constructor(histogram);
        let help = "How long the stages of jobs took: wait, read (of those that were not handed over in memory), memory, decode, resample, \
                    encode, store";
        registry.register_with_unit("job_stage", help, Unit::Seconds, stages.clone());
        let jobs = Family::default();
        registry.register("jobs", "Jobs by what became of them", jobs.clone());
        let queue_depth = Gauge::default();
        registry.register("queue_depth", "Uploads that wait or are in work", queue_depth.clone());
        let memory = Family::default();
        let help =
            "The memory budgets: for uploads, for forms, for images, and for prepared jobs that wait for a worker";
        registry.register_with_unit("memory_budget", help, Unit::Bytes, memory.clone());
        let memory_in_use = Family::default();
        let help = "How much of each memory budget is in use";
        registry.register_with_unit("memory_budget_in_use", help, Unit::Bytes, memory_in_use.clone());
        Self { registry, requests, refusals, upload_bytes, stages, jobs, queue_depth, memory, memory_in_use }
    }

    /// A request was answered. `route` is the pattern that matched, never what the client made up.
    pub(crate) fn request(&self, method: &str, route: &str, status: u16) {
        let labels = RequestLabels { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
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

    /// All figures as text.
    pub(crate) fn text(&self, readings: &Readings) -> String {
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.queue_depth.set(gauge(readings.queue_depth));
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
        text::encode(&mut out, &self.registry).expect("a String takes all that is written");
        out
    }
}
