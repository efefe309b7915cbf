//! As much of HTTP/1.1 as uploads need. Requests are written as they stand, so that the machine's time goes to the server.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Nothing takes this long: a server that is silent longer is counted as a failure.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A connection that is kept open.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    pub(crate) fn get(&mut self, path: &str, token: &str) -> io::Result<Answer> {
        self.send("GET", path, token, &[])
    }

    /// Uploads a JPEG as the body of the request.
    pub(crate) fn post(&mut self, path: &str, token: &str, picture: &[u8]) -> io::Result<Answer> {
        self.send("POST", path, token, picture)
    }

    fn send(&mut self, method: &str, path: &str, token: &str, body: &[u8]) -> io::Result<Answer> {
        let (address, length) = (self.address, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(TIMEOUT))?;
                stream.set_write_timeout(Some(TIMEOUT))?;
                BufReader::with_capacity(4096, stream)
            }
        };
        stream.get_mut().write_all(head.as_bytes())?;
        stream.get_mut().write_all(body)?;
        let (answer, keep) = read(&mut stream)?;
        self.stream = Some(stream).filter(|_| keep);
        Ok(answer)
    }
}

/// Reads an answer, and says whether the connection stays open.
fn read(stream: &mut impl BufRead) -> io::Result<(Answer, bool)> {
    let malformed = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| malformed("no status line"))?;
    let (mut length, mut keep) = (None, true);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match (&*name.to_ascii_lowercase(), value.trim()) {
            ("content-length", value) => length = value.parse().ok(),
            ("connection", value) => keep = !value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut body = vec![0; length.ok_or_else(|| malformed("an answer without its length"))?];
    stream.read_exact(&mut body)?;
    Ok((Answer { status, body }, keep))
}
