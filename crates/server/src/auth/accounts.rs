//! Our own users: OAuth 1.0a and bearer tokens.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use masthead_oauth1::{Error, ErrorKind, Request, Secrets, Signed};

use super::{AuthError, AuthRequest, Authenticated, Authenticator};
use crate::clock::Clock;
use crate::store::{Authority, Credentials, Grant, Nonce, Store, StoreError, User, UserKey};

/// How far the clocks of client and server may be apart.
pub(crate) const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// From here on, a signature is checked where it may take a while.
const LARGE_FORM: usize = 64 << 10;

/// The users of a [`Store`]: requests signed with OAuth 1.0a (HMAC-SHA1, HMAC-SHA256), or `Authorization: Bearer` with a
/// user's token.
pub struct Accounts {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Accounts {
    /// The users of `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, clock: Clock::default() }
    }

    /// Reads this clock: that of the [`Options`](crate::Options) where it was moved. Default: the machine's.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    async fn bearer(&self, token: &str) -> Result<Authenticated, AuthError> {
        let digest = Credentials::bearer_digest(token);
        let grant = self.store.bearer_grant(&digest).await?;
        Ok(authenticated(grant.ok_or(AuthError::Token)?, Authority::Bearer(digest)))
    }

    async fn signed(&self, request: &AuthRequest<'_>, authorization: Option<&str>) -> Result<Authenticated, AuthError> {
        let AuthRequest { method, url, form, .. } = *request;
        let signed = parse(method, url, authorization, form)?;
        signed.check_timestamp(self.clock.now().unix_seconds().unsigned_abs(), TOLERANCE)?;

        let token = signed.token().ok_or(AuthError::Token)?;
        let grant = self.store.signed_grant(signed.consumer_key(), token).await?.ok_or(AuthError::Wrong)?;
        let (token_secret, user) = grant.token.ok_or(AuthError::Token)?;
        if form.is_some_and(|form| form.len() > LARGE_FORM) {
            let (method, url, form) = (method.clone(), url.to_owned(), form.cloned());
            let authorization = authorization.map(str::to_owned);
            let consumer_secret = grant.consumer_secret;
            let check = move || -> Result<(), AuthError> {
                let signed = parse(&method, &url, authorization.as_deref(), form.as_ref())?;
                Ok(signed.verify(Secrets { consumer: &consumer_secret, token: &token_secret })?)
            };
            let checked = tokio::task::spawn_blocking(check).await;
            checked.map_err(|error| AuthError::Failed(error.to_string()))??;
        } else {
            signed.verify(Secrets { consumer: &grant.consumer_secret, token: &token_secret })?;
        }

        // Only now, or anybody could use up the nonces of others.
        let nonce = Some(Nonce::new(signed.consumer_key(), token, signed.timestamp(), signed.nonce()));
        let authority = Authority::Signed { consumer_key: signed.consumer_key().to_owned(), token: token.to_owned() };
        Ok(Authenticated { body_hash: signed.body_hash(), nonce, ..authenticated(user, authority) })
    }
}

fn parse<'a>(
    method: &'a Method,
    url: &'a str,
    authorization: Option<&'a str>,
    form: Option<&'a Bytes>,
) -> Result<Signed<'a>, Error> {
    Signed::parse(&Request { method: method.as_str(), url, authorization, form: form.map(|form| &**form) })
}

fn authenticated(grant: Grant, authority: Authority) -> Authenticated {
    let Grant { user, can_write } = grant;
    Authenticated { can_write, authority: Some(authority), ..Authenticated::new(user) }
}

/// The one `Authorization` header, as text.
fn authorization(headers: &HeaderMap) -> Result<Option<&str>, AuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let first = values.next().map(|value| value.to_str().map_err(|_| AuthError::Unreadable)).transpose()?;
    if values.next().is_some() {
        return Err(AuthError::Unreadable);
    }
    Ok(first)
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[async_trait]
impl Authenticator for Accounts {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Authenticated, AuthError> {
        let authorization = authorization(request.headers)?;
        match authorization.and_then(bearer) {
            Some(token) => self.bearer(token).await,
            None => self.signed(request, authorization).await,
        }
    }

    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError> {
        self.store.user(key).await
    }
}

impl From<Error> for AuthError {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Timestamp => Self::Timestamp,
            ErrorKind::Signature | ErrorKind::BodyHash => Self::Wrong,
            _ => {
                // It names no secret, and helps who writes a client.
                tracing::debug!(%error, "unreadable credentials");
                Self::Unreadable
            }
        }
    }
}
