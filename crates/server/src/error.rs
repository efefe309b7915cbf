//! Why a request is refused, and the one place where that becomes a status.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use masthead::{DecodeError, ErrorKind, Limits};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::store::{Failure, StoreError};

/// Seconds after which a client that met a full queue should come back.
const RETRY_AFTER: i64 = 5;

/// Why a request is refused.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// No `banner`, or an empty one.
    MissingBanner,
    /// A parameter that is not what it should be.
    Parameter(String),
    /// A body that cannot be taken apart.
    Body(String),
    /// A body that came too slowly.
    TooSlow,
    /// The picture of this very request, or of a job, is at fault.
    Picture(Failure),
    /// No credentials, or unreadable ones.
    BadAuthentication,
    /// Wrong signature, or a nonce seen before.
    NotAuthenticated,
    /// An unknown or expired token.
    InvalidToken,
    /// The clocks differ too much.
    TimestampOutOfBounds,
    /// The user is suspended.
    Suspended,
    /// The application may not change anything.
    ReadOnly,
    /// There is nothing here.
    NotFound,
    /// No such user.
    UserNotFound,
    /// Another method is needed.
    MethodNotAllowed,
    /// No host, several, or what is none.
    Host,
    /// A range that begins behind the last of so many bytes.
    Range { bytes: u64 },
    /// Too many requests; the window ends in so many seconds.
    RateLimited { retry_after: i64 },
    /// Too much to do.
    OverCapacity,
    /// Our fault. It was logged where it happened.
    Internal,
}

impl Refusal {
    /// Status, code and message. The only place that decides them.
    pub(crate) fn failure(&self) -> Failure {
        let (status, code, message) = match self {
            Self::MissingBanner => (400, 38, "banner parameter is missing."),
            Self::Parameter(message) => (400, 44, &**message),
            Self::Body(message) => (400, 324, &**message),
            Self::TooSlow => (408, 408, "Request body came too slowly."),
            Self::Picture(failure) => return failure.clone(),
            Self::BadAuthentication => (400, 215, "Bad Authentication data."),
            Self::NotAuthenticated => (401, 32, "Could not authenticate you."),
            Self::InvalidToken => (401, 89, "Invalid or expired token."),
            Self::TimestampOutOfBounds => (401, 135, "Timestamp out of bounds."),
            Self::Suspended => (403, 64, "Your account is suspended and is not permitted to access this feature."),
            Self::ReadOnly => (403, 261, "Application cannot perform write actions."),
            Self::NotFound => (404, 34, "Sorry, that page does not exist."),
            Self::UserNotFound => (404, 50, "User not found."),
            Self::MethodNotAllowed => (405, 86, "This method is not allowed here."),
            Self::Host => (400, 44, "Header 'Host' must be there once and name a host."),
            Self::Range { .. } => (416, 44, "Range is not within the file."),
            Self::RateLimited { .. } => (429, 88, "Rate limit exceeded."),
            Self::OverCapacity => (503, 130, "Over capacity."),
            Self::Internal => (500, 131, "Internal error."),
        };
        Failure { status, code, message: message.to_owned() }
    }

    /// One word for the metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::MissingBanner => "missing_banner",
            Self::Parameter(_) => "parameter",
            Self::Body(_) => "body",
            Self::TooSlow => "too_slow",
            Self::Picture(_) => "picture",
            Self::BadAuthentication | Self::NotAuthenticated | Self::InvalidToken | Self::TimestampOutOfBounds => {
                "authentication"
            }
            Self::Suspended | Self::ReadOnly => "forbidden",
            Self::NotFound | Self::UserNotFound => "not_found",
            Self::MethodNotAllowed => "method",
            Self::Host => "host",
            Self::Range { .. } => "range",
            Self::RateLimited { .. } => "rate_limit",
            Self::OverCapacity => "over_capacity",
            Self::Internal => "internal",
        }
    }

    /// What the engine said of a picture, as a client is told.
    pub(crate) fn picture(error: &masthead::Error, limits: &Limits) -> Self {
        let (status, code) = match error.kind() {
            ErrorKind::Unreadable | ErrorKind::Unsupported => (400, 324),
            ErrorKind::TooLarge | ErrorKind::TooSmall | ErrorKind::Deadline => (422, 324),
            ErrorKind::Region => (422, 44),
            _ => {
                tracing::error!(%error, "the engine failed");
                return Self::Internal;
            }
        };
        let message = match error.as_decode() {
            Some(DecodeError::TooLarge { .. } | DecodeError::TooSmall { .. }) => {
                let (least, most) = (limits.min_dimensions, limits.max_dimensions);
                format!("Image dimensions must be between {least} and {most}.")
            }
            _ => sentence(error),
        };
        Self::Picture(Failure { status, code, message })
    }

    /// More bytes than [`Limits::bytes`].
    pub(crate) fn too_many_bytes(limits: &Limits) -> Self {
        let message = format!("Image has more than the accepted {} bytes.", limits.bytes);
        Self::Picture(Failure { status: 422, code: 324, message })
    }

    /// Something that we need is not to be had at the moment: logged here, not shown.
    pub(crate) fn unavailable(error: &dyn std::error::Error) -> Self {
        tracing::warn!(error = %error, "request put off");
        Self::OverCapacity
    }

    /// A failure of ours: logged here, not shown.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %error, "request failed");
        Self::Internal
    }
}

/// A message of the core as a sentence of the API.
pub(crate) fn sentence(message: &dyn ToString) -> String {
    let message = message.to_string();
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(&error),
            error => Self::internal(&error),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.failure().message)
    }
}

impl std::error::Error for Refusal {}

/// The body of every refusal.
#[derive(Serialize, ToSchema)]
pub(crate) struct Errors {
    pub(crate) errors: [ErrorEntry; 1],
}

/// What every call that needs a user may answer.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(crate) enum CallErrors {
    /// Unreadable credentials, a malformed parameter, or a picture that cannot be read
    #[response(status = 400)]
    BadRequest(Errors),
    /// Wrong credentials
    #[response(status = 401)]
    Unauthorized(Errors),
    /// Suspended user, or an application that may not change anything
    #[response(status = 403)]
    Forbidden(Errors),
    /// The body came too slowly
    #[response(status = 408)]
    TooSlow(Errors),
    /// Rate limit exceeded: come back after Retry-After
    #[response(status = 429)]
    TooManyRequests(Errors),
    /// Internal error
    #[response(status = 500)]
    Internal(Errors),
    /// Over capacity: come back after Retry-After
    #[response(status = 503)]
    OverCapacity(Errors),
}

/// What every request for a file may be answered with.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(crate) enum FileErrors {
    /// A request that names no host
    #[response(status = 400)]
    BadRequest(Errors),
    /// There is none, or none yet
    #[response(status = 404)]
    NotFound(Errors),
    /// The range begins behind the end
    #[response(status = 416)]
    Range(Errors),
    /// Internal error
    #[response(status = 500)]
    Internal(Errors),
    /// Over capacity: come back after Retry-After
    #[response(status = 503)]
    OverCapacity(Errors),
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorEntry {
    /// What went wrong, as a number that clients know.
    #[schema(example = 38)]
    code: u16,
    /// What went wrong, in words.
    #[schema(example = "banner parameter is missing.")]
    message: String,
}

impl From<Failure> for Errors {
    fn from(failure: Failure) -> Self {
        Self { errors: [ErrorEntry { code: failure.code, message: failure.message }] }
    }
}

/// The kind of refusal that a response carries, for the metrics.
#[derive(Clone, Copy)]
pub(crate) struct RefusalKind(pub(crate) &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let kind = RefusalKind(self.kind());
        let retry_after = match self {
            Self::RateLimited { retry_after } => Some(retry_after),
            Self::OverCapacity => Some(RETRY_AFTER),
            _ => None,
        };
        let range = match self {
            Self::Range { bytes } => HeaderValue::from_str(&format!("bytes */{bytes}")).ok(),
            _ => None,
        };
        let failure = self.failure();
        let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(Errors::from(failure))).into_response();
        // It may be otherwise the next moment.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(range) = range {
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(status, StatusCode::REQUEST_TIMEOUT) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if status == StatusCode::UNAUTHORIZED {
            let schemes = HeaderValue::from_static("OAuth realm=\"masthead\", Bearer realm=\"masthead\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, schemes);
        }
        response.extensions_mut().insert(kind);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_core_become_sentences() {
        assert_eq!(sentence(&"image is 3x4"), "Image is 3x4.");
        assert_eq!(sentence(&"öde"), "Öde.");
        assert_eq!(sentence(&""), ".");
    }
}
