//! The `Authorization` header (RFC 5849, section 3.5.1).

use crate::Error;
use crate::encoding::is_strict;

/// The list of parameters of a header value of the scheme `OAuth`; `None` when it is of another scheme.
pub(crate) fn credentials(authorization: &str) -> Option<&str> {
    let authorization = trim(authorization);
    let (scheme, list) = authorization.split_at(authorization.find(BLANK).unwrap_or(authorization.len()));
    scheme.eq_ignore_ascii_case("OAuth").then_some(list)
}

/// White space of HTTP headers. Line breaks do not get past HTTP servers, and are here for text from elsewhere.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

fn trim(text: &str) -> &str {
    text.trim_matches(BLANK)
}

/// The names and values of such a list, still percent-encoded. Ends after an error.
pub(crate) struct Parameters<'a> {
    rest: &'a str,
    count: usize,
}

impl<'a> Parameters<'a> {
    pub(crate) fn new(list: &'a str) -> Self {
        Self { rest: list, count: 0 }
    }

    fn read(&mut self) -> Result<(&'a str, &'a str), &'static str> {
        let (name, rest) = self.rest.split_once('=').ok_or("has no =")?;
        let name = trim(name);
        if name.is_empty() || name.contains([',', '"']) {
            return Err("has no name");
        }
        let value = rest.trim_start_matches(BLANK).strip_prefix('"').ok_or("has no value in quotes")?;
        let end = closing_quote(value).ok_or("has no closing quote")?;
        let (value, rest) = (&value[..end], value[end + 1..].trim_start_matches(BLANK));
        if !rest.is_empty() && !rest.starts_with(',') {
            return Err("has something after its closing quote (expected a comma)");
        }
        // A realm is a quoted string like any other.
        if !is_realm(name) {
            percent_encoded(name)?;
            percent_encoded(value)?;
        }
        self.rest = rest;
        Ok((name, value))
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<(&'a str, &'a str), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // Empty elements of a list are no elements.
        self.rest = self.rest.trim_start_matches(|c| c == ',' || BLANK.contains(&c));
        if self.rest.is_empty() {
            return None;
        }
        self.count += 1;
        Some(self.read().map_err(|reason| {
            self.rest = "";
            Error::Header { parameter: self.count, reason }
        }))
    }
}

/// Whether a parameter of the header says which part of a server is asked for, which is not signed.
pub(crate) fn is_realm(name: &str) -> bool {
    name.eq_ignore_ascii_case("realm")
}

fn percent_encoded(text: &str) -> Result<(), &'static str> {
    if !is_strict(text.as_bytes()) {
        return Err("has a % that two hexadecimal digits do not follow");
    }
    if text.contains('\\') {
        return Err("has a backslash (expected percent-encoding)");
    }
    Ok(())
}

/// The first quote that no backslash escapes.
fn closing_quote(value: &str) -> Option<usize> {
    let mut escaped = false;
    value.bytes().position(|byte| {
        let closing = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closing
    })
}
