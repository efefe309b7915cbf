//! Verification of OAuth 1.0a requests ([RFC 5849]), free of any HTTP framework and of any async runtime.
//!
//! - A [`Request`] is what a client sent, as the client saw it: method, URL, `Authorization` header, form.
//! - A [`Signed`] is a request whose OAuth parameters were found and can be read. Nothing is proven yet: it says whose
//!   [`Secrets`] to look up, however the caller likes, and with them [`Signed::verify`] is the proof.
//! - A [`BodyHash`] is what the client says of a body that is not a form; a [`BodyHasher`] checks it while the body
//!   streams past.
//! - [`Pairs`] and [`decode`] read queries and forms; callers may use them for parameters of their own.
//!
//! A form may be megabytes of one value: parameters stay slices of the request, and the signature base string goes into
//! the HMAC through a small buffer. It is never in memory as a whole.
//!
//! Left to the caller: that a nonce was not seen before with the same timestamp, consumer and token.
//!
//! ```
//! use std::time::Duration;
//!
//! use masthead_oauth1::{ErrorKind, Request, Secrets, Signed};
//!
//! // The example of RFC 5849, section 1.2.
//! let signed = Signed::parse(&Request {
//!     method: "GET",
//!     url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
//!     authorization: Some(
//!         r#"OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk",
//!            oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH",
//!            oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D""#,
//!     ),
//!     form: None,
//! })?;
//! signed.check_timestamp(137_131_200, Duration::from_secs(300))?;
//! assert_eq!((signed.consumer_key(), signed.token()), ("dpf43f3p2l4k3l03", Some("nnch734d00sl2jdk")));
//!
//! let secrets = Secrets { consumer: "kd94hf93k423kf44", token: "pfkkdhi9sl3r4s00" };
//! assert_eq!(signed.verify(secrets), Ok(()));
//!
//! let wrong = Secrets { token: "guessed", ..secrets };
//! assert_eq!(signed.verify(wrong).unwrap_err().kind(), ErrorKind::Signature);
//! # Ok::<(), masthead_oauth1::Error>(())
//! ```
//!
//! # What is accepted
//!
//! The OAuth parameters `oauth_consumer_key`, `oauth_token`, `oauth_signature_method`, `oauth_signature`,
//! `oauth_timestamp`, `oauth_nonce`, `oauth_version` and `oauth_body_hash` stand in exactly one of the `Authorization`
//! header, the form and the query, each at most once. All other parameters, `oauth_callback` and `oauth_verifier` among
//! them, may stand anywhere and be repeated, and are signed. The header is read strictly. In query and form `+` is a
//! space and a `%` that two hexadecimal digits do not follow is itself, as browsers and form decoders have it; empty
//! pieces between two `&` are no parameters.
//!
//! [RFC 5849]: https://www.rfc-editor.org/rfc/rfc5849

mod base_string;
mod body_hash;
mod encoding;
mod error;
mod header;
mod pairs;
mod parameters;
mod signature;
mod signed;
mod url;

pub use body_hash::{BodyHash, BodyHasher};
pub use encoding::{Plus, decode};
pub use error::{Error, ErrorKind, Place};
pub use pairs::Pairs;
pub use parameters::{MAX_PARAMETERS, MAX_VALUE};
pub use signature::{Secrets, SignatureMethod};
pub use signed::{Request, Signed};
