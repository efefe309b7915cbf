//! What was acknowledged is there for ever, and for everybody.

use std::collections::HashSet;

use super::fixture::*;

pub(crate) async fn what_was_acknowledged_survives_a_kill(f: Fixture) {
    let store = &*f.store;
    let (ann, credentials) = add_to(store, "web", "ann").await;
    let (published, _) = publish(store, ann.id, START).await;
    let banner = store.banner(ann.id).await.unwrap();
    let (failed, _) = upload(store, ann.id, START).await;
    store.fail(&claim(store, START).await, &failure(), START).await.unwrap();
    let (running, _) = upload(store, ann.id, START).await;
    let job = claim(store, START).await;
    let (waiting, _) = upload(store, ann.id, START).await;
    let nonce = Some(Nonce::new("key", "token", 1, "nonce"));
    let asked = Admission { user: ann.id, call: "upload", limit: 2, window: WINDOW, nonce };
    let Admitted::Counted(window) = store.admit(&asked, START).await.unwrap() else { panic!("it is new") };

    let Some(after) = f.backend.after_a_kill().await else { return };
    assert_eq!(users(&*after).await, std::slice::from_ref(&ann));
    let grant = after.signed_grant(&credentials.consumer_key, &credentials.token).await.unwrap();
    assert_eq!(grant.unwrap().token.unwrap().1.user, ann);
    assert!(after.bearer_grant(&Credentials::bearer_digest(&credentials.bearer)).await.unwrap().is_some());
    assert_eq!(after.banner(ann.id).await.unwrap(), banner);
    let ids = [published, failed, running, waiting];
    assert_eq!(states(&*after, &ids).await, states(store, &ids).await);
    assert_eq!(after.admit(&asked, START).await.unwrap(), Admitted::Replayed);
    let next = take(&*after, ann.id, "upload", 2, START).await;
    assert_eq!(next, RateWindow { remaining: 0, ..window });
    assert_eq!((after.jobs().await.unwrap(), after.recover(&[]).await.unwrap()), (2, 1));
    assert_eq!(claim(&*after, START).await.upload, waiting, "the latest of hers");
    let again = claim(&*after, START).await;
    assert_eq!((again.upload, again.crashes), (running, 1));
    assert!(again.token > job.token);
    assert!(after.add_user(&newcomer("ANN"), &Credentials::random(), START).await.is_err());
}

pub(crate) async fn two_processes_share_a_database(f: Fixture) {
    let other = f.backend.another().await;
    let (ann, credentials) = add(&*other, "ann").await;
    let digest = Credentials::bearer_digest(&credentials.bearer);
    assert_eq!(f.store.bearer_grant(&digest).await.unwrap().unwrap().user, ann, "seen at once");

    let work = at_once((0..40).map(|number| {
        let store = if number % 2 == 0 { f.store.clone() } else { other.clone() };
        async move {
            let (id, version) = upload(&*store, ann.id, START).await;
            let claimed = claim(&*store, START).await;
            (id, version, claimed.upload)
        }
    }));
    let work = work.await;
    let uploads: HashSet<_> = work.iter().map(|&(id, ..)| id).collect();
    let versions: HashSet<_> = work.iter().map(|&(_, version, _)| version).collect();
    let claims: HashSet<_> = work.iter().map(|&(.., claimed)| claimed).collect();
    assert_eq!((uploads.len(), versions.len()), (40, 40));
    assert_eq!(claims, uploads, "each was claimed once");
}
