//! A database of the first version becomes one of today, with everything in it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqlStr, query, query_scalar};

use super::fixture::*;

const INITIAL: &str = include_str!("../../../migrations/sqlite/0001_initial.sql");

/// What a database of the first version has in it, as its server has written it. `$1` is one of many users.
const ROWS: &str = "
    INSERT INTO users VALUES (7, 'Ann', 'Ann A.', 0, 1), (9, 'bob', 'Bob', 1, 2);
    INSERT INTO applications VALUES (3, 'web', 'key', 'secret', 1);
    INSERT INTO tokens VALUES (7, 3, 'token of ann', 'her secret', zeroblob(32)), (9, 3, 'token of bob', 'his', randomblob(32));
    INSERT INTO nonces VALUES (1800000000, 'key', 'token of ann', 'seen'), (1800000001, 'key', 'token of bob', 'seen too');
    INSERT INTO windows VALUES (7, 'read', 3, 1800000600000);
    INSERT INTO profiles VALUES (7, 1800000005), (9, 1800000001);
    INSERT INTO uploads (id, user_id, version, digest, width, height, offset_left, offset_top, state, ended_at) VALUES
        ('0000000000000000000000000000000a', 7, 1800000000, zeroblob(32), 1500, 500, 0, 0, 'former', 1800000001000),
        ('0000000000000000000000000000000b', 7, 1800000001, zeroblob(32), 1500, 500, 10, 20, 'current', NULL),
        ('0000000000000000000000000000000c', 7, 1800000002, zeroblob(32), 1500, 500, 0, 0, 'processing', NULL),
        ('0000000000000000000000000000000d', 9, 1800000001, zeroblob(32), 1500, 500, 0, 0, 'processing', NULL),
        ('0000000000000000000000000000000e', 7, 1800000005, zeroblob(32), 1500, 500, 0, 0, 'discarded', 1800000005000);
    INSERT INTO variants VALUES
        ('0000000000000000000000000000000a', 'web', 520, 260, 'image/jpeg', 0, 1000),
        ('0000000000000000000000000000000b', 'web', 520, 260, 'image/jpeg', 0, 2000);
    INSERT INTO jobs VALUES
        (4, '0000000000000000000000000000000d', 1800000001000, 1800000011000, 2, 1, 0),
        (5, '0000000000000000000000000000000c', 1800003600000, NULL, 6, 0, 5);
";

/// So many users more, with a banner each, and nonces.
const MORE: &str = "
    CREATE TEMP TABLE n AS WITH RECURSIVE n (n) AS (SELECT 1001 UNION ALL SELECT n + 1 FROM n WHERE n < 1000 + MANY) SELECT n FROM n;
    INSERT INTO profiles SELECT n, 1800000000 FROM n;
    INSERT INTO uploads (id, user_id, version, digest, width, height, offset_left, offset_top, state)
        SELECT printf('%032x', n), n, 1800000000, zeroblob(32), 1500, 500, 0, 0, 'current' FROM n;
    INSERT INTO variants SELECT printf('%032x', n), 'web', 520, 260, 'image/jpeg', 0, 2000 FROM n;
    INSERT INTO nonces SELECT 1800000000, 'key', 'token', printf('nonce %d', n) FROM n;
    DROP TABLE n;
";

const MANY: i64 = 3000;

/// A database of the first version.
async fn first_version(path: &Path) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut db = options.journal_mode(SqliteJournalMode::Wal).connect().await.unwrap();
    let initial = Migration::new(1, "initial".into(), MigrationType::Simple, SqlStr::from_static(INITIAL), false);
    Migrator::with_migrations(vec![initial]).run_direct(None, &mut db, false).await.unwrap();
    let rows = format!("{ROWS}{}", MORE.replace("MANY", &MANY.to_string()));
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

fn id(digit: char) -> UploadId {
    format!("{}{digit}", "0".repeat(31)).parse().unwrap()
}

/// Opens it, and looks whether everything is in it.
async fn assert_whole(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let store = &store;
    let mut db = raw(path).await;
    let good: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut db).await.unwrap();
    assert_eq!(good, "ok");
    let mode: i64 = query_scalar("PRAGMA auto_vacuum").fetch_one(&mut db).await.unwrap();
    assert_eq!(mode, 2, "it can shrink");
    assert_eq!(query("PRAGMA foreign_key_check").fetch_all(&mut db).await.unwrap().len(), 0);
    drop(db);

    let names: Vec<_> =
        users(store).await.into_iter().map(|user| (user.id.0, user.screen_name, user.suspended)).collect();
    assert_eq!(names, [(7, "Ann".to_owned(), false), (9, "bob".to_owned(), true)]);
    let grant = store.signed_grant("key", "token of ann").await.unwrap().unwrap();
    assert_eq!(grant.token.map(|(secret, grant)| (secret, grant.user.id)), Some(("her secret".into(), UserId(7))));
    assert_eq!(store.bearer_grant(&[0; 32]).await.unwrap().unwrap().user.id, UserId(7));
    assert_eq!(current(store, UserId(7)).await, Some(id('b')));
    assert!(store.variant(UserId(7), Version(1_800_000_000), "web").await.unwrap().is_some());
    let last = current(store, UserId(1000 + MANY)).await;
    assert_eq!(last, format!("{:032x}", 1000 + MANY).parse().ok());
    assert_eq!(store.inventory(None, 1_000_000).await.unwrap().len(), usize::try_from(MANY + 5).unwrap());

    let nonces = store.nonces().await.unwrap();
    assert_eq!(nonces.len(), usize::try_from(MANY + 2).unwrap());
    for (second, token, nonce) in [(START, "token of ann", "seen"), (at(1000), "token of bob", "seen too")] {
        let second = second.unix_seconds().unsigned_abs();
        assert!(nonces.contains(&Nonce::new("key", token, second, nonce)), "it can be replayed");
    }
    let window = WindowCount { user: UserId(7), call: "read".into(), used: 3, ends_at: at(600_000) };
    assert_eq!(store.windows().await.unwrap(), [window]);
    assert_eq!(store.queue(START).await.unwrap().jobs, 2);
}

#[tokio::test]
async fn everything_is_in_it_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    first_version(&path).await;
    for _ in 0..2 {
        assert_whole(&path).await;
    }
    // Its jobs go on: the one that was put off is due, and the one that was in work when its server ended.
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.recover(&[]).await.unwrap(), 1);
    let first = claim(&store, START).await;
    assert_eq!((first.upload, first.token, first.crashes, first.failures), (id('d'), 3, 1, 0));
    let second = claim(&store, START).await;
    assert_eq!((second.upload, second.token, second.crashes, second.failures), (id('c'), 7, 0, 5));
    assert_eq!(store.complete(&second, &files(), START).await.unwrap(), Completion::Current);
    let (_, version) = upload(&store, UserId(7), START).await;
    assert_eq!(version, Version(1_800_000_006), "versions rise");
}

#[tokio::test]
async fn another_version_is_not_read_as_if_it_were_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    first_version(&path).await;
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteStore::open_read_only(&path).await.unwrap_err().to_string();
    assert!(refused.contains("version 1 (expected 2)") && refused.contains("a server that is started"), "{refused}");
    assert!(std::fs::read(&path).unwrap() == before, "it was not touched");

    SqliteStore::open(&path).await.unwrap().close().await;
    SqliteStore::open_read_only(&path).await.unwrap();
    let mut db = raw(&path).await;
    query("UPDATE _sqlx_migrations SET version = 3 WHERE version = 2").execute(&mut db).await.unwrap();
    drop(db);
    for refused in [SqliteStore::open_read_only(&path).await, SqliteStore::open(&path).await] {
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("version 3") && refused.contains("a newer masthead"), "{refused}");
    }
}

/// Set for the process that is killed: which database it opens.
const OPEN: &str = "MASTHEAD_TEST_OPEN";

/// The process is killed at all kinds of moments, of the new tables and of the new file.
#[tokio::test]
async fn a_kill_in_the_middle_loses_nothing() {
    if let Some(path) = std::env::var_os(OPEN) {
        SqliteStore::open(path.as_ref()).await.unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original.db");
    first_version(&original).await;
    let open = |path: &Path| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "store::sqlite_migration::a_kill_in_the_middle_loses_nothing"]).env(OPEN, path);
        child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    // The quickest of some: the machine may have other things to do.
    let whole = (0..3).map(|number| {
        let path = folder.path().join(format!("whole{number}.db"));
        std::fs::copy(&original, &path).unwrap();
        let start = Instant::now();
        assert!(open(&path).wait().unwrap().success());
        start.elapsed()
    });
    let whole = whole.min().unwrap();

    let mut found = [0; 3];
    for round in 0..16 {
        let path = folder.path().join(format!("{round}.db"));
        std::fs::copy(&original, &path).unwrap();
        let mut child = open(&path);
        tokio::time::sleep(whole * round / 16).await;
        child.kill().unwrap();
        child.wait().unwrap();
        found[progress(&path).await] += 1;
        assert_whole(&path).await;
        std::fs::remove_file(&path).unwrap();
    }
    println!("{} with the old tables, {} with the new ones, {} written anew", found[0], found[1], found[2]);
    assert!(found[0] + found[1] >= 2, "hardly any was killed in time: {found:?}");
}

/// How far it came: 0, or 1 with the tables of today, or 2 when the file was written anew too.
async fn progress(path: &Path) -> usize {
    let mut db = raw(path).await;
    let version: i64 = query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut db).await.unwrap();
    let mode: i64 = query_scalar("PRAGMA auto_vacuum").fetch_one(&mut db).await.unwrap();
    usize::from(version == 2) + usize::from(mode == 2)
}
