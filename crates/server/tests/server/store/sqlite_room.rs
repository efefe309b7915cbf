//! The room that a [`SqliteStore`] takes on the disk, and how long it waits for others.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, query};

use super::fixture::*;

const MIB: u64 = 1 << 20;

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

fn log(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

/// So many nonces of this second.
fn nonces(second: u64, count: u64) -> Vec<Nonce> {
    (0..count).map(|number| Nonce::new("key", "token", second, &number.to_string())).collect()
}

#[tokio::test]
async fn a_database_that_was_large_becomes_small_again_in_steps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    for second in 1..=4 {
        store.note(&[], &nonces(second, 40_000)).await.unwrap();
    }
    store.prune(0, START).await.unwrap();
    let large = length(&path) + length(&log(&path));
    assert!(large > 4 * MIB, "{large}");
    for _ in 0..3 {
        store.prune(100, START).await.unwrap();
    }
    assert_eq!(store.nonces().await.unwrap(), []);
    store.close().await;
    assert!(length(&path) <= 2 * MIB, "{} of {large} are left", length(&path));
}

/// Somebody who reads for long keeps SQLite from writing the log from its start again.
#[tokio::test]
async fn the_log_is_cut_back_when_it_has_grown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    query("BEGIN").execute(&mut other).await.unwrap();
    query("SELECT * FROM users").fetch_all(&mut other).await.unwrap();
    for number in 0..24 {
        let (call, ends_at) = ("x".repeat(1 << 20), at(1));
        let window = WindowCount { user: UserId(number), call, used: 1, ends_at };
        store.note(&[window], &[]).await.unwrap();
    }
    store.prune(0, START).await.unwrap();
    assert!(length(&log(&path)) > 24 * MIB, "{}: it is being read", length(&log(&path)));
    query("ROLLBACK").execute(&mut other).await.unwrap();
    store.prune(0, START).await.unwrap();
    assert!(length(&log(&path)) <= 16 * MIB, "{}", length(&log(&path)));
}

/// Another process keeps the database locked for longer than anybody waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_are_put_off_while_the_database_is_locked_and_reads_do_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let (ann, credentials) = add(&*store, "ann").await;
    publish(&*store, ann.id, START).await;
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let start = Instant::now();
    let writes = (0..8).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { (store.remove_banner(ann.id, START).await, start.elapsed()) })
    });
    let writes: Vec<_> = writes.collect();
    for _ in 0..100 {
        assert!(store.banner(ann.id).await.unwrap().is_some());
        assert!(store.bearer_grant(&Credentials::bearer_digest(&credentials.bearer)).await.unwrap().is_some());
    }
    assert!(!writes.iter().any(|write| write.is_finished()), "reads waited");
    for write in writes {
        let (refused, waited) = write.await.unwrap();
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        // Waiting for the others and for the lock in turn would be 20.
        assert!((8..18).contains(&waited.as_secs()), "{waited:?} for all that is waited for together");
    }
    query("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(store.remove_banner(ann.id, START).await.unwrap(), "nobody is put off for good");
}

#[tokio::test]
async fn a_snapshot_is_the_whole_database_at_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let (ann, _) = add(&store, "ann").await;
    let (banner, _) = publish(&store, ann.id, START).await;
    let pairing = Pairing { storage: StorageId::random(), generation: 5, confirmed: true };
    store.set_pairing(&pairing).await.unwrap();
    let copy = folder.path().join("it's a copy.db");
    store.snapshot(&copy).await.unwrap();
    add(&store, "bob").await;
    store.remove_user(ann.id).await.unwrap();
    assert!(matches!(store.snapshot(&copy).await, Err(StoreError::Failed(_))), "there is one already");

    let then = SqliteStore::open_read_only(&copy).await.unwrap();
    assert_eq!(users(&then).await, std::slice::from_ref(&ann));
    assert_eq!(current(&then, ann.id).await, Some(banner));
    assert_eq!(then.pairing().await.unwrap(), Some(pairing));
    assert!(then.remove_user(ann.id).await.is_err(), "it is read only");
    assert_eq!(users(&then).await, [ann]);
    then.close().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600, "the secrets are in it");
    }
    let again = SqliteStore::open(&copy).await.unwrap();
    add(&again, "carol").await;
}

#[tokio::test]
async fn reading_only_changes_nothing_and_waits_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    assert!(matches!(SqliteStore::open_read_only(&path).await, Err(StoreError::Failed(_))));
    assert!(!path.exists());
    let store = SqliteStore::open(&path).await.unwrap();
    let (ann, _) = add(&store, "ann").await;
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    // Somebody who waited for it would do so in vain.
    let reader = SqliteStore::open_read_only(&path).await.unwrap();
    assert_eq!(users(&reader).await, std::slice::from_ref(&ann), "beside a server that is at work");
    query("ROLLBACK").execute(&mut other).await.unwrap();
    drop(other);
    reader.close().await;
    store.close().await;

    let before = std::fs::read(&path).unwrap();
    let reader = SqliteStore::open_read_only(&path).await.unwrap();
    assert_eq!(users(&reader).await, [ann]);
    reader.close().await;
    assert!(std::fs::read(&path).unwrap() == before);
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    println!("{names:?}");
}
