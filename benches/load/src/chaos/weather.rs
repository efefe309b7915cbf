//! What the machine does meanwhile: a blob store that fails and stalls, and is gone for a while; a clock that jumps.

use std::time::Duration;

use masthead_server::{Clock, FaultRates, Faults};
use tokio::time::{Instant, sleep_until};

/// One call in ten fails, one in a hundred takes three seconds longer.
const BAD: FaultRates = FaultRates { failing: 10, stalling: 100, stall: Duration::from_secs(3) };

const HOUR: i64 = 3600 * 1000;
const YEARS: i64 = 4 * 365 * 24 * HOUR;

enum Change {
    Faults(FaultRates),
    /// The clock jumps by so many milliseconds.
    Clock(i64),
}

/// When what happens, in hundredths of the run. In the end the clock is right again.
const CHANGES: [(u32, Change); 11] = [
    (0, Change::Faults(BAD)),
    (12, Change::Clock(-HOUR)),
    (22, Change::Clock(HOUR)),
    (32, Change::Faults(FaultRates::OUTAGE)),
    (42, Change::Faults(BAD)),
    (48, Change::Clock(YEARS)),
    (54, Change::Clock(-YEARS)),
    (62, Change::Clock(YEARS + HOUR)),
    (68, Change::Clock(-YEARS - 3 * HOUR)),
    (80, Change::Clock(2 * HOUR)),
    (100, Change::Faults(FaultRates::NONE)),
];

/// Plays the whole run, and gives the times in which the clock was off.
pub(crate) async fn play(faults: Faults, clock: Clock, length: Duration) -> Vec<(Instant, Instant)> {
    let start = Instant::now();
    let (mut off, mut since, mut periods) = (0, start, Vec::new());
    for (hundredths, change) in CHANGES {
        sleep_until(start + length * hundredths / 100).await;
        match change {
            Change::Faults(rates) => faults.set(rates),
            Change::Clock(millis) => {
                // From before it to after it: requests overlap.
                let (was_off, before) = (off != 0, Instant::now());
                clock.shift(millis);
                off += millis;
                if was_off {
                    periods.push((since, Instant::now()));
                }
                since = before;
            }
        }
    }
    periods
}

/// How often the clock jumps in a run.
pub(crate) fn clock_steps() -> usize {
    CHANGES.iter().filter(|(_, change)| matches!(change, Change::Clock(_))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_end_all_is_well() {
        let off: i64 =
            CHANGES.iter().map(|(_, change)| if let Change::Clock(millis) = change { *millis } else { 0 }).sum();
        assert_eq!(off, 0);
        let last = CHANGES
            .iter()
            .rev()
            .find_map(|(_, change)| if let Change::Faults(rates) = change { Some(*rates) } else { None });
        assert_eq!(last, Some(FaultRates::NONE));
    }
}
