//! Database and files that do not belong together are refused, and nothing is lost.

use masthead_server::{
    Blobs, Credentials, Mismatch, NewUser, OpenError, Pairing, SqliteStore, Storage, Store, Time, database,
};

use super::*;

const DATABASE: &str = "masthead.db";

#[tokio::test]
async fn a_clean_end_leaves_the_whole_database_in_one_file() {
    let rest = Rest::with_banner().await;
    let mut left = listing(rest.folder.path());
    // Only bytes.
    left.retain(|name| name != "masthead.db-reserve");
    assert_eq!(left, ["blobs", "lock", DATABASE]);
    // That file and the banners are all.
    let copy = tempfile::tempdir().unwrap();
    fs::copy(rest.path(DATABASE), copy.path().join(DATABASE)).unwrap();
    fs::rename(rest.path("blobs"), copy.path().join("blobs")).unwrap();
    let store = Arc::clone(Storage::folder(copy.path()).await.unwrap().store());
    assert!(store.banner(rest.alice.user.id).await.unwrap().is_some());
}

#[tokio::test]
async fn an_older_database_is_refused_and_no_banner_is_lost() {
    let rest = Rest::with_banner().await;
    let older = fs::read(rest.path(DATABASE)).unwrap();
    for left in 1..4 {
        rest.upload(left).await;
    }
    let newer = fs::read(rest.path(DATABASE)).unwrap();
    let banners = tree(&rest.path("blobs/banners"));
    assert_eq!(banners.len(), 4);

    fs::write(rest.path(DATABASE), &older).unwrap();
    let refused = rest.refusal().await;
    assert!(refused.contains("is older than the banners (generation "), "{refused}");
    assert!(refused.contains("put the newer masthead.db back") && refused.contains("masthead check"), "{refused}");
    assert_eq!(tree(&rest.path("blobs/banners")), banners);
    assert_eq!(fs::read(rest.path(DATABASE)).unwrap(), older, "nothing was changed");

    // The right one is taken as if nothing had been.
    fs::write(rest.path(DATABASE), &newer).unwrap();
    rest.start(options()).await.server.close(PATIENCE).await;
    assert_eq!(tree(&rest.path("blobs/banners")), banners);
}

/// As when a server was killed, and an older file was copied over its database alone.
#[tokio::test]
async fn an_older_database_beside_the_log_of_the_newer_one_is_refused() {
    let rest = Rest::with_banner().await;
    let older = fs::read(rest.path(DATABASE)).unwrap();
    let fixture = rest.start(options()).await;
    assert_eq!(fixture.send(rest.alice.raw("?width=200", small())).await.status, 201);
    let killed = tempfile::tempdir().unwrap();
    for name in [DATABASE, "masthead.db-wal"] {
        fs::copy(rest.path(name), killed.path().join(name)).unwrap();
    }
    assert!(fs::metadata(killed.path().join("masthead.db-wal")).unwrap().len() > 0);
    fixture.server.close(PATIENCE).await;
    // What the kill left, with the pair as it was then.
    let store = SqliteStore::open(&killed.path().join(DATABASE)).await.unwrap();
    let Pairing { generation, .. } = store.pairing().await.unwrap().unwrap();
    drop(store);
    let identity = fs::read_to_string(rest.path("blobs/identity")).unwrap();
    let last = identity.lines().last().unwrap().to_owned();
    fs::write(rest.path("blobs/identity"), identity.replace(&last, &format!("generation {generation}"))).unwrap();
    fs::copy(killed.path().join("masthead.db-wal"), rest.path("masthead.db-wal")).unwrap();
    fs::write(rest.path(DATABASE), &older).unwrap();
    let banners = tree(&rest.path("blobs/banners"));
    let refused = rest.refusal().await;
    let older =
        refused.contains("is older than the banners") || refused.contains("masthead.db-wal and -shm beside it are of");
    assert!(older, "{refused}");
    assert_eq!(tree(&rest.path("blobs/banners")), banners);
}

#[tokio::test]
async fn a_missing_database_is_refused_and_none_is_made() {
    let rest = Rest::with_banner().await;
    let banners = tree(&rest.path("blobs"));
    fs::rename(rest.path(DATABASE), rest.path("away")).unwrap();
    let missing = "the database of these banners is missing or not whole; put masthead.db back";
    assert!(rest.refusal().await.contains(missing));
    // Nor by those who only look after users.
    let refused = database(rest.folder.path()).await.err().unwrap();
    assert!(matches!(refused, OpenError::Mismatch { mismatch: Mismatch::DatabaseMissing, .. }), "{refused}");
    assert!(!rest.path(DATABASE).exists());

    // One that was copied without what is beside it has no tables at all, or none of these uploads.
    let store = SqliteStore::open(&rest.path(DATABASE)).await.unwrap();
    store.close().await;
    assert!(rest.refusal().await.contains(missing));
    assert_eq!(tree(&rest.path("blobs")), banners);

    fs::rename(rest.path("away"), rest.path(DATABASE)).unwrap();
    rest.start(options()).await;
}

#[tokio::test]
async fn missing_banners_are_refused_and_their_folder_is_not_made() {
    let rest = Rest::with_banner().await;
    fs::rename(rest.path("blobs"), rest.path("away")).unwrap();
    for empty in [false, true] {
        if empty {
            // A mount point with nothing mounted on it.
            fs::create_dir(rest.path("blobs")).unwrap();
        }
        let refused = rest.refusal().await;
        assert!(refused.contains("there is no file 'blobs/identity'; mount the folder 'blobs'"), "{refused}");
        assert_eq!(listing(rest.path("blobs")), [""; 0]);
    }
    fs::remove_dir(rest.path("blobs")).unwrap();
    fs::rename(rest.path("away"), rest.path("blobs")).unwrap();
    rest.start(options()).await;
}

#[tokio::test]
async fn banners_of_another_server_or_older_ones_are_refused() {
    let (rest, other) = (Rest::with_banner().await, Rest::with_banner().await);
    fs::rename(rest.path("blobs"), rest.path("away")).unwrap();
    fs::rename(other.path("blobs"), rest.path("blobs")).unwrap();
    let theirs = tree(&rest.path("blobs"));
    let refused = rest.refusal().await;
    assert!(refused.contains("database and banners are of two different storages"), "{refused}");
    assert_eq!(tree(&rest.path("blobs")), theirs);

    fs::remove_dir_all(rest.path("blobs")).unwrap();
    fs::rename(rest.path("away"), rest.path("blobs")).unwrap();
    let identity = fs::read(rest.path("blobs/identity")).unwrap();
    rest.upload(1).await;
    fs::write(rest.path("blobs/identity"), identity).unwrap();
    let refused = rest.refusal().await;
    assert!(refused.contains(") are older than the database (generation "), "{refused}");
}

/// Between any two steps of a start.
#[tokio::test]
async fn a_start_that_is_cut_short_leaves_a_pair() {
    let rest = Rest::with_banner().await;
    for written in [false, true] {
        let identity = fs::read_to_string(rest.path("blobs/identity")).unwrap();
        let store = SqliteStore::open(&rest.path(DATABASE)).await.unwrap();
        let pairing = store.pairing().await.unwrap().unwrap();
        assert!(
            pairing.confirmed && identity.contains(&format!("\ngeneration {}\n", pairing.generation)),
            "{identity}"
        );
        let next = pairing.generation + 1;
        store.set_pairing(&Pairing { generation: next, confirmed: false, ..pairing }).await.unwrap();
        store.close().await;
        if written {
            let identity =
                identity.replace(&format!("\ngeneration {}", pairing.generation), &format!("\ngeneration {next}"));
            fs::write(rest.path("blobs/identity"), identity).unwrap();
        }
        let fixture = rest.start(options()).await;
        assert!(fixture.store.pairing().await.unwrap().unwrap().confirmed);
        fixture.server.close(PATIENCE).await;
    }
    // The very first one.
    let new = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&new.path().join(DATABASE)).await.unwrap();
    let pairing = store.pairing().await.unwrap();
    assert_eq!(pairing, None);
    let storage = "00112233445566778899aabbccddeeff".parse().unwrap();
    store.set_pairing(&Pairing { storage, generation: 1, confirmed: false }).await.unwrap();
    store.close().await;
    Storage::folder(new.path()).await.unwrap();
}

/// As versions before this one have left it.
#[tokio::test]
async fn what_was_no_pair_yet_becomes_one() {
    let rest = Rest::with_banner().await;
    let store = SqliteStore::open(&rest.path("new.db")).await.unwrap();
    let new = NewUser { screen_name: "bob".into(), name: "Bob".into(), application: None, can_write: true };
    let (bob, _) = store.add_user(&new, &Credentials::random(), Time::now()).await.unwrap();
    let upload = masthead_server::UploadId::random();
    let region = masthead::Rect::from_edges(0, 0, 256, 128).unwrap();
    let new = masthead_server::NewUpload { id: upload, user: bob.id, digest: [1; 32], region, authority: None };
    store.accept(&new, 10, Time::now()).await.unwrap();
    store.close().await;
    fs::rename(rest.path("new.db"), rest.path(DATABASE)).unwrap();
    fs::remove_file(rest.path("blobs/identity")).unwrap();
    fs::write(rest.path(&format!("blobs/originals/{upload}")), small()).unwrap();

    let fixture = rest.start(options()).await;
    until("it is made", async || fixture.store.banner(bob.id).await.unwrap().is_some()).await;
    // It does not know Alice's, which is moved aside for that.
    until("it is moved aside", async || listing(rest.path("blobs/banners")) == [upload.to_string()]).await;
    assert_eq!(listing(rest.path("blobs/quarantine")).len(), 1);
    fixture.server.close(PATIENCE).await;
    rest.start(options()).await;
}

/// A first start that was cut short, on files of which all are in the quarantine: the folder is there, and so is nothing that
/// would show it but they.
#[tokio::test]
async fn files_in_the_quarantine_are_files() {
    let rest = Rest::with_banner().await;
    let store = SqliteStore::open(&rest.path(DATABASE)).await.unwrap();
    let pairing = store.pairing().await.unwrap().unwrap();
    store.set_pairing(&Pairing { generation: 1, confirmed: false, ..pairing }).await.unwrap();
    store.close().await;
    fs::remove_file(rest.path("blobs/identity")).unwrap();
    let (batch, banner) =
        (rest.path("blobs/quarantine/1700000000/banners"), listing(rest.path("blobs/banners"))[0].clone());
    fs::create_dir_all(&batch).unwrap();
    fs::rename(rest.path("blobs/banners").join(&banner), batch.join(&banner)).unwrap();
    rest.start(options()).await;
    assert_eq!(listing(rest.path("blobs/banners")), [banner]);
}

#[tokio::test]
async fn what_is_shared_is_checked_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let store = async |name: &str| Arc::new(SqliteStore::open(&folder.path().join(name)).await.unwrap());
    let (one, other, blobs) = (store("one.db").await, store("other.db").await, Blobs::memory());
    let first = Storage::shared(one.clone(), blobs.clone()).await.unwrap();
    let second = Storage::shared(one.clone(), blobs.clone()).await.unwrap();
    drop((first, second));
    Storage::shared(other.clone(), Blobs::memory()).await.unwrap();
    let refused = Storage::shared(other, blobs).await.err().unwrap();
    assert_eq!(refused.to_string(), "database and banners are of two different storages");
    let refused = Storage::shared(one, Blobs::memory()).await.err().unwrap();
    assert!(refused.to_string().starts_with("the banners of this database are missing"), "{refused}");
}

#[tokio::test]
async fn the_generation_rises_with_each_start_and_each_end() {
    let generation = async |server: &Server| server.store().pairing().await.unwrap().unwrap().generation;
    let rest = Rest::with_banner().await;
    let mut last = 0;
    for _ in 0..2 {
        let fixture = rest.start(options()).await;
        let risen = generation(&fixture.server).await;
        assert!(risen >= last + 2 || last == 0, "{risen} after {last}");
        last = risen;
        fixture.server.close(PATIENCE).await;
    }
}
