//! Banners as browsers and caches fetch them.

use axum::body::Body;
use axum::http::{Method, Request, header};
use masthead::{CropRequest, Encoding, Options as ImageOptions, PngOptions, Processor, VariantSet, VariantSpec};
use masthead_server::Options;

use super::client::{Answer, BASE, Fixture, options, small};

async fn uploaded(fixture: &Fixture) -> String {
    let answer = fixture.upload("", small()).await;
    answer.json()["profile_banner_url"].as_str().unwrap().strip_prefix(BASE).unwrap().to_owned()
}

async fn conditional(fixture: &Fixture, path: &str, tag: &str) -> Answer {
    fixture.send(Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_variant_is_the_file_that_the_engine_makes() {
    let fixture = Fixture::default().await;
    let url = uploaded(&fixture).await;
    let banner = Processor::default().render(small(), &CropRequest::default()).unwrap();
    assert_eq!(banner.variants.len(), 10);
    for variant in banner.variants {
        let answer = fixture.get(&format!("{url}/{}", variant.name)).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &variant.bytes), "{}", variant.name);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("content-length"), variant.bytes.len().to_string());
    }
    let bare = fixture.get(&url).await;
    assert_eq!(bare.body, fixture.get(&format!("{url}/1500x500")).await.body);
    assert_eq!(fixture.get(&format!("{url}/1500x501")).await.refusal().0, 404);
}

#[tokio::test]
async fn files_are_cached_for_ever_and_told_apart_by_their_tags() {
    let fixture = Fixture::default().await;
    let url = uploaded(&fixture).await;
    let web = format!("{url}/web");
    let answer = fixture.get(&web).await;
    for (name, value) in [
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "a strong one: {tag}");
    assert_ne!(fixture.get(&format!("{url}/ipad")).await.header("etag"), tag);
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let answer = conditional(&fixture, &web, &known).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), tag);
    }
    assert_eq!(conditional(&fixture, &web, "\"other\"").await.status, 200);

    let head = Request::builder().method(Method::HEAD).uri(&web).body(Body::empty()).unwrap();
    let head = fixture.send(head).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), answer.body.len().to_string());
    // Nobody has to say who they are, and nobody is counted.
    assert_eq!(answer.header("x-rate-limit-limit"), "");
}

/// What a client asks for that has a part of a file, or wants one.
#[tokio::test]
async fn parts_of_files_are_answered_as_parts() {
    let fixture = Fixture::default().await;
    let web = format!("{}/web", uploaded(&fixture).await);
    let whole = fixture.get(&web).await;
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let (bytes, length, tag) = (&whole.body, whole.body.len(), whole.header("etag"));
    let ask = async |headers: &[(&str, &str)]| {
        let mut request = Request::get(&web);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        fixture.send(request.body(Body::empty()).unwrap()).await
    };
    for (range, part) in [
        ("bytes=0-99", &bytes[..100]),
        ("bytes=100-", &bytes[100..]),
        ("bytes=-7", &bytes[length - 7..]),
        ("bytes=1-99999999", &bytes[1..]),
    ] {
        let answer = ask(&[("range", range)]).await;
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (206, part), "{range}");
        let first = part.as_ptr() as usize - bytes.as_ptr() as usize;
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{}/{length}", first + part.len() - 1));
        assert_eq!((answer.header("etag"), answer.header("content-type")), (tag, "image/jpeg"));
    }
    let answer = ask(&[("range", &format!("bytes={length}-"))]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-range")), (416, &*format!("bytes */{length}")));
    assert_eq!(answer.refusal().1, 44);
    // Several ranges, and those of another file: all of it.
    for headers in [&[("range", "bytes=0-1,5-6")][..], &[("range", "bytes=0-1"), ("if-range", "\"other\"")]] {
        let answer = ask(headers).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, length), "{headers:?}");
    }
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", tag)]).await.status, 206);
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-none-match", tag)]).await.status, 304);
}

/// A banner that is being made is there a second later: nobody may remember that it was not.
#[tokio::test]
async fn that_a_file_is_not_there_is_not_cached() {
    let fixture = Fixture::default().await;
    let answer = fixture.get(&format!("/profile_banners/{}/1/web", fixture.alice.user.id)).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (404, "no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), "*", "pages may see that it is not there");
}

#[tokio::test]
async fn sets_of_ones_own_have_a_default_as_well() {
    let variants = VariantSet::new(vec![
        VariantSpec::new("cover", 300, 100, Encoding::Png(PngOptions::default())).unwrap(),
        VariantSpec::new("icon", 64, 64, Encoding::default()).unwrap(),
    ]);
    let images = ImageOptions::default().with_variants(variants.unwrap());
    let fixture = Fixture::new(Options { images, ..options() }).await;
    let url = uploaded(&fixture).await;
    let answer = fixture.get(&url).await;
    assert!(answer.body.starts_with(b"\x89PNG"));
    assert_eq!(answer.header("content-type"), "image/png");
}
