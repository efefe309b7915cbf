//! Who holds how much, and who waits.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use tokio::sync::oneshot;

use crate::id::UserId;

/// Whom memory is counted for, narrow before wide: in this order reserves are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Party {
    User(UserId),
    Address(IpAddr),
    Everybody,
}

/// What the uploads of a party hold.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// What may be held outside of the reserve.
    common: u64,
    /// How much of it is held.
    used: u64,
    /// Whose upload has the reserve. All that it holds is in there.
    owner: Option<u64>,
    /// How many in the line wait for the reserve, and then nobody who is not in the line passes them. There is an owner then.
    pub(super) waiting: u32,
    uploads: u32,
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) held: u64,
    pub(super) parties: Vec<Party>,
}

#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) upload: u64,
    pub(super) bytes: u64,
    pub(super) tell: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) accounts: HashMap<Party, Account>,
    pub(super) uploads: HashMap<u64, Upload>,
    /// In turn.
    pub(super) line: BTreeMap<u64, Waiter>,
    /// The number of the next upload or place in the line.
    next: u64,
}

/// What somebody who took memory has given up for it.
#[derive(PartialEq, Eq)]
pub(super) enum Freed {
    Nothing,
    /// It has moved into a reserve, and has left room to others.
    Some,
}

impl State {
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn account(&mut self, party: Party) -> &mut Account {
        self.accounts.entry(party).or_default()
    }

    /// Counts an upload for a party too, whose uploads may hold `limit` together, `largest` of it in the reserve. A user goes before those it is
    /// counted for already.
    pub(super) fn join(&mut self, id: u64, party: Party, limit: u64, largest: u64) {
        let account = self.account(party);
        account.common = limit.saturating_sub(largest);
        account.uploads += 1;
        let Some(upload) = self.uploads.get_mut(&id) else { return };
        let place = if matches!(party, Party::User(_)) { 0 } else { upload.parties.len() };
        upload.parties.insert(place, party);
    }

    /// Gives an upload so many bytes more, or says whose account it has to wait for.
    pub(super) fn take(&mut self, id: u64, bytes: u64) -> Result<Freed, Party> {
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
    pub(super) fn leave(&mut self, id: u64) {
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
    pub(super) fn settle(&mut self) {
        let mut freed = true;
        while freed {
            freed = false;
            self.accounts.values_mut().for_each(|account| account.waiting = 0);
            let mut waiting = Vec::new();
            while let Some((ticket, waiter)) = self.line.pop_first() {
                match self.take(waiter.upload, waiter.bytes) {
                    Ok(more) => {
                        freed |= more == Freed::Some;
                        // Its upload holds it, whether anybody hears of it or not.
                        let _ = waiter.tell.send(());
                    }
                    Err(party) => {
                        self.account(party).waiting += 1;
                        waiting.push((ticket, waiter));
                        if party == Party::Everybody {
                            // Whoever is behind waits as well, and the one upload that need not is not in the line.
                            break;
                        }
                    }
                }
            }
            self.line.extend(waiting);
        }
    }
}
