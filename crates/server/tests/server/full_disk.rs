//! A disk that is full or read-only, really: a small file system of its own, in a mount namespace of its own.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use masthead_server::{Server, Storage, check, database_to_read};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, query};

use crate::api::client::{Account, CREDENTIALS, Fixture, REMOVE, options, small};
use crate::store::fixture::*;

/// Set for the process inside: where the file system is.
const INSIDE: &str = "MASTHEAD_TEST_FULL_DISK";

/// Ways to be allowed to mount: as root, and as a user who is root in a namespace of their own.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// Runs the test of this name once more, with a file system of 24 MiB in `INSIDE`. Where the machine does not allow that, it says
/// so; root must be allowed.
#[expect(clippy::explicit_write, reason = "what the macro writes is only shown when a test fails")]
fn on_a_small_disk(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let run = |way: &[&str], then: &str| {
        let mut unshare = Command::new("unshare");
        let script = format!("mount -t tmpfs -o size=24m,mode=700 tmpfs \"$0\" && {then}");
        unshare.args(way).args(["sh", "-c", &script]).arg(folder.path());
        unshare.arg(std::env::current_exe().unwrap()).env(INSIDE, folder.path());
        unshare.output().ok()
    };
    let Some(way) = WAYS.into_iter().find(|way| run(way, "true").is_some_and(|output| output.status.success())) else {
        let is_root = fs::metadata(folder.path()).is_ok_and(|folder| std::os::unix::fs::MetadataExt::uid(&folder) == 0);
        assert!(!is_root && std::env::var_os("CI").is_none(), "root and CI must be able to mount");
        writeln!(std::io::stderr(), "NOT RUN: {test} needs 'unshare' and the right to mount a file system").unwrap();
        return;
    };
    let output = run(way, &format!("exec \"$1\" --exact {test} --nocapture")).unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Where the small file system is, inside.
fn disk() -> Option<PathBuf> {
    std::env::var_os(INSIDE).map(PathBuf::from)
}

/// Takes all the room that there is.
fn fill(disk: &Path) {
    let mut file = File::options().create(true).append(true).open(disk.join("fill")).unwrap();
    for block in [1 << 20, 4096, 1] {
        let bytes = vec![7; block];
        let error = loop {
            if let Err(error) = file.write_all(&bytes) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }
}

fn reserve(disk: &Path) -> u64 {
    fs::metadata(disk.join("masthead.db-reserve")).map_or(0, |file| file.len())
}

/// Fills the disk until the database itself finds no room, also not in its log.
async fn fill_for(store: &dyn Store, disk: &Path) {
    fill(disk);
    loop {
        let somebody = newcomer(&UploadId::random().to_string());
        match store.add_user(&somebody, &Credentials::random(), START).await {
            Ok(_) => fill(disk),
            Err(error) => {
                assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
                return;
            }
        }
    }
}

#[tokio::test]
async fn what_takes_something_away_works_on_a_full_disk() {
    let Some(disk) = disk() else {
        return on_a_small_disk("full_disk::what_takes_something_away_works_on_a_full_disk");
    };
    let path = disk.join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let mut users = Vec::new();
    for number in 0..120 {
        let (user, credentials) = add(&store, &format!("user{number}")).await;
        publish(&store, user.id, START).await;
        users.push((user, Credentials::bearer_digest(&credentials.bearer)));
    }
    for (user, _) in &users {
        upload(&store, user.id, START).await;
    }
    let [completed, failed, put_off] =
        [claim(&store, START).await, claim(&store, START).await, claim(&store, START).await];
    assert_eq!(reserve(&disk), 0);
    store.prune(0, START).await.unwrap();
    assert_eq!(reserve(&disk), 4 << 20);

    fill_for(&store, &disk).await;
    assert_eq!(reserve(&disk), 4 << 20, "others do not have it");
    for (user, digest) in &users {
        assert!(store.banner(user.id).await.unwrap().is_some());
        assert!(store.bearer_grant(digest).await.unwrap().is_some());
    }
    assert_eq!(store.complete(&completed, &files(), START).await.unwrap(), Completion::Current);
    assert!(store.fail(&failed, &failure(), START).await.unwrap());
    assert!(store.retry(&put_off, START, millis(1000)).await.unwrap());
    for (number, (user, _)) in users.iter().enumerate().skip(3).take(90) {
        match number % 3 {
            0 => assert!(store.remove_banner(user.id, START).await.unwrap()),
            1 => assert!(store.purge_banners(user.id).await.unwrap()),
            _ => assert!(store.remove_user(user.id).await.unwrap()),
        }
        assert_eq!(store.banner(user.id).await.unwrap(), None);
    }
    let deleted = store.deletions(1000).await.unwrap();
    store.deleted(&deleted).await.unwrap();
    let ended = store.ended(at(1), 1000).await.unwrap();
    store.forget(&ended).await.unwrap();
    println!("{} bytes of the reserve are left after 96 removals", reserve(&disk));

    // Somebody who reads for long keeps the log from being written from its start again: it grows.
    let mut reader = SqliteConnectOptions::new().filename(&path).read_only(true).connect().await.unwrap();
    query("BEGIN").execute(&mut reader).await.unwrap();
    query("SELECT * FROM users").fetch_all(&mut reader).await.unwrap();
    store.prune(0, START).await.unwrap();
    fill_for(&store, &disk).await;
    let before = reserve(&disk);
    for (user, _) in &users[93..100] {
        assert!(store.purge_banners(user.id).await.unwrap());
    }
    assert!(reserve(&disk) < before, "it was not full, or the log had room for all of that");
    query("ROLLBACK").execute(&mut reader).await.unwrap();
    drop(reader);

    // A command beside the server, and after it.
    let other = SqliteStore::open(&path).await.unwrap();
    assert!(other.remove_user(users[100].0.id).await.unwrap());
    other.close().await;
    fill(&disk);
    store.close().await;
    fill(&disk);
    let store = SqliteStore::open(&path).await.unwrap();
    assert!(store.remove_user(users[101].0.id).await.unwrap());

    // Without a reserve it is put off, and nothing else.
    fill(&disk);
    fs::remove_file(disk.join("masthead.db-reserve")).unwrap();
    fill_for(&store, &disk).await;
    let mut removed = 0;
    let error = loop {
        fill(&disk);
        match store.purge_banners(users[102 + removed].0.id).await {
            Ok(_) => removed += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(store.banner(users[102 + removed].0.id).await.unwrap().is_some(), "nothing of it was done");

    fs::remove_file(disk.join("fill")).unwrap();
    store.prune(0, START).await.unwrap();
    assert_eq!(reserve(&disk), 4 << 20);
    assert!(store.purge_banners(users[102 + removed].0.id).await.unwrap());
    add(&store, "welcome").await;
}

#[tokio::test]
async fn clients_can_remove_their_banners_on_a_full_disk() {
    let Some(disk) = disk() else {
        return on_a_small_disk("full_disk::clients_can_remove_their_banners_on_a_full_disk");
    };
    let storage = Storage::folder(&disk).await.unwrap();
    let store = Arc::clone(storage.store());
    let server = Server::start(storage, options()).await.unwrap();
    let alice = Account::new(&*store, "alice", true).await;
    let folder = Arc::new(tempfile::tempdir_in(&disk).unwrap());
    let fixture = Fixture { server, store, folder, alice };
    let bob = fixture.account("bob").await;
    for account in [&fixture.alice, &bob] {
        assert_eq!(fixture.send(account.raw("", small())).await.status, 201);
    }
    while reserve(&disk) < 4 << 20 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    fill_for(&*fixture.store, &disk).await;
    assert_eq!(fixture.send(fixture.alice.get(CREDENTIALS)).await.status, 200);
    let upload = fixture.upload("?width=200", small()).await;
    assert_eq!((upload.refusal().0, upload.header("retry-after").is_empty()), (503, false), "it is put off");
    let remove = fixture.send(fixture.alice.post(REMOVE, "application/json", "")).await;
    assert_eq!(remove.status, 200, "{remove:?}");
    assert_eq!(fixture.store.banner(fixture.alice.user.id).await.unwrap(), None);

    // Also after a new start.
    let Fixture { server, store, folder, alice } = fixture;
    server.close(Duration::from_secs(60)).await;
    drop(store);
    fill(&disk);
    let storage = Storage::folder(&disk).await.unwrap();
    let store = Arc::clone(storage.store());
    let server = Server::start(storage, options()).await.unwrap();
    let fixture = Fixture { server, store, folder, alice };
    fill_for(&*fixture.store, &disk).await;
    assert!(fixture.store.banner(bob.user.id).await.unwrap().is_some());
    assert_eq!(fixture.send(bob.post(REMOVE, "application/json", "")).await.status, 200);
    assert_eq!(fixture.store.banner(bob.user.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_folder_on_a_read_only_disk_can_be_looked_into() {
    let Some(disk) = disk() else {
        return on_a_small_disk("full_disk::a_folder_on_a_read_only_disk_can_be_looked_into");
    };
    let storage = Storage::folder(&disk).await.unwrap();
    add(&**storage.store(), "alice").await;
    Server::start(storage, options()).await.unwrap().close(Duration::from_secs(5)).await;
    let remount = |how: &str| {
        let status = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&disk).status().unwrap();
        assert!(status.success(), "{how}");
    };
    remount("ro");
    assert!(File::create(disk.join("file")).is_err());
    assert!(check(&disk).await.unwrap().is_good());
    let store = database_to_read(&disk).await.unwrap();
    assert_eq!(store.users(None, 10).await.unwrap().len(), 1);
    store.close().await;

    // What is in a log is part of the database, and cannot be left out.
    remount("rw");
    fs::write(disk.join("masthead.db-wal"), [0; 32]).unwrap();
    remount("ro");
    let error = database_to_read(&disk).await.map(drop).unwrap_err().to_string();
    assert!(error.contains(disk.join("masthead.db").to_str().unwrap()), "{error}");
}
