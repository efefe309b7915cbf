//! Heads of requests that are longer than almost all are: such a one has a picture in its URL. While one arrives its memory is nobody
//! else's, and no budget counts it, so there are only so many of them at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many there are at once.
pub(super) const LONG_HEADS: usize = 256;

/// The places for long heads. Whoever finds none waits, in turn.
pub(super) struct LongHeads {
    /// Of one address.
    share: usize,
    all: Arc<Semaphore>,
    /// Of those that have a place or wait for one.
    by_address: Mutex<HashMap<IpAddr, Weak<Semaphore>>>,
}

/// The place of one long head, which is free again when it is dropped.
pub(super) struct LongHead(#[expect(dead_code, reason = "held")] [OwnedSemaphorePermit; 2]);

impl LongHeads {
    /// At least 1 each.
    pub(super) fn new(most: usize, share: usize) -> Self {
        Self { share, all: Arc::new(Semaphore::new(most)), by_address: Mutex::default() }
    }

    /// Waits for a place: first among those of its address, so that these keep nobody else from one.
    pub(super) async fn place(&self, address: IpAddr) -> LongHead {
        let here = acquire(self.of(address)).await;
        LongHead([here, acquire(Arc::clone(&self.all)).await])
    }

    fn of(&self, address: IpAddr) -> Arc<Semaphore> {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = by_address.get(&address).and_then(Weak::upgrade) {
            return places;
        }
        by_address.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.share));
        by_address.insert(address, Arc::downgrade(&places));
        places
    }
}

async fn acquire(places: Arc<Semaphore>) -> OwnedSemaphorePermit {
    places.acquire_owned().await.expect("it is never closed")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_address_has_a_share_and_waits_for_more() {
        let heads = LongHeads::new(3, 2);
        let from = |last: u8| timeout(Duration::from_secs(1), heads.place(IpAddr::from([192, 0, 2, last])));
        let mut here = vec![from(1).await.unwrap(), from(1).await.unwrap()];
        assert!(from(1).await.is_err(), "that is its share");
        let there = from(2).await.unwrap();
        assert!(from(3).await.is_err(), "that is all");
        let (third, ()) = tokio::join!(from(3), async { drop(here.pop()) });
        drop((here, there, third.unwrap()));
        drop([from(4).await.unwrap(), from(4).await.unwrap()]);
        assert_eq!((heads.by_address.lock().unwrap().len(), heads.all.available_permits()), (1, 3));
    }
}
