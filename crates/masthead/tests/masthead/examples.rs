//! The examples do what they say.

use std::path::PathBuf;
use std::sync::Arc;

use ::axum::Router;
use ::axum::body::{Body, Bytes, to_bytes};
use ::axum::http::response::Parts;
use ::axum::http::{Request, StatusCode, header};
use ::axum::response::IntoResponse;
use masthead::{CropRequest, Processor};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::support::file;

#[path = "../../examples/axum.rs"]
#[allow(dead_code, reason = "an example has a main function")]
mod axum;
#[path = "../../examples/batch.rs"]
#[allow(dead_code, reason = "an example has a main function")]
mod batch;
#[path = "../../examples/plain.rs"]
#[allow(dead_code, reason = "an example has a main function")]
mod plain;

fn photo(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos").join(name)
}

#[test]
fn plain_saves_the_banner_of_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new/folder");
    let paths = plain::save_banner(&photo("rocket.jpg"), &folder).unwrap();
    let banner = Processor::default().render(file("photos", "rocket.jpg"), &CropRequest::default()).unwrap();
    assert_eq!(paths.len(), 10);
    for (path, variant) in paths.iter().zip(&banner.variants) {
        assert_eq!(path, &folder.join(variant.file_name()));
        assert!(std::fs::read(path).unwrap() == variant.bytes, "{}", variant.name);
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 10, "nothing temporary is left");
}

#[test]
fn batch_saves_what_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.jpg");
    std::fs::write(&broken, b"\xff\xd8\xff").unwrap();
    let pictures = [photo("rocket.jpg"), broken, photo("coffee.png")];
    let saved = batch::save_all(&pictures, &folder.path().join("banners"));
    let [rocket, broken, coffee] = &saved[..] else { panic!("a result for each picture") };
    assert!(broken.is_err());
    for (saved, name) in [(rocket, "rocket"), (coffee, "coffee")] {
        let paths = saved.as_ref().unwrap();
        assert_eq!(paths.len(), 10);
        assert!(paths[0].ends_with(format!("{name}/1500x500.jpg")) && paths[0].is_file());
    }
}

#[test]
fn batch_gives_no_two_pictures_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, third] = ["a/photo.jpg", "b/photo.png", "b/Photo.jpg"].map(|name| folder.path().join(name));
    for (copy, name) in [(&first, "rocket.jpg"), (&second, "coffee.png"), (&third, "rocket.jpg")] {
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(photo(name), copy).unwrap();
    }
    let banners = folder.path().join("banners");
    let saved = batch::save_all(&[first.clone(), second, third, first.clone()], &banners);
    let rocket = Processor::default().render(file("photos", "rocket.jpg"), &CropRequest::default()).unwrap();
    let paths = saved[0].as_ref().unwrap();
    assert!(std::fs::read(&paths[0]).unwrap() == rocket.variants[0].bytes);
    for refused in &saved[1..] {
        let message = refused.as_ref().unwrap_err().to_string();
        assert_eq!(message, format!("its folder would be that of {}", first.display()));
    }
    assert_eq!(std::fs::read_dir(&banners).unwrap().count(), 1);
}

#[tokio::test]
async fn axum_answers_a_panic_with_an_internal_error() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let memory = Arc::new(Semaphore::new(1));
    let permit = || memory.clone().try_acquire_owned().unwrap();
    let refusal = axum::run(&pool, permit(), || -> () { panic!("a defect") }).await.err().unwrap();
    assert_eq!(refusal.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    // When the closure has ended, the thread is there for the next job, and so is the memory.
    pool.install(|| ());
    assert_eq!(axum::run(&pool, permit(), || 7).await.ok(), Some(7));
}

#[tokio::test]
async fn axum_answers_with_the_largest_banner() {
    let app = axum::app().unwrap();
    let upload = file("photos", "rocket.jpg");
    let expected = Processor::default().render(&upload, &CropRequest::default()).unwrap();
    // More than the pool has threads, all at once.
    let answers: Vec<_> = (0..8).map(|_| tokio::spawn(answer(app.clone(), upload.clone()))).collect();
    for answer in answers {
        let (parts, body) = answer.await.unwrap();
        assert_eq!(parts.status, StatusCode::OK);
        assert_eq!(parts.headers[header::CONTENT_TYPE], "image/jpeg");
        assert!(body == expected.variants[0].bytes);
    }
    let (parts, body) = answer(app, b"GIF89a....".to_vec()).await;
    assert_eq!(parts.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(body, "GIF images are not supported");
}

async fn answer(app: Router, upload: Vec<u8>) -> (Parts, Bytes) {
    let request = Request::post("/banner").body(Body::from(upload)).unwrap();
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    (parts, to_bytes(body, usize::MAX).await.unwrap())
}
