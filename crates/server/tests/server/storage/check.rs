//! What `check` finds, and what `accept` does about it.

use masthead_server::{CheckError, Mismatch, OpenError, UploadId, accept, check};

use super::*;

#[tokio::test]
async fn what_agrees_is_good_with_and_without_a_server() {
    let rest = Rest::with_banner().await;
    let before = (fs::read(rest.path("masthead.db")).unwrap(), tree(&rest.path("blobs")));
    let found = check(rest.folder.path()).await.unwrap();
    assert!(found.is_good(), "{found:?}");
    assert_eq!((found.banners, found.jobs), (1, 0));
    assert!((fs::read(rest.path("masthead.db")).unwrap(), tree(&rest.path("blobs"))) == before, "it only reads");

    let fixture = rest.start(Options { respond_within: Duration::ZERO, grace: Duration::ZERO, ..options() }).await;
    let uploads = async {
        for left in 0..20 {
            fixture.send(rest.alice.raw(&format!("?width=200&offset_left={left}"), small())).await;
        }
    };
    let checks = async {
        for _ in 0..3 {
            let found = check(rest.folder.path()).await.unwrap();
            assert!(found.is_good(), "{found:?}");
        }
    };
    tokio::join!(uploads, checks);
    let nothing = tempfile::tempdir().unwrap();
    assert!(matches!(check(nothing.path()).await, Err(CheckError::Nothing(_))));
}

#[tokio::test]
async fn what_is_missing_or_unknown_is_listed() {
    let rest = Rest::with_banner().await;
    for left in 1..3 {
        rest.upload(left).await;
    }
    let banners = listing(rest.path("blobs/banners"));
    let path = |name: &str| rest.path("blobs/banners").join(name);
    let whole = fs::read(path(&banners[0])).unwrap();
    fs::write(path(&banners[0]), &whole[..whole.len() - 1]).unwrap();
    fs::rename(path(&banners[1]), rest.path("away")).unwrap();
    let unknown = UploadId::random();
    fs::write(rest.path(&format!("blobs/originals/{unknown}")), "unknown").unwrap();
    let batch = rest.path("blobs/quarantine/1700000000/banners");
    fs::create_dir_all(&batch).unwrap();
    fs::write(batch.join(unknown.to_string()), "aside").unwrap();

    let found = check(rest.folder.path()).await.unwrap();
    assert!(!found.is_good() && found.mismatch.is_none());
    let missing: Vec<_> = found.missing.iter().map(|file| (file.path.clone(), file.expected, file.found)).collect();
    let bytes = whole.len() as u64;
    let of = |name: &str| format!("blobs/banners/{name}");
    assert_eq!(missing[0], (of(&banners[0]), Some(bytes), Some(bytes - 1)));
    assert_eq!((&missing[1].0, missing[1].2), (&of(&banners[1]), None));
    assert_eq!(missing.len(), 2);
    assert_eq!(found.unknown, [format!("blobs/originals/{unknown}")]);
    assert_eq!(found.quarantined, [format!("blobs/quarantine/1700000000/banners/{unknown}")]);
}

/// The way out for who has nothing better than an older database.
#[tokio::test]
async fn a_pair_is_accepted_as_it_is_and_nothing_is_lost() {
    let rest = Rest::with_banner().await;
    let older = fs::read(rest.path("masthead.db")).unwrap();
    rest.upload(1).await;
    let newer = fs::read(rest.path("masthead.db")).unwrap();
    let banners = listing(rest.path("blobs/banners"));
    fs::write(rest.path("masthead.db"), older).unwrap();
    let found = check(rest.folder.path()).await.unwrap();
    assert!(matches!(found.mismatch, Some(Mismatch::DatabaseOlder { .. })), "{found:?}");
    assert_eq!((found.unknown.len(), found.missing.len()), (1, 0));

    let accepted = accept(rest.folder.path()).await.unwrap();
    assert_eq!((accepted.set_aside, accepted.returned, accepted.new_database), (1, 0, false));
    let found = check(rest.folder.path()).await.unwrap();
    assert!(found.is_good() && found.quarantined.len() == 1, "{found:?}");
    let fixture = rest.start(options()).await;
    let in_use = accept(rest.folder.path()).await.unwrap_err();
    assert!(matches!(in_use, CheckError::Open(OpenError::Locked(_))), "{in_use}");
    fixture.server.close(PATIENCE).await;

    // The newer one turns up: its banner comes back from the quarantine.
    fs::write(rest.path("masthead.db"), newer).unwrap();
    assert!(rest.refusal().await.contains("two different storages"));
    assert_eq!(accept(rest.folder.path()).await.unwrap().returned, 1);
    assert!(check(rest.folder.path()).await.unwrap().is_good());
    assert_eq!(listing(rest.path("blobs/banners")), banners);
    rest.start(options()).await;
}

#[tokio::test]
async fn without_a_database_an_empty_one_is_accepted() {
    let rest = Rest::with_banner().await;
    fs::remove_file(rest.path("masthead.db")).unwrap();
    let found = check(rest.folder.path()).await.unwrap();
    assert_eq!((found.mismatch, found.unknown.len()), (Some(Mismatch::DatabaseMissing), 1));
    let accepted = accept(rest.folder.path()).await.unwrap();
    assert!(accepted.new_database && accepted.set_aside == 1);
    assert!(check(rest.folder.path()).await.unwrap().is_good());
    masthead_server::Storage::folder(rest.folder.path()).await.unwrap();
}

#[tokio::test]
async fn missing_banners_are_accepted_and_stay_missing() {
    let rest = Rest::with_banner().await;
    fs::remove_dir_all(rest.path("blobs")).unwrap();
    assert_eq!(check(rest.folder.path()).await.unwrap().mismatch, Some(Mismatch::BlobsMissing));
    accept(rest.folder.path()).await.unwrap();
    let found = check(rest.folder.path()).await.unwrap();
    assert_eq!((found.mismatch, found.missing.len()), (None, 1));
    rest.start(options()).await;
}
