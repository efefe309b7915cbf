//! Nobody can stand in another's way: clients that stall, that are slow, and that are many.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use base64::prelude::{BASE64_STANDARD, Engine};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use masthead_server::{Options, app};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::client::{Account, Fixture, UPLOAD, multipart, options, small};

const FORM: &str = "application/x-www-form-urlencoded";

/// How long an upload takes that nobody is in the way of, with room for a busy machine.
const SOON: Duration = Duration::from_secs(5);

/// A request as from this address.
fn from(address: [u8; 4], mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 4000))));
    request
}

/// A picture of nearly as many bytes as are accepted: a small one with long comments.
fn largest() -> Vec<u8> {
    let (start, rest) = (&small()[..2], &small()[2..]);
    let comment = [&b"\xff\xfe\xff\xff"[..], &vec![b'x'; 0xffff - 2]].concat();
    [start, &comment.repeat(79), rest].concat()
}

/// A form with a picture in base64, as browsers write it.
fn form(picture: &[u8]) -> String {
    format!("banner={}", BASE64_STANDARD.encode(picture).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))
}

/// The beginning of a body, of which no more comes.
fn stalled(beginning: Vec<u8>) -> Body {
    Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(beginning))]).chain(stream::pending()))
}

/// Waits until a memory budget has this much in use.
async fn in_use(fixture: &Fixture, of: &str, least: u64) {
    let name = format!("masthead_memory_budget_in_use_bytes{{of=\"{of}\"}} ");
    for _ in 0..500 {
        if figure(fixture, &name).await >= least {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{of}: never {least} bytes in use");
}

async fn figure(fixture: &Fixture, name: &str) -> u64 {
    let figures = String::from_utf8(fixture.admin("/metrics").await.body).unwrap();
    figures.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
}

/// Sends a request and leaves it to itself.
fn begin(fixture: &Fixture, request: Request<Body>) -> JoinHandle<()> {
    use tower::ServiceExt;
    let answer = app(fixture.server.clone()).oneshot(request);
    tokio::spawn(async move { drop(answer.await) })
}

async fn connect(server: SocketAddr, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(IpAddr::V4(from), 0)).unwrap();
    socket.connect(server).await.unwrap()
}

fn form_head(token: &str, length: usize) -> String {
    format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: {FORM}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

/// With real connections, from two addresses of this machine.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn nine_stalled_connections_of_nobody_hold_up_no_form_of_another_address() {
    let fixture = Fixture::default().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let service = app(fixture.server.clone()).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());

    let mut attackers: Vec<_> = join_all((0..9).map(|_| connect(server, Ipv4Addr::new(127, 0, 0, 2)))).await;
    let sending = attackers.iter_mut().map(async |attacker| {
        attacker.write_all(form_head("nobody", 8_200_000).as_bytes()).await.unwrap();
        // Some of it stays in the buffers of the connections that have to wait.
        let _ = tokio::time::timeout(Duration::from_secs(1), attacker.write_all(&vec![b'a'; 8_000_000])).await;
    });
    join_all(sending).await;
    in_use(&fixture, "forms", 8_000_000).await;

    let body = form(&largest());
    let mut honest = connect(server, Ipv4Addr::new(127, 0, 0, 3)).await;
    let start = Instant::now();
    honest.write_all(form_head(&fixture.alice.credentials.bearer, body.len()).as_bytes()).await.unwrap();
    honest.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    honest.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn stalled_multipart_uploads_of_one_user_hold_up_nobody_else() {
    let fixture = Fixture::default().await;
    let bob = fixture.account("bob").await;
    let parts = [("Content-Disposition: form-data; name=\"banner\"", &largest()[..])];
    let (kind, body) = multipart(&parts);
    let half = &body[..body.len() - 100];
    let stalling: Vec<_> = (0..9_u8)
        .map(|number| begin(&fixture, from([192, 0, 2, number], bob.post(UPLOAD, &kind, stalled(half.to_vec())))))
        .collect();
    in_use(&fixture, "uploads", 5_000_000).await;
    let start = Instant::now();
    let answer = fixture.send(from([198, 51, 100, 1], fixture.alice.post(UPLOAD, &kind, body))).await;
    assert_eq!(answer.status, 201);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert!(figure(&fixture, "masthead_memory_budget_in_use_bytes{of=\"uploads\"} ").await <= 16 << 20);
    stalling.iter().for_each(JoinHandle::abort);
}

/// They have all of the memory between them, and are slow as long as they have it to themselves.
#[tokio::test]
async fn stalled_uploads_of_many_addresses_go_when_others_wait() {
    let fixture = Fixture::default().await;
    let stranger = |number: u8| {
        let form = Request::post(UPLOAD).header(header::HOST, "localhost").header(header::CONTENT_TYPE, FORM);
        from([192, 0, 2, number], form.body(stalled(vec![b'a'; 8_000_000])).unwrap())
    };
    let stalling: Vec<_> = (0..30).map(|number| begin(&fixture, stranger(number))).collect();
    in_use(&fixture, "forms", 50_000_000).await;
    let start = Instant::now();
    let form = fixture.alice.post(UPLOAD, FORM, form(&largest()));
    assert_eq!(fixture.send(from([198, 51, 100, 1], form)).await.status, 201);
    // Five rounds of stalled ones, which have come earlier, go before it with two seconds each.
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
    stalling.iter().for_each(JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_forms_that_come_at_once_are_all_served_in_turn() {
    let fixture = Fixture::new(Options { respond_within: Duration::ZERO, ..options() }).await;
    let body = Bytes::from(form(&largest()));
    assert!(largest().len() > 5_100_000);
    let accounts: Vec<Account> =
        join_all((0..24).map(async |number| fixture.account(&format!("user{number}")).await)).await;
    let requests = accounts.iter().map(|account| {
        // As they come from a socket: in pieces.
        let pieces: Vec<_> = body.chunks(100_000).map(Bytes::copy_from_slice).map(Ok::<_, std::io::Error>).collect();
        from(
            [192, 0, 2, 1],
            account.post(
                UPLOAD,
                FORM,
                Body::from_stream(stream::iter(pieces).then(async |piece| {
                    tokio::task::yield_now().await;
                    piece
                })),
            ),
        )
    });
    let answers = join_all(requests.map(|request| fixture.send(request))).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 202).collect();
    assert!(refused.is_empty(), "{refused:?}");
}
