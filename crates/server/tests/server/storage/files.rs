//! What happens to files: nothing is deleted but what the database has given up.

use masthead::Rect;
use masthead_server::{NewUpload, Time, UploadId};

use super::*;

#[tokio::test]
async fn files_that_the_database_does_not_know_are_moved_aside_and_come_back() {
    let rest = Rest::with_banner().await;
    let [orphan, coming] = [UploadId::random(), UploadId::random()];
    fs::write(rest.path(&format!("blobs/originals/{orphan}")), "never accepted").unwrap();
    fs::write(rest.path(&format!("blobs/originals/{orphan}#1")), "half").unwrap();
    fs::write(rest.path(&format!("blobs/banners/{orphan}")), "of a crash").unwrap();
    fs::write(rest.path(&format!("blobs/originals/{coming}")), small()).unwrap();

    let fixture = rest.start(options()).await;
    let quarantine = rest.path("blobs/quarantine");
    let aside = || {
        let batch = listing(&quarantine).pop().unwrap_or_default();
        (listing(quarantine.join(&batch).join("originals")), listing(quarantine.join(batch).join("banners")))
    };
    until("they are moved aside", async || aside().0.len() == 2 && aside().1 == [orphan.to_string()]).await;
    assert_eq!(listing(rest.path("blobs/originals")), [""; 0]);
    assert_eq!(listing(rest.path("blobs/banners")).len(), 1, "Alice's");
    until("they are counted", async || figure(&fixture, "masthead_quarantined_files_total").await == 3).await;

    // The database hears of one of them after all, as when the right one is put back.
    let region = Rect::from_edges(0, 0, 256, 128).unwrap();
    let new = NewUpload { id: coming, user: rest.alice.user.id, digest: [1; 32], region, authority: None };
    fixture.server.stop(PATIENCE).await;
    fixture.store.accept(&new, 10, Time::now()).await.unwrap();
    fixture.server.close(PATIENCE).await;
    let fixture = rest.start(options()).await;
    assert_eq!(fixture.settled(&rest.alice).await["state"], "ready");
    assert_eq!(figure(&fixture, "masthead_returned_files_total").await, 1);
    assert_eq!(aside(), (vec![orphan.to_string()], vec![orphan.to_string()]));
}

#[tokio::test]
async fn originals_that_are_not_to_be_kept_any_more_are_there_after_a_start() {
    let fixture = Fixture::new(Options { keep_originals: true, ..options() }).await;
    assert_eq!(fixture.upload("", small()).await.status, 201);
    let rest = Rest::of(fixture).await;
    let kept = tree(&rest.path("blobs/originals"));
    assert_eq!(kept.len(), 1);
    let fixture = rest.start(Options { keep_originals: false, ..options() }).await;
    // What is to be deleted is deleted by now.
    fixture.server.close(PATIENCE).await;
    assert_eq!(tree(&rest.path("blobs/originals")), kept);
}

#[cfg(unix)]
#[tokio::test]
async fn folders_and_files_are_private_whatever_was_there_before() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let rest = Rest::with_banner().await;
    let banner = rest.path(&format!("blobs/banners/{}", listing(rest.path("blobs/banners"))[0]));
    assert_eq!(mode(&banner), 0o600);
    for file in ["masthead.db", "lock", "blobs/identity"] {
        set(&rest.path(file), 0o666);
    }
    set(&banner, 0o644);
    for folder in ["", "blobs", "blobs/originals", "blobs/banners"] {
        set(&rest.path(folder), 0o775);
    }

    let fixture = rest.start(Options { keep_originals: true, ..options() }).await;
    let upload = rest.alice.raw("?width=200", small());
    assert_eq!(fixture.send(upload).await.status, 201);
    let mut folders = vec![rest.path("")];
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for name in listing(&folder) {
            let path = folder.join(name);
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
        }
    }
    fixture.server.close(PATIENCE).await;

    // Like /tmp: made for everybody.
    set(&rest.path(""), 0o1777);
    let refused = rest.refusal().await;
    assert!(refused.contains("everybody can write into this folder (mode 1777)"), "{refused}");
    assert_eq!(mode(&rest.path("")), 0o1777);
}

#[tokio::test]
async fn nothing_is_written_where_the_folder_was_taken_away() {
    let rest = Rest::with_banner().await;
    let fixture = rest.start(options()).await;
    let banner = fixture.store.banner(rest.alice.user.id).await.unwrap().unwrap();
    let image = format!("/profile_banners/{}/{}/web", rest.alice.user.id, banner.version);
    assert_eq!(fixture.get(&image).await.status, 200);

    // As when a mount goes away: the empty mount point is left.
    fs::rename(rest.path("blobs"), rest.path("mounted")).unwrap();
    for part in ["", "originals", "banners"] {
        fs::create_dir(rest.path("blobs").join(part)).unwrap();
    }
    let answer = fixture.send(rest.alice.raw("?width=200", small())).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after").is_empty()), (503, false));
    assert_ne!(fixture.get(&image).await.status, 404, "it is not gone");
    assert_eq!(fixture.ready().await, 503);
    assert_eq!(tree(&rest.path("blobs")), []);

    fs::remove_dir_all(rest.path("blobs")).unwrap();
    fs::rename(rest.path("mounted"), rest.path("blobs")).unwrap();
    until("it is ready", async || fixture.ready().await == 200).await;
    assert_eq!(fixture.get(&image).await.status, 200);
    assert_eq!(fixture.send(rest.alice.raw("?width=200", small())).await.status, 201);
}

/// One banner is taken from the net at once, also from its time of grace.
#[tokio::test]
async fn purged_banners_are_gone_with_their_files() {
    let fixture = Fixture::default().await;
    let mut images = Vec::new();
    for left in 0..2 {
        assert_eq!(fixture.upload(&format!("?width=200&offset_left={left}"), small()).await.status, 201);
        let banner = fixture.store.banner(fixture.alice.user.id).await.unwrap().unwrap();
        images.push(format!("/profile_banners/{}/{}/web", fixture.alice.user.id, banner.version));
    }
    for image in &images {
        assert_eq!(fixture.get(image).await.status, 200);
    }
    let banners = fixture.folder.path().join("blobs/banners");
    assert_eq!(listing(&banners).len(), 2);
    assert!(fixture.store.purge_banners(fixture.alice.user.id).await.unwrap());
    for image in &images {
        assert_eq!(fixture.get(image).await.status, 404);
    }
    until("the files are deleted", async || listing(&banners).is_empty()).await;
    assert_eq!(listing(fixture.folder.path().join("blobs/quarantine")), [""; 0]);
    // Another one may follow.
    assert_eq!(fixture.upload("", small()).await.status, 201);
}

#[tokio::test]
async fn nothing_is_deleted_while_a_backup_is_made() {
    let fixture = Fixture::new(Options { grace: Duration::ZERO, ..options() }).await;
    let until_when = Time::now().after(Duration::from_secs(200));
    fixture.store.hold_deletions(until_when).await.unwrap();
    for left in 0..3 {
        assert_eq!(fixture.upload(&format!("?width=200&offset_left={left}"), small()).await.status, 201);
    }
    fixture.store.purge_banners(fixture.alice.user.id).await.unwrap();
    // The collector looks every two seconds.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let count = |part: &str| listing(fixture.folder.path().join("blobs").join(part)).len();
    assert_eq!((count("originals"), count("banners")), (3, 3));
    fixture.store.hold_deletions(Time(0)).await.unwrap();
    until("they are deleted", async || (count("originals"), count("banners")) == (0, 0)).await;
}
