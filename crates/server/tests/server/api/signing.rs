//! OAuth 1.0a, as clients sign.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use masthead_server::{Options, ProxyHeader, PublicUrl};

use super::client::{BASE, CREDENTIALS, Fixture, Signing, UPLOAD, multipart, options, small};

#[tokio::test]
async fn parameters_of_query_and_form_are_signed_and_those_of_multipart_are_not() {
    let fixture = Fixture::default().await;
    let region = [("height", "100"), ("offset_top", "20"), ("width", "240")];
    let query = "?width=240&height=100&offset_top=20";
    let send = async |target: &str, authorization: String, kind: &str, body: Vec<u8>| {
        let request = Request::post(target).header(header::HOST, "LocalHost:80").header(header::CONTENT_TYPE, kind);
        fixture.send(request.header(header::AUTHORIZATION, authorization).body(Body::from(body)).unwrap()).await
    };
    let (kind, body) = multipart(&[("Content-Disposition: form-data; name=\"banner\"", &small())]);
    let header = fixture.alice.sign("POST", UPLOAD, &region, Signing::default());
    assert_eq!(send(&format!("{UPLOAD}{query}"), header, &kind, body.clone()).await.status, 201);
    let unsigned = fixture.alice.sign("POST", UPLOAD, &[], Signing::default());
    assert_eq!(send(&format!("{UPLOAD}{query}"), unsigned, &kind, body).await.refusal().1, 32);

    // A form of megabytes, checked off the threads that answer others.
    let mut picture = small();
    picture.resize(3 << 20, b'!');
    let base64 = BASE64_STANDARD.encode(&picture);
    let form = format!("banner={}&width=200", base64.replace('+', "%2b").replace('/', "%2F").replace('=', "%3D"));
    let parameters = [("banner", &*base64), ("width", "200")];
    let header = fixture.alice.sign("POST", UPLOAD, &parameters, Signing::default());
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(send(UPLOAD, header, kind, form.clone().into_bytes()).await.status, 201);
    let header = fixture.alice.sign("POST", UPLOAD, &parameters, Signing::default());
    let tampered = form.replace("width=200", "width=201");
    assert_eq!(send(UPLOAD, header, kind, tampered.into_bytes()).await.refusal().1, 32);
}

#[tokio::test]
async fn oauth_parameters_may_stand_in_header_form_or_query() {
    let fixture = Fixture::default().await;
    let pairs = |header: &str| {
        let pairs = header.strip_prefix("OAuth ").unwrap().split(',').map(|pair| pair.trim().replace('"', ""));
        pairs.collect::<Vec<_>>().join("&")
    };
    let query = pairs(&fixture.alice.sign("GET", CREDENTIALS, &[], Signing::default()));
    assert_eq!(fixture.get(&format!("{CREDENTIALS}?{query}")).await.status, 200, "{query}");

    let text = BASE64_STANDARD.encode(small());
    let form = pairs(&fixture.alice.sign("POST", UPLOAD, &[("banner", &text)], Signing::default()));
    let body = format!("banner={}&{form}", text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
    let request = Request::post(UPLOAD).header(header::HOST, "localhost");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(fixture.send(request.body(Body::from(body)).unwrap()).await.status, 201);
}

#[tokio::test]
async fn signatures_are_checked_against_the_address_that_clients_see() {
    let public_url = Some(PublicUrl::new("https://api.example.com/banners/").unwrap());
    let fixture = Fixture::new(Options { public_url, ..options() }).await;
    // The client signs `http://localhost`, which is not where it is.
    let header = fixture.alice.sign("GET", CREDENTIALS, &[], Signing::default());
    let request = Request::get(CREDENTIALS).header(header::HOST, "inner").header(header::AUTHORIZATION, header);
    assert_eq!(fixture.send(request.body(Body::empty()).unwrap()).await.refusal().1, 32);
    let uploaded = fixture.upload("", small()).await.json();
    let url = uploaded["profile_banner_url"].as_str().unwrap();
    assert!(url.starts_with("https://api.example.com/banners/profile_banners/"), "{url}");

    // Behind a proxy that is trusted.
    let fixture = Fixture::new(Options { trust_forwarded: ProxyHeader::XForwarded, ..options() }).await;
    let header = fixture.alice.sign("GET", CREDENTIALS, &[], Signing::default());
    let request = Request::get(CREDENTIALS).header(header::HOST, "inner").header("x-forwarded-host", "localhost");
    let request = request.header(header::AUTHORIZATION, header).body(Body::empty()).unwrap();
    assert_eq!(fixture.send(request).await.status, 200);
}

#[tokio::test]
async fn a_router_that_is_mounted_under_a_path_knows_where_it_is() {
    use tower::ServiceExt;
    let fixture = Fixture::default().await;
    let router = axum::Router::new().nest("/media", masthead_server::app(fixture.server.clone()));
    let path = format!("/media{UPLOAD}");
    let header = fixture.alice.sign("POST", &path, &[], Signing::default());
    let request = Request::post(&path).header(header::HOST, "localhost").header(header::AUTHORIZATION, header);
    let response = router.oneshot(request.body(Body::from(small())).unwrap()).await.unwrap();
    assert_eq!(response.status(), 201);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let url = body["profile_banner_url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{BASE}/media/profile_banners/")), "{url}");
}

#[tokio::test]
async fn a_body_hash_is_checked() {
    let fixture = Fixture::default().await;
    for (body, status) in [(small(), 201), ([small(), vec![0]].concat(), 401)] {
        let hash = sha1_base64(&small());
        let header = fixture.alice.sign("POST", UPLOAD, &[("oauth_body_hash", &hash)], Signing::default());
        // The signing side writes OAuth's own parameters only; the hash is one of them.
        let hash = hash.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let header = format!("{header},oauth_body_hash=\"{hash}\"");
        let request = Request::post(UPLOAD).header(header::HOST, "localhost").header(header::AUTHORIZATION, header);
        let answer = fixture.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
    }
}

fn sha1_base64(bytes: &[u8]) -> String {
    use sha1::{Digest, Sha1};
    BASE64_STANDARD.encode(Sha1::digest(bytes))
}
