//! What ties the database to the files, and which files those are.

use super::fixture::*;

/// All deletions, by name.
async fn deletions(store: &dyn Store) -> Vec<UploadId> {
    let mut ids = store.deletions(1000).await.unwrap();
    ids.sort();
    ids
}

pub(crate) async fn a_pairing_is_none_and_then_the_last_one_that_was_set(f: Fixture) {
    let store = &*f.store;
    assert_eq!(store.pairing().await.unwrap(), None);
    let storage = StorageId::random();
    for pairing in [
        Pairing { storage, generation: 0, confirmed: true },
        Pairing { storage, generation: 1, confirmed: false },
        Pairing { storage: StorageId::random(), generation: u64::from(u32::MAX) + 7, confirmed: true },
    ] {
        store.set_pairing(&pairing).await.unwrap();
        assert_eq!(store.pairing().await.unwrap(), Some(pairing));
        assert_eq!(f.backend.another().await.pairing().await.unwrap(), Some(pairing));
    }
    if let Some(after) = f.backend.after_a_kill().await {
        assert_eq!(after.pairing().await.unwrap(), store.pairing().await.unwrap());
    }
}

pub(crate) async fn the_inventory_tells_of_each_upload_what_files_it_needs(f: Fixture) {
    let store = &*f.store;
    assert_eq!(store.inventory(None, 10).await.unwrap(), []);
    let (former, former_version) = publish(store, SOMEONE, START).await;
    let (banner, banner_version) = publish(store, SOMEONE, at(1000)).await;
    let (failed, failed_version) = upload(store, SOMEONE, at(2000)).await;
    store.fail(&claim(store, at(2000)).await, &failure(), at(2000)).await.unwrap();
    let (waiting, waiting_version) = upload(store, SOMEONE, at(3000)).await;
    let (overtaken, overtaken_version) = upload(store, UserId(5), START).await;
    store.remove_banner(UserId(5), START).await.unwrap();

    let bytes = files().iter().map(|file| file.bytes).sum::<u64>();
    let entry =
        |upload, user, version, state, original, banner| Inventory { upload, user, version, state, original, banner };
    let mut expected = [
        entry(former, SOMEONE, former_version, UploadState::Ready, false, Some(bytes)),
        entry(banner, SOMEONE, banner_version, UploadState::Ready, false, Some(bytes)),
        entry(failed, SOMEONE, failed_version, UploadState::Failed(failure()), false, None),
        entry(waiting, SOMEONE, waiting_version, UploadState::Processing, true, None),
        entry(overtaken, UserId(5), overtaken_version, UploadState::Discarded, false, None),
    ];
    expected.sort_by_key(|entry| entry.upload);
    assert_eq!(store.inventory(None, 10).await.unwrap(), expected);
    let mut pages = Vec::new();
    while let page = store.inventory(pages.last().map(|entry: &Inventory| entry.upload), 2).await.unwrap()
        && !page.is_empty()
    {
        assert!(page.len() <= 2);
        pages.extend(page);
    }
    assert_eq!(pages, expected);
}

pub(crate) async fn purged_banners_are_gone_at_once_and_their_files_to_be_deleted(f: Fixture) {
    let store = &*f.store;
    assert!(!store.purge_banners(SOMEONE).await.unwrap());
    let (former, former_version) = publish(store, SOMEONE, START).await;
    let (banner, version) = publish(store, SOMEONE, START).await;
    let (failed, _) = upload(store, SOMEONE, START).await;
    store.fail(&claim(store, START).await, &failure(), START).await.unwrap();
    let (running, last) = upload(store, SOMEONE, START).await;
    let job = claim(store, START).await;
    let (others, _) = publish(store, UserId(5), START).await;

    assert!(store.purge_banners(SOMEONE).await.unwrap());
    assert!(!store.purge_banners(SOMEONE).await.unwrap());
    assert_eq!(store.banner(SOMEONE).await.unwrap(), None);
    assert_eq!(store.latest_upload(SOMEONE).await.unwrap(), None);
    for version in [former_version, version] {
        assert_eq!(store.variant(SOMEONE, version, "web").await.unwrap(), None, "not for a while longer");
    }
    assert_eq!(store.complete(&job, &files(), START).await.unwrap(), Completion::Lost);
    let mut expected = [former, banner, failed, running];
    expected.sort();
    assert_eq!(deletions(store).await, expected);
    let known = states(store, &[running, others, UploadId::random(), former]).await;
    let mut there = [(running, UploadState::Discarded), (former, UploadState::Discarded), (others, UploadState::Ready)];
    there.sort_by_key(|&(id, _)| id);
    assert_eq!(known, there, "they are not unknown");
    assert_eq!(store.ended(at(i64::from(i32::MAX)), 100).await.unwrap(), []);
    assert_eq!(store.inventory(None, 100).await.unwrap().len(), 1);

    assert_eq!(store.deletions(3).await.unwrap().len(), 3);
    store.deleted(&[former, running, UploadId::random(), others]).await.unwrap();
    store.deleted(&[]).await.unwrap();
    let mut expected = [banner, failed];
    expected.sort();
    assert_eq!(deletions(store).await, expected);
    assert_eq!(states(store, &[former, running]).await, []);
    assert_eq!(current(store, UserId(5)).await, Some(others));
    assert!(upload(store, SOMEONE, START).await.1 > last, "addresses may be cached still");
}

pub(crate) async fn deletions_are_held_for_five_minutes_at_most(f: Fixture) {
    let store = &*f.store;
    let minute = 60_000;
    assert!(!store.deletions_held(START).await.unwrap());
    for (until, held) in [(minute, true), (5 * minute, true), (5 * minute + 1, false), (0, false), (-1, false)] {
        store.hold_deletions(at(until)).await.unwrap();
        assert_eq!(store.deletions_held(START).await.unwrap(), held, "{until}");
    }
    store.hold_deletions(at(minute)).await.unwrap();
    let other = f.backend.another().await;
    assert!(other.deletions_held(at(minute - 1)).await.unwrap());
    assert!(!other.deletions_held(at(minute)).await.unwrap());
}
