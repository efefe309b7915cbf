//! As much of HTTP as the test needs, and strict: an answer that is not whole is an error.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longer than any answer takes, shorter than anybody's patience.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A connection that is kept open from request to request.
pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in the answer {self:?}"))
    }
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    pub(crate) fn get(&mut self, path: &str, bearer: Option<&str>) -> io::Result<Answer> {
        self.send("GET", path, bearer, "", &[])
    }

    pub(crate) fn post(&mut self, path: &str, bearer: &str, content_type: &str, body: &[u8]) -> io::Result<Answer> {
        self.send("POST", path, Some(bearer), content_type, body)
    }

    fn send(&mut self, method: &str, path: &str, bearer: Option<&str>, kind: &str, body: &[u8]) -> io::Result<Answer> {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", self.address, body.len());
        if let Some(bearer) = bearer {
            head.push_str(&format!("Authorization: Bearer {bearer}\r\n"));
        }
        if !kind.is_empty() {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        head.push_str("\r\n");

        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(TIMEOUT))?;
                stream.set_write_timeout(Some(TIMEOUT))?;
                BufReader::new(stream)
            }
        };
        connection.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let (answer, keep) = read(&mut connection)?;
        if keep {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

/// Reads an answer, and says whether another may follow.
fn read(connection: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut line = String::new();
    let mut next = |line: &mut String| {
        line.clear();
        connection.read_line(line)?;
        if line.ends_with('\n') { Ok(()) } else { Err(cut()) }
    };
    next(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
    let (mut length, mut content_type, mut keep) = (None, String::new(), true);
    loop {
        next(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match (&*name.to_ascii_lowercase(), value.trim()) {
            ("content-length", value) => length = value.parse().ok(),
            ("content-type", value) => content_type = value.to_owned(),
            ("connection", value) => keep = !value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut body = vec![0; length.expect("every answer says how long it is")];
    connection.read_exact(&mut body)?;
    Ok((Answer { status, content_type, body }, keep))
}
