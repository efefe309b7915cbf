//! What only a real socket shows.

use std::time::Duration;

use masthead_server::{Options, app};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::client::{Fixture, UPLOAD, options, small};

async fn listening(fixture: &Fixture) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app(fixture.server.clone())).into_future());
    TcpStream::connect(address).await.unwrap()
}

fn head(fixture: &Fixture, token: &str, length: usize) -> String {
    let bearer = if token.is_empty() { &fixture.alice.credentials.bearer } else { token };
    format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: image/jpeg\r\nContent-Length: {length}\r\n"
    )
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 1 << 16];
    let length = timeout(Duration::from_secs(20), stream.read(&mut bytes)).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[tokio::test]
async fn a_client_that_hangs_up_half_way_leaves_nothing() {
    let fixture = Fixture::default().await;
    let mut stream = listening(&fixture).await;
    let picture = small();
    stream.write_all(format!("{}\r\n", head(&fixture, "", picture.len())).as_bytes()).await.unwrap();
    stream.write_all(&picture[..picture.len() / 2]).await.unwrap();
    stream.flush().await.unwrap();
    sleep(Duration::from_millis(100)).await;
    drop(stream);
    sleep(Duration::from_millis(300)).await;
    assert!(fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().is_none());
    assert_eq!(std::fs::read_dir(fixture.folder.path().join("blobs/originals")).unwrap().count(), 0);
}

/// A client that is refused while it sends megabytes still gets to read why.
#[tokio::test]
async fn a_refusal_reaches_a_client_that_is_busy_sending() {
    let fixture = Fixture::new(Options { uploads_per_window: 0, ..options() }).await;
    for (token, status) in [("", "429"), ("nobody", "401")] {
        let mut stream = listening(&fixture).await;
        let body = vec![0xff; 4 << 20];
        stream.write_all(format!("{}\r\n", head(&fixture, token, body.len())).as_bytes()).await.unwrap();
        stream.write_all(&body).await.expect("it is not cut off");
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_asks_first_is_refused_before_it_sends() {
    let fixture = Fixture::new(Options { uploads_per_window: 1, ..options() }).await;
    let picture = small();
    let mut stream = listening(&fixture).await;
    let asking = format!("{}Expect: 100-continue\r\n\r\n", head(&fixture, "", picture.len()));
    stream.write_all(asking.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 100 "));
    stream.write_all(&picture).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 201 "));

    let mut stream = listening(&fixture).await;
    stream.write_all(asking.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 429 "));
}
