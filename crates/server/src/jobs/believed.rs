//! A clock that is not believed at once.

use std::time::{Duration, Instant};

use crate::id::Time;

/// What a clock may be ahead of where it should be without being doubted: it is corrected now and again.
const CORRECTION: Duration = Duration::from_secs(60);

/// The time for deletions that are due after a certain term. A clock that jumps ahead, by an hour or by years, must not make
/// everything due: it is believed when it has stood by it for as long as that term. Until then time goes on from where it was.
/// A clock that goes back is believed: nothing is deleted early for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Believed {
    term: Duration,
    /// When the clock was last believed, and what it said.
    at: Instant,
    time: Time,
    /// Since when it has been ahead.
    doubted: Option<Instant>,
}

impl Believed {
    pub(super) fn new(term: Duration, at: Instant, time: Time) -> Self {
        Self { term, at, time, doubted: None }
    }

    /// The time at `now`, when the clock says `clock`.
    pub(super) fn now(&mut self, now: Instant, clock: Time) -> Time {
        let expected = self.time.after(now.duration_since(self.at));
        let since = if clock > expected.after(CORRECTION) { Some(*self.doubted.get_or_insert(now)) } else { None };
        if since.is_some_and(|since| now.duration_since(since) < self.term) {
            return expected;
        }
        *self = Self::new(self.term, now, clock);
        clock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const START: Time = Time(1_800_000_000_000);

    #[test]
    fn a_clock_that_runs_is_believed() {
        let begin = Instant::now();
        let mut believed = Believed::new(24 * HOUR, begin, START);
        for hours in 1..100 {
            let time = START.after(hours * HOUR).after(Duration::from_millis(u64::from(hours) * 20_000));
            assert_eq!(believed.now(begin + hours * HOUR, time), time, "it goes a little fast");
        }
    }

    #[test]
    fn a_clock_that_jumps_ahead_is_believed_when_it_stands_by_it() {
        let begin = Instant::now();
        let mut believed = Believed::new(24 * HOUR, begin, START);
        let jumped = START.after(4 * 365 * 24 * HOUR);
        for hours in 1..24 {
            let now = begin + hours * HOUR;
            assert_eq!(believed.now(now, jumped.after(hours * HOUR)), START.after(hours * HOUR));
        }
        let back = START.after(24 * HOUR);
        assert_eq!(believed.now(begin + 24 * HOUR, back), back, "it was a mistake");
        for hours in 25..49 {
            assert_eq!(believed.now(begin + hours * HOUR, jumped.after(hours * HOUR)), START.after(hours * HOUR));
        }
        let now = jumped.after(49 * HOUR);
        assert_eq!(believed.now(begin + 49 * HOUR, now), now, "it was right after all");
    }

    #[test]
    fn a_clock_that_goes_back_is_believed() {
        let begin = Instant::now();
        let mut believed = Believed::new(HOUR, begin, START);
        let back = START.before(24 * HOUR);
        assert_eq!(believed.now(begin + HOUR, back), back);
        assert_eq!(believed.now(begin + 2 * HOUR, back.after(HOUR)), back.after(HOUR));
    }
}
