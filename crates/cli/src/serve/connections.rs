//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use masthead_server::network;
use tokio::sync::Notify;

use super::long_heads::{LongHead, LongHeads};

/// How often it is logged that connections are refused.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// The connections of a listener.
pub(super) struct Connections {
    most: usize,
    /// Of one address.
    share: usize,
    long_heads: LongHeads,
    state: Mutex<State>,
    empty: Notify,
}

#[derive(Default)]
struct State {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
    refused: u64,
    told: Option<Instant>,
}

impl Connections {
    /// At least 1 each. An IPv6 client has a whole /64, which is one address here.
    pub(super) fn new(most: usize, share: usize, long_heads: LongHeads) -> Arc<Self> {
        Arc::new(Self { most, share, long_heads, state: Mutex::default(), empty: Notify::new() })
    }

    /// A place for a connection, which is free again when it is dropped; `None` if there is none.
    pub(super) fn place(self: &Arc<Self>, client: IpAddr) -> Option<Place> {
        let address = network(client);
        let mut state = self.state();
        let from_here = state.by_address.get(&address).copied().unwrap_or_default();
        if state.all >= self.most || from_here >= self.share {
            state.refused += 1;
            if state.told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
                let (refused, in_all, most, share) = (state.refused, state.all, self.most, self.share);
                tracing::warn!(%client, refused, in_all, from_here, most, share, "connections are refused");
                (state.told, state.refused) = (Some(Instant::now()), 0);
            }
            return None;
        }
        state.all += 1;
        state.by_address.insert(address, from_here + 1);
        Some(Place { connections: Arc::clone(self), address })
    }

    /// Resolves when there are none.
    pub(super) async fn none(&self) {
        loop {
            let emptied = self.empty.notified();
            if self.state().all == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection.
pub(super) struct Place {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Place {
    /// Waits for a place for a long head, too.
    pub(super) fn long_head(&self) -> impl Future<Output = LongHead> + Send + use<> {
        let (connections, address) = (Arc::clone(&self.connections), self.address);
        async move { connections.long_heads.place(address).await }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.connections.state();
        state.all -= 1;
        if let Entry::Occupied(mut entry) = state.by_address.entry(self.address) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
        if state.all == 0 {
            self.connections.empty.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_a_share() {
        let connections = Connections::new(3, 2, LongHeads::new(1, 1));
        let from = |text: &str| connections.place(text.parse().unwrap());
        let mut here = vec![from("192.0.2.1").unwrap(), from("::ffff:192.0.2.1").unwrap()];
        assert!(from("192.0.2.1").is_none());
        let there = from("2001:db8::1").unwrap();
        assert!(from("192.0.2.2").is_none(), "that is all");
        here.pop();
        let second = from("2001:db8::2").unwrap();
        drop((here, there));
        assert!(from("2001:db8::3").is_some());
        drop(second);
        assert!(connections.state().by_address.is_empty() && connections.state().all == 0);
    }
}
