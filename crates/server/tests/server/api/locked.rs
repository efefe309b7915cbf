//! A database that another process keeps locked for longer than anybody waits.

use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::client::{CREDENTIALS, Fixture, REMOVE, SIZES, STATUS, small};

#[tokio::test]
async fn writes_are_put_off_with_503_and_reads_do_not_wait() {
    let fixture = Fixture::default().await;
    let uploaded = fixture.upload("", small()).await;
    assert_eq!(uploaded.status, 201);
    let file = format!("/profile_banners/{}/{}/web", fixture.alice.user.id, uploaded.json()["version"]);
    let sizes = format!("{SIZES}?user_id={}", fixture.alice.user.id);
    let path = fixture.folder.path().join("masthead.db");
    let mut other = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();

    let start = Instant::now();
    let removing = async { (fixture.send(fixture.alice.post(REMOVE, "application/json", "")).await, start.elapsed()) };
    let uploading = async { (fixture.upload("?width=200", small()).await, start.elapsed()) };
    let reading = async {
        for _ in 0..20 {
            for target in [CREDENTIALS, STATUS, &*sizes, &*file] {
                assert_eq!(fixture.send(fixture.alice.get(target)).await.status, 200, "{target}");
            }
        }
        start.elapsed()
    };
    let (removed, uploaded, read) = tokio::join!(removing, uploading, reading);
    assert!(read < Duration::from_secs(5), "reads took {read:?}");
    for (answer, waited) in [removed, uploaded] {
        assert_eq!(answer.refusal(), (503, 130, "Over capacity.".to_owned()));
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        assert!(waited < Duration::from_secs(25), "{waited:?}");
    }
    lock.rollback().await.unwrap();
    assert_eq!(fixture.upload("?width=200", small()).await.status, 201);
    assert_eq!(fixture.send(fixture.alice.post(REMOVE, "application/json", "")).await.status, 200);
    assert_eq!(fixture.store.banner(fixture.alice.user.id).await.unwrap(), None);
}
