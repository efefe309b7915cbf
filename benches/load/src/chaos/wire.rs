//! HTTP/1.1 as clients speak it, from an address of their own: the server counts by addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Nothing that an honest client asks for takes this long.
const TIMEOUT: Duration = Duration::from_secs(90);

/// The longest answer.
const MOST: usize = 64 << 20;

/// A request.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) target: String,
    /// Name and value of what is said beside `Host` and `Content-Length`.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> u64 {
        self.json()["errors"][0]["code"].as_u64().unwrap_or(0)
    }
}

impl Request {
    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self { method: "GET", target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self { method: "POST", ..Self::get(target) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Its head, as it is for a body of `length` bytes.
    pub(crate) fn head(&self, server: SocketAddr, length: usize) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
        let Self { method, target, .. } = self;
        format!("{method} {target} HTTP/1.1\r\nHost: {server}\r\nContent-Length: {length}\r\n{headers}\r\n")
    }
}

/// The address of a client: one of the 65,536 of this machine's own network that begin with 127.1.
pub(crate) fn address(number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(127, 1, high, low).into()
}

/// Connects from an address of one's own.
pub(crate) async fn connect(from: IpAddr, server: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A client that keeps its connection.
pub(crate) struct Connection {
    from: IpAddr,
    server: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    pub(crate) fn new(from: IpAddr, server: SocketAddr) -> Self {
        Self { from, server, stream: None }
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn send(&mut self, request: &Request) -> io::Result<Answer> {
        let answer = timeout(TIMEOUT, self.exchange(request)).await;
        answer.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
    }

    async fn exchange(&mut self, request: &Request) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(connect(self.from, self.server).await?),
        };
        stream.write_all(request.head(self.server, request.body.len()).as_bytes()).await?;
        stream.write_all(&request.body).await?;
        let (answer, keep) = read(&mut stream).await?;
        self.stream = Some(stream).filter(|_| keep);
        Ok(answer)
    }
}

/// Reads an answer, and says whether the connection stays open.
async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let malformed = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| malformed("the connection was closed without an answer"))?;
    let (mut length, mut keep, mut retry_after) = (None, true, None);
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match (&*name.to_ascii_lowercase(), value.trim()) {
            ("content-length", value) => length = value.parse().ok().filter(|length| *length <= MOST),
            ("connection", value) => keep = !value.eq_ignore_ascii_case("close"),
            ("retry-after", value) => retry_after = value.parse().ok(),
            _ => {}
        }
    }
    let mut body = vec![0; length.ok_or_else(|| malformed("an answer without its length"))?];
    stream.read_exact(&mut body).await?;
    Ok((Answer { status, retry_after, body }, keep))
}
