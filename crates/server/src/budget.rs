//! Memory budgets: bytes that may be in use at once, taken and given back as permits of a semaphore.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of a permit. A semaphore counts in `u32`, so this reaches 4 TiB.
const UNIT: u64 = 1024;

/// A number of bytes that may be in use at once. Who needs more than is left waits, in order.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    permits: Arc<Semaphore>,
    total: u64,
}

/// Bytes that are taken from a budget until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _permit: OwnedSemaphorePermit,
}

impl Budget {
    pub(crate) fn new(bytes: u64) -> Self {
        let units = units(bytes).min(Semaphore::MAX_PERMITS as u32);
        Self { permits: Arc::new(Semaphore::new(units as usize)), total: u64::from(units) * UNIT }
    }

    /// Takes `bytes`, waiting for as long as it takes. More than there are in all means all.
    pub(crate) async fn take(&self, bytes: u64) -> Held {
        let permit = Arc::clone(&self.permits).acquire_many_owned(units(bytes.min(self.total))).await;
        Held { _permit: permit.expect("the budget is never closed") }
    }

    /// Takes `bytes` if they are free now.
    pub(crate) fn try_take(&self, bytes: u64) -> Option<Held> {
        let permit = Arc::clone(&self.permits).try_acquire_many_owned(units(bytes)).ok()?;
        Some(Held { _permit: permit })
    }

    pub(crate) fn in_use(&self) -> u64 {
        self.total.saturating_sub(self.permits.available_permits() as u64 * UNIT)
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_taken_comes_back() {
        let budget = Budget::new(10 * UNIT);
        let held = budget.take(7 * UNIT).await;
        assert_eq!(budget.in_use(), 7 * UNIT);
        let more = budget.try_take(1);
        assert!(more.is_some() && budget.in_use() == 8 * UNIT, "a byte takes a whole unit");
        assert!(budget.try_take(3 * UNIT).is_none());
        drop((held, more));
        assert_eq!(budget.in_use(), 0);
        assert!(budget.try_take(11 * UNIT).is_none());
        let some = budget.try_take(10 * UNIT);
        assert!(some.is_some() && budget.try_take(1).is_none());
        drop(some);
        let all = budget.take(11 * UNIT).await;
        assert_eq!(budget.in_use(), 10 * UNIT, "more than there are in all");
        drop(all);
    }
}
