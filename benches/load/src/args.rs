//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Uploads JPEGs to a masthead server from many connections at once, and compares what comes out with what
/// `masthead bench` says the cores can do.
///
/// Ends with 1 when an upload fails otherwise than with 503 or 429, when the server takes too much memory, or when it is too
/// slow. It loads servers on this machine only.
#[derive(Debug, Parser)]
#[command(name = "masthead-load", max_term_width = 100)]
pub(crate) struct Args {
    /// Instead of all this: run a server in this process for --seconds among slow clients, with a blob
    /// store that fails and a clock that jumps, and end with 1 if an honest client has lost anything by it
    #[cfg(feature = "chaos")]
    #[arg(long)]
    pub(crate) chaos: bool,

    /// The masthead command: started as a server, and as `bench`
    #[arg(long, value_name = "FILE", default_value = "target/release/masthead")]
    pub(crate) binary: PathBuf,

    /// Load the server at this URL instead of starting one
    #[arg(long, value_name = "http://HOST:PORT", requires = "token")]
    pub(crate) url: Option<String>,

    /// Bearer token of a user of that server; give one for each connection, or uploads of one user overtake each other
    #[arg(long)]
    pub(crate) token: Vec<String>,

    /// Process of that server, for its memory and CPU time
    #[arg(long, requires = "url")]
    pub(crate) pid: Option<u32>,

    /// Folder to keep the server's data in while this runs [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// JPEG to upload [default: two photographs of testdata after one another, enlarged to 1920x1080 and 3000x2000]
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,

    /// Connections, each of a user of its own
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) connections: u32,

    /// Seconds that are measured [default: 20; 60 with --chaos]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: Option<u32>,

    /// Seconds before those
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=60))]
    pub(crate) warm_up: u32,

    /// Uploads in all, after which no more are begun
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) uploads: u64,

    /// The server's --threads, and those of `masthead bench` [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<u32>,

    /// The server's --memory, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    pub(crate) memory: u64,

    /// The server's --queue
    #[arg(long, value_name = "N")]
    pub(crate) queue: Option<u32>,

    /// The server's --grace: with a short one, superseded banners are deleted while it is measured
    #[arg(long, value_name = "TIME", default_value = "1h")]
    pub(crate) grace: String,

    /// Runs of `masthead bench`, before and after
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) bench_repeat: u32,

    /// Memory that the server may take beyond --memory, in MB
    #[arg(long, value_name = "MB", default_value_t = 150)]
    pub(crate) most_memory_above: u64,

    /// Least throughput, as a part of what `masthead bench` says
    #[arg(long, value_name = "PART", default_value_t = 0.65)]
    pub(crate) least_ratio: f64,

    /// Write the table into this file, between its two marks
    #[arg(long, value_name = "README.md")]
    pub(crate) write: Option<PathBuf>,
}
