//! What was seen in a chaos run, as a table.

use std::collections::BTreeMap;
use std::time::Duration;

use masthead_server::Faults;

use super::Setting;
use super::judge::{Evidence, Excuse, Verdict};
use super::weather;
use crate::process;

/// Everything that was seen, and what is said of it.
pub(crate) struct Seen {
    pub(crate) setting: Setting,
    pub(crate) evidence: Evidence,
    pub(crate) verdict: Verdict,
    pub(crate) faults: Faults,
    /// The answers that clients had who stood in the way.
    pub(crate) fared: BTreeMap<u16, u64>,
    /// How long jobs were left over for when nothing went wrong any more.
    pub(crate) quiet: Duration,
}

impl Seen {
    /// A table that is readable as it stands, and in Markdown.
    pub(crate) fn table(&self) -> String {
        let Self { setting, evidence, verdict, faults, .. } = self;
        let mut answers = BTreeMap::<String, u64>::new();
        let mut slowest = Duration::ZERO;
        for call in &evidence.calls {
            let status = call.answer.as_ref().map_or("none".to_owned(), |(status, _)| status.to_string());
            *answers.entry(status).or_default() += 1;
            slowest = slowest.max(call.end - call.begin);
        }
        let excused = |excuse| verdict.excused.get(&excuse).copied().unwrap_or(0);
        let peak = process::peak_memory(std::process::id());
        let least = evidence.samples.iter().map(|sample| sample.free).min().unwrap_or(0);
        let queued = evidence.samples.iter().map(|sample| sample.queued).max().unwrap_or(0);
        let rows = [
            (
                "load",
                format!("{} s, then {:.1} s until no job was left", setting.length.as_secs(), self.quiet.as_secs_f64()),
            ),
            ("honest users", format!("{}, and {} with two clients at once", setting.careful, setting.racing)),
            ("clients in the way", format!("5 times {} at {} addresses", setting.slow, setting.slow_addresses)),
            ("their answers", shown(self.fared.iter().map(|(status, count)| (named(*status), *count)))),
            ("calls of the blob store", format!("{} failed, {} stalled", faults.failed(), faults.stalled())),
            ("jumps of the clock", weather::clock_steps().to_string()),
            ("uploads acknowledged", evidence.uploads.len().to_string()),
            ("served as banners", verdict.banners.to_string()),
            ("refused, and it is said why", verdict.refused.to_string()),
            ("overtaken by a later one", verdict.overtaken.to_string()),
            ("removed by their users", verdict.removed.to_string()),
            ("answers to honest users", shown(answers)),
            ("503 after a fault", excused(Excuse::Fault).to_string()),
            (
                "503 as the queue was full",
                format!("{} (at most {queued} of {} waited)", excused(Excuse::Queue), evidence.queue),
            ),
            (
                "503 as memory was short",
                format!("{} (at least {:.0} MB were free)", excused(Excuse::Memory), least as f64 / 1e6),
            ),
            ("401 as the clock was off", excused(Excuse::Clock).to_string()),
            ("slowest answer", format!("{:.1} s", slowest.as_secs_f64())),
            (
                "peak memory, clients included",
                peak.map_or_else(|| "not known here".to_owned(), |peak| format!("{:.0} MB", peak as f64 / 1e6)),
            ),
            ("what must not be", verdict.faults.len().to_string()),
        ];
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines = rows.iter().map(|(name, value)| format!("| {name:<width$} | {value} |\n"));
        format!("| {:<width$} | |\n|{:-<2$}|---|\n", "", "", width + 2) + &lines.collect::<String>()
    }
}

fn named(status: u16) -> String {
    if status == 0 { "no answer".to_owned() } else { status.to_string() }
}

fn shown(counts: impl IntoIterator<Item = (String, u64)>) -> String {
    counts.into_iter().map(|(name, count)| format!("{count} of {name}")).collect::<Vec<_>>().join(", ")
}
