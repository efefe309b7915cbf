//! Moments and choices that a seed gives again.

use std::env;
use std::time::{Duration, SystemTime};

/// SplitMix64: enough for moments, and no dependency.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 0 to `below` - 1.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    /// A moment before `most`, to the microsecond.
    pub(crate) fn moment(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(most.as_micros() as u64))
    }
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
