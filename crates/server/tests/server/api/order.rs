//! Which of several uploads is the banner in the end.

use std::time::Duration;

use masthead_server::{Options, Time, UploadState};

use super::client::{CREDENTIALS, Fixture, REMOVE, SIZES, STATUS, options, small, testdata};

/// A server that answers at once and leaves the work for later.
fn patient() -> Options {
    Options { respond_within: Duration::ZERO, ..options() }
}

#[tokio::test]
async fn with_nothing_to_wait_for_every_upload_is_202_and_becomes_ready() {
    let fixture = Fixture::new(patient()).await;
    let answer = fixture.upload("", small()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (202, &"processing".into()));
    let settled = fixture.settled(&fixture.alice).await;
    assert_eq!(settled["state"], "ready");
    assert_eq!(settled["version"], answer.json()["version"]);
    assert_eq!(settled["profile_banner_url"], answer.json()["profile_banner_url"]);
    assert_eq!(
        fixture
            .get(settled["profile_banner_url"].as_str().unwrap().strip_prefix("http://localhost").unwrap())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn of_many_uploads_at_once_the_last_one_accepted_is_the_banner() {
    let fixture = Fixture::new(Options { uploads_per_window: 1000, ..patient() }).await;
    let queries: Vec<_> = (0..24).map(|left| format!("?width=200&offset_left={left}")).collect();
    let uploads = queries.iter().map(|query| fixture.upload(query, small()));
    let answers = futures_util::future::join_all(uploads).await;
    let mut versions: Vec<_> = answers.iter().map(|answer| answer.json()["version"].as_i64().unwrap()).collect();
    let last = *versions.iter().max().unwrap();
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 24, "no two share a version");
    // Wait for all of them: the latest may be done before the others.
    while fixture.store.jobs().await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let banner = fixture.store.banner(fixture.alice.user.id).await.unwrap().unwrap();
    assert_eq!(banner.version.0, last);
}

#[tokio::test]
async fn of_waiting_uploads_only_the_latest_waits_on() {
    let fixture = Fixture::default().await;
    let large = testdata("photos/coffee.png");
    let small_one = small();
    let (first, second) = tokio::join!(fixture.upload("", large), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        fixture.upload("", small_one).await
    });
    let versions = [&first, &second].map(|answer| answer.json()["version"].as_i64().unwrap());
    let banner = fixture.store.banner(fixture.alice.user.id).await.unwrap().unwrap();
    assert_eq!(banner.version.0, *versions.iter().max().unwrap(), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_failed_upload_leaves_the_banner_and_says_why() {
    let fixture = Fixture::new(patient()).await;
    fixture.upload("", small()).await;
    let before = fixture.settled(&fixture.alice).await;
    let broken = fixture.upload("", testdata("generated/broken-jpeg-cut-scan.jpg")).await;
    assert_eq!(broken.status, 202, "its header is in order");
    let status = fixture.settled(&fixture.alice).await;
    assert_eq!(status["state"], "failed");
    assert_eq!(status["errors"][0]["code"], 324);
    let direct = Fixture::default().await.upload("", testdata("generated/broken-jpeg-cut-scan.jpg")).await;
    assert_eq!(status["errors"], direct.json()["errors"], "the same as a direct refusal");
    assert!(status.get("profile_banner_url").is_none());
    let me = fixture.send(fixture.alice.get(CREDENTIALS)).await.json();
    assert_eq!(me["profile_banner_url"], before["profile_banner_url"]);
}

#[tokio::test]
async fn a_removal_wins_over_uploads_before_it_and_loses_to_those_after() {
    let fixture = Fixture::new(patient()).await;
    let before = fixture.upload("", testdata("photos/coffee.png")).await;
    let removed = fixture.send(fixture.alice.post(REMOVE, "text/plain", "")).await;
    assert_eq!((before.status.as_u16(), removed.status.as_u16()), (202, 200));
    while fixture.store.jobs().await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(fixture.send(fixture.alice.get(&format!("{SIZES}?screen_name=alice0"))).await.status, 404);
    fixture.upload("", small()).await;
    assert_eq!(fixture.settled(&fixture.alice).await["state"], "ready");
    assert_eq!(fixture.send(fixture.alice.get(&format!("{SIZES}?screen_name=alice0"))).await.status, 200);
    assert_eq!(fixture.send(fixture.alice.get(STATUS)).await.json()["state"], "ready");
}

#[tokio::test]
async fn superseded_banners_are_served_for_the_time_of_grace_and_no_longer() {
    let grace = Duration::from_millis(700);
    let fixture = Fixture::new(Options { grace, ..options() }).await;
    let url = |answer: &super::client::Answer| {
        answer.json()["profile_banner_url"].as_str().unwrap()["http://localhost".len()..].to_owned()
    };
    let first = url(&fixture.upload("", small()).await);
    let superseded = Time::now();
    let second = url(&fixture.upload("?width=200", small()).await);
    let answer = fixture.get(&first).await;
    assert!(answer.status == 200 || Time::now() > superseded.after(grace));
    let blobs = fixture.folder.path().join("blobs/banners");
    for round in 0.. {
        assert!(round < 200, "it is served for ever");
        tokio::time::sleep(Duration::from_millis(50)).await;
        if fixture.get(&first).await.status == 404 && std::fs::read_dir(&blobs).unwrap().count() == 1 {
            break;
        }
    }
    assert!(Time::now() >= superseded.after(grace), "not before");
    assert_eq!(fixture.get(&second).await.status, 200);
    let banner = fixture.store.banner(fixture.alice.user.id).await.unwrap().unwrap();
    assert_eq!(fixture.store.upload(banner.upload).await.unwrap().unwrap().state, UploadState::Ready);
}
