//! Rate limits.

use std::time::Duration;

use super::client::{CREDENTIALS, Fixture, SIZES, UPLOAD, options, small};
use masthead_server::{Options, Time};

fn counted(answer: &super::client::Answer) -> (u32, u32, i64) {
    let number = |name: &str| answer.header(name).parse::<i64>().unwrap_or_else(|_| panic!("{name} of {answer:?}"));
    let limit = number("x-rate-limit-limit");
    (limit as u32, number("x-rate-limit-remaining") as u32, number("x-rate-limit-reset"))
}

#[tokio::test]
async fn every_authenticated_answer_tells_how_much_is_left() {
    let fixture = Fixture::default().await;
    let now = Time::now().unix_seconds();
    let (limit, remaining, reset) = counted(&fixture.upload("", small()).await);
    assert_eq!((limit, remaining), (30, 29));
    assert!((now + 900..=now + 903).contains(&reset), "{reset} is 15 minutes after {now}");
    assert_eq!(counted(&fixture.upload("?width=x", small()).await), (30, 28, reset), "refusals count");
    assert_eq!(counted(&fixture.send(fixture.alice.get(CREDENTIALS)).await).1, 179, "each call has its own");
    assert_eq!(counted(&fixture.send(fixture.alice.get(SIZES)).await).1, 179);
    let bob = fixture.account("bob").await;
    assert_eq!(counted(&fixture.send(bob.get(CREDENTIALS)).await).1, 179, "each user has their own");
    let unknown = fixture.send(axum::http::Request::get(CREDENTIALS).body("".into()).unwrap()).await;
    assert_eq!(unknown.header("x-rate-limit-limit"), "");
}

#[tokio::test]
async fn one_more_than_allowed_is_429_88_and_the_next_window_is_open() {
    let window = Duration::from_secs(4);
    let options = Options { uploads_per_window: 3, reads_per_window: 2, rate_window: window, ..options() };
    let fixture = Fixture::new(options).await;
    for remaining in [2, 1, 0] {
        let answer = fixture.upload("", small()).await;
        assert!(answer.status.is_success());
        assert_eq!(counted(&answer).1, remaining);
    }
    let refused = fixture.upload("", small()).await;
    assert_eq!(refused.refusal(), (429, 88, "Rate limit exceeded.".to_owned()));
    let (_, remaining, reset) = counted(&refused);
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert_eq!(remaining, 0);
    assert!(wait >= 1 && (reset - Time::now().unix_seconds() - wait).abs() <= 1);
    tokio::time::sleep(Duration::from_secs(u64::try_from(wait).unwrap())).await;
    assert!(fixture.upload("", small()).await.status.is_success());
}

#[tokio::test]
async fn of_many_at_once_exactly_as_many_as_allowed_pass() {
    let fixture = Fixture::new(Options { uploads_per_window: 7, ..options() }).await;
    let all = (0..40).map(|_| fixture.send(fixture.alice.post(UPLOAD, "application/json", "{}")));
    let answers = futures_util::future::join_all(all).await;
    let passed = answers.iter().filter(|answer| answer.status == 400).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((passed, refused), (7, 33));
}
