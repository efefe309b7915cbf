//! What all clients of a run share: the server, the pictures, and the notes of what was seen.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use masthead_server::{Credentials, UserId};
use tokio::time::Instant;

use super::judge::{Acknowledged, Allowed, Call};
use super::pictures::{Choice, Pictures};
use super::wire::{Answer, Connection, Request};

/// A user of the server.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) id: UserId,
    pub(crate) credentials: Credentials,
    /// What was acknowledged to them.
    pub(crate) kept: Mutex<Kept>,
}

/// What was acknowledged to a user.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// In the order of the answers.
    pub(crate) uploads: Vec<Upload>,
    /// Whether a removal was acknowledged after all of them.
    pub(crate) removed: bool,
    /// Whether a later upload was refused at once: the status is of that one then.
    pub(crate) refused: bool,
}

/// An upload that was acknowledged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upload {
    pub(crate) version: i64,
    pub(crate) choice: Choice,
    /// Whether it was removed since.
    pub(crate) removed: bool,
    /// Whether its end was seen already: as a banner, or refused.
    pub(crate) seen: Option<Seen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Banner,
    Refused,
}

impl Account {
    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.credentials.bearer)
    }
}

/// What all clients share.
pub(crate) struct World {
    pub(crate) server: SocketAddr,
    pub(crate) pictures: Pictures,
    /// What all ids of requests begin with.
    pub(crate) run: String,
    number: AtomicU64,
    over: AtomicBool,
    calls: Mutex<Vec<Call>>,
    wrong: Mutex<Vec<String>>,
    pub(crate) uploads: Mutex<Vec<Acknowledged>>,
}

impl World {
    pub(crate) fn new(server: SocketAddr, pictures: Pictures, run: String) -> Self {
        Self {
            server,
            pictures,
            run,
            number: AtomicU64::new(0),
            over: AtomicBool::new(false),
            calls: Mutex::default(),
            wrong: Mutex::default(),
            uploads: Mutex::default(),
        }
    }

    /// Whether the load is to end.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Something that must not be.
    pub(crate) fn wrong(&self, what: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    pub(crate) fn acknowledged(&self, upload: Acknowledged) {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).push(upload);
    }

    /// The notes, which are taken from here.
    pub(crate) fn notes(&self) -> (Vec<Call>, Vec<Acknowledged>, Vec<String>) {
        fn take<T: Default>(notes: &Mutex<T>) -> T {
            std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner))
        }
        (take(&self.calls), take(&self.uploads), take(&self.wrong))
    }

    /// Sends a request of an honest client, and notes it with its answer, which is given when there was one.
    pub(crate) async fn call(
        &self,
        connection: &mut Connection,
        what: &'static str,
        allowed: Allowed,
        request: Request,
    ) -> Option<Answer> {
        let id = format!("{}-{}", self.run, self.number.fetch_add(1, Ordering::Relaxed));
        let signed = request.headers.iter().any(|(_, value)| value.starts_with("OAuth "));
        let request = request.with("X-Request-Id", id.clone());
        let begin = Instant::now();
        let answer = connection.send(&request).await;
        let seen = answer.as_ref().map(|answer| (answer.status, answer.code())).map_err(ToString::to_string);
        let call = Call { request: id, what, begin, end: Instant::now(), answer: seen, allowed, signed };
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        answer.ok()
    }
}
