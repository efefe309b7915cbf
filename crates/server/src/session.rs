//! A request that is known to come from a user, and counted.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::auth::{AuthRequest, Authenticated};
use crate::error::Refusal;
use crate::rates::{Asking, Counted};
use crate::state::Shared;
use crate::store::{Admission, Admitted, RateWindow};

/// A call that needs a user, and is counted for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Call {
    Upload,
    Remove,
    Status,
    Sizes,
    Credentials,
}

impl Call {
    const ALL: [Self; 5] = [Self::Upload, Self::Remove, Self::Status, Self::Sizes, Self::Credentials];

    /// The call of a name in the store.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.name() == name)
    }

    /// Its name in the store.
    pub(crate) fn name(self) -> &'static str {
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
    pub(crate) authenticated: Authenticated,
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
        let authenticated = authenticated.map_err(|error| unknown(error.into()))?;
        tracing::Span::current().record("user", authenticated.user.id.0);

        let options = &shared.options;
        let limit = if call.writes() { options.uploads_per_window } else { options.reads_per_window };
        let (window, left) = count(shared, &authenticated, call, limit).await.map_err(unknown)?;
        let limits = RateHeaders { limit, window };
        let refusal = if !window.allowed {
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            Refusal::RateLimited { retry_after: i64::try_from(seconds).unwrap_or(i64::MAX).max(1) }
        } else if authenticated.user.suspended {
            Refusal::Suspended
        } else if call.writes() && !authenticated.can_write {
            Refusal::ReadOnly
        } else {
            return Ok(Self { authenticated, limits });
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

/// Counts a request, and refuses one that was seen before. With the time until its window ends.
async fn count(
    shared: &Shared,
    authenticated: &Authenticated,
    call: Call,
    limit: u32,
) -> Result<(RateWindow, Duration), Refusal> {
    let Authenticated { user, nonce, .. } = authenticated;
    if let Some(rates) = &shared.rates {
        return match rates.count(Asking { user: user.id, call, limit, nonce: *nonce }) {
            Counted::Replayed => Err(Refusal::NotAuthenticated),
            Counted::Full => Err(Refusal::OverCapacity),
            Counted::Window(window, left) => Ok((window, left)),
        };
    }
    let length = shared.options.rate_window;
    let admission = Admission { user: user.id, call: call.name(), limit, window: length, nonce: *nonce };
    let now = shared.clock.now();
    match shared.store.admit(&admission, now).await? {
        Admitted::Replayed => Err(Refusal::NotAuthenticated),
        Admitted::Counted(window) => {
            let left = window.reset.0.saturating_sub(now.0);
            Ok((window, Duration::from_millis(u64::try_from(left).unwrap_or(0))))
        }
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
