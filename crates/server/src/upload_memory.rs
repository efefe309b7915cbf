//! Memory for uploads on their way in: bounded in all and for each user and address, handed out so that nobody can stand in
//! another's way.
//!
//! An upload takes memory piece by piece, as its bytes arrive, and gives all of it back at its end. Uploads that each hold some
//! and wait for more could wait for each other for ever. So a part of every account, as large as the largest upload, is its
//! **reserve**: it is for one upload at a time, which has all that it may still need in it, waits for nobody at this account, and so
//! comes to its end. (It is the banker's rule with one claim for all: what is handed out always leaves enough for one of those that
//! hold some to finish, and its end enough for the next.) Who takes the reserve of an account takes that of the narrower
//! accounts with it, so that the owner of the reserve of all the memory waits for nothing, the owner of an address's reserve at most for
//! that one, and so on: there is no circle.
//!
//! Who has to wait does so in turn. An upload that waits for its own user's or address's memory is in nobody else's way.

mod accounts;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use self::accounts::{Freed, Party, State, Upload, Waiter};
use crate::id::UserId;

/// The bytes that uploads on their way in may hold.
#[derive(Clone, Debug)]
pub(crate) struct UploadMemory {
    shared: Arc<Shared>,
}

/// What one upload holds: nothing at first. Dropping it gives all of it back.
#[derive(Debug)]
pub(crate) struct Holding {
    shared: Arc<Shared>,
    id: u64,
}

#[derive(Debug)]
struct Shared {
    /// What one upload may hold at the most.
    largest: u64,
    total: u64,
    /// What the uploads of a user or of an address may hold together.
    share: u64,
    state: Mutex<State>,
}

impl UploadMemory {
    /// `total` bytes, at least `largest`, which is what one upload needs at the most. A party has a quarter, at least `largest`.
    pub(crate) fn new(total: u64, largest: u64) -> Self {
        let share = (total / 4).max(largest);
        Self { shared: Arc::new(Shared { largest, total, share, state: Mutex::default() }) }
    }

    /// For an upload from this address; where it is not known, only the total counts.
    pub(crate) fn enter(&self, address: Option<IpAddr>) -> Holding {
        let shared = Arc::clone(&self.shared);
        let id = {
            let mut state = shared.lock();
            let id = state.number();
            state.uploads.insert(id, Upload { held: 0, parties: Vec::new() });
            for party in address.map(Party::Address).into_iter().chain([Party::Everybody]) {
                shared.join(&mut state, id, party);
            }
            id
        };
        Holding { shared, id }
    }

    pub(crate) fn total(&self) -> u64 {
        self.shared.total
    }

    pub(crate) fn in_use(&self) -> u64 {
        self.shared.lock().uploads.values().map(|upload| upload.held).sum()
    }
}

impl Holding {
    /// From now on it counts for this user too. It must hold nothing yet.
    pub(crate) fn belongs_to(&mut self, user: UserId) {
        let mut state = self.shared.lock();
        debug_assert_eq!(state.uploads[&self.id].held, 0, "what is held is counted where it was taken");
        self.shared.join(&mut state, self.id, Party::User(user));
    }

    /// How much it holds.
    pub(crate) fn held(&self) -> u64 {
        self.shared.lock().uploads[&self.id].held
    }

    /// The most that it can hold.
    pub(crate) fn largest(&self) -> u64 {
        self.shared.largest
    }

    /// Takes so many bytes more, waiting in turn for `patience` at the most; `false` when they did not come free, and for more than
    /// the largest upload.
    pub(crate) async fn grow(&mut self, bytes: u64, patience: Duration) -> bool {
        if bytes == 0 {
            return true;
        }
        let (ticket, told) = {
            let mut state = self.shared.lock();
            if state.uploads[&self.id].held.saturating_add(bytes) > self.shared.largest {
                return false;
            }
            match state.take(self.id, bytes) {
                Ok(Freed::Nothing) => return true,
                Ok(Freed::Some) => {
                    state.settle();
                    return true;
                }
                Err(party) => state.account(party).waiting += 1,
            }
            let (tell, told) = oneshot::channel();
            let ticket = state.number();
            state.line.insert(ticket, Waiter { upload: self.id, bytes, tell });
            (ticket, told)
        };
        let place = Place { shared: &self.shared, ticket };
        match timeout(patience, told).await {
            Ok(told) => told.is_ok(),
            // It may have been given this very moment.
            Err(_) => !place.leave(),
        }
    }

    /// Whether others wait for memory that this one has some of.
    pub(crate) fn is_wanted(&self) -> bool {
        let state = self.shared.lock();
        let upload = &state.uploads[&self.id];
        upload.held > 0 && upload.parties.iter().any(|party| state.accounts[party].waiting > 0)
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.shared.lock().leave(self.id);
    }
}

/// A place in the line, left when it is dropped.
struct Place<'a> {
    shared: &'a Shared,
    ticket: u64,
}

impl Place<'_> {
    /// Whether it was still there.
    fn leave(&self) -> bool {
        let mut state = self.shared.lock();
        let left = state.line.remove(&self.ticket).is_some();
        if left {
            // Others may have waited for this one alone to go first.
            state.settle();
        }
        left
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, state: &mut State, id: u64, party: Party) {
        let limit = if party == Party::Everybody { self.total } else { self.share };
        state.join(id, party, limit, self.largest);
    }
}

#[cfg(test)]
mod tests;
