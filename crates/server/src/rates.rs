//! Rate windows and nonces, counted in memory: for a server that has its storage to itself, so that no request waits for a disk to
//! be counted.
//!
//! Windows end by a clock that never jumps, whatever the machine's clock does. Nonces are remembered by it too, for longer than their
//! timestamps are accepted and, while there is room, for two hours: a clock that is put back makes old timestamps good once more.
//!
//! What changes is written behind, each second in one group, and at the end of the server. A kill loses at most what came after the
//! last group: somebody may make that many requests more, and a request of that second could be replayed.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::auth::TOLERANCE;
use crate::clock::Clock;
use crate::id::{Time, UserId};
use crate::session::Call;
use crate::state::Shared;
use crate::store::{Nonce, RateWindow, Store, StoreError, WindowCount};

/// How many windows are remembered: of 100,000 users who make all calls. About 50 MB.
const MOST_WINDOWS: usize = 500_000;

/// How many nonces are remembered: 800 signed requests a second for ten minutes. About 60 MB.
const MOST_NONCES: usize = 500_000;

/// The longest window, ten years: an end that no clock can tell would be none.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// For so long the timestamp of a request may be accepted after the request was: it may have been in the future.
const LIVE: Duration = Duration::from_secs(2 * TOLERANCE.as_secs());

/// How long nonces are remembered while there is room.
const KEPT: Duration = Duration::from_secs(2 * 3600);

/// How often what has changed is written.
const WRITE: Duration = Duration::from_secs(1);

/// How often what is over is forgotten.
const FORGET: Duration = Duration::from_secs(60);

/// How many windows and how many nonces are written in one transaction.
const GROUP: usize = 10_000;

/// Windows and nonces of one server.
#[derive(Debug)]
pub(crate) struct Rates {
    clock: Clock,
    /// The length of a window.
    length: Duration,
    most_windows: usize,
    most_nonces: usize,
    state: Mutex<State>,
    /// Held while a group is written.
    writing: tokio::sync::Mutex<()>,
}

/// A request of a user that asks to be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking {
    pub(crate) user: UserId,
    pub(crate) call: Call,
    /// How many are allowed in a window.
    pub(crate) limit: u32,
    /// If it is a signed one.
    pub(crate) nonce: Option<Nonce>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Its nonce was seen before. It is not counted.
    Replayed,
    /// There is no room to remember it, so it is not let in.
    Full,
    /// It was counted, or refused, as the window says. The time is left until the window ends.
    Window(RateWindow, Duration),
}

type Key = (UserId, Call);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    used: u32,
    ends: Instant,
    /// The same by the clock, as clients are told and as it is written.
    ends_at: Time,
}

#[derive(Debug, Default)]
struct State {
    windows: HashMap<Key, Window>,
    /// By timestamp.
    nonces: BTreeSet<Nonce>,
    /// Since when each of them is remembered, in order.
    remembered: VecDeque<(Instant, Nonce)>,
    /// What is to be written.
    changed: HashSet<Key>,
    added: Vec<Nonce>,
    forgotten: Option<Instant>,
}

impl Rates {
    /// What a store remembers.
    pub(crate) async fn load(store: &dyn Store, clock: &Clock, length: Duration) -> Result<Self, StoreError> {
        let rates = Self::new(clock, length, MOST_WINDOWS, MOST_NONCES);
        rates.take_up(store.windows().await?, store.nonces().await?);
        Ok(rates)
    }

    fn new(clock: &Clock, length: Duration, most_windows: usize, most_nonces: usize) -> Self {
        let (clock, state, writing) = (clock.clone(), Mutex::default(), tokio::sync::Mutex::default());
        let length = length.min(LONGEST);
        Self { clock, length, most_windows, most_nonces, state, writing }
    }

    fn take_up(&self, windows: Vec<WindowCount>, mut nonces: Vec<Nonce>) {
        let (now, at) = (self.clock.now(), Instant::now());
        let mut state = self.lock();
        for WindowCount { user, call, used, ends_at } in windows {
            let left = Duration::from_millis(u64::try_from(ends_at.0.saturating_sub(now.0)).unwrap_or(0));
            if let Some(call) = Call::named(&call)
                && !left.is_zero()
                && left <= self.length
            {
                state.windows.insert((user, call), Window { used, ends: at + left, ends_at });
            }
        }
        // As old as their timestamps say.
        nonces.sort_unstable();
        for nonce in nonces {
            let age = u64::try_from(now.unix_seconds()).unwrap_or(0).saturating_sub(nonce.timestamp());
            let since = at.checked_sub(Duration::from_secs(age).min(LIVE)).unwrap_or(at);
            state.nonces.insert(nonce);
            state.remembered.push_back((since, nonce));
        }
    }

    /// Lets a request in: refuses one whose nonce was seen before, and does not count it; counts one that is allowed, and remembers
    /// its nonce; does nothing about one that is not allowed.
    pub(crate) fn count(&self, asking: Asking) -> Counted {
        let Asking { user, call, limit, nonce } = asking;
        let (now, at) = (self.clock.now(), Instant::now());
        let mut state = self.lock();
        if nonce.is_some_and(|nonce| state.nonces.contains(&nonce)) {
            return Counted::Replayed;
        }
        let key = (user, call);
        let fresh = Window { used: 0, ends: at + self.length, ends_at: now.after(self.length) };
        let running = state.windows.get(&key).copied().filter(|window| window.ends > at);
        let mut window = running.unwrap_or(fresh);
        let left = window.ends - at;
        // It stays what clients were told, unless the clock has jumped.
        let by_clock = now.after(left);
        if window.ends_at.0.abs_diff(by_clock.0) > 1000 {
            window.ends_at = by_clock;
        }
        let reset = whole_second(window.ends_at);
        if window.used >= limit {
            return Counted::Window(RateWindow { allowed: false, remaining: 0, reset }, left);
        }
        if !state.has_room(at, running.is_none(), nonce.is_some(), self) {
            return Counted::Full;
        }
        window.used += 1;
        state.windows.insert(key, window);
        state.changed.insert(key);
        if let Some(nonce) = nonce {
            state.nonces.insert(nonce);
            state.remembered.push_back((at, nonce));
            state.added.push(nonce);
        }
        Counted::Window(RateWindow { allowed: true, remaining: limit - window.used, reset }, left)
    }

    /// The least timestamp of a nonce that is remembered.
    pub(crate) fn oldest_nonce(&self) -> Option<u64> {
        self.lock().nonces.first().map(|nonce| nonce.timestamp())
    }

    /// Writes what has changed. What could not be written is written another time.
    pub(crate) async fn write(&self, store: &dyn Store) -> Result<(), StoreError> {
        let _writing = self.writing.lock().await;
        loop {
            let (keys, windows, nonces) = self.next_group();
            if keys.is_empty() && nonces.is_empty() {
                return Ok(());
            }
            let rows: Vec<_> = keys.iter().zip(&windows).map(|(key, window)| row(*key, *window)).collect();
            store.note(&rows, &nonces).await?;
            let mut state = self.lock();
            state.added.drain(..nonces.len());
            for (key, window) in keys.iter().zip(&windows) {
                // Not what was counted meanwhile.
                if state.windows.get(key).is_none_or(|now| now == window) {
                    state.changed.remove(key);
                }
            }
            if keys.len() < GROUP && nonces.len() < GROUP {
                return Ok(());
            }
        }
    }

    /// What is to be written next. It counts as changed until it is.
    fn next_group(&self) -> (Vec<Key>, Vec<Window>, Vec<Nonce>) {
        let mut state = self.lock();
        let State { windows, changed, .. } = &mut *state;
        changed.retain(|key| windows.contains_key(key));
        let (keys, windows) = changed.iter().filter_map(|key| Some((*key, *windows.get(key)?))).take(GROUP).unzip();
        let nonces = state.added.iter().take(GROUP).copied().collect();
        (keys, windows, nonces)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a window and a nonce more can be remembered. What may still count is not forgotten for them.
    fn has_room(&mut self, at: Instant, window: bool, nonce: bool, rates: &Rates) -> bool {
        if window && self.windows.len() >= rates.most_windows {
            // Not for each of many that ask in vain.
            if self.forgotten.is_none_or(|forgotten| at - forgotten >= WRITE) {
                self.forget_windows(at);
            }
            if self.windows.len() >= rates.most_windows {
                return false;
            }
        }
        while nonce && self.nonces.len() >= rates.most_nonces {
            if !self.forget_nonce(at, LIVE) {
                return false;
            }
        }
        true
    }

    fn forget_windows(&mut self, at: Instant) {
        self.forgotten = Some(at);
        self.windows.retain(|_, window| window.ends > at);
    }

    /// Forgets the oldest nonce if it is older than this.
    fn forget_nonce(&mut self, at: Instant, age: Duration) -> bool {
        let Some((_, nonce)) = self.remembered.pop_front_if(|(since, _)| at.saturating_duration_since(*since) > age)
        else {
            return false;
        };
        self.nonces.remove(&nonce)
    }

    /// Forgets what is over.
    fn forget(&mut self, at: Instant) {
        self.forget_windows(at);
        while self.forget_nonce(at, KEPT) {}
        // While nothing can be written, what waits for it is bounded by what is remembered.
        let Self { nonces, added, .. } = self;
        added.retain(|nonce| nonces.contains(nonce));
    }
}

fn row((user, call): Key, window: Window) -> WindowCount {
    WindowCount { user, call: call.name().to_owned(), used: window.used, ends_at: window.ends_at }
}

/// The whole second at this time or after it.
fn whole_second(time: Time) -> Time {
    Time(time.0.saturating_add(999).div_euclid(1000) * 1000)
}

/// Writes what has changed, and forgets what is over, until the server stops.
pub(crate) async fn write_behind(shared: Arc<Shared>) {
    let Some(rates) = &shared.rates else { return };
    let mut forgotten = Instant::now();
    loop {
        tokio::select! {
            () = sleep(WRITE) => {}
            () = shared.stopped() => return,
        }
        if let Err(error) = rates.write(&*shared.store).await {
            tracing::warn!(%error, "counts of requests could not be written, and will be");
        }
        if forgotten.elapsed() >= FORGET {
            forgotten = Instant::now();
            // Not while somebody else writes a group, who then removes it.
            let _writing = rates.writing.lock().await;
            rates.lock().forget(forgotten);
        }
    }
}

#[cfg(test)]
mod tests;
