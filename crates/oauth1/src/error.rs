//! Why a request was not verified.

use std::fmt;

use crate::url::without_secrets;
use crate::{MAX_PARAMETERS, MAX_VALUE};

/// The longest part of an untrusted value that a message repeats.
const QUOTED: usize = 48;

/// Why a request was not verified. Messages name the value and what is accepted; none has a secret or a signature in
/// it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No OAuth parameter anywhere, and no `Authorization` header of the scheme `OAuth`.
    #[error("request has no OAuth parameters")]
    Missing,
    /// The URL is not one that a client can have signed.
    #[error("URL {url} {reason}")]
    Url {
        /// The URL without user name and query, quoted and shortened.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The `Authorization` header is not a list of `name="value"`.
    #[error("parameter {parameter} of the Authorization header {reason}")]
    Header {
        /// Which of the header's parameters, from 1.
        parameter: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// OAuth parameters in more than one place.
    #[error("OAuth parameters are in the {first} and in the {second}, one place is accepted")]
    TwoPlaces {
        /// Where they were found first.
        first: Place,
        /// Where they were found too.
        second: Place,
    },
    /// A required OAuth parameter that is not there, or is empty.
    #[error("{name} is missing")]
    Absent {
        /// The parameter.
        name: &'static str,
    },
    /// An OAuth parameter that is there twice.
    #[error("{name} is there more than once")]
    Repeated {
        /// The parameter.
        name: &'static str,
    },
    /// An OAuth parameter that is longer than [`MAX_VALUE`].
    #[error("{name} has {bytes} bytes, at most {MAX_VALUE} are accepted")]
    TooLong {
        /// The parameter.
        name: &'static str,
        /// Its length as it was sent.
        bytes: usize,
    },
    /// An OAuth parameter with a value that is not accepted.
    #[error("{name} is {value} (expected {expected})")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What was given, quoted and shortened.
        value: String,
        /// What is accepted.
        expected: &'static str,
    },
    /// The signature is not base64. It is not repeated here.
    #[error("oauth_signature is not base64")]
    SignatureEncoding,
    /// A body hash on a form, whose parameters are signed themselves.
    #[error("oauth_body_hash is there on a form (expected on other bodies only)")]
    BodyHashOnForm,
    /// More than [`MAX_PARAMETERS`] parameters.
    #[error("request has more than {MAX_PARAMETERS} parameters, at most {MAX_PARAMETERS} are accepted")]
    TooManyParameters,
    /// The request is too old, or from the future.
    #[error("oauth_timestamp is {timestamp}, {earliest} to {latest} is accepted")]
    Timestamp {
        /// When the client says it signed, in Unix seconds.
        timestamp: u64,
        /// The earliest that is accepted now.
        earliest: u64,
        /// The latest that is accepted now.
        latest: u64,
    },
    /// The signature is not that of this request with these secrets.
    #[error("signature does not match the request")]
    SignatureMismatch,
    /// The body is not the one that was hashed.
    #[error("body does not match oauth_body_hash")]
    BodyHashMismatch,
}

/// What went wrong, in the few classes that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request does not try to authenticate with OAuth 1.0a.
    Missing,
    /// It tries, and cannot be read.
    Malformed,
    /// Its timestamp is out of bounds.
    Timestamp,
    /// Its signature does not match.
    Signature,
    /// Its body does not match its body hash.
    BodyHash,
}

/// Where OAuth parameters may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the `Authorization` header.
    Header,
    /// In the query of the URL.
    Query,
    /// In the body, which is a form.
    Form,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Query => "query",
            Self::Form => "form",
        })
    }
}

impl Error {
    /// The class of this error.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing => ErrorKind::Missing,
            Self::Url { .. }
            | Self::Header { .. }
            | Self::TwoPlaces { .. }
            | Self::Absent { .. }
            | Self::Repeated { .. }
            | Self::TooLong { .. }
            | Self::Value { .. }
            | Self::SignatureEncoding
            | Self::BodyHashOnForm
            | Self::TooManyParameters => ErrorKind::Malformed,
            Self::Timestamp { .. } => ErrorKind::Timestamp,
            Self::SignatureMismatch => ErrorKind::Signature,
            Self::BodyHashMismatch => ErrorKind::BodyHash,
        }
    }

    pub(crate) fn value(name: &'static str, value: &[u8], expected: &'static str) -> Self {
        Self::Value { name, value: quoted(&String::from_utf8_lossy(value)), expected }
    }

    pub(crate) fn url(url: &str, reason: &'static str) -> Self {
        Self::Url { url: quoted(without_secrets(url)), reason }
    }
}

fn quoted(value: &str) -> String {
    let shortened: String = value.chars().take(QUOTED).collect();
    let more = if shortened.len() < value.len() { "..." } else { "" };
    format!("{shortened:?}{more}")
}
