//! A request that is known to come from a user, and counted.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use masthead_oauth1::BodyHash;

use crate::auth::{AuthRequest, Authenticated};
use crate::error::Refusal;
use crate::state::Shared;
use crate::store::{Admission, Admitted, Authority, RateWindow, User};

/// A call that needs a user, and is counted for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Upload,
    Remove,
    Status,
    Sizes,
    Credentials,
}

impl Call {
    /// Its name in the store.
    fn name(self) -> &'static str {
        match self {
            Self::Upload => "account/update_profile_banner",
            Self::Remove => "account/remove_profile_banner",
            Self::Status => "account/profile_banner_upload",
            Self::Sizes => "users/profile_banner",
            Self::Credentials => "account/verify_credentials",
        }
    }

    fn writes(self) -> bool {
        matches!(self, Self::Upload | Self::Remove)
    }
}

/// Who asks, and how many requests they have left.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) user: User,
    /// What the body must hash to.
    pub(crate) body_hash: Option<BodyHash>,
    /// What the request was authenticated with.
    pub(crate) authority: Option<Authority>,
    limits: RateHeaders,
}

/// What every authenticated response says of the rate limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateHeaders {
    limit: u32,
    window: RateWindow,
}

/// A refusal, and the headers it carries when it is known whom it is for.
#[derive(Debug)]
pub(crate) struct Rejection {
    refusal: Refusal,
    limits: Option<RateHeaders>,
}

impl Session {
    /// Finds out who asks, and counts the request.
    pub(crate) async fn open(
        shared: &Shared,
        parts: &Parts,
        url: &str,
        form: Option<&Bytes>,
        call: Call,
    ) -> Result<Self, Rejection> {
        let request = AuthRequest { method: &parts.method, url, headers: &parts.headers, form };
        let unknown = |refusal| Rejection { refusal, limits: None };
        let authenticated = shared.authenticator.authenticate(&request).await;
        let Authenticated { user, can_write, body_hash, authority, nonce } =
            authenticated.map_err(|error| unknown(error.into()))?;

        tracing::Span::current().record("user", user.id.0);

        let options = &shared.options;
        let limit = if call.writes() { options.uploads_per_window } else { options.reads_per_window };
        let now = shared.clock.now();
        let admission = Admission { user: user.id, call: call.name(), limit, window: options.rate_window, nonce };
        let admitted = shared.store.admit(&admission, now).await;
        let window = match admitted.map_err(|error| unknown(error.into()))? {
            Admitted::Replayed => return Err(unknown(Refusal::NotAuthenticated)),
            Admitted::Counted(window) => window,
        };

        let limits = RateHeaders { limit, window };
        let refusal = if !window.allowed {
            Refusal::RateLimited { retry_after: (window.reset.unix_seconds() - now.unix_seconds()).max(1) }
        } else if user.suspended {
            Refusal::Suspended
        } else if call.writes() && !can_write {
            Refusal::ReadOnly
        } else {
            return Ok(Self { user, body_hash, authority, limits });
        };
        Err(Rejection { refusal, limits: Some(limits) })
    }

    /// The answer, with the headers of this session.
    pub(crate) fn answer(&self, answer: Result<impl IntoResponse, Refusal>) -> Response {
        let mut response = answer.into_response();
        self.limits.write(&mut response);
        response
    }
}

impl RateHeaders {
    fn write(self, response: &mut Response) {
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(HeaderName::from_static(name), value);
        set("x-rate-limit-limit", HeaderValue::from(self.limit));
        set("x-rate-limit-remaining", HeaderValue::from(self.window.remaining));
        set("x-rate-limit-reset", HeaderValue::from(self.window.reset.unix_seconds()));
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = self.refusal.into_response();
        if let Some(limits) = self.limits {
            limits.write(&mut response);
        }
        response
    }
}
