//! The file of a [`SqliteStore`].

use super::fixture::*;

#[cfg(unix)]
#[tokio::test]
async fn the_secrets_in_it_are_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("masthead.db")).await.unwrap();
    add(&store, "ann").await;
    let mut files = 0;
    for file in folder.path().read_dir().unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        files += 1;
    }
    assert_eq!(files, 3, "the database, its WAL and the index of that");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_open_a_new_one_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let opened = at_once((0..12).map(|_| {
        let path = path.clone();
        async move { SqliteStore::open(&path).await }
    }));
    for store in opened.await {
        store.expect("it opens").ping().await.unwrap();
    }
}

#[tokio::test]
async fn it_is_whole_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let (ann, _) = add(&store, "ann").await;
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Failed(_))));
    assert!(!path.with_extension("db-wal").exists(), "all of it is in the one file");
    assert_eq!(users(&SqliteStore::open(&path).await.unwrap()).await, [ann]);
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let text = b"These are the notes of somebody, and not a database at all.".repeat(100);
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(SqliteStore::open(&path).await, Err(StoreError::Failed(_))));
    assert_eq!(std::fs::read(&path).unwrap(), text);
    let nowhere = folder.path().join("no/such/folder/masthead.db");
    let refused = SqliteStore::open(&nowhere).await.unwrap_err().to_string();
    assert!(refused.contains("no/such/folder"), "{refused}");
}

/// As it does when the disk is full.
#[tokio::test]
async fn a_transaction_that_sqlite_ends_by_itself_is_the_only_one_that_fails() {
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, query};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON users BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END";
    query(full).execute(&mut other).await.unwrap();
    let new = NewUser { screen_name: "ann".into(), name: "Ann".into(), application: None, can_write: true };
    for _ in 0..3 {
        let refused = store.add_user(&new, &Credentials::random(), Time(0)).await.unwrap_err();
        assert!(refused.to_string().contains("disk is full"), "{refused}");
    }
    query("DROP TRIGGER full").execute(&mut other).await.unwrap();
    add(&store, "ann").await;
}

/// POSIX ends all locks of a process on a file when it closes any descriptor of it. Another process would take itself for the last
/// one then, and delete the log that this one goes on to write.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn opening_it_once_more_leaves_the_locks_of_this_process_alone() {
    use std::os::unix::fs::MetadataExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let (ann, _) = add(&store, "ann").await;
    let file = format!(":{} ", path.metadata().unwrap().ino());
    let locked = || std::fs::read_to_string("/proc/locks").unwrap().lines().any(|lock| lock.contains(&file));
    assert!(locked(), "SQLite keeps one for as long as it is open");
    for other in [SqliteStore::open(&path).await.unwrap(), SqliteStore::open_read_only(&path).await.unwrap()] {
        assert!(locked());
        assert_eq!(users(&other).await, std::slice::from_ref(&ann));
    }
    store.snapshot(&folder.path().join("copy.db")).await.unwrap();
    store.secure().await.unwrap();
    assert!(locked());
}
