//! HTTP itself: hosts, methods, request ids, and pages of other sites.

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request, Version, header};
use masthead_server::{Options, WebOrigin, app};
use tower::ServiceExt;

use super::client::{Answer, CREDENTIALS, Fixture, SIZES, UPLOAD, options};

/// As it is, without the host that the fixture would add.
async fn bare(fixture: &Fixture, request: Builder) -> Answer {
    Answer::of(app(fixture.server.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()).await
}

#[tokio::test]
async fn a_request_names_one_host() {
    let fixture = Fixture::default().await;
    let get = || Request::get("/healthz");
    assert_eq!(bare(&fixture, get().header(header::HOST, "localhost:80")).await.status, 200);
    assert_eq!(bare(&fixture, get()).await.refusal().0, 400);
    assert_eq!(bare(&fixture, get().header(header::HOST, "a").header(header::HOST, "b")).await.refusal().0, 400);
    assert_eq!(bare(&fixture, get().header(header::HOST, "a").header(header::HOST, "a")).await.refusal().0, 400);
    for odd in ["", "a b", "http://a", "u@a", "a:99999"] {
        assert_eq!(bare(&fixture, get().header(header::HOST, odd)).await.refusal().0, 400, "{odd}");
    }
    // It is older than the header.
    assert_eq!(bare(&fixture, get().version(Version::HTTP_10)).await.status, 200);
    // Here it stands in the target.
    assert_eq!(bare(&fixture, Request::get("https://localhost/healthz").version(Version::HTTP_2)).await.status, 200);
}

#[tokio::test]
async fn every_route_says_which_methods_it_has() {
    let fixture = Fixture::default().await;
    for (target, allowed) in [
        (UPLOAD, "POST, OPTIONS"),
        (CREDENTIALS, "GET, HEAD, OPTIONS"),
        ("/profile_banners/1/2/web", "GET, HEAD, OPTIONS"),
        ("/healthz", "GET, HEAD, OPTIONS"),
    ] {
        let ask = |method: Method| Request::builder().method(method).uri(target).body(Body::empty()).unwrap();
        let answer = fixture.send(ask(Method::OPTIONS)).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow"), answer.body.len()), (204, allowed, 0), "{target}");
        let answer = fixture.send(ask(Method::DELETE)).await;
        assert_eq!((answer.refusal().0, answer.header("allow")), (405, allowed), "{target}");
    }
    let nothing = Request::builder().method(Method::OPTIONS).uri("/nothing").body(Body::empty()).unwrap();
    assert_eq!(fixture.send(nothing).await.status, 404);
}

#[tokio::test]
async fn pages_of_named_sites_may_call() {
    let origins = ["https://app.example", "http://localhost:3000"];
    let allow_origins = origins.iter().map(|origin| WebOrigin::new(origin).unwrap()).collect();
    let fixture = Fixture::new(Options { allow_origins, ..options() }).await;
    let preflight = async |target: &str, origin: &str| {
        let request = Request::builder().method(Method::OPTIONS).uri(target).header(header::ORIGIN, origin);
        let request = request.header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "authorization").body(Body::empty());
        fixture.send(request.unwrap()).await
    };
    for origin in origins {
        let answer = preflight(UPLOAD, origin).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, origin));
        assert_eq!(answer.header("access-control-allow-methods"), "POST, OPTIONS");
        assert!(answer.header("access-control-allow-headers").contains("authorization"));
        assert_eq!(answer.header("vary"), "origin");

        // What is refused can be read as well: a page must know why.
        let request = fixture.alice.request(Method::GET, SIZES).header(header::ORIGIN, origin);
        let answer = fixture.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (400, origin));
        assert!(answer.header("access-control-expose-headers").contains("x-rate-limit-remaining"));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    for origin in ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"] {
        let answer = preflight(UPLOAD, origin).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        assert_eq!(answer.header("access-control-allow-methods"), "", "{origin}");
    }
    // Images are for all, with no difference made.
    let answer = preflight("/profile_banners/1/2/web", "https://elsewhere.example").await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), ("*", ""));
    assert!(answer.header("access-control-allow-headers").contains("range"));
}

#[tokio::test]
async fn without_named_sites_no_page_may_call() {
    let fixture = Fixture::default().await;
    let request = fixture.alice.request(Method::GET, CREDENTIALS).header(header::ORIGIN, "https://a.example");
    let answer = fixture.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ""));
}

#[tokio::test]
async fn request_ids_of_clients_are_kept_when_they_are_plain() {
    let fixture = Fixture::default().await;
    let id = async |given: &str| {
        let request = Request::get("/healthz").header("x-request-id", given).body(Body::empty()).unwrap();
        fixture.send(request).await.header("x-request-id").to_owned()
    };
    assert_eq!(id("mine-1.2").await, "mine-1.2");
    for odd in ["", "a b", "\"", &"x".repeat(65), &"x".repeat(10_000)] {
        assert_eq!(id(odd).await.len(), 32, "{odd}");
    }
}
