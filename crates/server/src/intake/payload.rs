//! The `banner` parameter: the bytes of the picture, or base64 of them, told by content and not by what headers say.

use bytes::Bytes;
use masthead::Limits;

use super::base64;
use super::percent::Urldecoded;
use crate::error::Refusal;

/// The `banner` of a request. Nothing is decoded yet.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// A picture, or base64 of one.
    Plain(Bytes),
    /// The same, urlencoded.
    Encoded(Bytes),
}

impl Payload {
    /// The bytes of the picture, in a buffer no longer than they are: they may be kept for a while. This takes milliseconds: not
    /// for the threads of an async runtime.
    pub(crate) fn image(self, limits: &Limits) -> Result<Bytes, Refusal> {
        let most = limits.bytes;
        let image = match self {
            // Copied only when others have a part of the same buffer.
            Self::Plain(bytes) if !is_text(&bytes) => Some(bytes.into()),
            Self::Encoded(bytes) if !is_text(&beginning(&bytes)) => {
                let image = || Urldecoded { rest: &bytes }.take(most.saturating_add(1));
                // Counted first: a list that grows takes twice as much.
                let mut decoded = Vec::with_capacity(image().count());
                decoded.extend(image());
                Some(decoded)
            }
            Self::Plain(bytes) => base64::decode(&bytes, false, most)?,
            Self::Encoded(bytes) => base64::decode(&bytes, true, most)?,
        };
        match image {
            Some(image) if image.is_empty() => Err(Refusal::MissingBanner),
            Some(image) if image.len() <= most => Ok(image.into_boxed_slice().into()),
            _ => Err(Refusal::too_many_bytes(limits)),
        }
    }

    /// How many bytes more [`Payload::image`] may need.
    pub(crate) fn decoded(&self, limits: &Limits) -> u64 {
        match self {
            Self::Plain(bytes) if !is_text(bytes) => 0,
            Self::Plain(bytes) | Self::Encoded(bytes) => bytes.len().min(limits.bytes) as u64,
        }
    }
}

/// Whether a form is none, but a picture that the client did not name.
pub(super) fn is_picture(body: &[u8]) -> bool {
    body.starts_with(b"\xff\xd8\xff") || body.starts_with(b"\x89PNG")
}

/// How many bytes tell base64 from the signature of an image file: each of those has a byte early on that no text has.
const TELLING: usize = 16;

/// Whether bytes begin as base64 or a data URL does.
fn is_text(bytes: &[u8]) -> bool {
    let telling = &bytes[..bytes.len().min(TELLING)];
    base64::is_data_url(telling) || base64::is_text(telling)
}

/// The first bytes behind urlencoding.
fn beginning(encoded: &[u8]) -> Vec<u8> {
    Urldecoded { rest: encoded }.take(TELLING).collect()
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;
    use ::base64::prelude::BASE64_STANDARD;
    use bytes::BytesMut;

    use super::super::base64::tests::{percent, picture};
    use super::*;

    fn limits(bytes: usize) -> Limits {
        Limits::default().with_bytes(bytes)
    }

    fn image(payload: Payload) -> Result<Vec<u8>, String> {
        let image = payload.image(&limits(1 << 20));
        image.map(|bytes| bytes.to_vec()).map_err(|refusal| refusal.failure().message)
    }

    fn plain(text: impl Into<Vec<u8>>) -> Payload {
        Payload::Plain(Bytes::from(text.into()))
    }

    fn encoded(text: impl Into<Vec<u8>>) -> Payload {
        Payload::Encoded(Bytes::from(text.into()))
    }

    #[test]
    fn raw_bytes_are_told_by_content() {
        let picture = picture(1000);
        assert_eq!(image(plain(picture.clone())), Ok(picture.clone()));
        let urlencoded: String = picture.iter().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(image(encoded(urlencoded)), Ok(picture));
        for other in [&b"RIFF\x10\0\0\0WEBPVP8 "[..], b"GIF89a\x01\0\x01\0\0\0\0;", b"BM\x9a\0\0\0\0\0\0\0\x7a\0"] {
            assert_eq!(image(plain(other)), Ok(other.to_vec()), "left to the decoder to refuse");
        }
    }

    /// Whatever buffer the bytes have come in.
    #[test]
    fn no_room_is_kept_behind_the_bytes() {
        let picture = picture(10_000);
        let text = BASE64_STANDARD.encode(&picture);
        let roomy = |bytes: &[u8]| {
            let mut buffer = BytesMut::with_capacity(1 << 20);
            buffer.extend_from_slice(bytes);
            buffer.freeze()
        };
        let urlencoded: String = picture.iter().map(|byte| format!("%{byte:02X}")).collect();
        let whole = roomy(&[b"before", &picture[..]].concat());
        let payloads = [
            Payload::Plain(roomy(&picture)),
            Payload::Plain(whole.slice(6..)),
            Payload::Plain(roomy(text.as_bytes())),
            Payload::Encoded(roomy(urlencoded.as_bytes())),
            Payload::Encoded(roomy(percent(&text).as_bytes())),
        ];
        for payload in payloads {
            let image = Vec::from(payload.image(&limits(1 << 20)).unwrap());
            assert_eq!(image, picture);
            assert_eq!(image.capacity(), picture.len());
        }
    }

    #[test]
    fn an_empty_banner_is_a_missing_one() {
        for text in ["", "   ", "data:image/png;base64,"] {
            assert_eq!(image(plain(text)).unwrap_err(), "banner parameter is missing.");
        }
    }

    #[test]
    fn more_than_is_accepted_is_refused_at_any_spelling() {
        let picture = picture(10_000);
        let text = BASE64_STANDARD.encode(&picture);
        for payload in [plain(picture.clone()), plain(text.clone()), encoded(percent(&text))] {
            assert_eq!(payload.clone().image(&limits(10_000)).unwrap(), picture);
            assert_eq!(payload.image(&limits(9_999)).unwrap_err().failure().status, 422);
        }
    }
}
