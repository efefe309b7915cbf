//! How fast a body comes in, and whether that is fast enough.

use std::time::Duration;

use crate::options::Patience;

/// The shortest [`Patience::window`]: one of no length would be judged all the time, and bring nothing forward.
const SHORTEST_WINDOW: Duration = Duration::from_millis(100);

/// The pace of one body. It counts the time that was spent waiting for the client, and no other.
#[derive(Debug)]
pub(super) struct Pace {
    patience: Patience,
    window: Window,
    busy: Window,
    /// Since the last piece.
    silent: Duration,
}

/// Whether a body may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// Nobody should have to wait for it.
    TooSlow,
    /// Fast enough, but not while others wait.
    TooSlowWhileBusy,
}

/// A stretch of waiting time, and how much has come in it.
#[derive(Debug)]
struct Window {
    length: Duration,
    least: u64,
    waited: Duration,
    bytes: u64,
}

impl Window {
    fn new(length: Duration, rate: u64) -> Self {
        let millis = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Self { length, least: rate.saturating_mul(millis) / 1000, waited: Duration::ZERO, bytes: 0 }
    }

    fn left(&self) -> Duration {
        self.length.saturating_sub(self.waited)
    }

    /// Whether it has ended with less than the least; the next one begins at its end.
    fn ended_short(&mut self, next: Duration) -> bool {
        if self.waited < self.length {
            return false;
        }
        let short = self.bytes < self.least;
        (self.length, self.waited, self.bytes) = (next, Duration::ZERO, 0);
        short
    }
}

impl Pace {
    pub(super) fn new(patience: Patience) -> Self {
        let length = patience.window.max(SHORTEST_WINDOW);
        let patience = Patience { window: length, ..patience };
        // The first one may take longer, and need not bring more.
        let first = Window { length: 2 * length, ..Window::new(length, patience.rate) };
        let busy = Window::new(length / 10, patience.busy_rate);
        Self { patience, window: first, busy, silent: Duration::ZERO }
    }

    /// How long to wait before judging it.
    pub(super) fn next_look(&self) -> Duration {
        let silence = self.patience.silence.saturating_sub(self.silent);
        silence.min(self.window.left()).min(self.busy.left())
    }

    /// It was waited for so long, and so many bytes have come; none when it was in vain. `wanted` tells whether others wait for
    /// what the body holds; it is asked when it matters.
    pub(super) fn waited(&mut self, time: Duration, bytes: u64, wanted: impl FnOnce() -> bool) -> Verdict {
        self.silent = if bytes > 0 { Duration::ZERO } else { self.silent + time };
        for window in [&mut self.window, &mut self.busy] {
            window.waited += time;
            window.bytes += bytes;
        }
        let slow = self.window.ended_short(self.patience.window);
        let slow_while_busy = self.busy.ended_short(self.patience.window / 10);
        if slow || self.silent >= self.patience.silence {
            Verdict::TooSlow
        } else if slow_while_busy && wanted() {
            Verdict::TooSlowWhileBusy
        } else {
            Verdict::Fine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { silence: Duration::from_secs(5), rate: 1000, window: Duration::from_secs(10), busy_rate: 50_000 };

    /// How many seconds a body lasts of which so many bytes come each time after so many milliseconds; at most a minute.
    fn lasts(first: u64, bytes: u64, millis: u64, wanted: bool) -> (Duration, Verdict) {
        let mut pace = Pace::new(PATIENCE);
        let mut verdict = pace.waited(Duration::ZERO, first, || wanted);
        let (mut time, mut next) = (Duration::ZERO, Duration::from_millis(millis));
        while verdict == Verdict::Fine && time < Duration::from_secs(60) {
            let look = pace.next_look();
            assert!(look > Duration::ZERO);
            let wait = look.min(next);
            time += wait;
            next -= wait;
            let come = if next.is_zero() { bytes } else { 0 };
            if next.is_zero() {
                next = Duration::from_millis(millis);
            }
            verdict = pace.waited(wait, come, || wanted);
        }
        (time, verdict)
    }

    #[test]
    fn what_has_come_before_earns_no_time() {
        let seconds = Duration::from_secs;
        assert_eq!(lasts(8_000_000, 0, 1000, false), (seconds(5), Verdict::TooSlow), "pieces of nothing");
        assert_eq!(lasts(8_000_000, 1, 60_000, false), (seconds(5), Verdict::TooSlow), "silence");
        assert_eq!(lasts(8_000_000, 999, 1000, false), (seconds(30), Verdict::TooSlow));
        assert_eq!(lasts(0, 999, 1000, false), (seconds(30), Verdict::TooSlow), "the first window is long enough");
        assert_eq!(lasts(0, 1000, 1000, false), (seconds(60), Verdict::Fine));
        assert_eq!(lasts(0, 4000, 3000, false).1, Verdict::Fine, "in bursts");
    }

    #[test]
    fn a_window_of_no_length_is_not_judged_all_the_time() {
        let mut pace = Pace::new(Patience { window: Duration::ZERO, ..PATIENCE });
        for _ in 0..10 {
            assert!(pace.next_look() > Duration::ZERO);
            pace.waited(pace.next_look(), 1_000_000, || false);
        }
    }

    #[test]
    fn who_is_waited_for_has_to_be_faster() {
        assert_eq!(lasts(8_000_000, 1000, 1000, true), (Duration::from_secs(2), Verdict::TooSlowWhileBusy));
        assert_eq!(lasts(0, 1000, 1000, true), (Duration::from_secs(1), Verdict::TooSlowWhileBusy));
        assert_eq!(lasts(0, 5000, 100, true).1, Verdict::Fine);
    }
}
