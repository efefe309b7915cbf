//! Users, and what they sign with.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::id::UserId;
use crate::random;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// The name in addresses, unique without regard to upper and lower case: 1 to 50 letters, digits and underscores.
    pub screen_name: String,
    /// The name that people read.
    pub name: String,
    /// A suspended user's requests are refused.
    pub suspended: bool,
}

/// How a user is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserKey {
    /// By number.
    Id(UserId),
    /// By screen name, in upper or lower case.
    ScreenName(String),
}

/// A user to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// As [`User::screen_name`].
    pub screen_name: String,
    /// As [`User::name`].
    pub name: String,
    /// The name of the application that the user's token belongs to. `None`: one of their own.
    pub application: Option<String>,
    /// Whether that application may change anything.
    pub can_write: bool,
}

/// All that a client needs to act for a user. None of it is ever logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The application's key.
    pub consumer_key: String,
    /// The application's secret.
    pub consumer_secret: String,
    /// The user's access token.
    pub token: String,
    /// The secret of it.
    pub token_secret: String,
    /// What stands after `Authorization: Bearer`. Only its digest is stored.
    pub bearer: String,
}

impl Credentials {
    /// New ones, random.
    #[must_use]
    pub fn random() -> Self {
        fn secret<const N: usize>() -> String {
            BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<N>())
        }
        Self {
            consumer_key: secret::<18>(),
            consumer_secret: secret::<36>(),
            token: secret::<24>(),
            token_secret: secret::<36>(),
            bearer: format!("masthead_{}", secret::<36>()),
        }
    }

    /// What is stored of a bearer token: its SHA-256. The token is random, so that is enough.
    #[must_use]
    pub fn bearer_digest(bearer: &str) -> [u8; 32] {
        Sha256::digest(bearer).into()
    }
}

/// Only the public parts.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("consumer_key", &self.consumer_key).finish_non_exhaustive()
    }
}

/// What a request was authenticated with. Whether it still stands is asked again when an upload has arrived, which may be minutes
/// later.
#[derive(Clone, PartialEq, Eq)]
pub enum Authority {
    /// The [`Credentials::bearer_digest`] of a bearer token.
    Bearer([u8; 32]),
    /// A signature.
    Signed {
        /// The application's key.
        consumer_key: String,
        /// The user's token.
        token: String,
    },
}

/// Not what it is.
impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer",
            Self::Signed { .. } => "Signed",
        })
    }
}

/// For whom a request may act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The user.
    pub user: User,
    /// Whether the application may change anything.
    pub can_write: bool,
}

/// What a signed request is checked with.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedGrant {
    /// The secret of the consumer key.
    pub consumer_secret: String,
    /// The secret of the token and whom it stands for; `None` when the application has no such token.
    pub token: Option<(String, Grant)>,
}

/// Not the secrets.
impl fmt::Debug for SignedGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grant = self.token.as_ref().map(|(_, grant)| grant);
        f.debug_struct("SignedGrant").field("grant", &grant).finish_non_exhaustive()
    }
}
