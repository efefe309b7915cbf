//! The options of a server, and how they divide its memory.

use std::time::Duration;

use axum::http::HeaderMap;
use masthead::Options as ImageOptions;

use crate::clock::Clock;
use crate::cors::WebOrigin;
use crate::public_url::PublicUrl;

/// What a server does, and what it refuses.
#[derive(Clone, Debug)]
pub struct Options {
    /// How banners are made. [`masthead::Options::threads`] has no meaning here: a job that is alone gets all threads,
    /// jobs that come together get one each. [`masthead::Limits::memory`] is lowered to what [`Options::memory`] leaves
    /// for images. Default: [`masthead::Options::default`].
    pub images: ImageOptions,
    /// Where clients reach this server, without a slash at the end, such as `https://banners.example.com`. It stands in
    /// the URLs of banners, and signatures are checked against it. `None`: what the request says. Default: `None`.
    pub public_url: Option<PublicUrl>,
    /// Which header the proxy in front of this server sets, to say where clients reached us and which address they have. Only for a
    /// server that nobody can reach but through that proxy. Default: [`ProxyHeader::None`].
    pub trust_forwarded: ProxyHeader,
    /// Sites whose pages may call the API from a browser. Images are for all. Default: none.
    pub allow_origins: Vec<WebOrigin>,
    /// Called with the span of each request, before anything is done in it, and the request's headers: to link it to a trace of
    /// the program's own. With it the span has the fields `otel.name`, `otel.kind` and, after a failure of ours, `otel.status_code`.
    /// Default: `None`.
    pub link_span: Option<fn(&tracing::Span, &HeaderMap)>,
    /// How long an upload waits for its job before it is answered with 202. 0: not at all. Default: 2 seconds.
    pub respond_within: Duration,
    /// Threads that make banners, at least 1. Default: one for each CPU.
    pub threads: usize,
    /// Memory for uploads and images together, in bytes, at least [`Options::least_memory`]. A quarter of it is for
    /// uploads on their way in, half of that for forms, whose sender is known only when they have been read. Of each half a user or an
    /// address may have a quarter at once, or one upload of the greatest size where that is more. Default: 512 MiB.
    pub memory: u64,
    /// Uploads that may wait or be in work; more are refused with 503. Default: 256.
    pub queue: u64,
    /// Uploads that a user may make in a window, and removals. Default: 30.
    pub uploads_per_window: u32,
    /// Calls of each other kind that a user may make in a window. Default: 180.
    pub reads_per_window: u32,
    /// The length of a window. Default: 15 minutes.
    pub rate_window: Duration,
    /// How slow a client may be. Default: [`Patience::default`].
    pub patience: Patience,
    /// How long a banner can still be fetched after it was superseded or removed. Default: 1 hour.
    pub grace: Duration,
    /// How long files that the database does not know are kept aside before they are deleted. Default: 7 days.
    pub quarantine: Duration,
    /// Whether originals are kept for as long as their banners. Default: `false`.
    pub keep_originals: bool,
    /// The clock that the server reads. Default: the machine's.
    pub clock: Clock,
}

impl Options {
    /// The least [`Options::memory`] whatever the other options are.
    pub const MIN_MEMORY: u64 = 64 << 20;

    /// The least [`Options::memory`] with the other options as they are: a picture of the greatest size in base64 must fit
    /// beside its bytes into what is for uploads of strangers.
    #[must_use]
    pub fn least_memory(&self) -> u64 {
        self.largest_upload().saturating_mul(8).max(Self::MIN_MEMORY).next_multiple_of(1 << 20)
    }

    /// A picture of the greatest size in base64 with its line ends and urlencoded, and something for the parameters.
    pub(crate) fn longest_body(&self) -> u64 {
        let bytes = self.images.limits.bytes as u64;
        (bytes + bytes / 2).saturating_add(bytes / 16).saturating_add(64 << 10)
    }

    /// What one upload on its way in may take: its body, and the picture beside it where that is base64.
    pub(crate) fn largest_upload(&self) -> u64 {
        self.longest_body().saturating_add(self.images.limits.bytes as u64)
    }

    /// What uploads on their way in may take.
    pub(crate) fn upload_memory(&self) -> u64 {
        self.memory / 4
    }

    /// What those of them may take whose sender is not known before they are read. The rest is not theirs to use up.
    pub(crate) fn stranger_memory(&self) -> u64 {
        self.upload_memory() / 2
    }

    /// What jobs may take, waiting and in work, their originals included.
    pub(crate) fn job_memory(&self) -> u64 {
        self.memory - self.upload_memory()
    }

    /// How many jobs are in work at once: three times as many as there are threads, as one computes while others wait for
    /// the disk; fewer where their originals would take more than a quarter of the memory.
    pub(crate) fn jobs_at_once(&self) -> usize {
        let original = (self.images.limits.bytes as u64).max(1);
        let fit = usize::try_from(self.job_memory() / 4 / original).unwrap_or(usize::MAX);
        (3 * self.threads).min(fit).max(1)
    }

    /// What prepared jobs may take that wait for a worker in memory; the others are read again.
    pub(crate) fn prepared_memory(&self) -> u64 {
        self.job_memory() / 16
    }

    /// What jobs in work may take beside their originals.
    pub(crate) fn image_memory(&self) -> u64 {
        let originals = self.jobs_at_once() as u64 * self.images.limits.bytes as u64;
        self.job_memory().saturating_sub(self.prepared_memory()).saturating_sub(originals)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            images: ImageOptions::default(),
            public_url: None,
            trust_forwarded: ProxyHeader::None,
            allow_origins: Vec::new(),
            link_span: None,
            respond_within: Duration::from_secs(2),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory: 512 << 20,
            queue: 256,
            uploads_per_window: 30,
            reads_per_window: 180,
            rate_window: Duration::from_secs(15 * 60),
            patience: Patience::default(),
            grace: Duration::from_secs(60 * 60),
            quarantine: Duration::from_secs(7 * 24 * 60 * 60),
            keep_originals: false,
            clock: Clock::default(),
        }
    }
}

/// What a proxy in front of a server says of a request, in which header. What stands in the other one is a client's own word, and
/// never counts; of several entries the last one does, the proxy's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// There is no proxy, or it is not to be believed.
    #[default]
    None,
    /// `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For`.
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// How slow the body of a request may come in. Only time that we wait for the client counts, not what it waits for us: for
/// memory, or for the disk.
///
/// The defaults are for a phone on a bad line: EDGE in the countryside sends 7 KiB a second, and a line that loses packets is silent
/// for up to 8 seconds before the fourth copy of one comes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The longest silence. Default: 10 seconds.
    pub silence: Duration,
    /// The least bytes a second, as a mean over each [`Patience::window`]. Default: 4 KiB.
    pub rate: u64,
    /// The time that is looked at; the first one is twice as long, as lines take a while to get going. Default: 10 seconds.
    pub window: Duration,
    /// The least bytes a second while others wait for memory that this body holds, as a mean over a tenth of [`Patience::window`]: who is
    /// slower than that is refused with 503, to come again. Default: 64 KiB.
    pub busy_rate: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { silence: Duration::from_secs(10), rate: 4 << 10, window: Duration::from_secs(10), busy_rate: 64 << 10 }
    }
}
