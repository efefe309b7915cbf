//! Moments and choices that a seed gives again.

use std::env;
use std::time::{Duration, SystemTime};

pub(crate) use masthead_testdata::Random;

/// A moment before `most`, to the microsecond.
pub(crate) fn moment(random: &mut Random, most: Duration) -> Duration {
    Duration::from_micros(random.below(most.as_micros() as u64))
}

/// `MASTHEAD_CRASH_SEED`, or another one at each run.
pub(crate) fn seed() -> u64 {
    number("MASTHEAD_CRASH_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        now.as_nanos() as u64 % 1_000_000_000
    })
}

/// `MASTHEAD_CRASH_ROUNDS`, or `default`.
pub(crate) fn rounds(default: u64) -> u64 {
    number("MASTHEAD_CRASH_ROUNDS").unwrap_or(default)
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name}={value} is no number")))
}
