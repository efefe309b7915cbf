//! The profile-banner calls of the v1.1 REST API as an axum router, with what they need behind them.
//!
//! A person uploads a picture for the strip at the top of their profile; the client libraries that people already have
//! send it with `POST account/update_profile_banner`. This crate answers: it authenticates, limits, checks and stores,
//! makes every size of the banner in the background, and serves them.
//!
//! # The nouns
//!
//! - [`Storage`] is what must not be lost: metadata and jobs behind the trait [`Store`] (SQLite, [`SqliteStore`]), files in
//!   [`Blobs`]. [`Storage::folder`] is a local folder with both.
//! - A [`Server`] is made of a storage and [`Options`]; it runs the jobs on the current tokio runtime, and their computation
//!   on threads of its own.
//! - [`app`] makes an axum router of a server: to be served, to be tested without a socket, or to be mounted in another. [`admin`]
//!   makes another one, for those who run it.
//! - An [`Authenticator`] tells who a request comes from: [`Accounts`] are ours (OAuth 1.0a, bearer tokens), yours are a
//!   trait away.
//!
//! ```
//! use axum::body::Body;
//! use axum::http::Request;
//! use masthead_server::{Credentials, NewUser, Options, Server, Storage, Time, app};
//! use tower::ServiceExt;
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let temporary = tempfile::tempdir()?;
//! # let folder = temporary.path();
//! let storage = Storage::folder(folder).await?;
//! let alice = NewUser { screen_name: "alice".into(), name: "Alice".into(), application: None, can_write: true };
//! let (user, credentials) = storage.store().add_user(&alice, &Credentials::random(), Time::now()).await?;
//! let server = Server::start(storage, Options::default()).await?;
//!
//! let upload = Request::post("/1.1/account/update_profile_banner.json?offset_top=100&height=200")
//!     .header("host", "localhost")
//!     .header("authorization", format!("Bearer {}", credentials.bearer))
//!     .header("content-type", "image/jpeg")
//!     .body(Body::from(std::fs::read("../../testdata/photos/rocket.jpg")?))?;
//! let answer = app(server.clone()).oneshot(upload).await?;
//! assert_eq!(answer.status(), 201);
//!
//! let banner = server.store().banner(user.id).await?.unwrap();
//! let image = format!("/profile_banners/{}/{}/web", user.id, banner.version);
//! let fetch = Request::get(image).header("host", "localhost").body(Body::empty())?;
//! let answer = app(server).oneshot(fetch).await?;
//! assert_eq!(answer.headers()["content-type"], "image/jpeg");
//! # Ok(()) }
//! ```
//!
//! `examples/embed.rs` mounts the router in another one, with users of its own.
//!
//! # What is promised
//!
//! **An upload that was answered with 201 or 202 is not lost**, whatever is killed or loses power: before the answer
//! is sent, with 201 its banner is on disk and committed, with 202 its original and its job are. Of several uploads of a user, the last one that was accepted is the
//! banner in the end, in whatever order they are finished; a removal counts as one of them. A picture that turns out to be
//! broken leaves the former banner in place. An outage of ours, of the database or of the files, ends no upload, however long it lasts: it is
//! tried again with pauses of up to five minutes, and its original stays, until the banner is made, the picture itself is refused or the
//! user removes it. Only an original that is missing for more than an hour from a blob store that is there is given up.
//!
//! **Memory is bounded.** A quarter of [`Options::memory`] is for request bodies, half of that for those whose sender is not known
//! before they are read, and of those only what has arrived counts. A sixteenth of the rest is for uploads that
//! wait for a worker as they are; those that it has no room for are read again. What is left is for jobs in work, each of which takes what
//! the engine says it will need before it decodes. More than [`Options::queue`] uploads are refused.
//!
//! **Nobody stands in another's way.** Of the memory for request bodies a user or an address has no more than a share, and who waits
//! for it waits in turn, for half a minute at the most (then 503 with `Retry-After`). Bodies that come more slowly than
//! [`Options::patience`] allows are given up, sooner while others wait for their memory. Addresses are those of axum's `ConnectInfo`, or
//! what a trusted proxy says: behind a proxy that is not trusted ([`Options::trust_forwarded`]) all clients are one address.
//!
//! **Counting requests waits for no disk.** Where a process has its storage to itself, it counts requests and remembers nonces in
//! memory and writes them behind, once a second and at its end: a kill loses the last second of them. Half a million of each are
//! remembered, in about 110 MB, and requests that do not fit are refused with 503; live ones are never forgotten for others. Their ends do
//! not hang on the machine's clock. Where the storage is shared the database counts.
//!
//! **Nothing secret is logged**: no query, header or body of a request, no token. Spans have the method, the route's
//! pattern, the request id, the client's address, the user, and the ids of a valid `traceparent`.
//!
//! # Behind a proxy
//!
//! Clients sign the URL that they see. Set [`Options::public_url`] to it, or [`Options::trust_forwarded`] when a
//! proxy that cannot be gone around sets `Forwarded` or `X-Forwarded-Proto`, `-Host` and `-For`. Who terminates TLS in the same
//! process puts [`Secure`] into the requests' extensions; who listens puts axum's `ConnectInfo<SocketAddr>` there, or else no client
//! has an address that its share could be counted by.

mod app;
mod auth;
mod backup;
mod blobs;
mod budget;
mod check;
mod clock;
mod compare;
mod cors;
mod describe;
mod engine;
mod error;
#[cfg(feature = "chaos")]
mod faults;
mod host;
mod id;
mod intake;
mod jobs;
mod metrics;
mod observe;
mod options;
mod pair;
mod prepared;
mod private;
mod process;
mod public_url;
mod random;
mod rates;
mod readiness;
mod restore;
mod routes;
mod server;
mod session;
mod state;
mod storage;
mod store;
mod take_in;
mod timed;
mod traceparent;
mod upload_memory;
mod waiting;

pub use masthead;
pub use masthead_oauth1::BodyHash;

pub use app::{admin, app};
pub use auth::{Accounts, AuthError, AuthRequest, Authenticated, Authenticator, Secure, network};
pub use backup::{Backup, BackupError, MissingFile, backup};
pub use blobs::{BlobError, Blobs};
pub use check::{AcceptedPair, Check, CheckError, accept, check};
pub use clock::Clock;
pub use cors::WebOrigin;
#[cfg(feature = "chaos")]
pub use faults::{FaultRates, Faults};
pub use id::{NameError, NumberError, StorageId, Time, UploadId, UserId, Version};
pub use options::{Options, Patience, ProxyHeader};
pub use pair::Mismatch;
pub use public_url::PublicUrl;
pub use restore::{RestoreError, Restored, restore};
pub use server::{Server, StartError};
pub use storage::{OpenError, Storage, database, database_to_read, has_database};
pub use store::{
    Accepted, Admission, Admitted, Authority, Banner, Claim, Completion, Credentials, Failure, Grant, Inventory,
    NewUpload, NewUser, Nonce, Pairing, Queue, RateWindow, Revoked, SignedGrant, SqliteStore, Store, StoreError,
    Upload, UploadState, User, UserKey, Variant, WindowCount,
};
