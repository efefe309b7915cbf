//! Which part of a file a request asks for (RFC 9110, sections 13.1.5 and 14).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it. Also for several ranges and for what is none, which a server may pass over.
    Whole,
    /// Bytes of it, at least one.
    Range(Range<u64>),
    /// Nothing that there is.
    Outside,
}

/// What is asked for of a file of `length` bytes that has this strong `etag`.
pub(super) fn asked_for(headers: &HeaderMap, etag: &str, length: u64) -> Part {
    let one = |name| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())?.to_str().ok()
    };
    // Of another file a part would be of no use. We send no Last-Modified, so a date is none of ours.
    let same = !headers.contains_key(header::IF_RANGE) || one(header::IF_RANGE).is_some_and(|tag| tag.trim() == etag);
    let range = one(header::RANGE).filter(|_| same);
    range.and_then(|range| parse(range, length)).unwrap_or(Part::Whole)
}

fn parse(range: &str, length: u64) -> Option<Part> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // What is too long for a number lies behind every file.
    let number = |text: &str| digits(text).then(|| text.parse::<u64>().unwrap_or(u64::MAX));
    let range = match (first, last) {
        ("", last) => length.saturating_sub(number(last)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    Some(if range.start < range.end { Part::Range(range) } else { Part::Outside })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&str, &str)]) -> Part {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        asked_for(&map, "\"a\"", 1000)
    }

    #[test]
    fn one_range_of_bytes() {
        for (text, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-499", 0..500),
            ("Bytes = 500-999", 500..1000),
            ("bytes=999-", 999..1000),
            ("bytes=0-99999999999999999999999", 0..1000),
            ("bytes=-1", 999..1000),
            ("bytes=-5000", 0..1000),
        ] {
            assert_eq!(asked(&[("range", text)]), Part::Range(range), "{text}");
        }
        for text in ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(asked(&[("range", text)]), Part::Outside, "{text}");
        }
        for text in
            ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "bytes=a-b", "bytes=+1-2", "rows=0-1"]
        {
            assert_eq!(asked(&[("range", text)]), Part::Whole, "{text}");
        }
        assert_eq!(asked(&[("range", "bytes=0-1"), ("range", "bytes=2-3")]), Part::Whole);
        assert_eq!(asked(&[]), Part::Whole);
    }

    #[test]
    fn only_of_the_file_that_the_client_has() {
        assert_eq!(asked(&[("range", "bytes=0-0"), ("if-range", "\"a\"")]), Part::Range(0..1));
        for other in ["\"b\"", "W/\"a\"", "Wed, 21 Oct 2026 07:28:00 GMT", ""] {
            assert_eq!(asked(&[("range", "bytes=0-0"), ("if-range", other)]), Part::Whole, "{other}");
        }
    }
}
