//! The options of a server. Each can be given as an environment variable too.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{BoolishValueParser, TypedValueParser};
use clap::{Arg, ArgAction, Command};
use masthead::CropPolicy;
use masthead_server::{Options, Patience, ProxyHeader, PublicUrl, WebOrigin};

use super::connection_args::ConnectionArgs;
use super::log::LogArgs;
use crate::banner::BannerArgs;
use crate::data::DataArgs;
use crate::numbers::whole;
use crate::values::{parse_duration, parse_size};

/// Run a server that people upload their profile banners to.
///
/// It takes uploads over the profile-banner calls of the v1.1 REST API, so that the client libraries people already have
/// work with it, makes every size of the set, and serves them. With no options it listens on 127.0.0.1:8080 and keeps
/// everything in ./masthead-data: an SQLite database with users, their secrets and the state of all uploads, and the
/// pictures as files. One server at a time has a folder to itself; 'masthead user' works beside it.
///
/// An upload that was acknowledged is on disk: whenever the server is stopped, killed or cut from power, it goes on with it
/// after the next start. After SIGTERM /readyz says no and the port stays open for --drain, so that load balancers send their requests
/// elsewhere; then, and at once after Control-C, what is in flight may finish within --shutdown-timeout. A second signal ends it at once.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES, mut_args(for_servers))]
pub(crate) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080", value_parser = parse_address)]
    pub(super) listen: SocketAddr,

    /// Address and port for those who run the server: /healthz, /readyz and /metrics, over plain HTTP, for everybody who can reach it;
    /// off: none
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8081", value_parser = parse_admin)]
    pub(super) admin: Admin,

    #[command(flatten)]
    pub(super) data: DataArgs,

    #[command(flatten)]
    reach: ReachArgs,

    #[command(flatten)]
    pub(super) connections: ConnectionArgs,

    #[command(flatten)]
    limits: LimitArgs,

    #[command(flatten)]
    keep: KeepArgs,

    #[command(flatten)]
    pub(super) log: LogArgs,

    /// Send traces to the OpenTelemetry collector that is here, such as http://127.0.0.1:4318 (OTLP over HTTP); OTEL_EXPORTER_OTLP_ENDPOINT
    /// says so as well
    #[cfg(feature = "otel")]
    #[arg(long, value_name = "URL", help_heading = "Log", value_parser = super::otel::parse_endpoint)]
    pub(super) otlp_endpoint: Option<axum::http::Uri>,

    /// Where a region reaches outside its picture, use what is inside instead of refusing it
    #[arg(long, help_heading = "Files")]
    clamp: bool,

    #[command(flatten)]
    banner: BannerArgs,
}

/// Where the server can be asked how it is.
#[derive(Clone, Copy)]
pub(super) struct Admin(pub(super) Option<SocketAddr>);

/// How clients reach the server.
#[derive(clap::Args)]
#[command(next_help_heading = "Reach")]
// What stands here is read in a terminal.
#[allow(rustdoc::bare_urls)]
struct ReachArgs {
    /// Where clients reach this server, such as https://banners.example.com: it stands in the addresses of banners, and
    /// signatures are checked against it [default: what each request says]
    #[arg(long, value_name = "URL", value_parser = PublicUrl::new)]
    public_url: Option<PublicUrl>,

    /// Believe what a proxy says of where clients reached it and which address they have: x-forwarded (X-Forwarded-Proto, -Host and
    /// -For; also without a value) or forwarded (RFC 7239). Only behind a proxy that sets them, with no way around it
    #[arg(long, value_name = "HEADER", num_args = 0..=1, default_missing_value = "x-forwarded", default_value = "false",
          hide_default_value = true, value_parser = parse_proxy_header)]
    trust_forwarded: ProxyHeader,

    /// Serve HTTPS with this certificate and those above it (PEM); read again on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Let pages of this site call the API from a browser, such as https://app.example.com; may be given several times. Images are for all
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',', value_parser = WebOrigin::new)]
    allow_origin: Vec<WebOrigin>,

    /// How long an upload waits for its banner before it is answered with 202; 0: not at all
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = |value: &str| parse_duration(value, "0", "1h"))]
    respond_within: Duration,
}

/// What the server may take, and what a user may.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// Memory for uploads and pictures together, at least about 21 times --max-bytes
    #[arg(long, value_name = "SIZE", default_value = "512MiB", value_parser = parse_memory)]
    memory: u64,

    /// Threads that make banners, 1 to 1024 [default: one for each core]
    #[arg(long, value_name = "N", value_parser = whole(1..=1024_u16))]
    threads: Option<u16>,

    /// Uploads that may wait or be in work; more are refused with 503
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = whole(1..=1_000_000_u64))]
    queue: u64,

    /// Uploads that a user may make in a window of time, and as many removals
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = whole(1..=u32::MAX))]
    uploads_per_window: u32,

    /// Calls of each other kind that a user may make in a window
    #[arg(long, value_name = "N", default_value_t = 180, value_parser = whole(1..=u32::MAX))]
    reads_per_window: u32,

    /// How long a window is
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = |value: &str| parse_duration(value, "1s", "30d"))]
    rate_window: Duration,

    /// How long the body of a request may bring nothing
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = |value: &str| parse_duration(value, "100ms", "1h"))]
    body_timeout: Duration,

    /// How much of the body of a request must come in a second, as a mean over 10 seconds; while others wait for its memory, 16 times
    /// as much
    #[arg(long, value_name = "SIZE", default_value = "4KiB", value_parser = parse_size)]
    body_rate: u64,
}

/// What is kept.
#[derive(clap::Args)]
#[command(next_help_heading = "Storage")]
struct KeepArgs {
    /// How long a banner can still be fetched after it was superseded or removed
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = |value: &str| parse_duration(value, "0", "365d"))]
    grace: Duration,

    /// How long files that the database does not know are kept in blobs/quarantine before they are deleted
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = |value: &str| parse_duration(value, "1h", "365d"))]
    quarantine: Duration,

    /// Keep the uploaded originals for as long as their banners, instead of deleting them once they are processed
    #[arg(long)]
    keep_originals: bool,
}

const EXAMPLES: &str = "\
Examples:
  masthead serve
      start, on this machine only; 'masthead user add ann' in another shell adds a user
  curl -H 'Authorization: Bearer TOKEN' -F banner=@photo.jpg \\
          http://127.0.0.1:8080/1.1/account/update_profile_banner.json
      upload, with the token that 'masthead user add' printed; the answer says where the banner is
  masthead serve --listen 0.0.0.0:443 --tls-cert fullchain.pem --tls-key privkey.pem
      for everybody, over HTTPS
  masthead serve --public-url https://banners.example.com --trust-forwarded --log-format json
      behind a proxy that does HTTPS and passes requests on to 127.0.0.1:8080
  MASTHEAD_LISTEN=0.0.0.0:8080 MASTHEAD_MEMORY=2GiB MASTHEAD_KEEP_ORIGINALS=true masthead serve
      with options from the environment, as containers like it

Every option is an environment variable too: --tls-cert is MASTHEAD_TLS_CERT. What the command line says goes first.

Standard output gets one line, once the server listens; the log goes to standard error. /openapi.json \
describes all calls, /healthz says that it runs. On the port of --admin, /readyz says that it can work, and /metrics has figures for \
Prometheus.

Exit code: 0 after SIGTERM or Control-C; 1 when it could not start or go on; 2 when the command line is wrong; \
130 or 143 after a second signal.";

/// Adds to every option what all options of a server have.
fn for_servers(arg: Arg) -> Arg {
    let arg = match arg.get_action() {
        // From an environment, a flag has a value.
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg.allow_negative_numbers(true),
    };
    let variable = format!("MASTHEAD_{}", arg.get_long().unwrap_or_default().to_uppercase().replace('-', "_"));
    // Their names belong into the help, what this shell has set does not.
    arg.env(variable).hide_env_values(true)
}

impl ServeArgs {
    /// The options of the server.
    ///
    /// # Errors
    /// When the set file is not a set, when an option has nothing to act on, and when two do not go together.
    pub(super) fn options(&self) -> Result<Options, String> {
        let Self { reach, limits, keep, .. } = self;
        if let Some(admin) = self.admin.0.filter(|admin| overlap(*admin, self.listen)) {
            return Err(format!(
                "--admin {admin} is the port of --listen {}: give it another one, or --admin off",
                self.listen
            ));
        }
        let crop_policy = if self.clamp { CropPolicy::Clamp } else { CropPolicy::Refuse };
        let images = self.banner.options(crop_policy)?;
        let defaults = Options::default();
        let options = Options {
            images,
            public_url: reach.public_url.clone(),
            trust_forwarded: reach.trust_forwarded,
            allow_origins: reach.allow_origin.clone(),
            respond_within: reach.respond_within,
            threads: limits.threads.map_or(defaults.threads, usize::from),
            memory: limits.memory,
            queue: limits.queue,
            uploads_per_window: limits.uploads_per_window,
            reads_per_window: limits.reads_per_window,
            rate_window: limits.rate_window,
            patience: Patience {
                silence: limits.body_timeout,
                rate: limits.body_rate,
                busy_rate: limits.body_rate.saturating_mul(16),
                ..defaults.patience
            },
            grace: keep.grace,
            quarantine: keep.quarantine,
            keep_originals: keep.keep_originals,
            ..defaults
        };
        let least = options.least_memory();
        if options.memory < least {
            let (bytes, least) = (options.images.limits.bytes, least.div_ceil(1 << 20));
            return Err(format!("uploads of {bytes} bytes (--max-bytes) need at least --memory {least}MiB"));
        }
        Ok(options)
    }

    /// Where traces go to, if anywhere.
    ///
    /// # Errors
    /// When OTEL_EXPORTER_OTLP_ENDPOINT says it, and is no such place.
    #[cfg(feature = "otel")]
    pub(super) fn traces(&self, runtime: &tokio::runtime::Handle) -> Result<Option<super::otel::Traces>, String> {
        const VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        let said = std::env::var(VARIABLE).ok().filter(|said| !said.is_empty());
        let collector = match (&self.otlp_endpoint, said) {
            (Some(collector), _) => collector.clone(),
            (None, Some(said)) => {
                super::otel::parse_endpoint(&said).map_err(|why| format!("{VARIABLE} is {said:?}: {why}"))?
            }
            (None, None) => return Ok(None),
        };
        super::otel::Traces::to(&collector, runtime).map(Some)
    }

    /// Whether connections come from a proxy.
    pub(super) fn is_behind_proxy(&self) -> bool {
        self.reach.trust_forwarded != ProxyHeader::None
    }

    /// Certificate and key.
    pub(super) fn tls_files(&self) -> Option<(&Path, &Path)> {
        self.reach.tls_cert.as_deref().zip(self.reach.tls_key.as_deref())
    }
}

/// Whether two listeners cannot have these addresses at once.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let any = one.ip().is_unspecified() || other.ip().is_unspecified();
    let same = one.ip() == other.ip() || (any && one.is_ipv4() == other.is_ipv4());
    same && one.port() == other.port() && one.port() != 0
}

fn parse_address(value: &str) -> Result<SocketAddr, &'static str> {
    value.parse().map_err(|_| "expected an address and a port, such as 127.0.0.1:8080, 0.0.0.0:443 or [::1]:8080")
}

/// As an environment variable, it may also be what other flags are there: yes or no.
fn parse_proxy_header(value: &str) -> Result<ProxyHeader, &'static str> {
    match value.to_ascii_lowercase().as_str() {
        "x-forwarded" => Ok(ProxyHeader::XForwarded),
        "forwarded" => Ok(ProxyHeader::Forwarded),
        _ => match BoolishValueParser::new().parse_ref(&Command::new(""), None, OsStr::new(value)) {
            Ok(true) => Ok(ProxyHeader::XForwarded),
            Ok(false) => Ok(ProxyHeader::None),
            Err(_) => Err("expected x-forwarded or forwarded"),
        },
    }
}

fn parse_admin(value: &str) -> Result<Admin, &'static str> {
    if value.eq_ignore_ascii_case("off") {
        return Ok(Admin(None));
    }
    parse_address(value).map(|address| Admin(Some(address)))
}

fn parse_memory(value: &str) -> Result<u64, String> {
    let bytes = parse_size(value)?;
    if bytes < Options::MIN_MEMORY {
        return Err(format!("expected at least {}MiB", Options::MIN_MEMORY >> 20));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;

    fn parse(arguments: &[&str]) -> Result<ServeArgs, clap::Error> {
        let command = ServeArgs::augment_args(Command::new("serve"));
        ServeArgs::from_arg_matches(&command.try_get_matches_from([&["serve"], arguments].concat())?)
    }

    #[test]
    fn without_options_it_is_what_the_library_does() {
        let options = parse(&[]).unwrap().options().unwrap();
        assert_eq!(format!("{options:?}"), format!("{:?}", Options::default()));
    }

    #[test]
    fn every_option_has_its_variable() {
        let command = ServeArgs::augment_args(Command::new("serve"));
        for arg in command.get_arguments() {
            let name = arg.get_long().unwrap().to_uppercase().replace('-', "_");
            assert_eq!(arg.get_env().unwrap().to_str(), Some(&*format!("MASTHEAD_{name}")));
        }
    }

    #[test]
    fn proxies_are_trusted_by_the_header_they_set() {
        for (arguments, header) in [
            (&[][..], ProxyHeader::None),
            (&["--trust-forwarded"], ProxyHeader::XForwarded),
            (&["--trust-forwarded", "--keep-originals"], ProxyHeader::XForwarded),
            (&["--trust-forwarded", "forwarded"], ProxyHeader::Forwarded),
            (&["--trust-forwarded=X-Forwarded"], ProxyHeader::XForwarded),
            (&["--trust-forwarded=yes"], ProxyHeader::XForwarded),
            (&["--trust-forwarded=no"], ProxyHeader::None),
        ] {
            assert_eq!(parse(arguments).unwrap().options().unwrap().trust_forwarded, header, "{arguments:?}");
        }
        assert!(parse(&["--trust-forwarded=via"]).is_err());
    }

    #[test]
    fn operators_have_a_port_of_their_own() {
        for (listen, admin) in
            [("127.0.0.1:80", "127.0.0.1:80"), ("0.0.0.0:80", "127.0.0.1:80"), ("[::1]:80", "[::]:80")]
        {
            let message =
                format!("--admin {admin} is the port of --listen {listen}: give it another one, or --admin off");
            assert_eq!(parse(&["--listen", listen, "--admin", admin]).unwrap().options().unwrap_err(), message);
        }
        for (listen, admin) in
            [("127.0.0.1:0", "127.0.0.1:0"), ("127.0.0.1:80", "127.0.0.2:80"), ("[::1]:80", "0.0.0.0:80")]
        {
            assert!(parse(&["--listen", listen, "--admin", admin]).unwrap().options().is_ok(), "{listen} {admin}");
        }
    }

    #[test]
    fn what_runs_a_server_is_explained_before_what_its_banners_are_like() {
        let help = ServeArgs::augment_args(Command::new("serve")).render_long_help().to_string();
        let at = |heading: &str| help.find(&format!("\n{heading}:\n")).expect(heading);
        assert!(at("Storage") < at("Log") && at("Log") < at("Files") && at("Log") < at("Engine"), "{help}");
    }

    #[test]
    fn uploads_fit_into_the_memory() {
        assert!(parse(&["--memory", "103MiB"]).unwrap().options().is_ok());
        let refused = parse(&["--memory", "102MiB"]).unwrap().options();
        assert_eq!(refused.unwrap_err(), "uploads of 5242880 bytes (--max-bytes) need at least --memory 103MiB");
    }
}
