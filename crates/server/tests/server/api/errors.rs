//! Every row of the error table, and every kind of bad input.

use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use masthead_server::{Options, Patience, app};
use std::time::Duration;
use tower::ServiceExt;

use super::client::{
    Account, CREDENTIALS, Fixture, REMOVE, SIZES, STATUS, Signing, UPLOAD, multipart, options, small, testdata,
};

fn plain(method: Method, target: &str) -> Request<Body> {
    Request::builder().method(method).uri(target).header(header::HOST, "localhost").body(Body::empty()).unwrap()
}

fn signed(account: &Account, change: Signing) -> Request<Body> {
    let authorization = account.sign("GET", CREDENTIALS, &[], change);
    let mut request = plain(Method::GET, CREDENTIALS);
    request.headers_mut().insert(header::AUTHORIZATION, authorization.parse().unwrap());
    request
}

#[tokio::test]
async fn credentials_that_are_missing_or_unreadable_are_400_215() {
    let fixture = Fixture::default().await;
    let refusal = (400, 215, "Bad Authentication data.".to_owned());
    for call in [
        (Method::POST, UPLOAD),
        (Method::POST, REMOVE),
        (Method::GET, SIZES),
        (Method::GET, STATUS),
        (Method::GET, CREDENTIALS),
    ] {
        assert_eq!(fixture.send(plain(call.0, call.1)).await.refusal(), refusal, "{}", call.1);
    }
    for header in ["OAuth", "OAuth oauth_consumer_key", "Basic YTpi", "OAuth oauth_consumer_key=\"%zz\"", "\u{7f}"] {
        let request = Request::get(CREDENTIALS).header(header::AUTHORIZATION, header.as_bytes());
        if let Ok(request) = request.body(Body::empty()) {
            assert_eq!(fixture.send(request).await.refusal(), refusal, "{header}");
        }
    }
    // In two places.
    let header = fixture.alice.sign("GET", CREDENTIALS, &[], Signing::default());
    let request = Request::get(format!("{CREDENTIALS}?oauth_token=a&oauth_nonce=b"));
    let request = request.header(header::HOST, "localhost").header(header::AUTHORIZATION, header);
    assert_eq!(fixture.send(request.body(Body::empty()).unwrap()).await.refusal(), refusal);
    // Without a number that could be a time, and with PLAINTEXT.
    for (from, to) in [("oauth_timestamp=\"", "oauth_timestamp=\"x"), ("HMAC-SHA1", "PLAINTEXT")] {
        let header = fixture.alice.sign("GET", CREDENTIALS, &[], Signing::default()).replace(from, to);
        let request = Request::get(CREDENTIALS).header(header::HOST, "localhost").header(header::AUTHORIZATION, header);
        assert_eq!(fixture.send(request.body(Body::empty()).unwrap()).await.refusal(), refusal, "{to}");
    }
}

#[tokio::test]
async fn wrong_signatures_and_repeated_nonces_are_401_32() {
    let fixture = Fixture::default().await;
    let refusal = (401, 32, "Could not authenticate you.".to_owned());
    for change in
        [Signing { wrong_secret: true, ..Signing::default() }, Signing { unknown_consumer: true, ..Signing::default() }]
    {
        let answer = fixture.send(signed(&fixture.alice, change.clone())).await;
        assert_eq!(answer.refusal(), refusal, "{change:?}");
        assert!(answer.header("www-authenticate").starts_with("OAuth "));
    }
    let once = Signing { nonce: Some("once_-1".to_owned()), ..Signing::default() };
    let header = fixture.alice.sign("GET", CREDENTIALS, &[], once);
    for (time, status) in [("first", 200), ("second", 401)] {
        let request = Request::get(CREDENTIALS).header(header::HOST, "localhost");
        let answer = fixture.send(request.header(header::AUTHORIZATION, &header).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{time}");
    }
    // Who does not know the secret cannot use up a nonce.
    let nonce = Some("mine".to_owned());
    fixture
        .send(signed(&fixture.alice, Signing { wrong_secret: true, nonce: nonce.clone(), ..Signing::default() }))
        .await;
    assert_eq!(fixture.send(signed(&fixture.alice, Signing { nonce, ..Signing::default() })).await.status, 200);
}

#[tokio::test]
async fn unknown_tokens_are_401_89() {
    let fixture = Fixture::default().await;
    let refusal = (401, 89, "Invalid or expired token.".to_owned());
    let unknown = Signing { unknown_token: true, ..Signing::default() };
    assert_eq!(fixture.send(signed(&fixture.alice, unknown)).await.refusal(), refusal);
    let request = Request::get(CREDENTIALS).header(header::AUTHORIZATION, "Bearer nobody's");
    assert_eq!(fixture.send(request.body(Body::empty()).unwrap()).await.refusal(), refusal);
    // Tokens that were replaced, and those of users that are gone.
    let before = fixture.alice.clone();
    let fresh = masthead_server::Credentials::random();
    fixture.store.rotate(before.user.id, &fresh).await.unwrap();
    assert_eq!(fixture.send(before.get(CREDENTIALS)).await.refusal(), refusal);
    let bob = fixture.account("bob").await;
    fixture.store.remove_user(bob.user.id).await.unwrap();
    assert_eq!(fixture.send(bob.get(CREDENTIALS)).await.refusal(), refusal);
}

#[tokio::test]
async fn timestamps_out_of_bounds_are_401_135() {
    let fixture = Fixture::default().await;
    for clock in [-302, 302, 100_000_000] {
        let answer = fixture.send(signed(&fixture.alice, Signing { clock, ..Signing::default() })).await;
        assert_eq!(answer.refusal(), (401, 135, "Timestamp out of bounds.".to_owned()), "{clock}");
    }
    for clock in [-295, 295] {
        assert_eq!(fixture.send(signed(&fixture.alice, Signing { clock, ..Signing::default() })).await.status, 200);
    }
}

#[tokio::test]
async fn suspended_users_are_403_64_and_read_only_applications_403_261() {
    let fixture = Fixture::default().await;
    let reader = Account::new(&*fixture.store, "reader", false).await;
    assert_eq!(fixture.send(reader.get(CREDENTIALS)).await.status, 200);
    for request in [reader.raw("", small()), reader.post(REMOVE, "text/plain", "")] {
        let answer = fixture.send(request).await;
        assert_eq!(answer.refusal(), (403, 261, "Application cannot perform write actions.".to_owned()));
        assert_eq!(answer.header("x-rate-limit-remaining"), "29", "known users are told of their limits");
    }
    fixture.store.set_suspended(fixture.alice.user.id, true).await.unwrap();
    for request in [fixture.alice.raw("", small()), fixture.alice.get(CREDENTIALS)] {
        assert_eq!(fixture.send(request).await.refusal().1, 64);
    }
    fixture.store.set_suspended(fixture.alice.user.id, false).await.unwrap();
    assert_eq!(fixture.send(fixture.alice.get(CREDENTIALS)).await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_404_34_or_50() {
    let fixture = Fixture::default().await;
    let page = (404, 34, "Sorry, that page does not exist.".to_owned());
    for target in [
        "/",
        "/1.1/",
        "/1.1/account/nothing.json",
        "/profile_banners/1",
        "/profile_banners/1/2/3/4",
        "/profile_banners/../..",
        "/profile_banners/../../etc/passwd",
        "/profile_banners/%2e%2e/%2e%2e/x",
        "/profile_banners/1/1/web",
        "/profile_banners/-1/1/web",
        "/profile_banners/+1/1/web",
        "/profile_banners/01/1/web",
        "/profile_banners/99999999999999999999/1/web",
        "/profile_banners/1/1/..%2f..%2fmasthead.db",
        "/profile_banners/a/b/c",
        "/profile_banners/1/1/%00",
        "/profile_banners/%ff/1/web",
    ] {
        let answer = fixture.send(plain(Method::GET, target)).await;
        assert_eq!(answer.refusal(), page, "{target}");
    }
    let get = async |query: &str| fixture.send(fixture.alice.get(&format!("{SIZES}{query}"))).await.refusal();
    assert_eq!(get("?screen_name=alice0").await, page, "no banner");
    assert_eq!(get("?screen_name=bob").await, (404, 50, "User not found.".to_owned()));
    assert_eq!(get("?user_id=77").await, (404, 50, "User not found.".to_owned()));
    assert_eq!(get("").await, (400, 44, "Parameter user_id or screen_name is missing.".to_owned()));
    assert_eq!(get("?user_id=abc").await.0, 400);
    assert_eq!(fixture.send(fixture.alice.get(STATUS)).await.refusal(), page, "no upload");
}

#[tokio::test]
async fn other_methods_are_405_with_those_that_are_allowed() {
    let fixture = Fixture::default().await;
    let answer = fixture.send(plain(Method::GET, UPLOAD)).await;
    assert_eq!(answer.refusal().0, 405);
    assert_eq!(answer.header("allow"), "POST, OPTIONS");
    assert_eq!(fixture.send(plain(Method::DELETE, "/profile_banners/1/1/web")).await.refusal().0, 405);
}

#[tokio::test]
async fn a_banner_that_is_missing_is_400_38() {
    let fixture = Fixture::default().await;
    let missing = (400, 38, "banner parameter is missing.".to_owned());
    let (multi, empty) = multipart(&[("Content-Disposition: form-data; name=\"banner\"; filename=\"\"", b"")]);
    let (_, other) = multipart(&[("Content-Disposition: form-data; name=\"image\"", b"x")]);
    let requests = [
        fixture.alice.raw("", ""),
        fixture.alice.raw("?banner=", ""),
        fixture.alice.post(UPLOAD, "application/x-www-form-urlencoded", "width=100"),
        fixture.alice.post(UPLOAD, "application/x-www-form-urlencoded", "banner="),
        fixture.alice.post(UPLOAD, "application/x-www-form-urlencoded", ""),
        fixture.alice.post(UPLOAD, "application/json", r#"{"banner": "AAAA"}"#),
        fixture.alice.post(UPLOAD, "application/json; charset=utf-8", "{"),
        fixture.alice.post(UPLOAD, &multi, empty),
        fixture.alice.post(UPLOAD, &multi, other),
    ];
    for (index, request) in requests.into_iter().enumerate() {
        let answer = fixture.send(request).await;
        assert_eq!(answer.refusal(), missing, "request {index}");
    }
    assert!(fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().is_none(), "nothing is stored");
}

#[tokio::test]
async fn data_that_is_no_picture_is_400_324() {
    let fixture = Fixture::default().await;
    let base64 = BASE64_STANDARD.encode(small());
    let cut = &base64[..base64.len() / 4 * 4 - 3];
    let bodies: [(&str, Vec<u8>); 9] = [
        ("text", b"this is not a picture at all!".to_vec()),
        ("bad character", format!("{}*{}", &base64[..100], &base64[100..]).into_bytes()),
        ("base64 cut short", cut.as_bytes().to_vec()),
        ("base64 of text", BASE64_STANDARD.encode("this is no picture either").into_bytes()),
        ("gif", testdata("generated/foreign-gif89a.gif")),
        ("webp", testdata("generated/foreign-webp.webp")),
        ("svg", testdata("generated/foreign-svg.svg")),
        ("cut in the header", testdata("generated/broken-jpeg-cut-header.jpg")),
        ("cut in the pixels", testdata("generated/broken-jpeg-cut-scan.jpg")),
    ];
    for (what, body) in bodies {
        let (status, code, message) = fixture.upload("", body).await.refusal();
        assert_eq!((status, code), (400, 324), "{what}: {message}");
        assert!(message.ends_with('.') && message.starts_with(char::is_uppercase), "{what}: {message}");
    }
    assert!(fixture.store.banner(fixture.alice.user.id).await.unwrap().is_none());
}

#[tokio::test]
async fn parameters_that_are_no_pixels_are_400_44() {
    let fixture = Fixture::new(Options { uploads_per_window: 1000, ..options() }).await;
    let long = format!("{:070}", 200);
    for value in ["abc", "-1", "1e3", "99999999999", "", "1.5", "+5", "0x10", "%20", "%ff", "5%00", &long] {
        for name in ["width", "height", "offset_left", "offset_top"] {
            let (status, code, message) = fixture.upload(&format!("?{name}={value}"), small()).await.refusal();
            assert_eq!((status, code), (400, 44), "{name}={value}: {message}");
            assert!(message.contains(name), "{message}");
        }
    }
    let twice = fixture.upload("?width=200&width=210", small()).await;
    assert_eq!(twice.refusal(), (400, 44, "Parameter width is given more than once.".to_owned()));
    let part = "Content-Disposition: form-data; name=\"banner\"";
    let (kind, two) = multipart(&[(part, &small()), (part, &small())]);
    let two = fixture.send(fixture.alice.post(UPLOAD, &kind, two)).await;
    assert_eq!(two.refusal(), (400, 44, "Parameter banner is given more than once.".to_owned()));
}

#[tokio::test]
async fn pictures_and_regions_outside_the_limits_are_422() {
    let fixture = Fixture::default().await;
    let outside = fixture.upload("?width=200&height=100&offset_left=100", small()).await.refusal();
    assert_eq!(outside, (422, 44, "Region 200x100+100+0 reaches outside the image 256x128+0+0.".to_owned()));
    let small_region = fixture.upload("?width=100&height=100", small()).await.refusal();
    assert_eq!((small_region.0, small_region.1), (422, 44));

    let mut large = options();
    large.images.limits.max_dimensions = masthead::Dimensions::new(255, 200).unwrap();
    let strict = Fixture::new(large).await;
    let refusal = strict.upload("", small()).await.refusal();
    assert_eq!(refusal, (422, 324, "Image dimensions must be between 200x100 and 255x200.".to_owned()));

    let six = vec![0xff; 6 << 20];
    let part = "Content-Disposition: form-data; name=\"banner\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg";
    let mut jpeg = small();
    jpeg.extend_from_slice(&six);
    let (kind, body) = multipart(&[(part, &jpeg)]);
    let form = format!("banner={}", BASE64_STANDARD.encode(&jpeg).replace('+', "%2B"));
    let many = (422, 324, "Image has more than the accepted 5242880 bytes.".to_owned());
    for request in [
        fixture.alice.raw("", jpeg.clone()),
        fixture.alice.post(UPLOAD, &kind, body),
        fixture.alice.post(UPLOAD, "application/x-www-form-urlencoded", form),
        // Without a length, and without an end.
        fixture.alice.raw("", endless()),
    ] {
        assert_eq!(fixture.send(request).await.refusal(), many);
    }
}

/// As a socket gives it.
fn in_pieces(body: Vec<u8>) -> Body {
    let pieces: Vec<_> = body.chunks(1000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    Body::from_stream(futures_util::stream::iter(pieces))
}

/// The beginning of a body, of which no more comes.
fn stalled(beginning: impl Into<bytes::Bytes>) -> Body {
    let beginning = futures_util::stream::iter([Ok::<_, std::io::Error>(beginning.into())]);
    Body::from_stream(futures_util::StreamExt::chain(beginning, futures_util::stream::pending()))
}

/// Strangers cannot use up what others need.
#[tokio::test]
async fn forms_of_nobody_keep_no_upload_out() {
    let fixture = Fixture::new(Options { memory: Options::default().least_memory(), ..options() }).await;
    let form = |body: Body| {
        let request = Request::post(UPLOAD).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        app(fixture.server.clone()).oneshot(request.header(header::CONTENT_LENGTH, "8000000").body(body).unwrap())
    };
    // What is announced and not sent takes nothing; what is sent takes what is for strangers.
    let announcing: Vec<_> = (0..100).map(|_| tokio::spawn(form(stalled(vec![b'a'])))).collect();
    let sending: Vec<_> = (0..4).map(|_| tokio::spawn(form(stalled(vec![b'a'; 6 << 20])))).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(fixture.upload("", small()).await.status, 201);
    let used = String::from_utf8(fixture.admin("/metrics").await.body).unwrap();
    let used = used.lines().find_map(|line| line.strip_prefix("masthead_memory_budget_in_use_bytes{of=\"forms\"} "));
    assert!(used.unwrap().parse::<u64>().unwrap() <= 13 << 20, "{used:?}");
    announcing.iter().chain(&sending).for_each(|task| task.abort());
}

/// The answer to an upload comes when its body has ended, not before and not long after.
#[tokio::test]
async fn a_body_without_an_end_is_no_upload() {
    let patience = Patience { silence: Duration::from_millis(300), ..Patience::default() };
    let fixture = Fixture::new(Options { patience, ..options() }).await;
    let (kind, body) = multipart(&[("Content-Disposition: form-data; name=\"banner\"", &small())]);
    let answer = fixture.send(fixture.alice.post(UPLOAD, &kind, stalled(body))).await;
    assert_eq!(answer.refusal().0, 408);
    assert!(fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().is_none());
}

/// A body that never ends.
fn endless() -> Body {
    let piece = bytes::Bytes::from(vec![0x41; 64 << 10]);
    Body::from_stream(futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone())))
}

#[tokio::test]
async fn multipart_bodies_that_make_no_sense_are_400() {
    let fixture = Fixture::default().await;
    let (kind, whole) =
        multipart(&[("Content-Disposition: form-data; name=\"banner\"", &small()), ("X: y", b"no name")]);
    assert_eq!(
        fixture.send(fixture.alice.post(UPLOAD, &kind, whole.clone())).await.status,
        201,
        "it is read otherwise"
    );
    let megabyte = format!("Content-Disposition: form-data; name=\"banner\"\r\nX-Long: {}", "a".repeat(1 << 20));
    let (_, long_header) = multipart(&[(&megabyte, &small())]);
    let many: Vec<_> = (0..40).map(|_| ("Content-Disposition: form-data; name=\"x\"", &b"1"[..])).collect();
    let cases = [
        ("without an end", kind.clone(), whole[..whole.len() - 400].to_vec()),
        ("without a boundary", "multipart/form-data".to_owned(), whole.clone()),
        ("another boundary", "multipart/form-data; boundary=other".to_owned(), whole.clone()),
        ("too many parts", kind.clone(), multipart(&many).1),
        ("nothing", kind.clone(), Vec::new()),
    ];
    let refusal = fixture.send(fixture.alice.post(UPLOAD, &kind, in_pieces(long_header))).await.refusal();
    assert_eq!(refusal, (400, 324, "Headers of a part have more than 16384 bytes.".to_owned()));
    assert_eq!(fixture.send(fixture.alice.post(UPLOAD, &kind, in_pieces(whole))).await.status, 200, "in any pieces");
    for (what, kind, body) in cases {
        let refusal = fixture.send(fixture.alice.post(UPLOAD, &kind, body)).await.refusal();
        assert_eq!((refusal.0, refusal.1), (400, 324), "{what}: {}", refusal.2);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400_and_leaves_nothing() {
    let fixture = Fixture::default().await;
    let half = small()[..2000].to_vec();
    let pieces = [Ok(bytes::Bytes::from(half)), Err(std::io::Error::other("gone"))];
    let broken = Body::from_stream(futures_util::stream::iter(pieces));
    assert_eq!(fixture.upload("", broken).await.refusal().0, 400);
    assert!(fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().is_none());
    let originals = std::fs::read_dir(fixture.folder.path().join("blobs/originals")).unwrap();
    assert_eq!(originals.count(), 0);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_408() {
    let patience = Patience { window: Duration::from_millis(200), rate: 1 << 20, ..Patience::default() };
    let fixture = Fixture::new(Options { patience, ..options() }).await;
    let drops = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"\xff")), ()))
    });
    let (status, code, message) = fixture.upload("", Body::from_stream(drops)).await.refusal();
    assert_eq!((status, code, &*message), (408, 408, "Request body came too slowly."));
}

#[tokio::test]
async fn more_work_than_may_wait_is_503_130_with_retry_after() {
    let fixture = Fixture::new(Options { queue: 0, ..options() }).await;
    let answer = fixture.upload("", small()).await;
    assert_eq!(answer.refusal(), (503, 130, "Over capacity.".to_owned()));
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    fixture.server.stop(std::time::Duration::from_secs(5)).await;
    assert_eq!(fixture.store.windows().await.unwrap(), [], "it is not counted against the user");
}

#[tokio::test]
async fn our_own_failures_are_500_131_and_say_no_more() {
    let fixture = Fixture::default().await;
    fixture.store.close().await;
    assert_eq!(fixture.upload("", small()).await.refusal(), (500, 131, "Internal error.".to_owned()));
}

#[tokio::test]
async fn a_blob_store_that_fails_is_503_130_with_retry_after() {
    let fixture = Fixture::default().await;
    std::fs::remove_dir_all(fixture.folder.path().join("blobs")).unwrap();
    std::fs::write(fixture.folder.path().join("blobs"), "in the way").unwrap();
    let answer = fixture.upload("", small()).await;
    assert_eq!(answer.refusal(), (503, 130, "Over capacity.".to_owned()));
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    assert!(fixture.store.latest_upload(fixture.alice.user.id).await.unwrap().is_none());
}
