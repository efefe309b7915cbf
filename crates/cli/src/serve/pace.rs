//! What a client may take its time for: the head of a request, the pause before the next one, and reading an answer; and how much
//! of a request is read at once. The body of a request has a patience of its own, in the library.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::connections::Place;
use super::long_heads::LongHead;

/// How much a client must have read of an answer before it gets another [`Times::write`]: so that one that reads a byte now and then
/// does not hold an answer for ever.
const PROGRESS: usize = 16 << 10;

/// How much of a connection is read at once, and how much of a head without a place for long ones. What is read with the end of a head
/// or body may be of the next one, so a connection has at most twice this of heads that have no place.
const READ: usize = 16 << 10;

/// How long a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    /// From one answer to the next request.
    pub(super) idle: Duration,
    /// For the head of a request, and a TLS handshake before the first one.
    pub(super) head: Duration,
    /// Until it has read what it is sent, or [`PROGRESS`] of it.
    pub(super) write: Duration,
}

/// The clock of one connection. What happens there is told to it; [`Pace::expired`] resolves when the client took too long.
pub(super) struct Pace {
    times: Times,
    state: Mutex<State>,
    /// A limit may have come nearer.
    nearer: Notify,
}

struct State {
    /// Until when something must come from the client; `None` while a request is being answered.
    read: Option<Instant>,
    idle: bool,
    /// How much has come of the head that is under way.
    head: usize,
    long_head: Option<LongHead>,
    write: Option<Stall>,
}

/// A client that does not read what is sent to it.
struct Stall {
    until: Instant,
    written: usize,
}

impl Pace {
    /// Of a client that has just come, and is to send something.
    pub(super) fn new(times: Times) -> Arc<Self> {
        let read = Some(Instant::now() + times.head);
        let state = State { read, idle: false, head: 0, long_head: None, write: None };
        Arc::new(Self { times, state: Mutex::new(state), nearer: Notify::new() })
    }

    /// Resolves when the client has taken too long for something; what, in words.
    pub(super) async fn expired(&self) -> &'static str {
        loop {
            let (next, why) = self.state().next();
            match next {
                Some(at) if at <= Instant::now() => return why,
                Some(at) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = self.nearer.notified() => {}
                },
                None => self.nearer.notified().await,
            }
        }
    }

    /// A request has come, and is being answered until what is returned is dropped. If its head is a long one, it has this place for
    /// as long as it is there.
    pub(super) fn answering(self: &Arc<Self>) -> (Answering, Option<LongHead>) {
        let mut state = self.state();
        (state.read, state.idle) = (None, false);
        (Answering(Arc::clone(self)), state.long_head.take())
    }

    /// How much may be read now; none before there is a place for a long head.
    fn room(&self) -> usize {
        let state = self.state();
        if state.read.is_none() || state.long_head.is_some() { READ } else { READ.saturating_sub(state.head) }
    }

    /// So many bytes have come: of a request, if there was none under way.
    fn read(&self, bytes: usize) {
        let mut state = self.state();
        state.head += bytes;
        if state.idle {
            state.idle = false;
            state.read = Some(Instant::now() + self.times.head);
            self.nearer.notify_one();
        }
    }

    /// So many of these bytes were taken by the system, which has room for some that the client has not read.
    fn wrote(&self, bytes: usize, of: usize) {
        let mut state = self.state();
        if state.idle {
            // The last bytes of an answer: it is over only now.
            state.read = Some(Instant::now() + self.times.idle);
        }
        if let Some(stall) = &mut state.write {
            stall.written += bytes;
            if bytes == of || stall.written >= PROGRESS {
                state.write = None;
            }
        }
    }

    /// There is no room for more.
    fn stalled(&self) {
        let mut state = self.state();
        if state.write.is_none() {
            state.write = Some(Stall { until: Instant::now() + self.times.write, written: 0 });
            self.nearer.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Which limit is next.
    fn next(&self) -> (Option<Instant>, &'static str) {
        let reading = (self.read, if self.idle { "no next request" } else { "no whole head of a request" });
        match (&self.write, self.read) {
            (Some(stall), read) if read.is_none_or(|read| stall.until < read) => {
                (Some(stall.until), "the answer is not read")
            }
            _ => reading,
        }
    }
}

/// A request that is being answered; the wait for the next one begins when this is dropped.
pub(super) struct Answering(Arc<Pace>);

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state();
        (state.read, state.idle, state.head) = (Some(Instant::now() + self.0.times.idle), true, 0);
        self.0.nearer.notify_one();
    }
}

/// The body of an answer, which is being answered for as long as there is more of it.
pub(super) struct Answer {
    pub(super) body: Body,
    pub(super) _answering: Answering,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that tells its [`Pace`] what passes, and reads no long head before there is a place for it.
pub(super) struct Paced<S> {
    stream: S,
    pace: Arc<Pace>,
    place: Place,
    waiting: Option<Pin<Box<dyn Future<Output = LongHead> + Send>>>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>, place: Place) -> Self {
        Self { stream, pace, place, waiting: None }
    }

    /// Resolves when something may be read: how much.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        if self.pace.room() == 0 {
            let place = &self.place;
            let long_head = ready!(self.waiting.get_or_insert_with(|| Box::pin(place.long_head())).as_mut().poll(cx));
            self.pace.state().long_head = Some(long_head);
        }
        self.waiting = None;
        Poll::Ready(self.pace.room())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let room = ready!(self.poll_room(cx));
        let before = buffer.filled().len();
        if buffer.remaining() <= room {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        } else {
            // A part of `buffer` would have to be written to before it is read into, and an idle connection would have that memory.
            let mut bytes = [MaybeUninit::uninit(); READ];
            let mut part = ReadBuf::uninit(&mut bytes[..room]);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
            buffer.put_slice(part.filled());
        }
        let read = buffer.filled().len() - before;
        if read > 0 {
            self.pace.read(read);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S> Paced<S> {
    fn written(&self, of: usize, written: &Poll<io::Result<usize>>) {
        match written {
            Poll::Pending => self.pace.stalled(),
            Poll::Ready(Ok(bytes)) => self.pace.wrote(*bytes, of),
            Poll::Ready(Err(_)) => {}
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(bytes.len(), &written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(slices.iter().map(|slice| slice.len()).sum(), &written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{advance, timeout};

    use super::*;
    use crate::serve::connections::Connections;
    use crate::serve::long_heads::LongHeads;

    const TIMES: Times =
        Times { idle: Duration::from_secs(75), head: Duration::from_secs(10), write: Duration::from_secs(30) };

    /// How many seconds it takes until the pace expires, and why it does.
    async fn expires(pace: &Pace) -> (u64, &'static str) {
        let start = Instant::now();
        let why = pace.expired().await;
        (start.elapsed().as_secs(), why)
    }

    #[tokio::test(start_paused = true)]
    async fn the_head_of_a_request_and_the_pause_before_it_have_times_of_their_own() {
        let pace = Pace::new(TIMES);
        assert_eq!(expires(&pace).await, (10, "no whole head of a request"));

        drop(pace.answering());
        advance(Duration::from_secs(70)).await;
        // A byte a second.
        let trickling = async {
            loop {
                pace.read(1);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let expired = tokio::select! {
            expired = expires(&pace) => expired,
            () = trickling => unreachable!(),
        };
        assert_eq!(expired, (10, "no whole head of a request"));

        let pace = Pace::new(TIMES);
        let (answering, _) = pace.answering();
        assert!(timeout(Duration::from_secs(100_000), pace.expired()).await.is_err(), "bodies have their own patience");
        drop(answering);
        assert_eq!(expires(&pace).await, (75, "no next request"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_must_be_read() {
        let (stream, mut client) = duplex(64 << 10);
        let pace = Pace::new(TIMES);
        let _answering = pace.answering();
        let connections = Connections::new(1, 1, LongHeads::new(1, 1));
        let place = connections.place([127, 0, 0, 1].into()).unwrap();
        let mut stream = Paced::new(stream, Arc::clone(&pace), place);
        let writing = tokio::spawn(async move { stream.write_all(&vec![0; 1 << 20]).await });
        // Slow, and not too slow.
        for _ in 0..20 {
            let reading = async {
                tokio::time::sleep(Duration::from_secs(20)).await;
                client.read_exact(&mut vec![0; 32 << 10]).await.unwrap();
            };
            tokio::select! {
                expired = pace.expired() => panic!("{expired}"),
                () = reading => {}
            }
        }
        // A byte now and then.
        let trickling = async {
            loop {
                client.read_u8().await.unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let (seconds, why) = tokio::select! {
            expired = expires(&pace) => expired,
            () = trickling => unreachable!(),
        };
        assert!((29..=30).contains(&seconds) && why == "the answer is not read", "{seconds} {why}");
        writing.abort();
    }
}
