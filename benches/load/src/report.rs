//! What is printed, and what is too much or too little.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::args::Args;
use crate::load::Seen;

const BEGIN: &str = "<!-- figures, written by masthead-load -->\n";
const END: &str = "<!-- end of figures -->\n";

/// What was uploaded, and what `masthead bench` says of it before and after.
pub(crate) struct Setting {
    pub(crate) picture: String,
    pub(crate) bench: [f64; 2],
}

/// The figures of a run.
pub(crate) struct Report<'a> {
    pub(crate) args: &'a Args,
    pub(crate) seen: &'a Seen,
    pub(crate) setting: &'a Setting,
}

impl Report<'_> {
    fn throughput(&self) -> f64 {
        self.seen.finished as f64 / self.seen.time.as_secs_f64()
    }

    fn ratio(&self) -> f64 {
        // What the cores could do meanwhile: what others on the machine take from the one, they take from the other.
        let [before, after] = self.setting.bench;
        self.throughput() / ((before + after) / 2.0)
    }

    /// Everything that must not be.
    pub(crate) fn faults(&self) -> Vec<String> {
        let Self { args, seen, setting } = self;
        let mut faults = Vec::new();
        if seen.failed > 0 {
            faults.push(format!("{} uploads failed: {}", seen.failed, seen.failures.join("; ")));
        }
        if seen.finished == 0 {
            faults.push("no banner was finished".to_owned());
        }
        let most = args.memory * (1 << 20) + args.most_memory_above * 1_000_000;
        if let Some(peak) = seen.peak_memory.filter(|peak| *peak > most) {
            faults.push(format!("peak memory is {} (expected at most {})", megabytes(peak), megabytes(most)));
        }
        let ratio = self.ratio();
        if ratio.is_nan() || ratio < args.least_ratio {
            let least = args.least_ratio * 100.0;
            let picture = &setting.picture;
            let ratio = ratio * 100.0;
            faults.push(format!("{picture}: throughput is {ratio:.1} % of the bench's (expected at least {least} %)"));
        }
        faults
    }

    /// A table that is readable as it stands, and in Markdown.
    pub(crate) fn table(&self) -> String {
        let Self { args, seen, setting } = self;
        let [before, after] = setting.bench;
        let unknown = || "not known here".to_owned();
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        let statuses = seen.statuses.iter().map(|(status, count)| format!("{count} of {status}")).collect::<Vec<_>>();
        let each = |cpu: Duration| cpu.as_secs_f64() * 1e3 / seen.finished.max(1) as f64;
        let server_cpu = seen.server_cpu.map_or_else(unknown, |cpu| {
            let busy = cpu.as_secs_f64() / seen.time.as_secs_f64();
            format!("{:.1} ms an image, {busy:.2} of {cpus} cores", each(cpu))
        });
        let own_cpu = seen.own_cpu.map_or_else(unknown, |cpu| format!("{:.1} ms an image", each(cpu)));
        let rows = [
            ("picture", setting.picture.clone()),
            ("connections", args.connections.to_string()),
            ("measured", format!("{:.1} s", seen.time.as_secs_f64())),
            ("throughput", format!("{:.1} images a second", self.throughput())),
            ("`masthead bench`", format!("{before:.1} before, {after:.1} after")),
            ("ratio", format!("{:.1} %", self.ratio() * 100.0)),
            ("answers", statuses.join(", ")),
            ("other failures", seen.failed.to_string()),
            ("latency", latencies(&seen.latencies)),
            (
                "peak memory",
                seen.peak_memory.map_or_else(unknown, megabytes) + &format!(" (--memory {}MiB)", args.memory),
            ),
            ("CPU time of the server", server_cpu),
            ("CPU time of the load generator", own_cpu),
        ];
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines = rows.iter().map(|(name, value)| format!("| {name:<width$} | {value} |\n"));
        format!("| {:<width$} | |\n|{:-<2$}|---|\n", "", "", width + 2) + &lines.collect::<String>()
    }
}

/// Puts `figures` between the marks of a file.
pub(crate) fn write(path: &Path, figures: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(failed)?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("{} has not the marks {BEGIN}{END}", path.display()))?;
    fs::write(path, format!("{before}{BEGIN}{figures}{END}{after}")).map_err(failed)
}

fn latencies(all: &[Duration]) -> String {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    let at = |part: f64| {
        let index = (sorted.len() as f64 * part) as usize;
        sorted.get(index.min(sorted.len().saturating_sub(1))).map_or(0, Duration::as_millis)
    };
    format!("{} ms median, {} ms 90 %, {} ms 99 %, {} ms at most", at(0.5), at(0.9), at(0.99), at(1.0))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let all: Vec<_> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(latencies(&all), "51 ms median, 91 ms 90 %, 100 ms 99 %, 100 ms at most");
        assert_eq!(latencies(&[]), "0 ms median, 0 ms 90 %, 0 ms 99 %, 0 ms at most");
    }
}
