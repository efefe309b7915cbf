//! How many files and connections this process may have open.

/// What it needs beside connections: database, banners, log.
#[cfg(unix)]
const OTHERS: u64 = 512;

/// Has the system allow so many connections if it can; how many fit.
#[cfg(unix)]
pub(super) fn allow(connections: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let wanted = connections as u64 + OTHERS;
    let limit = getrlimit(Resource::Nofile);
    let enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    if enough(limit.current) {
        return connections;
    }
    let current = if enough(limit.maximum) { Some(wanted) } else { limit.maximum };
    let raised = setrlimit(Resource::Nofile, Rlimit { current, maximum: limit.maximum });
    let files = if raised.is_ok() { current } else { limit.current };
    let fit = files.map_or(wanted, |files| files.min(wanted)).saturating_sub(OTHERS).max(1);
    if fit < connections as u64 {
        tracing::warn!(
            files,
            fit,
            "--connections {connections} need more open files than the system allows (ulimit -n)"
        );
    }
    usize::try_from(fit).unwrap_or(connections)
}

/// What the system allows is not known.
#[cfg(not(unix))]
pub(super) fn allow(connections: usize) -> usize {
    connections
}
