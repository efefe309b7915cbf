//! Signature methods and their keys (RFC 5849, section 3.4.2).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use crate::Error;
use crate::encoding::encoded;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// `HMAC-SHA1`.
    HmacSha1,
    /// `HMAC-SHA256`.
    HmacSha256,
}

impl SignatureMethod {
    pub(crate) const EXPECTED: &str = "HMAC-SHA1 or HMAC-SHA256";

    pub(crate) fn parse(name: &[u8]) -> Option<Self> {
        [Self::HmacSha1, Self::HmacSha256].into_iter().find(|method| method.as_str().as_bytes() == name)
    }

    /// Its name, as it stands in `oauth_signature_method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    /// Compares `signature`, in constant time, with that of what `write` writes to the function it is given.
    pub(crate) fn verify(
        self,
        secrets: Secrets<'_>,
        signature: &[u8],
        write: impl FnOnce(&mut dyn FnMut(&[u8])),
    ) -> Result<(), Error> {
        fn verify<M: Mac + KeyInit>(
            key: &[u8],
            signature: &[u8],
            write: impl FnOnce(&mut dyn FnMut(&[u8])),
        ) -> Result<(), Error> {
            let mut mac = <M as KeyInit>::new_from_slice(key).expect("an HMAC key may have any length");
            write(&mut |piece| mac.update(piece));
            mac.verify_slice(signature).map_err(|_| Error::SignatureMismatch)
        }
        let key = secrets.key();
        match self {
            Self::HmacSha1 => verify::<Hmac<Sha1>>(&key, signature, write),
            Self::HmacSha256 => verify::<Hmac<Sha256>>(&key, signature, write),
        }
    }
}

impl fmt::Display for SignatureMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What only the client and the server know.
#[derive(Clone, Copy)]
pub struct Secrets<'a> {
    /// The secret of the consumer key.
    pub consumer: &'a str,
    /// The secret of the token; empty when the request has none.
    pub token: &'a str,
}

impl Secrets<'_> {
    fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(3 * (self.consumer.len() + self.token.len()) + 1);
        key.extend(self.consumer.bytes().flat_map(encoded));
        key.push(b'&');
        key.extend(self.token.bytes().flat_map(encoded));
        key
    }
}

impl fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}
