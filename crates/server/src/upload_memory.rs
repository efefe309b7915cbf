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

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

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

/// Whom memory is counted for, narrow before wide: in this order reserves are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Party {
    User(UserId),
    Address(IpAddr),
    Everybody,
}

/// What the uploads of a party hold.
#[derive(Debug, Default)]
struct Account {
    /// What may be held outside of the reserve.
    common: u64,
    /// How much of it is held.
    used: u64,
    /// Whose upload has the reserve. All that it holds is in there.
    owner: Option<u64>,
    /// How many in the line wait for the reserve, and then nobody who is not in the line passes them. There is an owner then.
    waiting: u32,
    uploads: u32,
}

#[derive(Debug)]
struct Upload {
    held: u64,
    parties: Vec<Party>,
}

#[derive(Debug)]
struct Waiter {
    upload: u64,
    bytes: u64,
    tell: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    accounts: HashMap<Party, Account>,
    uploads: HashMap<u64, Upload>,
    /// In turn.
    line: BTreeMap<u64, Waiter>,
    /// The number of the next upload or place in the line.
    next: u64,
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
                state.join(id, party, &shared);
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
        state.join(self.id, Party::User(user), &self.shared);
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

/// What somebody who took memory has given up for it.
#[derive(PartialEq, Eq)]
enum Freed {
    Nothing,
    /// It has moved into a reserve, and has left room to others.
    Some,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn account(&mut self, party: Party) -> &mut Account {
        self.accounts.entry(party).or_default()
    }

    /// Counts an upload for a party too, which goes before those it is counted for already.
    fn join(&mut self, id: u64, party: Party, shared: &Shared) {
        let limit = if party == Party::Everybody { shared.total } else { shared.share };
        let account = self.account(party);
        account.common = limit.saturating_sub(shared.largest);
        account.uploads += 1;
        let Some(upload) = self.uploads.get_mut(&id) else { return };
        let place = if matches!(party, Party::User(_)) { 0 } else { upload.parties.len() };
        upload.parties.insert(place, party);
    }

    /// Gives an upload so many bytes more, or says whose account it has to wait for.
    fn take(&mut self, id: u64, bytes: u64) -> Result<Freed, Party> {
        let Self { accounts, uploads, .. } = self;
        let Some(upload) = uploads.get_mut(&id) else { return Ok(Freed::Nothing) };
        let short = |party: &Party| {
            let account = &accounts[party];
            account.owner != Some(id) && (account.waiting > 0 || account.used.saturating_add(bytes) > account.common)
        };
        // The reserves it needs: those up to the widest account that cannot give it what it wants otherwise.
        let reserves = upload.parties.iter().rposition(short).map_or(0, |widest| widest + 1);
        for party in &upload.parties[..reserves] {
            if accounts[party].owner.is_some_and(|owner| owner != id) {
                return Err(*party);
            }
        }
        let mut freed = Freed::Nothing;
        for (place, party) in upload.parties.iter().enumerate() {
            let Some(account) = accounts.get_mut(party) else { continue };
            if account.owner == Some(id) {
                continue;
            }
            if place < reserves {
                account.owner = Some(id);
                account.used -= upload.held;
                if upload.held > 0 {
                    freed = Freed::Some;
                }
            } else {
                account.used += bytes;
            }
        }
        upload.held += bytes;
        Ok(freed)
    }

    /// An upload has come to its end.
    fn leave(&mut self, id: u64) {
        let Some(upload) = self.uploads.remove(&id) else { return };
        for party in upload.parties {
            let account = self.account(party);
            if account.owner == Some(id) {
                account.owner = None;
            } else {
                account.used -= upload.held;
            }
            account.uploads -= 1;
            if account.uploads == 0 {
                self.accounts.remove(&party);
            }
        }
        if upload.held > 0 {
            self.settle();
        }
    }

    /// Gives to those in the line what can be given, in turn.
    fn settle(&mut self) {
        let mut freed = true;
        while freed {
            freed = false;
            self.accounts.values_mut().for_each(|account| account.waiting = 0);
            for (ticket, waiter) in std::mem::take(&mut self.line) {
                match self.take(waiter.upload, waiter.bytes) {
                    Ok(more) => {
                        freed |= more == Freed::Some;
                        // Its upload holds it, whether anybody hears of it or not.
                        let _ = waiter.tell.send(());
                    }
                    Err(party) => {
                        self.account(party).waiting += 1;
                        self.line.insert(ticket, waiter);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
