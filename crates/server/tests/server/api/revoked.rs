//! Users who are removed, suspended or given other secrets while their upload arrives.

use axum::body::Body;
use axum::http::{Method, Request, header};
use bytes::Bytes;
use masthead_server::Credentials;

use super::client::{Account, Fixture, Signing, UPLOAD, small};

/// What is done to a user.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Remove,
    Suspend,
    Rotate,
}

/// A picture of which the second half comes when that was done.
fn interrupted(fixture: &Fixture, account: &Account, deed: Deed) -> Body {
    let picture = small();
    let (first, second) = picture.split_at(picture.len() / 2);
    let halves = [Bytes::copy_from_slice(first), Bytes::copy_from_slice(second)].into_iter().enumerate();
    let (store, user) = (fixture.store.clone(), account.user.id);
    Body::from_stream(futures_util::stream::unfold(halves, move |mut halves| {
        let store = store.clone();
        async move {
            let (number, half) = halves.next()?;
            if number == 1 {
                match deed {
                    Deed::Remove => assert!(store.remove_user(user).await.unwrap()),
                    Deed::Suspend => assert!(store.set_suspended(user, true).await.unwrap()),
                    Deed::Rotate => drop(store.rotate(user, &Credentials::random()).await.unwrap().unwrap()),
                }
            }
            Some((Ok::<_, std::io::Error>(half), halves))
        }
    }))
}

/// An upload with a signature or a bearer token, and with this body.
fn request(account: &Account, signed: bool, body: Body) -> Request<Body> {
    let request = Request::builder().method(Method::POST).uri(UPLOAD).header(header::HOST, "localhost");
    let authorization = if signed {
        account.sign("POST", UPLOAD, &[], Signing::default())
    } else {
        format!("Bearer {}", account.credentials.bearer)
    };
    let request = request.header(header::AUTHORIZATION, authorization).header(header::CONTENT_TYPE, "image/jpeg");
    request.body(body).unwrap()
}

#[tokio::test]
async fn an_upload_of_somebody_who_may_not_any_more_is_refused_and_leaves_nothing() {
    let fixture = Fixture::default().await;
    let originals = || std::fs::read_dir(fixture.folder.path().join("blobs/originals")).unwrap().count();
    for (number, deed, status, code) in
        [(0, Deed::Remove, 401, 89), (1, Deed::Suspend, 403, 64), (2, Deed::Rotate, 401, 89)]
    {
        for signed in [false, true] {
            let account = fixture.account(&format!("user{number}{signed}")).await;
            let body = interrupted(&fixture, &account, deed);
            let answer = fixture.send(request(&account, signed, body)).await;
            let (got_status, got_code, _) = answer.refusal();
            assert_eq!((got_status, got_code), (status, code), "{deed:?}, signed: {signed}");
            assert_eq!(fixture.store.jobs().await.unwrap(), 0);
            assert_eq!(fixture.store.latest_upload(account.user.id).await.unwrap(), None, "{deed:?}");
            assert_eq!(fixture.store.banner(account.user.id).await.unwrap(), None, "{deed:?}");
            assert_eq!(originals(), 0, "{deed:?}");
        }
    }
    // The others go on as before.
    assert_eq!(fixture.send(request(&fixture.alice, true, Body::from(small()))).await.status, 201);
}
