//! What is done for every request: its id, its span, its line in the log, its figures.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tracing::field::{Empty, display};
use tracing::{Instrument, Span};

use crate::auth::client;
use crate::error::RefusalKind;
use crate::random;
use crate::server::Server;
use crate::state::Shared;
use crate::traceparent::TraceParent;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The route of `GET /healthz`.
const HEALTH: &str = "/healthz";

/// The longest request id that is taken from a client.
const LONGEST_ID: usize = 64;

/// Gives a request its id and its span, counts and times it, and logs its end.
pub(crate) async fn observe(State(server): State<Server>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let (mut parts, body) = request.into_parts();
    let id = request_id(&parts.headers);
    parts.headers.insert(REQUEST_ID, id.clone());
    let route = parts.extensions.get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = method(&parts.method);
    let span = span(&server, &parts, method, &route, &id);
    let (shared, received) = (Arc::clone(&server.shared), Arc::new(AtomicU64::new(0)));
    let mut line = Line {
        shared,
        method,
        route,
        span: span.clone(),
        start,
        received: Arc::clone(&received),
        sent: 0,
        status: None,
    };

    let body = Counted { body, count: move |bytes| _ = received.fetch_add(bytes, Ordering::Relaxed) };
    let response = next.run(Request::from_parts(parts, Body::new(body))).instrument(span).await;

    let metrics = &server.shared.metrics;
    let status = response.status().as_u16();
    metrics.request(method, &line.route, status, start.elapsed());
    if let Some(RefusalKind(kind)) = response.extensions().get() {
        metrics.refusal(kind);
    }
    if status >= 500 && server.shared.options.link_span.is_some() {
        line.span.record("otel.status_code", "error");
    }
    line.status = Some(status);
    let mut response = response.map(|body| Body::new(Counted { body, count: move |bytes| line.add(bytes) }));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// What a log line says of its request: the pattern of its route, never its query or headers, which have secrets and
/// pictures in them.
fn span(server: &Server, parts: &Parts, method: &str, route: &str, id: &HeaderValue) -> Span {
    let options = &server.shared.options;
    let id = id.to_str().unwrap_or_default();
    let span = tracing::info_span!(
        "request",
        method,
        route,
        id,
        client = Empty,
        user = Empty,
        trace_id = Empty,
        parent_id = Empty,
        otel.name = Empty,
        otel.kind = Empty,
        otel.status_code = Empty
    );
    if let Some(client) = client(parts, options) {
        span.record("client", display(client));
    }
    if let Some(trace) = TraceParent::of(&parts.headers) {
        span.record("trace_id", display(trace.trace_id())).record("parent_id", display(trace.parent_id()));
    }
    if let Some(link) = options.link_span {
        span.record("otel.name", format!("{method} {route}")).record("otel.kind", "server");
        link(&span, &parts.headers);
    }
    span
}

/// The client's own id if it is short and plain, so that it can stand in a log; one of ours otherwise.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let plain = |id: &&HeaderValue| {
        let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=@".contains(byte);
        (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(known)
    };
    headers.get(REQUEST_ID).filter(plain).cloned().unwrap_or_else(|| {
        let id = format!("{:032x}", u128::from_be_bytes(random::bytes()));
        HeaderValue::from_str(&id).expect("hexadecimal digits")
    })
}

/// Its name in figures and logs: what clients make up would make up figures.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

/// The line of a request in the log, written when its answer has been sent, or when nobody is there to read it any more.
struct Line {
    shared: Arc<Shared>,
    method: &'static str,
    route: String,
    span: Span,
    start: Instant,
    received: Arc<AtomicU64>,
    sent: u64,
    /// `None` until there is an answer.
    status: Option<u16>,
}

impl Line {
    fn add(&mut self, bytes: u64) {
        self.sent += bytes;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let ms = self.start.elapsed().as_micros() as f64 / 1000.0;
        let bytes_in = self.received.load(Ordering::Relaxed);
        let bytes_out = self.sent;
        if self.status.is_none() {
            self.shared.metrics.given_up(self.method, &self.route);
        }
        self.span.in_scope(|| match self.status {
            // Programs ask this each second for ever.
            Some(status @ 200) if self.route == HEALTH => {
                tracing::debug!(status, ms, bytes_in, bytes_out, "request answered")
            }
            Some(status) => tracing::info!(status, ms, bytes_in, bytes_out, "request answered"),
            None => tracing::info!(ms, bytes_in, "request given up by its client"),
        });
    }
}

/// A body whose bytes are counted as they pass.
struct Counted<F> {
    body: Body,
    count: F,
}

impl<F: FnMut(u64) + Unpin> http_body::Body for Counted<F> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            (self.count)(data.len() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_clients_are_taken_when_they_are_short_and_plain() {
        let id = |given: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(given).unwrap());
            request_id(&headers).as_bytes().to_vec()
        };
        for good in [
            &b"mine"[..],
            b"00-4bf92f3577b34da6a3ce929d0e0e4736",
            b"Root=1-67891233-abcdef012345678912345678",
            &[b'a'; 64],
        ] {
            assert_eq!(id(good), good);
        }
        for odd in [&b""[..], &[b'a'; 65], b"a b", b"a\tb", b"\"", b"{x}", "\u{e9}".as_bytes()] {
            let ours = id(odd);
            assert!(ours.len() == 32 && ours.iter().all(u8::is_ascii_hexdigit), "{odd:?}");
        }
    }
}
