//! The hash of a body that is not a form (the OAuth Request Body Hash extension).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, SignatureMethod};

/// What a client says its body hashes to: `oauth_body_hash`, SHA-1 or SHA-256 as the signature method is.
///
/// The signature covers the hash, and the hash covers the body: a body is proven once both hold.
///
/// ```
/// # let header = r#"OAuth oauth_consumer_key="k", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1",
/// #   oauth_nonce="n", oauth_body_hash="Lve95gjOVATpfV8EL5X4nxwjKHE%3D", oauth_signature="AAAA""#;
/// # let signed = masthead_oauth1::Signed::parse(&masthead_oauth1::Request {
/// #     method: "POST", url: "http://localhost", authorization: Some(header), form: None
/// # }).unwrap();
/// let hash = signed.body_hash().unwrap();
/// let mut hasher = hash.hasher();
/// for piece in [&b"Hello "[..], b"World!"] {
///     hasher.update(piece);
/// }
/// assert_eq!(hasher.finish(), Ok(()));
/// assert_eq!(hash.verify(b"another body").unwrap_err().to_string(), "body does not match oauth_body_hash");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BodyHash(Hash);

#[derive(Clone, Copy, Debug)]
enum Hash {
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl BodyHash {
    /// `value` as it was sent, decoded.
    pub(crate) fn parse(method: SignatureMethod, value: &[u8]) -> Result<Self, Error> {
        let bytes = STANDARD.decode(value).unwrap_or_default();
        let hash = match method {
            SignatureMethod::HmacSha1 => bytes.try_into().map(Hash::Sha1),
            SignatureMethod::HmacSha256 => bytes.try_into().map(Hash::Sha256),
        };
        hash.map(Self).map_err(|_| {
            let expected = match method {
                SignatureMethod::HmacSha1 => "20 bytes in base64",
                SignatureMethod::HmacSha256 => "32 bytes in base64",
            };
            Error::value("oauth_body_hash", value, expected)
        })
    }

    /// Something to feed the body to, in pieces of any size.
    #[must_use]
    pub fn hasher(&self) -> BodyHasher {
        BodyHasher(match self.0 {
            Hash::Sha1(expected) => State::Sha1(Sha1::new(), expected),
            Hash::Sha256(expected) => State::Sha256(Sha256::new(), expected),
        })
    }

    /// Checks a body that is in memory.
    ///
    /// # Errors
    /// [`Error::BodyHashMismatch`] when it is not the body that was hashed.
    pub fn verify(&self, body: &[u8]) -> Result<(), Error> {
        let mut hasher = self.hasher();
        hasher.update(body);
        hasher.finish()
    }
}

/// Hashes a body while it streams past. Made by [`BodyHash::hasher`].
#[derive(Clone, Debug)]
pub struct BodyHasher(State);

#[derive(Clone, Debug)]
enum State {
    Sha1(Sha1, [u8; 20]),
    Sha256(Sha256, [u8; 32]),
}

impl BodyHasher {
    /// Takes the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.0 {
            State::Sha1(hash, _) => hash.update(piece),
            State::Sha256(hash, _) => hash.update(piece),
        }
    }

    /// Ends the body, and compares in constant time.
    ///
    /// # Errors
    /// [`Error::BodyHashMismatch`] when it is not the body that was hashed.
    pub fn finish(self) -> Result<(), Error> {
        let equal = match self.0 {
            State::Sha1(hash, expected) => hash.finalize().ct_eq(&expected),
            State::Sha256(hash, expected) => hash.finalize().ct_eq(&expected),
        };
        if equal.into() { Ok(()) } else { Err(Error::BodyHashMismatch) }
    }
}
