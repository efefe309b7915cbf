//! What Linux says of a process.

use std::fs;
use std::time::Duration;

/// Ticks of `/proc/PID/stat` in a second: what every Linux shows, whatever its kernel counts in.
const TICKS: u64 = 100;

/// CPU time of a process since its start, its ended threads included.
pub(crate) fn cpu_time(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(|field| field.parse::<u64>().ok());
    let ticks = times.next()?? + times.next()??;
    Some(Duration::from_millis(ticks * 1000 / TICKS))
}

/// The most memory that a process has had resident, in bytes.
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn linux_tells_both() {
        let pid = std::process::id();
        assert!(super::peak_memory(pid).is_some_and(|bytes| bytes > 100_000));
        assert!(super::cpu_time(pid).is_some());
    }
}
