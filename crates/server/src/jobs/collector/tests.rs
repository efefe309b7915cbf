//! Files that nothing needs: when they are moved aside, and when they are deleted.

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::auth::Accounts;
use crate::engine::Engine;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::storage::Storage;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn collector(folder: &TempDir) -> (Arc<Shared>, Collector) {
    let storage = Storage::folder(folder.path()).await.unwrap();
    let accounts = Arc::new(Accounts::new(Arc::clone(storage.store())));
    let options = Options { threads: 1, ..Options::default() };
    let engine = Engine::new(&options).unwrap();
    let shared = Arc::new(Shared::new(storage, accounts, engine, None, options, Metrics::new()));
    let collector = Collector::new(&shared);
    (shared, collector)
}

async fn counts(shared: &Shared) -> (usize, usize) {
    let originals = shared.blobs.uploads(Part::Originals).await.unwrap().len();
    (originals, shared.blobs.quarantined().await.unwrap().len())
}

/// One that is taken in while the files are looked at is not known yet.
#[tokio::test]
async fn a_file_is_moved_aside_when_it_was_unknown_for_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let (shared, mut collector) = collector(&folder).await;
    shared.blobs.put_original(UploadId::random(), Bytes::from_static(b"unknown")).await.unwrap();
    let begin = collector.began;
    collector.round(begin + SWEEP / 2).await;
    collector.round(begin + SWEEP).await;
    assert_eq!(counts(&shared).await, (1, 0));
    // Whatever the clock says.
    shared.clock.shift(365 * 24 * 60 * 60 * 1000);
    shared.blobs.put_original(UploadId::random(), Bytes::from_static(b"just coming")).await.unwrap();
    collector.round(begin + SWEEP + SWEEP / 2).await;
    assert_eq!(counts(&shared).await, (2, 0));
    collector.round(begin + 2 * SWEEP).await;
    assert_eq!(counts(&shared).await, (1, 1));
}

#[tokio::test]
async fn the_quarantine_is_emptied_after_days_and_not_by_a_clock_that_jumps() {
    let folder = tempfile::tempdir().unwrap();
    let (shared, mut collector) = collector(&folder).await;
    let upload = UploadId::random();
    shared.blobs.put_original(upload, Bytes::from_static(b"unknown")).await.unwrap();
    let now = shared.clock.now().unix_seconds();
    shared.blobs.set_aside(now, Part::Originals, &[upload]).await.unwrap();
    let begin = collector.began;
    let day = i64::try_from(DAY.as_millis()).unwrap();
    // Four years ahead, for six days, and back again.
    shared.clock.shift(4 * 365 * day);
    for hour in 1..6 * 24 {
        collector.hourly(begin + hour * SWEEP).await;
    }
    assert_eq!(counts(&shared).await, (0, 1));
    shared.clock.shift(-4 * 365 * day + 6 * day + 23 * day / 24);
    collector.hourly(begin + 6 * DAY + 23 * SWEEP).await;
    assert_eq!(counts(&shared).await, (0, 1));
    shared.clock.shift(day / 12);
    collector.hourly(begin + 7 * DAY + SWEEP).await;
    assert_eq!(counts(&shared).await, (0, 0));
}

/// Its clock may have been wrong when it began.
#[tokio::test]
async fn the_quarantine_is_left_alone_in_the_first_hour() {
    let folder = tempfile::tempdir().unwrap();
    let (shared, mut collector) = collector(&folder).await;
    let upload = UploadId::random();
    shared.blobs.put_original(upload, Bytes::from_static(b"unknown")).await.unwrap();
    shared.blobs.set_aside(1_700_000_000, Part::Originals, &[upload]).await.unwrap();
    let begin = collector.began;
    collector.hourly(begin + SWEEP - Duration::from_secs(1)).await;
    assert_eq!(counts(&shared).await, (0, 1));
    // Nor while a backup is made.
    shared.store.hold_deletions(shared.clock.now().after(Duration::from_secs(60))).await.unwrap();
    collector.hourly(begin + SWEEP).await;
    assert_eq!(counts(&shared).await, (0, 1));
    shared.store.hold_deletions(Time(0)).await.unwrap();
    collector.hourly(begin + 2 * SWEEP).await;
    assert_eq!(counts(&shared).await, (0, 0));
}
