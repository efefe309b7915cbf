//! Backups are whole, whatever goes on meanwhile, and come back as they were.

use masthead_server::{BackupError, RestoreError, Storage, UploadState, backup, check, restore};

use super::*;

fn damaged(refused: &RestoreError) -> String {
    match refused {
        RestoreError::Damaged { what, .. } => what.clone(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_backup_of_a_server_at_work_has_all_that_was_acknowledged() {
    let fixture = Fixture::new(Options { respond_within: Duration::ZERO, grace: Duration::ZERO, ..options() }).await;
    let data = fixture.folder.path();
    let place = tempfile::tempdir().unwrap();
    let mut accounts = Vec::new();
    for number in 0..6 {
        accounts.push(fixture.account(&format!("user{number}")).await);
    }
    let upload = async |account: &Account, left: u32| {
        let answer = fixture.send(account.raw(&format!("?width=200&offset_left={left}"), small())).await;
        assert_eq!(answer.status, 202);
        answer.json()["version"].as_i64().unwrap()
    };
    for round in 0..3 {
        let mut promised = Vec::new();
        for account in &accounts {
            promised.push(upload(account, 4 * round).await);
        }
        let to = place.path().join(format!("backup{round}"));
        // Some of them are in work, and more come.
        let work = async {
            for account in &accounts {
                upload(account, 4 * round + 1).await;
            }
        };
        let (made, ()) = tokio::join!(backup(data, &to), work);
        let made = made.unwrap();
        assert_eq!(made.missing, []);
        assert_eq!(listing(&to), ["SHA256SUMS", "backup.json", "blobs", "masthead.db"]);
        assert!(!place.path().join(format!("backup{round}.partial")).exists());

        let back = tempfile::tempdir().unwrap();
        restore(&to, back.path()).await.unwrap();
        let found = check(back.path()).await.unwrap();
        assert!(found.is_good(), "{found:?}");
        let back = Fixture::again(Arc::new(back), &accounts[0], options()).await;
        for (account, promised) in accounts.iter().zip(promised) {
            let status = back.settled(account).await;
            assert_eq!(status["state"], "ready");
            assert!(status["version"].as_i64().unwrap() >= promised, "{status} for {promised}");
            let banner = back.store.banner(account.user.id).await.unwrap().unwrap();
            let image = format!("/profile_banners/{}/{}/web", account.user.id, banner.version);
            assert_eq!(back.get(&image).await.status, 200);
        }
        back.server.close(PATIENCE).await;
    }
    // Nothing was deleted meanwhile, all of it is afterwards.
    let blobs = data.join("blobs");
    until("the rest is collected", async || {
        listing(blobs.join("originals")).is_empty() && listing(blobs.join("banners")).len() == accounts.len()
    })
    .await;
}

#[tokio::test]
async fn a_backup_has_what_waits_to_be_made() {
    let rest = Rest::with_banner().await;
    let fixture = rest.start(Options { respond_within: Duration::ZERO, ..options() }).await;
    fixture.server.stop(PATIENCE).await;
    assert_eq!(fixture.send(rest.alice.raw("?width=200", small())).await.status, 202);
    let place = tempfile::tempdir().unwrap();
    let (to, new) = (place.path().join("backup"), place.path().join("new"));
    let made = backup(rest.folder.path(), &to).await.unwrap();
    assert_eq!((made.banners, made.originals), (1, 1));
    let restored = restore(&to, &new).await.unwrap();
    assert_eq!((restored.files, restored.bytes), (2, made.bytes));

    // It is a storage of its own, and the first one goes on.
    let (folder, alice) = (Arc::new(place), &rest.alice);
    drop(fixture);
    rest.start(options()).await.server.close(PATIENCE).await;
    let storage = Storage::folder(&new).await.unwrap();
    let store = Arc::clone(storage.store());
    let server = Server::start(storage, options()).await.unwrap();
    until("it is made", async || {
        store.latest_upload(alice.user.id).await.unwrap().unwrap().state == UploadState::Ready
    })
    .await;
    server.close(PATIENCE).await;
    // Its database beside the files of the first one is none of theirs.
    fs::copy(folder.path().join("new/masthead.db"), rest.path("masthead.db")).unwrap();
    assert!(rest.refusal().await.contains("two different storages"));
}

/// Who puts the database of a backup back by hand, beside files that came later, is told.
#[tokio::test]
async fn the_database_of_a_backup_is_older_than_the_files() {
    let rest = Rest::with_banner().await;
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("backup");
    backup(rest.folder.path(), &to).await.unwrap();
    let refused = Storage::folder(&to).await.err().unwrap().to_string();
    assert!(refused.ends_with("is a backup: bring it back into another folder with 'masthead restore'"), "{refused}");
    rest.start(options()).await.server.close(PATIENCE).await;
    fs::copy(to.join("masthead.db"), rest.path("masthead.db")).unwrap();
    assert!(rest.refusal().await.contains("is older than the banners"));
}

#[tokio::test]
async fn backups_are_made_and_restored_in_new_folders_only() {
    let rest = Rest::with_banner().await;
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("backup");
    fs::create_dir(&to).unwrap();
    let refused = backup(rest.folder.path(), &to).await.unwrap_err();
    assert!(matches!(refused, BackupError::Exists(_)), "{refused}");
    fs::remove_dir(&to).unwrap();

    // What a backup that was killed has left is replaced; what is none is not.
    let partial = place.path().join("backup.partial");
    fs::create_dir(&partial).unwrap();
    fs::write(partial.join("letter"), "mine").unwrap();
    assert!(matches!(backup(rest.folder.path(), &to).await, Err(BackupError::Exists(_))));
    for left in [&["letter", "backup.lock"][..], &["backup.json"], &[]] {
        let _ = fs::remove_dir_all(&to);
        let _ = fs::remove_dir_all(&partial);
        fs::create_dir(&partial).unwrap();
        for name in left {
            fs::write(partial.join(name), "").unwrap();
        }
        backup(rest.folder.path(), &to).await.unwrap();
        assert_eq!(listing(place.path()), ["backup"]);
    }

    let refused = restore(&to, rest.folder.path()).await.unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty(_)), "{refused}");
    let nothing = backup(place.path(), &place.path().join("other")).await.unwrap_err();
    assert!(matches!(nothing, BackupError::NoDatabase(_)), "{nothing}");
    // An empty one, such as a volume, is as good as none; so is what a restore leaves that was killed at its very start.
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("lock"), "").unwrap();
    restore(&to, empty.path()).await.unwrap();
    Storage::folder(empty.path()).await.unwrap();
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_refused_and_leaves_nothing() {
    let rest = Rest::with_banner().await;
    let place = tempfile::tempdir().unwrap();
    let (to, new) = (place.path().join("backup"), place.path().join("new"));
    backup(rest.folder.path(), &to).await.unwrap();
    let banner = to.join("blobs/banners").join(&listing(to.join("blobs/banners"))[0]);
    for file in [&banner, &to.join("masthead.db"), &to.join("SHA256SUMS")] {
        let whole = fs::read(file).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for broken in [Some(&flipped), None] {
            match broken {
                Some(broken) => fs::write(file, broken).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
            let what = damaged(&restore(&to, &new).await.unwrap_err());
            let words = [" was changed", " is missing", "SHA256SUMS"];
            assert!(words.iter().any(|words| what.contains(words)), "{what}");
            assert!(!new.exists());
        }
        fs::write(file, whole).unwrap();
    }
    fs::rename(to.join("backup.json"), to.join("away")).unwrap();
    assert!(matches!(restore(&to, &new).await, Err(RestoreError::NoBackup(_))));
    fs::rename(to.join("away"), to.join("backup.json")).unwrap();
    // One that was cut short keeps servers away.
    fs::create_dir(&new).unwrap();
    fs::write(new.join("restore.unfinished"), "").unwrap();
    let refused = refusal(&new).await;
    assert!(refused.contains("was not wholly restored"), "{refused}");
    fs::remove_dir_all(&new).unwrap();
    restore(&to, &new).await.unwrap();
}

/// A file that is missing in the data folder itself keeps nobody from backing up the rest.
#[tokio::test]
async fn a_backup_says_what_was_missing() {
    let rest = Rest::with_banner().await;
    rest.upload(1).await;
    let banners = rest.path("blobs/banners");
    let gone = listing(&banners)[0].clone();
    fs::remove_file(banners.join(&gone)).unwrap();
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("backup");
    let made = backup(rest.folder.path(), &to).await.unwrap();
    assert_eq!(made.banners, 1);
    let missing: Vec<_> = made.missing.iter().map(|file| file.path.clone()).collect();
    assert_eq!(missing, [format!("blobs/banners/{gone}")]);
    restore(&to, &place.path().join("new")).await.unwrap();
}
