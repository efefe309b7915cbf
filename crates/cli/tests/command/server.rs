//! A running `masthead serve`, and the least HTTP client that can talk to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Command};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::*;

/// `masthead serve` on a free port. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// The line on standard output.
    pub(crate) line: String,
    /// `127.0.0.1:` and the port.
    pub(crate) address: String,
    stdout: BufReader<ChildStdout>,
    /// What it has logged so far.
    log: Arc<Mutex<String>>,
    logging: Option<JoinHandle<()>>,
}

impl Server {
    /// Waits for the line that says it listens.
    #[track_caller]
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(more);
        Self::started(command)
    }

    #[track_caller]
    pub(crate) fn started(mut command: Command) -> Self {
        // Other servers run beside it, and nobody has to be sent elsewhere before it ends.
        for (name, value) in [("MASTHEAD_ADMIN", "127.0.0.1:0"), ("MASTHEAD_DRAIN", "0")] {
            if !command.get_envs().any(|(set, _)| set == name) {
                command.env(name, value);
            }
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let logging = drain(child.stderr.take().unwrap(), Arc::clone(&log));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some((_, rest)) = line.split_once("://") else {
            let _ = child.kill();
            let _ = logging.join();
            panic!("it did not start:\n{}", log.lock().unwrap());
        };
        let address = rest.split(' ').next().unwrap().to_owned();
        Self { child, address, line: line.trim_end().to_owned(), stdout, log, logging: Some(logging) }
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end: exit code, what else it printed, and its log.
    pub(crate) fn ended(mut self) -> Run {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "it does not end");
            thread::sleep(Duration::from_millis(5));
        };
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.logging.take().unwrap().join().unwrap();
        let stderr = self.log.lock().unwrap().clone();
        Run { code: status.code(), stdout, stderr }
    }

    /// Ends it in order.
    #[track_caller]
    pub(crate) fn stopped(self) -> Run {
        self.signal("TERM");
        self.ended().ended(0)
    }

    /// A request with a connection of its own.
    #[track_caller]
    pub(crate) fn request(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(&head(method, target, &self.address, headers, body.len())).unwrap();
        stream.write_all(body).unwrap();
        Response::read(&mut stream)
    }

    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Response {
        self.request("GET", target, &[], b"")
    }

    /// Waits until the log has these words; the line that has them.
    #[track_caller]
    pub(crate) fn logs(&self, words: &str) -> String {
        let start = Instant::now();
        loop {
            if let Some(line) = self.log.lock().unwrap().lines().find(|line| line.contains(words)) {
                return line.to_owned();
            }
            assert!(start.elapsed() < Duration::from_secs(10), "no {words} in\n{}", self.log.lock().unwrap());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Where its operators ask: `127.0.0.1:` and the port. The log is text, and not off.
    #[track_caller]
    pub(crate) fn admin(&self) -> String {
        let line = self.logs(" admin=http://");
        line.split(" admin=http://").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned()
    }

    /// What its operators are told.
    #[track_caller]
    pub(crate) fn ask(&self, target: &str) -> Response {
        let admin = self.admin();
        let mut stream = TcpStream::connect(&admin).unwrap();
        stream.write_all(&head("GET", target, &admin, &[], 0)).unwrap();
        Response::read(&mut stream)
    }

    /// Uploads a picture as it is.
    #[track_caller]
    pub(crate) fn upload(&self, bearer: &str, query: &str, picture: &[u8]) -> Response {
        let target = format!("/1.1/account/update_profile_banner.json{query}");
        let authorization = format!("Bearer {bearer}");
        self.request("POST", &target, &[("Authorization", &authorization), ("Content-Type", "image/jpeg")], picture)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads on, so that the server never waits for a full pipe.
fn drain(stderr: ChildStderr, log: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut lines = BufReader::new(stderr);
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            log.lock().unwrap().push_str(&line);
            line.clear();
        }
    })
}

pub(crate) fn head(method: &str, target: &str, host: &str, headers: &[(&str, &str)], length: usize) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if method != "GET" {
        head += &format!("Content-Length: {length}\r\n");
    }
    (head + "\r\n").into_bytes()
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Reads to the end of the connection.
    #[track_caller]
    pub(crate) fn read(stream: &mut impl Read) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
        Self { status, head, body: bytes.split_off(end + 4) }
    }

    /// Asserts the status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.head, String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect(&self.head)
    }
}

/// `masthead user` on a data folder.
pub(crate) fn user(data: &Path, arguments: &[&str]) -> Run {
    Run::of(command().arg("user").args(arguments).arg("--data").arg(data).output().unwrap())
}

/// Adds a user; what they sign in with.
#[track_caller]
pub(crate) fn add_user(data: &Path, name: &str, more: &[&str]) -> Value {
    user(data, &[&["add", name, "--json"], more].concat()).ended(0).json().remove(0)
}

/// The bearer token of such a user.
pub(crate) fn bearer(user: &Value) -> &str {
    user["bearer_token"].as_str().unwrap()
}
