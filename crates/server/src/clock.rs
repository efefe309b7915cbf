//! The clock of a server, which a test can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::id::Time;

/// The clock that a server reads. Clones are one clock: what moves one moves all.
///
/// Clocks of machines jump, by hours and by years; nothing that was accepted may hang on them. This one can be moved, so that
/// tests show it.
///
/// ```
/// use masthead_server::{Clock, Time};
///
/// let clock = Clock::default();
/// let same = clock.clone();
/// let before = Time::now();
/// same.shift(3_600_000);
/// assert!(clock.now() >= Time(before.0 + 3_600_000));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds ahead of the machine's clock.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// This moment.
    #[must_use]
    pub fn now(&self) -> Time {
        Time(Time::now().0.saturating_add(self.ahead.load(Ordering::Relaxed)))
    }

    /// Moves the clock by so many milliseconds, on or back.
    pub fn shift(&self, millis: i64) {
        self.ahead.fetch_add(millis, Ordering::Relaxed);
    }
}
