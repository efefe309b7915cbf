//! From a request to its OAuth parameters, and to the proof that they are right.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::parameters::{Field, Parameter, Parameters};
use crate::url::{Url, without_secrets};
use crate::{BodyHash, Error, Pairs, Place, Secrets, SignatureMethod, base_string, header};

/// A request as its client saw it. Nothing is checked yet.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The HTTP method, in any case.
    pub method: &'a str,
    /// The absolute URL that the client asked for: `scheme://host[:port]/path?query`. Behind a proxy, scheme and host
    /// are not those that the server sees.
    pub url: &'a str,
    /// The value of the `Authorization` header, if there is one.
    pub authorization: Option<&'a str>,
    /// The whole body, only when its content type is `application/x-www-form-urlencoded`.
    pub form: Option<&'a [u8]>,
}

/// Without query, header and form: signatures stand there.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = without_secrets(self.url);
        f.debug_struct("Request").field("method", &self.method).field("url", &url).finish_non_exhaustive()
    }
}

/// A request with OAuth parameters that can be read. It borrows the request; only [`verify`](Self::verify) proves it.
///
/// # Guarantees
/// - its OAuth parameters stood in one place, each once, none longer than [`MAX_VALUE`](crate::MAX_VALUE);
/// - consumer key and nonce are not empty, and they and the token have no control characters;
/// - its method is supported, its version is 1.0 or not given;
/// - it has at most [`MAX_PARAMETERS`](crate::MAX_PARAMETERS) parameters.
#[derive(Clone)]
pub struct Signed<'a> {
    http_method: &'a str,
    url: Url<'a>,
    parameters: Vec<Parameter<'a>>,
    consumer_key: String,
    token: Option<String>,
    nonce: String,
    timestamp: u64,
    method: SignatureMethod,
    signature: Vec<u8>,
    body_hash: Option<BodyHash>,
}

impl<'a> Signed<'a> {
    /// Finds and reads the OAuth parameters of a request. Cheap, whatever the size of the form: no other parameter is
    /// copied, hashed or sorted.
    ///
    /// # Errors
    /// [`Error::Missing`] when there are none. Otherwise an error of the kind
    /// [`Malformed`](crate::ErrorKind::Malformed): a URL that is not absolute, a broken header, OAuth parameters in two
    /// places, a required one missing or one repeated, too long or unreadable, an unknown signature method (`PLAINTEXT`
    /// is one) or version, a body hash on a form, too many parameters.
    pub fn parse(request: &Request<'a>) -> Result<Self, Error> {
        let url = Url::parse(request.url)?;
        let mut found = Parameters::default();
        let list = request.authorization.and_then(header::credentials);
        for parameter in list.into_iter().flat_map(header::Parameters::new) {
            let (name, value) = parameter?;
            if !header::is_realm(name) {
                found.add(Place::Header, name.as_bytes(), value.as_bytes())?;
            }
        }
        for (name, value) in Pairs::new(url.query.as_bytes()) {
            found.add(Place::Query, name, value)?;
        }
        for (name, value) in request.form.into_iter().flat_map(Pairs::new) {
            found.add(Place::Form, name, value)?;
        }
        if list.is_none() && !found.any() {
            return Err(Error::Missing);
        }

        let consumer_key = text(Field::ConsumerKey, &found.required(Field::ConsumerKey)?)?;
        let token = found.value(Field::Token).map(|token| text(Field::Token, &token)).transpose()?;
        // Before the others: what other methods do without is not missing.
        let method = found.required(Field::SignatureMethod)?;
        let method = SignatureMethod::parse(&method)
            .ok_or_else(|| Error::value(Field::SignatureMethod.name(), &method, SignatureMethod::EXPECTED))?;
        if let Some(version) = found.value(Field::Version).filter(|version| **version != *b"1.0") {
            return Err(Error::value(Field::Version.name(), &version, "1.0"));
        }
        let timestamp = seconds(&found.required(Field::Timestamp)?)?;
        let nonce = text(Field::Nonce, &found.required(Field::Nonce)?)?;
        let signature = STANDARD.decode(found.required(Field::Signature)?).map_err(|_| Error::SignatureEncoding)?;
        let body_hash = match found.value(Field::BodyHash) {
            Some(_) if request.form.is_some() => return Err(Error::BodyHashOnForm),
            Some(hash) => Some(BodyHash::parse(method, &hash)?),
            None => None,
        };
        let (http_method, parameters) = (request.method, found.signed);
        Ok(Self { http_method, url, parameters, consumer_key, token, nonce, timestamp, method, signature, body_hash })
    }

    /// Who made the client: `oauth_consumer_key`.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        &self.consumer_key
    }

    /// On whose behalf the client asks: `oauth_token`. An empty one is none.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// What the client promises to use once: `oauth_nonce`. A server refuses it when it was seen before with the same
    /// timestamp, consumer key and token, once the signature is verified.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// When the client says it signed, in Unix seconds: `oauth_timestamp`.
    #[must_use]
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// How the client signed: `oauth_signature_method`.
    #[must_use]
    pub fn method(&self) -> SignatureMethod {
        self.method
    }

    /// What the client says the body hashes to: `oauth_body_hash`. The caller checks it. There is none on forms.
    #[must_use]
    pub fn body_hash(&self) -> Option<BodyHash> {
        self.body_hash
    }

    /// Checks that the request was signed at most `tolerance` before or after `now`, both in whole (Unix) seconds.
    ///
    /// # Errors
    /// [`Error::Timestamp`] when it was not.
    pub fn check_timestamp(&self, now: u64, tolerance: Duration) -> Result<(), Error> {
        let earliest = now.saturating_sub(tolerance.as_secs());
        let latest = now.saturating_add(tolerance.as_secs());
        match self.timestamp {
            timestamp if (earliest..=latest).contains(&timestamp) => Ok(()),
            timestamp => Err(Error::Timestamp { timestamp, earliest, latest }),
        }
    }

    /// Checks the signature, in constant time. Takes time in proportion to the size of the form, a few milliseconds for
    /// megabytes: async callers run it where it may block.
    ///
    /// # Errors
    /// [`Error::SignatureMismatch`] when the request was changed or signed with other secrets.
    pub fn verify(&self, secrets: Secrets<'_>) -> Result<(), Error> {
        self.method.verify(secrets, &self.signature, |sink| self.write_base_string(sink))
    }

    /// The signature base string, for tests and to find out why a client's signature does not match.
    /// [`verify`](Self::verify) does not make it.
    #[must_use]
    pub fn base_string(&self) -> Vec<u8> {
        let mut base_string = Vec::new();
        self.write_base_string(|piece| base_string.extend_from_slice(piece));
        base_string
    }

    /// Sorting waits until here, where the consumer is known: strangers cannot make the server sort.
    fn write_base_string(&self, sink: impl FnMut(&[u8])) {
        let mut parameters = self.parameters.clone();
        parameters.sort_unstable_by(Parameter::compare);
        base_string::write(self.http_method, &self.url, &parameters, sink);
    }
}

/// Without the signature and the values of parameters.
impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("consumer_key", &self.consumer_key)
            .field("token", &self.token)
            .field("nonce", &self.nonce)
            .field("timestamp", &self.timestamp)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

fn text(field: Field, value: &[u8]) -> Result<String, Error> {
    match std::str::from_utf8(value) {
        Ok(text) if !text.contains(char::is_control) => Ok(text.to_owned()),
        _ => Err(Error::value(field.name(), value, "UTF-8 without control characters")),
    }
}

fn seconds(value: &[u8]) -> Result<u64, Error> {
    let digits = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Error::value(Field::Timestamp.name(), value, "whole seconds since 1970"))
}
