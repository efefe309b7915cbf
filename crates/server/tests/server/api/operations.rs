//! What those who run a server see.

use std::collections::BTreeSet;
use std::io;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use masthead_server::Options;
use serde_json::json;

use super::client::{Fixture, SIZES, options, small};

#[tokio::test]
async fn health_and_readiness_tell_of_the_database_and_the_files() {
    let fixture = Fixture::default().await;
    assert_eq!(fixture.get("/healthz").await.status, 200);
    assert_eq!(fixture.admin("/healthz").await.status, 200);
    let ready = fixture.admin("/readyz").await;
    let expected = json!({ "server": "ok", "database": "ok", "blobs": "ok" });
    assert_eq!((ready.status.as_u16(), ready.json()), (200, expected));

    // Whoever may upload need not know, and cannot have it looked into.
    assert_eq!(fixture.get("/readyz").await.status, 404);
    assert_eq!(fixture.get("/metrics").await.status, 404);
    assert_eq!(fixture.admin("/openapi.json").await.status, 404);

    fixture.server.drain();
    let ready = fixture.admin("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.json()["server"].clone()), (503, json!("draining")));
    assert_eq!(fixture.upload("", small()).await.status, 201, "it still works");
}

/// Load balancers ask often: what they ask for is looked into once a second, however many they are.
#[tokio::test]
async fn readiness_is_looked_into_once_a_second() {
    let fixture = Fixture::default().await;
    let pings = async || {
        let figures = String::from_utf8(fixture.admin("/metrics").await.body).unwrap();
        let line = "masthead_store_seconds_count{operation=\"ping\"} ";
        figures.lines().find_map(|found| found.strip_prefix(line)?.parse::<u64>().ok()).unwrap_or(0)
    };
    let start = std::time::Instant::now();
    for _ in 0..100 {
        assert_eq!(fixture.admin("/readyz").await.status, 200);
    }
    assert!(pings().await <= 1 + start.elapsed().as_secs(), "{}", pings().await);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let before = pings().await;
    fixture.admin("/readyz").await;
    assert_eq!(pings().await, before + 1);
}

#[tokio::test]
async fn figures_are_those_of_what_happened() {
    let fixture = Fixture::default().await;
    let picture = small();
    let length = picture.len();
    assert_eq!(fixture.upload("", picture).await.status, 201);
    fixture.upload("?width=x", small()).await;
    fixture.get("/nothing").await;
    let answer = fixture.admin("/metrics").await;
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let value = |line: &str| -> f64 {
        let found = text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {line} in\n{text}")).parse().unwrap()
    };
    let upload = "method=\"POST\",route=\"/1.1/account/update_profile_banner.json\"";
    assert_eq!(value(&format!("masthead_requests_total{{{upload},status=\"201\"}}")), 1.0);
    assert_eq!(value(&format!("masthead_requests_total{{{upload},status=\"400\"}}")), 1.0);
    assert_eq!(value("masthead_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"}"), 1.0);
    assert_eq!(value("masthead_refusals_total{kind=\"parameter\"}"), 1.0);
    assert_eq!(value("masthead_upload_bytes_total"), length as f64, "the second was refused before its body was read");
    assert_eq!(value("masthead_jobs_total{outcome=\"ready\"}"), 1.0);
    for stage in ["wait", "memory", "decode", "resample", "encode", "store"] {
        assert_eq!(value(&format!("masthead_job_stage_seconds_count{{stage=\"{stage}\"}}")), 1.0);
    }
    assert!(!text.contains("stage=\"read\""), "its handler waited: the job was handed over as it was\n{text}");
    assert_eq!(value("masthead_queue_depth"), 0.0);
    for of in ["uploads", "forms", "images", "prepared"] {
        assert_eq!(value(&format!("masthead_memory_budget_in_use_bytes{{of=\"{of}\"}}")), 0.0);
    }
    assert_eq!(value("masthead_memory_budget_bytes{of=\"uploads\"}"), f64::from(64 << 20));
    assert!(text.ends_with("# EOF\n"), "{answer:?}");
    let times = "/1.1/account/update_profile_banner.json";
    assert_eq!(value(&format!("masthead_request_seconds_count{{method=\"POST\",route=\"{times}\"}}")), 2.0);
    assert_eq!(value("masthead_store_seconds_count{operation=\"accept\"}"), 1.0);
    assert_eq!(value("masthead_blob_seconds_count{operation=\"put_original\"}"), 1.0);
    assert_eq!(value("masthead_blob_seconds_count{operation=\"put_banner\"}"), 1.0);
    assert_eq!((value("masthead_jobs_put_off"), value("masthead_oldest_job_seconds")), (0.0, 0.0));
    assert_eq!(value(&format!("masthead_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1.0);
    if cfg!(target_os = "linux") {
        assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
        assert!(value("process_cpu_seconds_total") > 0.0 && value("process_start_time_seconds") > 1e9);
    }
}

#[tokio::test]
async fn requests_that_their_clients_give_up_are_counted() {
    let fixture = Fixture::default().await;
    let mut stalled = Box::pin(fixture.upload("", Body::from_stream(stream::pending::<io::Result<Bytes>>())));
    assert!(futures_util::poll!(&mut stalled).is_pending());
    drop(stalled);
    let figure =
        "masthead_requests_given_up_total{method=\"POST\",route=\"/1.1/account/update_profile_banner.json\"} 1\n";
    let figures = fixture.metrics().await;
    assert!(figures.contains(figure), "{figures}");
}

#[tokio::test]
async fn the_description_names_every_call_and_what_it_names_is_there() {
    let fixture = Fixture::default().await;
    let description = fixture.get("/openapi.json").await.json();
    let paths = description["paths"].as_object().unwrap();
    let named: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    let expected = BTreeSet::from([
        "/1.1/account/profile_banner_upload.json",
        "/1.1/account/remove_profile_banner.json",
        "/1.1/account/update_profile_banner.json",
        "/1.1/account/verify_credentials.json",
        SIZES,
        "/healthz",
        "/openapi.json",
        "/profile_banners/{user_id}/{version}",
        "/profile_banners/{user_id}/{version}/{variant}",
    ]);
    assert_eq!(named, expected);
    // Every status that the tests of errors and forms see is described; every schema that is named is there.
    let upload = &description["paths"]["/1.1/account/update_profile_banner.json"]["post"];
    for status in ["200", "201", "202", "400", "401", "403", "408", "422", "429", "503"] {
        assert!(upload["responses"].get(status).is_some(), "{status}");
    }
    let text = description.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(description["components"]["schemas"].get(reference).is_some(), "{reference}");
    }
    assert!(description["components"]["securitySchemes"]["bearer"].is_object());
    // Answers have just the fields that are described.
    let uploaded = fixture.upload("", small()).await.json();
    let fields: BTreeSet<_> = uploaded.as_object().unwrap().keys().collect();
    let described = &description["components"]["schemas"]["Uploaded"]["properties"];
    assert_eq!(fields, described.as_object().unwrap().keys().collect());
}

#[tokio::test]
async fn every_answer_has_a_request_id_that_the_client_may_choose() {
    let fixture = Fixture::default().await;
    assert!(fixture.get("/healthz").await.header("x-request-id").len() >= 16);
    let request = axum::http::Request::get("/healthz").header("x-request-id", "mine").body("".into()).unwrap();
    assert_eq!(fixture.send(request).await.header("x-request-id"), "mine");
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused() {
    let storage = masthead_server::Storage::folder(tempfile::tempdir().unwrap().path()).await.unwrap();
    let mut options = Options { memory: 1 << 20, ..options() };
    options.images.limits.bytes = 20 << 20;
    let least = options.least_memory();
    let error = masthead_server::Server::start(storage, options).await.err().unwrap();
    assert_eq!(error.to_string(), format!("memory is 1048576 bytes (expected at least {least})"));
    assert_eq!(Options::default().least_memory(), 103 << 20);
}
