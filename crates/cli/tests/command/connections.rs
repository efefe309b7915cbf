//! Connections of `masthead serve`: how many there may be, and how long they may take.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Response, Server, add_user, bearer, head};
use super::tls::Pair;

const KEPT: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends a request on a connection that stays, and reads its answer: `ok` is the last word of it.
fn ask(stream: &mut TcpStream) {
    stream.write_all(KEPT).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok\n") {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).unwrap();
        assert!(length > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&bytes[..length]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
}

/// How long it takes until the server closes a connection, which has been begun at `start`.
fn closed(mut stream: impl Read, start: Instant) -> Duration {
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return start.elapsed(),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return start.elapsed(),
            Err(error) => panic!("{error}"),
        }
    }
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Connects from 127.0.0 and this.
#[cfg(target_os = "linux")]
fn connect_from(server: &Server, last: u8) -> TcpStream {
    use rustix::net::{AddressFamily, SocketType, bind, socket};

    let address: SocketAddr = server.address.parse().unwrap();
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&socket, &SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0))).unwrap();
    rustix::net::connect(&socket, &address).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// A figure of the server.
#[cfg(target_os = "linux")]
fn figure(server: &Server, name: &str) -> f64 {
    let figures = String::from_utf8(server.ask("/metrics").is(200).body).unwrap();
    figures.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()).unwrap()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn heads_and_pauses_have_times_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--header-timeout", "1s", "--idle-timeout", "3s"]);

    // Nothing at all, and a byte now and then.
    let start = Instant::now();
    let silent = closed(connect(&server), start);
    assert!((seconds(1)..seconds(3)).contains(&silent), "{silent:?}");
    let start = Instant::now();
    let mut trickling = connect(&server);
    while start.elapsed() < seconds(3) && trickling.write_all(b"G").is_ok() {
        thread::sleep(Duration::from_millis(100));
    }
    let trickled = closed(trickling, start);
    assert!((seconds(1)..seconds(3)).contains(&trickled), "{trickled:?}");

    // A pause may be longer than a head, and what counts is the pause.
    let mut kept = connect(&server);
    for _ in 0..2 {
        ask(&mut kept);
        thread::sleep(seconds(2));
    }
    ask(&mut kept);
    let paused = closed(kept, Instant::now());
    assert!((seconds(2)..seconds(5)).contains(&paused), "{paused:?}");

    // After a pause, a head has the time of a head.
    let mut kept = connect(&server);
    ask(&mut kept);
    kept.write_all(b"GET /he").unwrap();
    let cut = closed(kept, Instant::now());
    assert!(cut < Duration::from_millis(2500), "{cut:?}");
    server.stopped();
}

#[test]
fn a_handshake_that_stalls_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::new(folder.path(), "a");
    let options = [&pair.options()[..], &["--header-timeout", "1s"]].concat();
    let server = Server::start(&folder.path().join("data"), &options);
    let start = Instant::now();
    let mut stalled = connect(&server);
    // The first bytes of a ClientHello.
    stalled.write_all(&[0x16, 3, 1, 2, 0, 1]).unwrap();
    let took = closed(stalled, start);
    assert!((seconds(1)..seconds(5)).contains(&took), "{took:?}");
    pair.connect(&server).unwrap();
    server.stopped();
}

#[test]
fn a_client_that_does_not_read_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--write-timeout", "1s", "--log", "masthead=debug"]);
    let mut stream = connect(&server);
    // Answers that nobody reads fill every buffer on the way, and then the server reads no more either.
    stream.set_write_timeout(Some(seconds(1))).unwrap();
    let request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    while stream.write_all(request.as_bytes()).is_ok() {}
    server.logs("the answer is not read");
    server.stopped();
}

/// Over the limit one gets to know why, and when to come again; of one address there is only a share.
#[cfg(target_os = "linux")]
#[test]
fn there_are_so_many_connections_and_one_address_has_a_share() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--connections", "12", "--connections-per-address", "8"]);
    let from = |last| connect_from(&server, last);
    let refused = |mut stream: TcpStream| {
        stream.write_all(KEPT).unwrap();
        let answer = Response::read(&mut stream).is(503);
        assert!(answer.head.contains("Retry-After: 5"), "{}", answer.head);
        assert_eq!(answer.json()["errors"][0]["code"], 130);
        let length = format!("Content-Length: {}", answer.body.len());
        assert!(answer.head.contains(&length), "{}", answer.head);
    };
    let mut here: Vec<_> = (0..8).map(|_| from(2)).collect();
    here.iter_mut().for_each(ask);
    refused(from(2));
    let mut there: Vec<_> = (0..4).map(|_| from(3)).collect();
    there.iter_mut().for_each(ask);
    refused(from(4));
    assert!(server.logs("connections are refused").contains("client=127.0.0.2"));
    // A place is free again when somebody goes.
    here.pop();
    let start = Instant::now();
    loop {
        let mut stream = from(4);
        stream.write_all(KEPT).unwrap();
        let mut word = [0; 12];
        stream.read_exact(&mut word).unwrap();
        if word == *b"HTTP/1.1 200" {
            break;
        }
        assert!(start.elapsed() < seconds(10));
    }
    drop((here, there));
    server.stopped();
}

/// Long heads that never end take memory for a few of them, and those of one address keep nobody else's waiting.
#[cfg(target_os = "linux")]
#[test]
fn long_heads_have_a_limit_and_one_address_has_a_share() {
    const RESIDENT: &str = "process_resident_memory_bytes";
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--header-timeout", "1m"]);
    let before = figure(&server, RESIDENT);
    let unfinished = [&KEPT[..KEPT.len() - 2], b"X-Long: ", &[b'a'; 120_000]].concat();
    let whole = [&unfinished[..], b"\r\n\r\n"].concat();
    let mut stalled: Vec<_> = (0..500).map(|_| connect_from(&server, 2)).collect();
    for stream in &mut stalled {
        stream.set_nonblocking(true).unwrap();
        // What the system takes; the server does not read it all.
        let _ = stream.write(&unfinished).unwrap();
    }
    let mut waiting = connect_from(&server, 2);
    waiting.write_all(&whole).unwrap();
    let answered = |stream: &mut TcpStream| {
        let mut word = [0; 12];
        stream.read_exact(&mut word).unwrap();
        assert_eq!(word, *b"HTTP/1.1 200");
    };
    for _ in 0..100 {
        let mut elsewhere = connect_from(&server, 3);
        elsewhere.write_all(&whole).unwrap();
        answered(&mut elsewhere);
    }
    let taken = figure(&server, RESIDENT) - before;
    assert!(taken < 40e6, "{taken} bytes for 500 heads");

    waiting.set_nonblocking(true).unwrap();
    assert_eq!(waiting.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock, "there was a place for it");
    waiting.set_nonblocking(false).unwrap();
    drop(stalled);
    answered(&mut waiting);
    server.stopped();
}

/// All at once, idle, while one client after the other is served; and it ends in order with all of them there.
#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_connections_are_in_nobodys_way() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    const MANY: usize = 10_000;
    let maximum = getrlimit(Resource::Nofile).maximum;
    let wanted = MANY as u64 + 600;
    let most = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum }).unwrap();
    let many = MANY.min(most as usize - 600);

    let folder = tempfile::tempdir().unwrap();
    let all = (many + 10).to_string();
    let options = ["--connections", &all, "--connections-per-address", &all, "--header-timeout", "10m"];
    let server = Server::start(folder.path(), &options);
    let mut streams: Vec<_> = (0..many).map(|_| connect(&server)).collect();
    // The last ones are known to be connections of the server once it has answered them.
    ask(streams.last_mut().unwrap());
    let start = Instant::now();
    for _ in 0..100 {
        server.get("/healthz").is(200);
    }
    assert!(start.elapsed() < seconds(5), "{:?}", start.elapsed());
    assert!(figure(&server, "process_open_fds") > many as f64);
    let resident = figure(&server, "process_resident_memory_bytes");
    assert!(resident < 512e6, "{resident}");
    drop(streams);
    server.stopped();
}

/// A browser asks with the name that a page has.
#[test]
fn on_this_machine_operators_ask_for_it_by_no_other_name() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let admin = server.admin();
    for (host, status) in [(&*admin, 200), ("localhost", 200), ("rebound.example.com:8081", 421)] {
        let mut stream = TcpStream::connect(&admin).unwrap();
        stream.write_all(&head("GET", "/metrics", host, &[], 0)).unwrap();
        Response::read(&mut stream).is(status);
    }
    server.stopped();
}

/// Load balancers are told first, and have time to send their requests elsewhere: nobody meets a closed port.
#[test]
fn it_drains_before_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--drain", "2s"]);
    server.ask("/readyz").is(200);
    let start = Instant::now();
    server.signal("TERM");
    server.logs("not ready any more");
    let told = server.ask("/readyz").is(503);
    assert_eq!(told.json()["server"], "draining");
    server.get("/healthz").is(200);
    let run = server.ended().ended(0);
    assert!((seconds(2)..seconds(8)).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert!(run.stderr.contains("stopped"), "{}", run.stderr);

    // Whoever sits at the terminal does not want to wait.
    let server = Server::start(folder.path(), &["--drain", "1h"]);
    server.signal("INT");
    server.ended().ended(0);
}

#[test]
fn what_does_not_finish_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let ann = add_user(folder.path(), "ann", &[]);
    let server = Server::start(folder.path(), &["--shutdown-timeout", "1s"]);
    let mut stream = connect(&server);
    let authorization = format!("Bearer {}", bearer(&ann));
    let headers = [("Authorization", &*authorization), ("Content-Type", "image/jpeg")];
    let target = "/1.1/account/update_profile_banner.json";
    stream.write_all(&head("POST", target, &server.address, &headers, 100_000)).unwrap();
    server.get("/healthz").is(200);
    let start = Instant::now();
    server.signal("TERM");
    let run = server.ended().ended(0);
    assert!(start.elapsed() < seconds(5), "{:?}", start.elapsed());
    assert!(run.stderr.contains("cut off"), "{}", run.stderr);
}

#[test]
fn a_hangup_without_a_certificate_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    server.signal("HUP");
    server.logs("nothing to read again");
    server.get("/healthz").is(200);
    server.stopped();
}
