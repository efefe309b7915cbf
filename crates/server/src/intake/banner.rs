//! From the `banner` parameter to the bytes of the picture: raw or base64, told by content.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use masthead::Limits;

use crate::error::Refusal;

/// Base64 is decoded in pieces of this many characters, a multiple of four.
const PIECE: usize = 4096;

/// The `banner` of a request. Nothing is decoded yet.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// A picture, or base64 of one.
    Plain(Bytes),
    /// The same, urlencoded.
    Encoded(Bytes),
}

impl Payload {
    /// The bytes of the picture. This takes milliseconds: not for the threads of an async runtime.
    pub(crate) fn image(self, limits: &Limits) -> Result<Bytes, Refusal> {
        let most = limits.bytes;
        let image = match &self {
            Self::Plain(bytes) if !is_text(bytes) => Some(bytes.clone()),
            Self::Encoded(bytes) if !is_text(&beginning(bytes)) => {
                Some(Urldecoded { rest: bytes }.take(most.saturating_add(1)).collect())
            }
            Self::Plain(bytes) => base64(bytes, false, most)?,
            Self::Encoded(bytes) => base64(bytes, true, most)?,
        };
        match image {
            Some(image) if image.is_empty() => Err(Refusal::MissingBanner),
            Some(image) if image.len() <= most => Ok(image),
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
    telling.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(DATA))
        || telling.iter().all(|byte| matches!(CLASSES[usize::from(*byte)], Class::Digit | Class::Other))
}

/// The first bytes behind urlencoding.
fn beginning(encoded: &[u8]) -> Vec<u8> {
    Urldecoded { rest: encoded }.take(TELLING).collect()
}

const DATA: &[u8] = b"data:";

/// The longest that is taken for the start of a data URL.
const DATA_LONGEST: usize = 128;

/// What a byte is in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A character of the standard alphabet.
    Digit,
    /// One of the URL-safe alphabet, padding or white space.
    Other,
    /// None of it.
    Foreign,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Foreign; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => Class::Digit,
            b'-' | b'_' | b'=' | b' ' | b'\r' | b'\n' | b'\t' => Class::Other,
            _ => Class::Foreign,
        };
        byte += 1;
    }
    classes
};

/// Decodes base64 in one pass: standard or URL-safe alphabet, with or without padding, white space anywhere, behind
/// `data:...;base64,` or not, urlencoded or not. `None` when it is more than `most` bytes.
///
/// Spaces between two characters were each a `+` before a form decoder took it for a space.
fn base64(input: &[u8], urlencoded: bool, most: usize) -> Result<Option<Bytes>, Refusal> {
    let mut rest = without_data_url(input, urlencoded);
    let mut decoder = Decoder::new(rest.len(), most);
    while let Some(&first) = rest.first() {
        let run = rest.iter().position(|byte| CLASSES[usize::from(*byte)] != Class::Digit).unwrap_or(rest.len());
        decoder.digits(&rest[..run])?;
        rest = &rest[run..];
        if run == 0 {
            let mut one = Urldecoded { rest };
            let byte = if urlencoded { one.next().unwrap_or(first) } else { first };
            rest = if urlencoded { one.rest } else { &rest[1..] };
            decoder.byte(byte, input.len() - rest.len())?;
        }
        if decoder.image.len() > most {
            return Ok(None);
        }
    }
    decoder.finish().map(Some)
}

/// Characters on their way to bytes.
struct Decoder {
    image: Vec<u8>,
    piece: [u8; PIECE],
    filled: usize,
    /// Characters before the current piece.
    before: usize,
    /// Spaces since the last character, `None` after other white space or at the start.
    spaces: Option<usize>,
    padding: usize,
}

impl Decoder {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );

    fn new(characters: usize, most: usize) -> Self {
        let room = (characters / 4 * 3 + 3).min(most.saturating_add(PIECE));
        Self { image: Vec::with_capacity(room), piece: [0; PIECE], filled: 0, before: 0, spaces: None, padding: 0 }
    }

    /// Characters of the standard alphabet.
    fn digits(&mut self, mut digits: &[u8]) -> Result<(), Refusal> {
        if digits.is_empty() {
            return Ok(());
        }
        if self.padding > 0 {
            return Err(malformed("has padding in the middle"));
        }
        self.put_back_spaces()?;
        while !digits.is_empty() {
            let (now, later) = digits.split_at(digits.len().min(PIECE - self.filled));
            self.piece[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            digits = later;
            if self.filled == PIECE {
                self.flush()?;
            }
        }
        self.spaces = Some(0);
        Ok(())
    }

    /// Any other byte, the one that ends at offset `at` of the input.
    fn byte(&mut self, byte: u8, at: usize) -> Result<(), Refusal> {
        match byte {
            b'-' => self.digits(b"+"),
            b'_' => self.digits(b"/"),
            b' ' => {
                self.spaces = self.spaces.map(|spaces| spaces + 1);
                Ok(())
            }
            b'\r' | b'\n' | b'\t' => {
                self.spaces = None;
                Ok(())
            }
            b'=' => {
                self.put_back_spaces()?;
                self.padding += 1;
                Ok(())
            }
            byte if CLASSES[usize::from(byte)] == Class::Digit => self.digits(&[byte]),
            byte => {
                let shown = char::from(byte).escape_default();
                Err(malformed(&format!("has the character '{shown}' at byte {at}")))
            }
        }
    }

    fn put_back_spaces(&mut self) -> Result<(), Refusal> {
        for _ in 0..self.spaces.take().unwrap_or(0) {
            self.digits(b"+")?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Refusal> {
        let start = self.image.len();
        self.image.resize(start + self.filled.div_ceil(4) * 3, 0);
        let decoded = Self::ENGINE.decode_slice(&self.piece[..self.filled], &mut self.image[start..]);
        self.image.truncate(start + decoded.map_err(|_| malformed("is cut short"))?);
        self.before += self.filled;
        self.filled = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<Bytes, Refusal> {
        // At the end a space was a `+` only if a character is missing.
        let missing = (4 - (self.before + self.filled + self.padding) % 4) % 4;
        self.spaces = self.spaces.map(|spaces| spaces.min(missing));
        if self.padding == 0 {
            self.put_back_spaces()?;
        }
        if self.padding > 2 || (self.padding > 0 && !(self.before + self.filled + self.padding).is_multiple_of(4)) {
            return Err(malformed("is cut short or has wrong padding"));
        }
        self.flush()?;
        Ok(self.image.into())
    }
}

fn malformed(what: &str) -> Refusal {
    Refusal::Body(format!("Banner is neither an image nor base64: it {what}."))
}

/// What comes after `data:image/...;base64,`, or everything.
fn without_data_url(input: &[u8], urlencoded: bool) -> &[u8] {
    let start = input.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let mut rest = Urldecoded { rest: &input[start..] };
    let mut next = || if urlencoded { rest.next() } else { Urldecoded::plain(&mut rest) };
    let data = DATA.iter().all(|letter| next().is_some_and(|byte| byte.eq_ignore_ascii_case(letter)));
    if data && (0..DATA_LONGEST).any(|_| next() == Some(b',')) { rest.rest } else { input }
}

/// The bytes behind urlencoding. A `+` stays one: clients that do not encode it mean base64's, and a space is none of
/// its characters.
struct Urldecoded<'a> {
    rest: &'a [u8],
}

impl Urldecoded<'_> {
    /// The next byte as it is.
    fn plain(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }
}

impl Iterator for Urldecoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        if let [b'%', high, low, rest @ ..] = self.rest
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            self.rest = rest;
            return u8::try_from(high * 16 + low).ok();
        }
        self.plain()
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
    use masthead_testdata::Random;

    use super::*;

    fn limits(bytes: usize) -> Limits {
        Limits { bytes, ..Limits::default() }
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

    /// Bytes whose base64 has every character, in any number.
    fn picture(length: usize) -> Vec<u8> {
        let noise = Random::new(7).map(|bits| bits as u8);
        b"\xff\xd8\xff".iter().copied().chain(noise).take(length).collect()
    }

    fn percent(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02x}")).collect()
    }

    #[test]
    fn every_way_of_writing_base64_gives_the_same_picture() {
        for length in [3, 4, 5, 6, 100, 3071, 3072, 3073, 3074, 20_000] {
            let picture = picture(length);
            let standard = BASE64_STANDARD.encode(&picture);
            let wrapped: String = standard
                .as_bytes()
                .chunks(76)
                .map(|line| [line, b"\r\n"].concat())
                .map(|line| String::from_utf8(line).unwrap())
                .collect();
            let texts = [
                standard.clone(),
                BASE64_STANDARD_NO_PAD.encode(&picture),
                BASE64_URL_SAFE.encode(&picture),
                BASE64_URL_SAFE_NO_PAD.encode(&picture),
                wrapped,
                standard.replace('+', " "),
                format!("  {standard}\n"),
                format!("data:image/jpeg;base64,{standard}"),
                format!("DATA:;base64,{standard}"),
            ];
            for text in texts {
                assert_eq!(image(plain(text.clone())), Ok(picture.clone()), "{text:.60} of {length}");
                assert_eq!(image(encoded(percent(&text))), Ok(picture.clone()), "urlencoded {text:.60} of {length}");
            }
            let form = standard.replace('/', "%2F").replace('=', "%3D");
            assert_eq!(image(encoded(form)), Ok(picture.clone()), "a + that was not encoded");
        }
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

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| image(plain(text)).unwrap_err();
        let base = "QUJDREVGR0hJSktMTU5PUFFS";
        assert_eq!(
            message(&format!("{base}!A")),
            "Banner is neither an image nor base64: it has the character '!' at byte 25."
        );
        assert_eq!(message(&format!("{base}A")), "Banner is neither an image nor base64: it is cut short.");
        assert_eq!(
            message(&format!("{base}=AAA")),
            "Banner is neither an image nor base64: it has padding in the middle."
        );
        assert_eq!(
            message(&format!("{base}AA=")),
            "Banner is neither an image nor base64: it is cut short or has wrong padding."
        );
        assert_eq!(message(""), "banner parameter is missing.");
        assert_eq!(message("   "), "banner parameter is missing.");
        assert_eq!(message("data:image/png;base64,"), "banner parameter is missing.");
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
