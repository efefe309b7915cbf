//! The moment at which decoding gives up. A file of a few kilobytes can ask for minutes of work (scans over and over a large
//! picture), so the clock is looked at between rows.

use std::time::{Duration, Instant};

use crate::Error;

/// A moment after which decoding is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    limit: Duration,
    /// `None` is never: no limit was set, or the clock does not reach that far.
    end: Option<Instant>,
}

impl Deadline {
    /// `limit` from now.
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        Self { limit: limit.unwrap_or(Duration::MAX), end }
    }

    pub(crate) fn has_passed(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// What to report when time is up.
    pub(crate) fn error(&self) -> Error {
        Error::Deadline { limit: self.limit }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.has_passed() { Err(self.error()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_and_an_endless_one_never_pass() {
        assert!(!Deadline::after(None).has_passed());
        assert!(!Deadline::after(Some(Duration::MAX)).has_passed());
        assert!(Deadline::after(Some(Duration::ZERO)).has_passed());
        let error = Deadline::after(Some(Duration::from_millis(1500))).error();
        assert_eq!(error.to_string(), "decoding took longer than the accepted 1.5s");
    }
}
