//! Traces of `masthead serve`, as an OpenTelemetry collector gets them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::server::{Server, add_user, bearer};
use super::*;

/// A collector, and the groups of spans that are sent to it.
struct Collector {
    endpoint: String,
    received: Receiver<Vec<u8>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (sender, received) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
                }
                assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
                let head = head.to_lowercase();
                assert!(head.contains("content-type: application/x-protobuf"), "{head}");
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
                let mut body = vec![0; length.parse().unwrap()];
                stream.read_exact(&mut body).unwrap();
                stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
                if sender.send(body).is_err() {
                    return;
                }
            }
        });
        Self { endpoint, received }
    }
}

#[test]
fn requests_are_spans_of_the_traces_that_their_clients_name() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().unwrap();
    let ann = add_user(folder.path(), "ann", &[]);
    // Whatever is logged.
    let server = Server::start(folder.path(), &["--otlp-endpoint", &collector.endpoint, "--log", "warn,masthead=info"]);
    let authorization = format!("Bearer {}", bearer(&ann));
    let headers = [
        ("Authorization", &*authorization),
        ("Content-Type", "image/jpeg"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ];
    let target = "/1.1/account/update_profile_banner.json";
    let answer = server.request("POST", target, &headers, &fs::read(photo("rocket.jpg")).unwrap());
    assert!(matches!(answer.status, 201 | 202), "{}", answer.head);
    // What there is yet is sent at the end.
    server.stopped();
    let mut all = Vec::new();
    while let Ok(spans) = collector.received.recv_timeout(Duration::from_millis(500)) {
        all.extend(spans);
    }
    let has = |bytes: &[u8]| all.windows(bytes.len()).any(|window| window == bytes);
    assert!(has(b"POST /1.1/account/update_profile_banner.json") && has(b"service.name") && has(b"masthead"));
    let id = |text: &str| u128::from_str_radix(text, 16).unwrap().to_be_bytes();
    assert!(has(&id("4bf92f3577b34da6a3ce929d0e0e4736")), "the trace of the client");
    assert!(has(&id("00f067aa0ba902b7")[8..]), "its span is the parent");
    assert!(!has(bearer(&ann).as_bytes()));
}

#[test]
fn a_collector_that_is_not_there_is_in_nobodys_way() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--otlp-endpoint", &format!("http://{nobody}")]);
    server.get("/healthz").is(200);
    server.stopped();

    let mut command = command();
    command.args(["serve", "--data"]).arg(folder.path()).env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector");
    let run = Run::of(command.output().unwrap()).ended(2);
    assert!(run.stderr.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && run.stderr.contains("http://127.0.0.1:4318"));
}
