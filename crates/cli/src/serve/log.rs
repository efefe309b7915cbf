//! What the server writes on standard error.

use std::io::{self, IsTerminal};
use std::panic;

use clap::ValueEnum;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::print::complain;

/// What is logged, and how.
#[derive(clap::Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// What is logged on standard error: off, error, warn, info, debug or trace; or also of which parts, such as
    /// warn,masthead_server=debug
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = parse_filter)]
    log: String,

    /// How it is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    log_format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One object a line, for programs
    Json,
}

impl LogArgs {
    /// Logs from now on, and passes spans on to `others`.
    pub(crate) fn start(&self, others: Option<impl Layer<Registry> + Send + Sync>) {
        let filter = EnvFilter::builder().parse_lossy(&self.log);
        let lines = fmt::layer().with_writer(io::stderr);
        let lines = match self.log_format {
            Format::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
            Format::Json => {
                // What a thread says when it panics is a line of the log as well.
                panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a defect of masthead: please report it")));
                lines.json().flatten_event(true).with_span_list(false).boxed()
            }
        };
        // This fails when there is a log already, and there is none.
        let _ = tracing_subscriber::registry().with(others).with(lines.with_filter(filter)).try_init();
    }

    /// Says why the server ends.
    pub(crate) fn complain(&self, message: &str) {
        match self.log_format {
            Format::Text => complain(&message),
            Format::Json => tracing::error!("{message}"),
        }
    }
}

fn parse_filter(value: &str) -> Result<String, &'static str> {
    const EXPECTED: &str =
        "expected off, error, warn, info, debug or trace, or a list such as warn,masthead_server=debug";
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    // Any other word would be taken for the name of a part, and nothing would be logged.
    let known = |part: &str| part.contains('=') || LEVELS.iter().any(|level| part.trim().eq_ignore_ascii_case(level));
    if !value.split(',').all(known) || EnvFilter::builder().parse(value).is_err() {
        return Err(EXPECTED);
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse_filter;

    #[test]
    fn filters() {
        for good in ["info", "OFF", "warn,masthead_server=debug", "debug,sqlx=off", "masthead_server=trace"] {
            assert!(parse_filter(good).is_ok(), "{good}");
        }
        for bad in ["", "verbose", "info,", "info,masthead_server=loud", "masthead_server"] {
            assert!(parse_filter(bad).is_err(), "{bad}");
        }
    }
}
