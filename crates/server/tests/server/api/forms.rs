//! Every way in which clients send a banner.

use axum::http::{Method, header};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::client::{Answer, BASE, CREDENTIALS, Fixture, REMOVE, SIZES, STATUS, UPLOAD, multipart, small};

/// Uploads in this way and sees whether the banner is the one that the others gave.
async fn agree(fixture: &Fixture, what: &str, request: axum::http::Request<axum::body::Body>) {
    fixture.send(fixture.alice.post(REMOVE, "text/plain", "")).await;
    let answer = fixture.send(request).await;
    assert_eq!(answer.status, 201, "{what}: {answer:?}");
    let body = answer.json();
    assert_eq!(body["state"], "ready");
    let url = body["profile_banner_url"].as_str().unwrap().strip_prefix(BASE).unwrap();
    let banner = fixture.get(&format!("{url}/600x200")).await;
    assert_eq!((banner.status.as_u16(), &banner.body), (200, &expected()), "{what}");
}

/// The same region of the same picture, made by the engine.
fn expected() -> Vec<u8> {
    use masthead::{CropRequest, Processor};
    let region = CropRequest { width: Some(240), height: Some(100), offset_left: Some(10), offset_top: Some(20) };
    Processor::default().render(small(), &region).unwrap().get("600x200").unwrap().bytes.clone()
}

const QUERY: &str = "width=240&height=100&offset_left=10&offset_top=20";

#[tokio::test]
async fn all_of_them_give_the_same_banner() {
    let fixture = Fixture::default().await;
    let alice = &fixture.alice;
    let base64 = BASE64_STANDARD.encode(small());
    let escaped = base64.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
    let in_query = |rest: &str| format!("{UPLOAD}?{QUERY}{rest}");
    let region = [("width", "240"), ("height", "100"), ("offset_left", "10"), ("offset_top", "20")];
    let disposition = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");

    // As tweepy does.
    let file = format!("{}; filename=\"banner.jpg\"", disposition("banner"));
    let (kind, body) = multipart(&[(&file, &small())]);
    agree(&fixture, "multipart, region in the query", alice.post(&in_query(""), &kind, body)).await;

    // As twitter-api-v2 does.
    let typed = format!("{}\r\nContent-Type: application/octet-stream", disposition("banner"));
    let names: Vec<_> = region.iter().map(|(name, _)| disposition(name)).collect();
    let mut parts: Vec<(&str, &[u8])> =
        names.iter().zip(&region).map(|(name, (_, value))| (&**name, value.as_bytes())).collect();
    let picture = small();
    parts.insert(0, (&typed, &picture));
    agree(&fixture, "multipart, region in parts", alice.post(UPLOAD, &kind, multipart(&parts).1)).await;

    let encoded = format!("{}\r\nContent-Transfer-Encoding: base64", disposition("banner"));
    let lines: String =
        base64.as_bytes().chunks(76).map(|line| format!("{}\r\n", str::from_utf8(line).unwrap())).collect();
    parts[0] = (&encoded, lines.as_bytes());
    agree(&fixture, "multipart, base64", alice.post(UPLOAD, &kind, multipart(&parts).1)).await;

    let form = "application/x-www-form-urlencoded";
    for (what, text) in [
        ("escaped", escaped.clone()),
        ("with + as it is", base64.clone()),
        ("with spaces for +", base64.replace('+', "%20")),
    ] {
        let body = format!("banner={text}&{QUERY}");
        agree(&fixture, what, alice.post(UPLOAD, &format!("{form}; charset=utf-8"), body)).await;
    }
    let url_safe = format!("{QUERY}&banner={}", BASE64_URL_SAFE_NO_PAD.encode(small()));
    agree(&fixture, "URL-safe", alice.post(UPLOAD, form, url_safe)).await;
    let data_url = format!("{QUERY}&banner=data%3Aimage%2Fjpeg%3Bbase64%2C{escaped}");
    agree(&fixture, "data URL", alice.post(UPLOAD, form, data_url)).await;

    agree(&fixture, "raw", alice.raw(&format!("?{QUERY}"), small())).await;
    agree(&fixture, "raw, said to be a form", alice.post(&in_query(""), form, small())).await;
    agree(&fixture, "base64 as it is", alice.post(&in_query(""), "text/plain", base64.clone())).await;
    let untyped = alice.request(Method::POST, &in_query("")).body(small().into()).unwrap();
    agree(&fixture, "no content type", untyped).await;
    let everything = alice.request(Method::POST, &in_query(&format!("&banner={escaped}"))).body("".into()).unwrap();
    agree(&fixture, "everything in the query", everything).await;
}

/// One library always sends `width=1500&height=500&offset_left=0&offset_top=0`.
#[tokio::test]
async fn the_boilerplate_of_a_client_fits_every_picture() {
    let fixture = Fixture::default().await;
    let answer = fixture.upload("?width=1500&height=500&offset_left=0&offset_top=0", small()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let near = fixture.upload("?width=1500&height=500&offset_left=0&offset_top=1", small()).await;
    assert_eq!(near.refusal().0, 422, "others mean what they say");
}

#[tokio::test]
async fn answers_are_what_clients_parse() {
    let fixture = Fixture::default().await;
    let me = async || fixture.send(fixture.alice.get(CREDENTIALS)).await;
    let before = me().await.json();
    let id = fixture.alice.user.id;
    assert_eq!((before["id"].as_i64(), before["id_str"].as_str()), (Some(id.0), Some(&*id.to_string())));
    assert_eq!((before["name"].as_str(), before["screen_name"].as_str()), (Some("ALICE0"), Some("alice0")));
    assert!(before.get("profile_banner_url").is_none());

    let uploaded = fixture.upload("", small()).await;
    let version = uploaded.json()["version"].as_i64().unwrap();
    assert!((masthead_server::Time::now().unix_seconds() - version).abs() < 10, "the second of the upload");
    let url = format!("{BASE}/profile_banners/{id}/{version}");
    assert_eq!(uploaded.json()["profile_banner_url"], url);
    assert_eq!(me().await.json()["profile_banner_url"], url);
    assert_eq!(fixture.send(fixture.alice.get(STATUS)).await.json()["state"], "ready");

    let bob = fixture.account("bob").await;
    for query in ["screen_name=ALICE0".to_owned(), format!("user_id={id}"), format!("screen_name=nobody&user_id={id}")]
    {
        let sizes = fixture.send(bob.get(&format!("{SIZES}?{query}"))).await.json();
        let sizes = sizes["sizes"].as_object().unwrap();
        assert_eq!(sizes.len(), 10);
        assert_eq!(sizes["ipad"], serde_json::json!({ "h": 313, "w": 626, "url": format!("{url}/ipad") }));
        assert_eq!(sizes["1500x500"]["w"], 1500);
    }

    let remove = async || fixture.send(fixture.alice.post(REMOVE, "application/x-www-form-urlencoded", "")).await;
    let removed: Answer = remove().await;
    assert_eq!((removed.status.as_u16(), &*removed.body), (200, &b"{}"[..]));
    assert_eq!((remove().await.status.as_u16()), 200, "also when there is none");
    assert!(me().await.json().get("profile_banner_url").is_none());
    assert_eq!(fixture.send(bob.get(&format!("{SIZES}?screen_name=alice0"))).await.refusal().0, 404);
    for answer in [removed, me().await] {
        assert_eq!(answer.header(header::CACHE_CONTROL.as_str()), "no-store");
    }
}

#[tokio::test]
async fn the_same_upload_again_is_200_and_no_work() {
    let fixture = Fixture::default().await;
    let first = fixture.upload("", small()).await;
    let again = fixture.upload("", small()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(first.json()["version"], again.json()["version"]);
    // The whole picture is the whole picture, however it is said.
    assert_eq!(fixture.upload("?offset_top=0&width=256&height=128", small()).await.status, 200);
    assert_eq!(fixture.upload("?width=250", small()).await.status, 201, "another region");
    let third = fixture.upload("", small()).await;
    assert_eq!(third.status, 201, "it was superseded");
    assert!(third.json()["version"].as_i64() > first.json()["version"].as_i64());
}
