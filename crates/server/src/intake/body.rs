//! Reading a body whose length and speed somebody else decides: bounded in bytes, in time and in memory.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use masthead_oauth1::{BodyHash, BodyHasher};
use tokio::time::{Instant, timeout_at};

use crate::budget::{Budget, Held};
use crate::error::Refusal;
use crate::options::Patience;

/// Memory is taken from the budget in steps of this many bytes.
const STEP: u64 = 64 << 10;

/// How long an upload waits for memory that others hold.
const WAIT_FOR_MEMORY: Duration = Duration::from_secs(5);

/// The body of one request: no longer than allowed, no slower than allowed, its bytes taken from a budget as they
/// arrive.
#[derive(Debug)]
pub(crate) struct Intake {
    stream: BodyDataStream,
    /// The length the client announced.
    announced: Option<u64>,
    most: u64,
    too_many: Refusal,
    received: u64,
    /// When it was first asked for: what we did before is not the client's delay.
    start: Option<Instant>,
    patience: Patience,
    budget: Budget,
    held: Held,
    taken: u64,
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
        budget: Budget,
    ) -> Self {
        let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let (stream, start, held) = (body.into_data_stream(), None, Budget::nothing());
        Self {
            stream,
            announced,
            most,
            too_many,
            received: 0,
            start,
            patience,
            budget,
            held,
            taken: 0,
            hasher: None,
            trusted: false,
            ended: false,
        }
    }

    /// It is known now who sends the body: room may be made for what is announced. With a hash, it is checked against that
    /// while it passes; [`Intake::end`] gives the result.
    pub(crate) fn trust(&mut self, hash: Option<BodyHash>) {
        self.trusted = true;
        self.hasher = hash.map(|hash| hash.hasher());
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        if self.ended {
            return Ok(None);
        }
        if self.announced.is_some_and(|announced| announced > self.most) {
            return Err(self.too_many.clone());
        }
        let deadline = *self.start.get_or_insert_with(Instant::now) + self.patience.allowance(self.received);
        let piece = match timeout_at(deadline, self.stream.next()).await {
            Ok(Some(Ok(piece))) => piece,
            Ok(Some(Err(error))) => {
                self.ended = true;
                tracing::debug!(%error, "a body broke off");
                return Err(Refusal::Body("Request body is cut short.".to_owned()));
            }
            Ok(None) => {
                self.ended = true;
                return Ok(None);
            }
            Err(_) => {
                // Its rest is not waited for either.
                self.ended = true;
                return Err(Refusal::TooSlow);
            }
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

    /// Sees to it that at least `bytes` are taken from the budget.
    pub(crate) async fn reserve(&mut self, bytes: u64) -> Result<(), Refusal> {
        if bytes <= self.taken {
            return Ok(());
        }
        let more = (bytes - self.taken).next_multiple_of(STEP);
        let asked = Instant::now();
        if !self.budget.grow(&mut self.held, more, WAIT_FOR_MEMORY).await {
            return Err(Refusal::OverCapacity);
        }
        // The client is not to blame for this time.
        self.start = self.start.map(|start| start + asked.elapsed());
        self.taken += more;
        Ok(())
    }

    /// How many bytes have come.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Reads to the end of the body, past anything that nobody has asked for, and checks its hash. Gives the memory that was
    /// taken for what was read, for whoever keeps it.
    pub(crate) async fn end(&mut self) -> Result<Held, Refusal> {
        while self.next().await?.is_some() {}
        match self.hasher.take().map(BodyHasher::finish) {
            Some(Err(_)) => Err(Refusal::NotAuthenticated),
            _ => {
                self.taken = 0;
                Ok(std::mem::replace(&mut self.held, Budget::nothing()))
            }
        }
    }

    /// Reads what is left of the body of a refused request and throws it away, so that the client, busy sending, comes to
    /// read the answer: a connection closed in its face would lose it. Not for ever, and not when the client waits for our
    /// leave to send (`Expect: 100-continue`).
    pub(crate) async fn drain(mut self, headers: &HeaderMap) {
        const AT_MOST: Duration = Duration::from_secs(5);
        if self.ended || headers.contains_key(EXPECT) {
            return;
        }
        drop(self.held);
        let deadline = Instant::now() + AT_MOST;
        let mut left = 2 * self.most;
        while let Ok(Some(Ok(piece))) = timeout_at(deadline, self.stream.next()).await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}
