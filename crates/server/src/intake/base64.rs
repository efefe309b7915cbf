//! Base64 as clients write it: either alphabet, padded or not, wrapped, in a data URL, urlencoded, or damaged by a form decoder
//! that takes a `+` for a space.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::percent::Urldecoded;
use crate::error::Refusal;

/// Base64 is decoded in pieces of this many characters, a multiple of four.
const PIECE: usize = 4096;

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

/// Whether all of these bytes may stand in base64.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| CLASSES[usize::from(*byte)] != Class::Foreign)
}

/// Whether bytes begin as a data URL does.
pub(super) fn is_data_url(bytes: &[u8]) -> bool {
    bytes.get(..DATA.len()).is_some_and(|start| start.eq_ignore_ascii_case(DATA))
}

/// Decodes base64 in one pass: standard or URL-safe alphabet, with or without padding, white space anywhere, behind
/// `data:...;base64,` or not, urlencoded or not. `None` when it is more than `most` bytes.
///
/// Spaces between two characters were each a `+` before a form decoder took it for a space.
pub(super) fn decode(input: &[u8], urlencoded: bool, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
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

    fn finish(mut self) -> Result<Vec<u8>, Refusal> {
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
        Ok(self.image)
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

#[cfg(test)]
pub(super) mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
    use masthead_testdata::Random;

    use super::*;

    fn decoded(text: &str, urlencoded: bool) -> Result<Vec<u8>, String> {
        let bytes = decode(text.as_bytes(), urlencoded, 1 << 20).map_err(|refusal| refusal.failure().message)?;
        Ok(bytes.expect("no more than a MiB").to_vec())
    }

    /// Bytes whose base64 has every character, in any number.
    pub(in super::super) fn picture(length: usize) -> Vec<u8> {
        let noise = Random::new(7).map(|bits| bits as u8);
        b"\xff\xd8\xff".iter().copied().chain(noise).take(length).collect()
    }

    pub(in super::super) fn percent(text: &str) -> String {
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
                assert_eq!(decoded(&text, false), Ok(picture.clone()), "{text:.60} of {length}");
                assert_eq!(decoded(&percent(&text), true), Ok(picture.clone()), "urlencoded {text:.60} of {length}");
            }
            let form = standard.replace('/', "%2F").replace('=', "%3D");
            assert_eq!(decoded(&form, true), Ok(picture.clone()), "a + that was not encoded");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| decoded(text, false).unwrap_err();
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
    }
}
