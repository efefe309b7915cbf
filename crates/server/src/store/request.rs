//! Nonces and rate windows, which requests are counted in.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::id::{Time, UserId};

/// A nonce of OAuth: refused when seen before with the same timestamp, consumer and token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce {
    timestamp: u64,
    digest: [u8; Self::DIGEST],
}

impl Nonce {
    const DIGEST: usize = 16;

    /// A nonce as it was sent, with the timestamp in unix seconds. What is kept of it has a fixed length, however long the
    /// texts are: the timestamp, and the first half of the SHA-256 of the rest.
    #[must_use]
    pub fn new(consumer_key: &str, token: &str, timestamp: u64, nonce: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [consumer_key, token, nonce] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        Self::from_parts(timestamp, std::array::from_fn(|at| hash[at]))
    }

    /// A nonce as a store has kept it.
    #[must_use]
    pub const fn from_parts(timestamp: u64, digest: [u8; 16]) -> Self {
        Self { timestamp, digest }
    }

    /// The timestamp that the client sent, in unix seconds.
    #[must_use]
    pub const fn timestamp(self) -> u64 {
        self.timestamp
    }

    /// What is kept of the rest.
    #[must_use]
    pub const fn digest(self) -> [u8; 16] {
        self.digest
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonce({}, {:032x})", self.timestamp, u128::from_be_bytes(self.digest))
    }
}

/// A request that asks to be let in.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    /// Whose it is.
    pub user: UserId,
    /// The call, which has windows of its own.
    pub call: &'a str,
    /// How many requests are allowed in a window.
    pub limit: u32,
    /// The length of a window. It starts with the first request in it.
    pub window: Duration,
    /// The nonce of a signed request.
    pub nonce: Option<Nonce>,
}

/// What became of a request that asked to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// Its nonce was seen before. It is not counted.
    Replayed,
    /// It was counted, or refused, as the window says.
    Counted(RateWindow),
}

/// A fixed window of requests, after a request was counted in it or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateWindow {
    /// Whether this request is allowed.
    pub allowed: bool,
    /// How many requests more are allowed in this window.
    pub remaining: u32,
    /// When the next window may start, rounded up to a whole second.
    pub reset: Time,
}

/// The requests of a user to a call in their current window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowCount {
    /// Whose they are.
    pub user: UserId,
    /// The call.
    pub call: String,
    /// How many requests were counted, at least 1.
    pub used: u32,
    /// When the window ends.
    pub ends_at: Time,
}
