//! What the operating system says this process has used.

use std::fs;
use std::time::Duration;

/// CPU time of all threads that are alive, to the nanosecond; `None` where there is no Linux `/proc`.
///
/// `/proc/self/stat` would count threads that have ended as well, but in ticks of 10 ms.
pub(crate) fn cpu_time() -> Option<Duration> {
    let mut total = Duration::ZERO;
    for thread in fs::read_dir("/proc/self/task").ok()? {
        // A thread may end between the two reads.
        let Ok(text) = fs::read_to_string(thread.ok()?.path().join("schedstat")) else { continue };
        total += Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?);
    }
    (total > Duration::ZERO).then_some(total)
}

/// The most memory that this process has had resident, in bytes, since [`reset_peak_memory`].
pub(crate) fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Makes the peak start again from the memory that is resident now. Where the system does not allow it, the peak stays
/// that of the whole life of the process.
pub(crate) fn reset_peak_memory() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The middle one of the values, or the mean of the middle two.
pub(crate) fn median(mut values: Vec<Duration>) -> Option<Duration> {
    values.sort_unstable();
    let after = values.get(values.len() / 2)?;
    let before = values.get((values.len() - 1) / 2)?;
    Some((*before + *after) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        let median = |values: &[u64]| median(values.iter().map(|&ms| Duration::from_millis(ms)).collect());
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[5, 1, 9]), Some(Duration::from_millis(5)));
        assert_eq!(median(&[4, 1, 9, 2]), Some(Duration::from_millis(3)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_both() {
        assert!(peak_memory().is_some_and(|bytes| bytes > 100_000));
        let before = cpu_time().unwrap();
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_millis(50) {}
        assert!(cpu_time().unwrap() > before);
    }
}
