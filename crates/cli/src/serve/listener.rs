//! Connections: HTTP/1.1 over TCP, or over TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use masthead_server::Secure;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::connections::{Connections, Place};
use super::pace::{Answer, Pace, Paced, Times};
use super::tls::Tls;

/// The longest head of a request, in bytes; a URL has at most half of it.
const LONGEST_HEAD: usize = 128 << 10;

/// What a client gets to read for whom there is no place.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 59\r\n\
    Retry-After: 5\r\nConnection: close\r\n\r\n{\"errors\":[{\"code\":130,\"message\":\"Too many connections.\"}]}";

/// How many clients may wait for their turn. Who comes then tries again a second later, so there is room for a rush.
const BACKLOG: u32 = 4096;

/// How many are told so at once; the others are only closed.
const TOLD_AT_ONCE: usize = 64;

/// How long to wait before the next connection when the system can open no more files.
const PAUSE: Duration = Duration::from_millis(100);

/// A port that is taken; clients wait until [`Listener::serve`].
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

/// How far the end of a listener has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It takes connections.
    Open,
    /// It takes none any more; requests that are under way are answered.
    Ending,
    /// Connections are closed as they are.
    Ended,
}

/// What connections of a listener share.
#[derive(Clone)]
struct Serving {
    app: TowerToHyperService<Router>,
    tls: Option<Tls>,
    times: Times,
    phase: watch::Receiver<Phase>,
}

impl Listener {
    /// Takes a port. The option it came from is named when that fails.
    pub(super) fn bind(address: SocketAddr, option: &str, tls: Option<Tls>) -> Result<Self, String> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => format!("cannot listen on {address}: another program does (see {option})"),
            io::ErrorKind::AddrNotAvailable => format!("cannot listen on {address}: this machine has no such address"),
            io::ErrorKind::PermissionDenied => format!("cannot listen on {address}: permission denied"),
            _ => format!("cannot listen on {address}: {error}"),
        };
        let socket = listen(address).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, tls })
    }

    /// Where it listens, with the port that was chosen.
    pub(super) fn url(&self) -> String {
        format!("http{}://{}", if self.tls.is_some() { "s" } else { "" }, self.address)
    }

    /// Answers requests until it is to end; then it has closed its port, and `connections` may be waited for.
    pub(super) async fn serve(
        self,
        app: Router,
        times: Times,
        connections: Arc<Connections>,
        mut phase: watch::Receiver<Phase>,
    ) {
        let app = TowerToHyperService::new(app);
        let serving = Serving { app, tls: self.tls, times, phase: phase.clone() };
        let refusals = Arc::new(Semaphore::new(TOLD_AT_ONCE));
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = phase.wait_for(|phase| *phase > Phase::Open) => return,
            };
            match accepted {
                Ok((stream, client)) => match connections.place(client.ip()) {
                    Some(place) => drop(tokio::spawn(serving.clone().connection(stream, client, place))),
                    // Before a handshake there is nothing that could be said.
                    None if serving.tls.is_some() => {}
                    None => {
                        if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                            tokio::spawn(async move {
                                refuse(stream).await;
                                drop(permit);
                            });
                        }
                    }
                },
                // The client's business: it has hung up before its turn came.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections of a server that has just ended are in nobody's way; elsewhere it would let others take the port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

impl Serving {
    /// Everything that comes on one connection.
    async fn connection(self, stream: TcpStream, client: SocketAddr, place: Place) {
        // Answers are small and written at once: there is nothing to be gained by waiting for more of them.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let pace = Pace::new(self.times);
        let stream = Paced::new(stream, Arc::clone(&pace), place);
        let mut phase = self.phase.clone();
        let served = async {
            match self.tls.as_ref().map(Tls::acceptor) {
                None => self.requests(stream, client, false, &pace).await.map_err(|error| error.to_string()),
                Some(acceptor) => {
                    let stream = acceptor.accept(stream).await.map_err(|error| error.to_string())?;
                    self.requests(stream, client, true, &pace).await.map_err(|error| error.to_string())
                }
            }
        };
        // Whoever looks for open ports is no reason to worry.
        tokio::select! {
            served = served => if let Err(error) = served {
                tracing::debug!(%client, error, "a connection failed");
            },
            why = pace.expired() => tracing::debug!(%client, why, "a connection is closed"),
            _ = phase.wait_for(|phase| *phase == Phase::Ended) => {}
        }
    }

    async fn requests(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        client: SocketAddr,
        secure: bool,
        pace: &Arc<Pace>,
    ) -> hyper::Result<()> {
        let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
            let (answering, long_head) = pace.answering();
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(client));
            request.extensions_mut().insert(Secure(secure));
            let answer = self.app.call(request);
            async move {
                let answer = answer.await;
                // Until now it was a part of the request.
                drop(long_head);
                answer.map(|answer: Response| answer.map(|body| Answer { body, _answering: answering }))
            }
        });
        let mut http = http1::Builder::new();
        // Without a timer: the time that it has for heads would count while a connection is idle, too.
        let connection = http.max_buf_size(LONGEST_HEAD).serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let mut phase = self.phase.clone();
        tokio::select! {
            ended = &mut connection => return ended,
            _ = phase.wait_for(|phase| *phase > Phase::Open) => {}
        }
        connection.as_mut().graceful_shutdown();
        connection.await
    }
}

/// Says that there is no place, and waits a moment for the client to read it: what it has sent itself would have the connection reset
/// otherwise.
async fn refuse(mut stream: TcpStream) {
    let told = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await?;
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    // Whoever does not want to hear it is as far as everybody else.
    let _ = timeout(Duration::from_secs(1), told).await;
}
