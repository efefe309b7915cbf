//! What a server does, and what it refuses.

use std::fmt;
use std::time::Duration;

use masthead::Options as ImageOptions;

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
    /// Whether `Forwarded` and `X-Forwarded-Proto`, `-Host` say where the client reached us. Only for a server that nobody
    /// can reach but through a proxy that sets them. Default: `false`.
    pub trust_forwarded: bool,
    /// How long an upload waits for its job before it is answered with 202. 0: not at all. Default: 2 seconds.
    pub respond_within: Duration,
    /// Threads that make banners. Default: one for each CPU.
    pub threads: usize,
    /// Memory for uploads and images together, in bytes, at least [`Options::MIN_MEMORY`]. A quarter of it is for
    /// uploads on their way in. Default: 512 MiB.
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
    /// Whether originals are kept for as long as their banners. Default: `false`.
    pub keep_originals: bool,
}

impl Options {
    /// The least [`Options::memory`]: room for an upload of the default size beside a job.
    pub const MIN_MEMORY: u64 = 64 << 20;

    /// What uploads on their way in may take.
    pub(crate) fn upload_memory(&self) -> u64 {
        self.memory / 4
    }

    /// What jobs may take.
    pub(crate) fn job_memory(&self) -> u64 {
        self.memory - self.upload_memory()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            images: ImageOptions::default(),
            public_url: None,
            trust_forwarded: false,
            respond_within: Duration::from_secs(2),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory: 512 << 20,
            queue: 256,
            uploads_per_window: 30,
            reads_per_window: 180,
            rate_window: Duration::from_secs(15 * 60),
            patience: Patience::default(),
            grace: Duration::from_secs(60 * 60),
            keep_originals: false,
        }
    }
}

/// How slow the body of a request may come in: after `grace` and one second for each `rate` bytes it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Default: 10 seconds.
    pub grace: Duration,
    /// Bytes a second, at least 1. Default: 16 KiB.
    pub rate: u64,
}

impl Patience {
    /// How long the first `bytes` of a body may take.
    #[must_use]
    pub fn allowance(&self, bytes: u64) -> Duration {
        self.grace + Duration::from_millis(bytes.saturating_mul(1000) / self.rate.max(1))
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { grace: Duration::from_secs(10), rate: 16 << 10 }
    }
}

/// Where clients reach a server.
///
/// # Guarantees
/// - `http://` or `https://`, a host, perhaps a port and a path; no user, query or fragment, no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Checks a URL. Slashes at its end are dropped.
    ///
    /// # Errors
    /// With what is wrong with it.
    ///
    /// ```
    /// use masthead_server::PublicUrl;
    ///
    /// assert_eq!(PublicUrl::new("https://example.com/api/").unwrap().as_str(), "https://example.com/api");
    /// assert!(PublicUrl::new("example.com").is_err());
    /// ```
    pub fn new(url: &str) -> Result<Self, String> {
        let refuse =
            |why: &str| Err(format!("invalid public URL {url:?}: {why} (expected https://HOST[:PORT][/PATH])"));
        let Ok(uri) = url.parse::<axum::http::Uri>() else { return refuse("it is no URL") };
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return refuse("it does not start with http:// or https://");
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.is_empty() || authority.contains('@') {
            return refuse("it needs a host and no user");
        }
        if uri.query().is_some() || url.contains('#') {
            return refuse("it has a query or a fragment");
        }
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }

    /// The URL, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
