//! Options of connections: how many there may be, and how long they may take.

use std::time::Duration;

use super::pace::Times;
use crate::numbers::whole;
use crate::values::parse_duration;

/// What connections may take. The defaults suit a proxy in front, which keeps its connections for a minute.
#[derive(clap::Args)]
#[command(next_help_heading = "Connections")]
pub(super) struct ConnectionArgs {
    /// Connections at once. Whoever comes then is answered with 503 and Retry-After, or, over HTTPS, hung up on. While a head or body
    /// arrives, each may take 48 KiB, and 256 of them (64 of one address) 140 KiB for a long head, which --memory does not count
    #[arg(long, value_name = "N", default_value_t = 8192, value_parser = whole(1..=1_000_000_u32))]
    connections: u32,

    /// Connections at once from one address (of IPv6: a /64) [default: a quarter of --connections; all with --trust-forwarded]
    #[arg(long, value_name = "N", value_parser = whole(1..=1_000_000_u32))]
    connections_per_address: Option<u32>,

    /// How long a connection may stay without a request; longer than the proxy in front keeps it
    #[arg(long, value_name = "TIME", default_value = "75s", value_parser = |value: &str| parse_duration(value, "1s", "1h"))]
    idle_timeout: Duration,

    /// How long the head of a request may take, and a TLS handshake
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = |value: &str| parse_duration(value, "1s", "10m"))]
    header_timeout: Duration,

    /// How long a client may read nothing of its answer, or less than 16 KiB of a long one
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = |value: &str| parse_duration(value, "1s", "10m"))]
    write_timeout: Duration,

    /// How long the port stays open after SIGTERM, while /readyz says no
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = |value: &str| parse_duration(value, "0", "1h"))]
    pub(super) drain: Duration,

    /// How long what is in flight may take to finish when the server ends
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = |value: &str| parse_duration(value, "0", "1h"))]
    pub(super) shutdown_timeout: Duration,
}

impl ConnectionArgs {
    /// How long a client may take.
    pub(super) fn times(&self) -> Times {
        Times { idle: self.idle_timeout, head: self.header_timeout, write: self.write_timeout }
    }

    /// Connections in all.
    pub(super) fn most(&self) -> usize {
        self.connections as usize
    }

    /// Connections of one address. Those of a trusted proxy are those of all its clients, unless somebody has said otherwise.
    pub(super) fn share(&self, behind_proxy: bool) -> usize {
        match self.connections_per_address {
            Some(share) => share as usize,
            None if behind_proxy => self.most(),
            None => self.most().div_ceil(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::ConnectionArgs;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        connections: ConnectionArgs,
    }

    #[test]
    fn the_share_of_an_address_is_what_was_given() {
        let share = |options: &[&str], behind_proxy| {
            let command = Command::parse_from([&["masthead", "--connections", "100"], options].concat());
            command.connections.share(behind_proxy)
        };
        assert_eq!(share(&[], false), 25);
        assert_eq!(share(&[], true), 100, "a proxy has the connections of all its clients");
        assert_eq!(share(&["--connections-per-address", "10"], false), 10);
        assert_eq!(share(&["--connections-per-address", "10"], true), 10);
    }
}
