//! What kind of file this is, by its first bytes. The name of a file is never asked.

use std::fmt;

use crate::Error;

/// A file format that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JPEG: baseline, extended and progressive, Huffman- and arithmetic-coded, 8 bits.
    Jpeg,
    /// PNG: every colour type, bit depth and interlacing; of an animation the default image.
    Png,
}

impl Format {
    /// `JPEG` or `PNG`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }

    /// The format of a file with this content.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.starts_with(JPEG) {
            return Ok(Self::Jpeg);
        }
        if bytes.starts_with(PNG) {
            return Ok(Self::Png);
        }
        if let Some(images) = foreign(bytes) {
            return Err(Error::Unsupported(images));
        }
        Err(Error::Unreadable(match bytes.len() {
            0 => "the file is empty".into(),
            length if JPEG.starts_with(bytes) || PNG.starts_with(bytes) => {
                let bytes = if length == 1 { "byte" } else { "bytes" };
                format!("the file ends after {length} {bytes}, within the signature of an image")
            }
            _ if is_text(bytes) => "the file is text, not an image".into(),
            _ => "the file is not an image".into(),
        }))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

const JPEG: &[u8] = b"\xFF\xD8\xFF";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

/// How far a text is looked at.
const TEXT_PREFIX: usize = 1024;

/// Formats that are recognised by how they begin, and not handled.
const FOREIGN: [(&[u8], &str); 14] = [
    (b"GIF87a", "GIF images"),
    (b"GIF89a", "GIF images"),
    (b"II*\0", "TIFF images"),
    (b"MM\0*", "TIFF images"),
    (b"II+\0", "TIFF images"),
    (b"MM\0+", "TIFF images"),
    (b"\xFF\x0A", "JPEG XL images"),
    (b"\0\0\0\x0CJXL \r\n\x87\n", "JPEG XL images"),
    (b"\xFF\x4F\xFF\x51", "JPEG 2000 images"),
    (b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000 images"),
    (b"8BPS\0", "Photoshop images"),
    (b"\0\0\x01\0", "icons"),
    (b"qoif", "QOI images"),
    (b"%PDF-", "PDF documents"),
];

/// The name of a format that is recognised and not handled.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, images)) = FOREIGN.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Some(images);
    }
    match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("WebP images"),
        // Two letters alone would claim texts: the size of the second header is looked at as well.
        [b'B', b'M', rest @ ..] if matches!(rest.get(12..16), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])) => {
            Some("BMP images")
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => iso_media(bytes),
        _ => is_svg(bytes).then_some("SVG images"),
    }
}

/// AVIF and HEIC by the brands of their file type box (ISO 14496-12, section 4.3): the major one first, then the
/// compatible ones.
fn iso_media(bytes: &[u8]) -> Option<&'static str> {
    let length = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    let boxed = &bytes[..bytes.len().min(length).min(TEXT_PREFIX)];
    // The second word of the box is a version, which is never one of these.
    boxed.get(8..)?.chunks_exact(4).find_map(|brand| match brand {
        b"avif" | b"avis" => Some("AVIF images"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some("HEIC images"),
        _ => None,
    })
}

/// Whether the first element is `<svg`, after white space, declarations and comments.
fn is_svg(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut rest = bytes[..bytes.len().min(TEXT_PREFIX)].trim_ascii_start();
    loop {
        let end: &[u8] = match rest {
            [b'<', b's', b'v', b'g', after, ..] => return !after.is_ascii_alphanumeric(),
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?' | b'!', ..] => b">",
            _ => return false,
        };
        let Some(at) = rest.windows(end.len()).position(|window| window == end) else { return false };
        rest = rest[at + end.len()..].trim_ascii_start();
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let prefix = &bytes[..bytes.len().min(TEXT_PREFIX)];
    let text = match std::str::from_utf8(prefix) {
        Ok(text) => text,
        // The prefix may end within a character.
        Err(error) if error.error_len().is_none() => return is_text(&prefix[..error.valid_up_to()]),
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|character| !character.is_control() || character.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        Format::of(bytes).unwrap_err().to_string()
    }

    #[test]
    fn every_kind_of_nothing_has_its_own_message() {
        assert_eq!(message(b""), "the file is empty");
        assert_eq!(message(b"\xFF"), "the file ends after 1 byte, within the signature of an image");
        assert_eq!(message(b"\x89PNG"), "the file ends after 4 bytes, within the signature of an image");
        assert_eq!(message(b"Hello, world!\r\n"), "the file is text, not an image");
        assert_eq!(message("BM: grüße".as_bytes()), "the file is text, not an image");
        assert_eq!(message(&[0, 1, 2, 3]), "the file is not an image");
    }

    #[test]
    fn a_text_may_be_cut_within_a_character() {
        let text = "ä".repeat(TEXT_PREFIX);
        assert!(is_text(&text.as_bytes()[..TEXT_PREFIX - 1]));
        assert!(!is_text(&"ä".as_bytes()[..1]));
    }

    #[test]
    fn only_an_svg_element_makes_an_svg() {
        assert_eq!(message(b"<?xml version='1.0'?><!-- > --><!DOCTYPE svg><svg>"), "SVG images are not supported");
        assert_eq!(message(b"<html><svg></svg></html>"), "the file is text, not an image");
        assert_eq!(message(b"<!-- <svg> "), "the file is text, not an image");
        assert_eq!(message(b"<svgx>"), "the file is text, not an image");
    }

    #[test]
    fn other_media_are_no_images() {
        assert_eq!(message(b"\0\0\0\x18ftypisom\0\0\0\0isommp42"), "the file is not an image");
        // The brand stands after the box.
        assert_eq!(message(b"\0\0\0\x10ftypisom\0\0\0\0avif"), "the file is not an image");
    }
}
