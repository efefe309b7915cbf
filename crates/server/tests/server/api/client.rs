//! A server of its own for each test, and somebody who talks to it.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use masthead_server::{Credentials, NewUser, Options, Server, Storage, Store, Time, User, admin, app};
use oauth1_request::request::AssertSorted;
use oauth1_request::{Builder, HMAC_SHA1};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// Where the tests' server is, as its clients see it.
pub(crate) const BASE: &str = "http://localhost";
pub(crate) const UPLOAD: &str = "/1.1/account/update_profile_banner.json";
pub(crate) const REMOVE: &str = "/1.1/account/remove_profile_banner.json";
pub(crate) const STATUS: &str = "/1.1/account/profile_banner_upload.json";
pub(crate) const SIZES: &str = "/1.1/users/profile_banner.json";
pub(crate) const CREDENTIALS: &str = "/1.1/account/verify_credentials.json";

/// The pictures of the repository.
pub(crate) fn testdata(name: &str) -> Vec<u8> {
    let path = format!("{}/../../testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A small picture, 256x128.
pub(crate) fn small() -> Vec<u8> {
    testdata("generated/jpeg-420.jpg")
}

/// The defaults, but for a server that may be slow: other tests run beside this one.
pub(crate) fn options() -> Options {
    Options { respond_within: Duration::from_secs(60), ..Options::default() }
}

/// A server on a folder that goes with it, and its first user.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) alice: Account,
}

/// A user and what they sign with.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) credentials: Credentials,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Fixture {
    pub(crate) async fn new(options: Options) -> Self {
        Self::in_folder(Arc::new(tempfile::tempdir().unwrap()), options).await
    }

    /// A server on what another one has left.
    pub(crate) async fn in_folder(folder: Arc<TempDir>, options: Options) -> Self {
        let storage = Storage::folder(folder.path()).await.unwrap();
        let store = Arc::clone(storage.store());
        let server = Server::start(storage, options).await.unwrap();
        let alice =
            Account::new(&*store, &format!("alice{}", store.users(None, 1000).await.unwrap().len()), true).await;
        Self { server, store, folder, alice }
    }

    /// The same, without a new user.
    pub(crate) async fn again(folder: Arc<TempDir>, alice: &Account, options: Options) -> Self {
        let storage = Storage::folder(folder.path()).await.unwrap();
        let store = Arc::clone(storage.store());
        let server = Server::start(storage, options).await.unwrap();
        Self { server, store, folder, alice: alice.clone() }
    }

    /// The figures of the server.
    pub(crate) async fn metrics(&self) -> String {
        String::from_utf8(self.admin("/metrics").await.body).unwrap()
    }

    /// The status of its readiness.
    pub(crate) async fn ready(&self) -> u16 {
        self.admin("/readyz").await.status.as_u16()
    }

    pub(crate) async fn default() -> Self {
        Self::new(options()).await
    }

    /// Adds a user.
    pub(crate) async fn account(&self, name: &str) -> Account {
        Account::new(&*self.store, name, true).await
    }

    /// Sends a request through the router.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().entry(header::HOST).or_insert(HeaderValue::from_static("localhost"));
        Answer::of(app(self.server.clone()).oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(Request::get(target).header(header::HOST, "localhost").body(Body::empty()).unwrap()).await
    }

    /// Asks what operators ask.
    pub(crate) async fn admin(&self, target: &str) -> Answer {
        Answer::of(admin(self.server.clone()).oneshot(Request::get(target).body(Body::empty()).unwrap()).await.unwrap())
            .await
    }

    /// Uploads a raw body as Alice.
    pub(crate) async fn upload(&self, query: &str, body: impl Into<Body>) -> Answer {
        self.send(self.alice.raw(query, body)).await
    }

    /// The state of Alice's latest upload, once it is not being processed any more.
    pub(crate) async fn settled(&self, account: &Account) -> Value {
        for _ in 0..500 {
            // Straight from the store: asking by the API counts.
            let latest = self.store.latest_upload(account.user.id).await.unwrap();
            if latest.is_some_and(|latest| latest.state != masthead_server::UploadState::Processing) {
                return self.send(account.get(STATUS)).await.json();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("an upload is being processed for ever");
    }
}

impl Account {
    pub(crate) async fn new(store: &dyn Store, name: &str, can_write: bool) -> Self {
        let new = NewUser { screen_name: name.to_owned(), name: name.to_uppercase(), application: None, can_write };
        let (user, credentials) = store.add_user(&new, &Credentials::random(), Time::now()).await.unwrap();
        Self { user, credentials }
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.credentials.bearer)
    }

    /// A request with the bearer token.
    pub(crate) fn request(&self, method: Method, target: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(target)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, self.bearer())
    }

    pub(crate) fn get(&self, target: &str) -> Request<Body> {
        self.request(Method::GET, target).body(Body::empty()).unwrap()
    }

    pub(crate) fn post(&self, target: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
        let request = self.request(Method::POST, target).header(header::CONTENT_TYPE, content_type);
        request.body(body.into()).unwrap()
    }

    /// An upload whose body is the picture.
    pub(crate) fn raw(&self, query: &str, body: impl Into<Body>) -> Request<Body> {
        self.post(&format!("{UPLOAD}{query}"), "image/jpeg", body)
    }

    /// An `Authorization` header of OAuth 1.0a. `parameters` are those of query and form.
    pub(crate) fn sign(&self, method: &str, path: &str, parameters: &[(&str, &str)], change: Signing) -> String {
        let Credentials { consumer_key, consumer_secret, token, token_secret, .. } = &self.credentials;
        let consumer_key = if change.unknown_consumer { "nobody" } else { consumer_key };
        let token = if change.unknown_token { "nothing" } else { token };
        let token_secret = if change.wrong_secret { "guessed" } else { token_secret };
        let mut sorted = parameters.to_vec();
        sorted.sort_unstable();
        let mut builder = Builder::new(oauth1_request::Credentials::new(consumer_key, &consumer_secret[..]), HMAC_SHA1);
        builder.token(oauth1_request::Credentials::new(token, token_secret));
        let now = Time::now().unix_seconds().saturating_add(change.clock).unsigned_abs();
        builder.timestamp(NonZeroU64::new(now));
        if let Some(nonce) = &change.nonce {
            builder.nonce(&nonce[..]);
        }
        builder.authorize(method, format!("{BASE}{path}"), &AssertSorted::new(sorted))
    }
}

/// What is wrong with a signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signing {
    pub(crate) unknown_consumer: bool,
    pub(crate) unknown_token: bool,
    pub(crate) wrong_secret: bool,
    /// Seconds that the client's clock is ahead.
    pub(crate) clock: i64,
    pub(crate) nonce: Option<String>,
}

impl Answer {
    pub(crate) async fn of(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code and message of a refusal.
    pub(crate) fn refusal(&self) -> (u16, u64, String) {
        let body = self.json();
        let error = &body["errors"][0];
        assert_eq!(body["errors"].as_array().map(Vec::len), Some(1), "{body}");
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{body}");
        (self.status.as_u16(), error["code"].as_u64().unwrap(), error["message"].as_str().unwrap().to_owned())
    }
}

/// A `multipart/form-data` body of parts with these headers and contents, and its content type.
pub(crate) fn multipart(parts: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (headers, content) in parts {
        body.extend_from_slice(format!("--frontier\r\n{headers}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    ("multipart/form-data; boundary=frontier".to_owned(), body)
}
