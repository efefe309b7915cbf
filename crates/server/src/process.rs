//! What the operating system says of this process, as figures under the names that all Prometheus clients give them. Linux only:
//! elsewhere there are none.

use std::fs;

use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// Ticks of a second in `/proc`: `USER_HZ`, which is 100 on every Linux that is built today.
const TICKS: f64 = 100.0;

/// What `/proc` says.
#[derive(Debug, PartialEq)]
struct Process {
    resident_bytes: f64,
    cpu_seconds: f64,
    start_seconds: f64,
    open_files: f64,
    most_files: Option<f64>,
}

/// The figures at this moment; empty where they cannot be had.
pub(crate) fn figures() -> Registry {
    let mut registry = Registry::with_prefix("process");
    let Some(process) = Process::read() else { return registry };
    let mut gauge = |name: &str, help: &str, unit: Option<Unit>, value: f64| {
        let gauge = ConstGauge::new(value);
        match unit {
            Some(unit) => registry.register_with_unit(name, help, unit, gauge),
            None => registry.register(name, help, gauge),
        }
    };
    gauge("resident_memory", "Resident memory", Some(Unit::Bytes), process.resident_bytes);
    gauge("start_time", "When the process started, since 1970", Some(Unit::Seconds), process.start_seconds);
    gauge("open_fds", "Open files and connections", None, process.open_files);
    if let Some(most) = process.most_files {
        gauge("max_fds", "How many files and connections may be open", None, most);
    }
    let cpu = prometheus_client::metrics::counter::ConstCounter::new(process.cpu_seconds);
    registry.register_with_unit("cpu", "User and system time", Unit::Seconds, cpu);
    registry
}

impl Process {
    fn read() -> Option<Self> {
        let text = |path: &str| fs::read_to_string(path).ok();
        let (stat, status) = (text("/proc/self/stat")?, text("/proc/self/status")?);
        // The second field is the name of the program in parentheses, whatever is in it; the next one has number 3.
        let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().collect();
        let ticks = |number: usize| -> Option<f64> { Some(fields.get(number - 3)?.parse::<f64>().ok()? / TICKS) };
        let kib = |line: &str| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok();
        let (machine, limits) = (text("/proc/stat")?, text("/proc/self/limits"));
        let booted = machine.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<f64>().ok())?;
        let most = |line: &str| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok();
        Some(Self {
            resident_bytes: status.lines().find_map(kib)? * 1024.0,
            cpu_seconds: ticks(14)? + ticks(15)?,
            start_seconds: booted + ticks(22)?,
            open_files: fs::read_dir("/proc/self/fd").ok()?.count() as f64,
            most_files: limits.and_then(|limits| limits.lines().find_map(most)),
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::Process;

    #[test]
    fn figures_are_those_of_this_process() {
        let process = Process::read().unwrap();
        assert!((1e6..1e11).contains(&process.resident_bytes), "{process:?}");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        // The clock of the machine may have been set since it was started.
        assert!((now - process.start_seconds).abs() < 3600.0, "{process:?}");
        assert!(process.cpu_seconds < 3600.0 && process.most_files.unwrap() >= process.open_files, "{process:?}");
        let file = std::fs::File::open("/proc/self/stat").unwrap();
        assert!(Process::read().unwrap().open_files >= 4.0, "three of its own and {file:?}");
    }
}
