//! Reading a body whose length and speed somebody else decides: bounded in bytes, in time and in memory.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use masthead_oauth1::{BodyHash, BodyHasher};
use tokio::time::{Instant, timeout, timeout_at};

use super::pace::{Pace, Verdict};
use crate::error::Refusal;
use crate::id::UserId;
use crate::options::Patience;
use crate::upload_memory::Holding;

/// Memory is taken in steps of this many bytes.
const STEP: u64 = 16 << 10;

/// How long an upload waits in all for memory that others hold.
const WAIT_FOR_MEMORY: Duration = Duration::from_secs(30);

/// The body of one request: no longer than allowed, no slower than allowed, and its bytes counted as they arrive.
#[derive(Debug)]
pub(crate) struct Intake {
    stream: BodyDataStream,
    /// The length the client announced.
    announced: Option<u64>,
    most: u64,
    too_many: Refusal,
    received: u64,
    pace: Pace,
    /// `None` when somebody else has it.
    memory: Option<Holding>,
    /// What is left of [`WAIT_FOR_MEMORY`].
    may_wait: Duration,
    hasher: Option<BodyHasher>,
    /// Whether it is known who sends it.
    trusted: bool,
    /// Whether there is nothing more to read.
    ended: bool,
}

impl Intake {
    /// At most `most` bytes are accepted; `too_many` is the answer to more.
    pub(crate) fn new(
        body: Body,
        headers: &HeaderMap,
        most: u64,
        too_many: Refusal,
        patience: Patience,
        memory: Holding,
    ) -> Self {
        Self {
            stream: body.into_data_stream(),
            announced: headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()),
            most,
            too_many,
            received: 0,
            pace: Pace::new(patience),
            memory: Some(memory),
            may_wait: WAIT_FOR_MEMORY,
            hasher: None,
            trusted: false,
            ended: false,
        }
    }

    /// It is known now who sends the body: room may be made for what is announced, and what is not read yet counts for the user. With
    /// a hash, it is checked against that while it passes; [`Intake::end`] gives the result.
    pub(crate) fn trust(&mut self, user: UserId, hash: Option<BodyHash>) {
        self.trusted = true;
        self.hasher = hash.map(|hash| hash.hasher());
        if let Some(memory) = self.memory.as_mut().filter(|memory| memory.held() == 0) {
            memory.belongs_to(user);
        }
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        if self.ended {
            return Ok(None);
        }
        if self.announced.is_some_and(|announced| announced > self.most) {
            return Err(self.too_many.clone());
        }
        let next = self.wait().await;
        // Whatever comes but a piece, nothing is read after it.
        self.ended = !matches!(next, Ok(Some(Ok(_))));
        let piece = match next? {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => {
                tracing::debug!(%error, "a body broke off");
                return Err(Refusal::Body("Request body is cut short.".to_owned()));
            }
            None => return Ok(None),
        };
        self.received += piece.len() as u64;
        if self.received > self.most {
            return Err(self.too_many.clone());
        }
        self.reserve(self.received).await?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&piece);
        }
        Ok(Some(piece))
    }

    /// What the client sends next, unless it takes too long for that.
    async fn wait(&mut self) -> Result<Option<Result<Bytes, axum::Error>>, Refusal> {
        loop {
            let start = Instant::now();
            let next = timeout(self.pace.next_look(), self.stream.next()).await;
            let bytes = match &next {
                Ok(Some(Ok(piece))) => piece.len() as u64,
                _ => 0,
            };
            let memory = &self.memory;
            let wanted = || memory.as_ref().is_some_and(Holding::is_wanted);
            match (self.pace.waited(start.elapsed(), bytes, wanted), next) {
                (_, Ok(end @ (None | Some(Err(_))))) => return Ok(end),
                (Verdict::Fine, Ok(piece)) => return Ok(piece),
                (Verdict::Fine, Err(_)) => {}
                (Verdict::TooSlow, _) => return Err(Refusal::TooSlow),
                (Verdict::TooSlowWhileBusy, _) => return Err(Refusal::OverCapacity),
            }
        }
    }

    /// The rest of the body, as one piece.
    pub(crate) async fn whole(&mut self) -> Result<Bytes, Refusal> {
        let Some(first) = self.next().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.next().await? else { return Ok(first) };
        // For strangers no room is made but for what they have sent.
        let room = self.announced.filter(|_| self.trusted).unwrap_or(0);
        self.reserve(room).await?;
        let mut whole = BytesMut::with_capacity(usize::try_from(room).unwrap_or(0));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while let Some(piece) = self.next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// Sees to it that memory for at least `bytes` is held.
    pub(crate) async fn reserve(&mut self, bytes: u64) -> Result<(), Refusal> {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        let held = memory.held();
        if bytes <= held {
            return Ok(());
        }
        let wanted = bytes.next_multiple_of(STEP).min(memory.largest()).max(bytes);
        let asked = Instant::now();
        if !memory.grow(wanted - held, self.may_wait).await {
            return Err(Refusal::OverCapacity);
        }
        self.may_wait = self.may_wait.saturating_sub(asked.elapsed());
        Ok(())
    }

    /// How many bytes have come.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Reads to the end of the body, past anything that nobody has asked for, and checks its hash. Gives the memory that was
    /// taken for what was read, for whoever keeps it.
    pub(crate) async fn end(&mut self) -> Result<Option<Holding>, Refusal> {
        while self.next().await?.is_some() {}
        match self.hasher.take().map(BodyHasher::finish) {
            Some(Err(_)) => Err(Refusal::NotAuthenticated),
            _ => Ok(self.memory.take()),
        }
    }

    /// Reads what is left of the body of a refused request and throws it away, so that the client, busy sending, comes to
    /// read the answer: a connection closed in its face would lose it. Not for ever, not for a client that has fallen silent, and not
    /// when the client waits for our leave to send (`Expect: 100-continue`).
    pub(crate) async fn drain(mut self, headers: &HeaderMap) {
        const AT_MOST: Duration = Duration::from_secs(5);
        const SILENCE: Duration = Duration::from_secs(1);
        if self.ended || headers.contains_key(EXPECT) {
            return;
        }
        self.memory = None;
        let deadline = Instant::now() + AT_MOST;
        let mut left = 2 * self.most;
        while let Ok(Some(Ok(piece))) = timeout_at(deadline.min(Instant::now() + SILENCE), self.stream.next()).await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}
