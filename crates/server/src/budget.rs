//! Memory budgets: bytes that may be in use at once, taken and given back as permits of a semaphore.

use std::sync::Arc;
use std::time::Duration;

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
    permit: Option<OwnedSemaphorePermit>,
}

impl Budget {
    pub(crate) fn new(bytes: u64) -> Self {
        let units = units(bytes).min(Semaphore::MAX_PERMITS as u32);
        Self { permits: Arc::new(Semaphore::new(units as usize)), total: u64::from(units) * UNIT }
    }

    /// Nothing yet, to be grown.
    pub(crate) fn nothing() -> Held {
        Held { permit: None }
    }

    /// Takes `bytes`, waiting for as long as it takes. More than there are in all means all.
    pub(crate) async fn take(&self, bytes: u64) -> Held {
        let permit = Arc::clone(&self.permits).acquire_many_owned(units(bytes.min(self.total))).await;
        Held { permit: Some(permit.expect("the budget is never closed")) }
    }

    /// Takes `bytes` if they are free now.
    pub(crate) fn try_take(&self, bytes: u64) -> Option<Held> {
        let permit = Arc::clone(&self.permits).try_acquire_many_owned(units(bytes)).ok()?;
        Some(Held { permit: Some(permit) })
    }

    /// Takes `bytes` more onto `held`; `false` when they did not come free within `patience`.
    pub(crate) async fn grow(&self, held: &mut Held, bytes: u64, patience: Duration) -> bool {
        match tokio::time::timeout(patience, self.take(bytes)).await {
            Ok(Held { permit: Some(more) }) => {
                match &mut held.permit {
                    Some(permit) => permit.merge(more),
                    none => *none = Some(more),
                }
                true
            }
            _ => false,
        }
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

    const SHORT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn what_is_taken_comes_back() {
        let budget = Budget::new(10 * UNIT);
        let held = budget.take(7 * UNIT).await;
        assert_eq!(budget.in_use(), 7 * UNIT);
        let mut more = Budget::nothing();
        assert!(budget.grow(&mut more, 1, SHORT).await, "a byte takes a whole unit");
        assert!(budget.grow(&mut more, 2 * UNIT, SHORT).await);
        assert!(!budget.grow(&mut more, 1, SHORT).await);
        drop(held);
        assert!(budget.grow(&mut more, 7 * UNIT, SHORT).await);
        drop(more);
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
