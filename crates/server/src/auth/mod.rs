//! Authentication: who a request comes from. [`Accounts`] are ours; an embedder brings its own [`Authenticator`].

mod accounts;
mod origin;

pub use accounts::Accounts;
pub(crate) use accounts::TOLERANCE;
pub(crate) use origin::{Origin, address, client};
pub use origin::{Secure, network};

use async_trait::async_trait;
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use masthead_oauth1::BodyHash;

use crate::error::Refusal;
use crate::store::{Authority, Nonce, StoreError, User, UserKey};

/// Decides who a request comes from. [`Accounts`] is ours; programs that have users of their own bring theirs.
///
/// ```
/// use async_trait::async_trait;
/// use masthead_server::{Authenticated, Authenticator, AuthError, AuthRequest, StoreError, User, UserId, UserKey};
///
/// /// Trusts a header that a proxy in front of us has set.
/// struct Trusting;
///
/// fn user(id: i64) -> User {
///     User { id: UserId(id), screen_name: format!("user{id}"), name: format!("User {id}"), suspended: false }
/// }
///
/// #[async_trait]
/// impl Authenticator for Trusting {
///     async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Authenticated, AuthError> {
///         let header = request.headers.get("x-user-id").ok_or(AuthError::Unreadable)?;
///         let id = header.to_str().ok().and_then(|id| id.parse().ok()).ok_or(AuthError::Unreadable)?;
///         Ok(Authenticated::new(user(id)))
///     }
///
///     async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError> {
///         Ok(match key {
///             UserKey::Id(id) => Some(user(id.0)),
///             UserKey::ScreenName(name) => name.strip_prefix("user").and_then(|id| id.parse().ok()).map(user),
///         })
///     }
/// }
/// ```
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// The user that a request comes from. Called once for each request to a call that needs a user: before the body is
    /// read, unless the body is a form, which may be signed or hold the credentials.
    ///
    /// # Errors
    /// When it is nobody that can be known.
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Authenticated, AuthError>;

    /// The user of this number or name.
    ///
    /// # Errors
    /// When it cannot be found out. A user that is not there is `None`.
    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError>;

    /// Whether a request that was authenticated would still be. Asked when an upload has arrived, which may take minutes, right before it
    /// is taken in. What the [`Store`](crate::Store) knows ([`Authenticated::authority`]) is checked there, and need not be here.
    ///
    /// # Errors
    /// When it cannot be found out.
    async fn still_good(&self, authenticated: &Authenticated) -> Result<bool, AuthError> {
        let _ = authenticated;
        Ok(true)
    }
}

/// What a request shows of itself. Headers, URL and form have secrets in them: do not log them.
#[derive(Clone, Copy)]
pub struct AuthRequest<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URL as the client saw it, with its query.
    pub url: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body when it is a form (`application/x-www-form-urlencoded`).
    pub form: Option<&'a Bytes>,
}

/// A request that is known to come from a user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Authenticated {
    /// The user.
    pub user: User,
    /// Whether the user's client may change anything. Default: `true`.
    pub can_write: bool,
    /// What the body must hash to, when the client said so in a signature. Default: `None`.
    pub body_hash: Option<BodyHash>,
    /// What the request was authenticated with, where the [`Store`](crate::Store) knows the user: it is checked once more when an
    /// upload has arrived. Default: `None`.
    pub authority: Option<Authority>,
    /// The nonce of a signed request: it is refused where it was seen before, and remembered where the request is allowed.
    /// Default: `None`.
    pub nonce: Option<Nonce>,
}

impl Authenticated {
    /// A user whose client may do everything.
    #[must_use]
    pub fn new(user: User) -> Self {
        Self { user, can_write: true, body_hash: None, authority: None, nonce: None }
    }
}

/// Why it is not known who a request comes from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// No credentials, or unreadable ones: 400, code 215.
    #[error("no credentials, or unreadable ones")]
    Unreadable,
    /// A wrong signature, or a request that was seen before: 401, code 32.
    #[error("wrong credentials")]
    Wrong,
    /// An unknown or expired token: 401, code 89.
    #[error("unknown or expired token")]
    Token,
    /// Signed too long ago, or in the future: 401, code 135.
    #[error("timestamp out of bounds")]
    Timestamp,
    /// It cannot be found out at the moment, and may be soon: 503, code 130. The text is logged and not shown.
    #[error("{0}")]
    Unavailable(String),
    /// It cannot be found out: 500, code 131. The text is logged and not shown.
    #[error("{0}")]
    Failed(String),
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unreadable => Self::BadAuthentication,
            AuthError::Wrong => Self::NotAuthenticated,
            AuthError::Token => Self::InvalidToken,
            AuthError::Timestamp => Self::TimestampOutOfBounds,
            AuthError::Unavailable(_) => Self::unavailable(&error),
            AuthError::Failed(_) => Self::internal(&error),
        }
    }
}
