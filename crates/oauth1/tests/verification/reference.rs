//! Signing as RFC 5849 has it, step by step: every parameter is decoded, encoded, sorted and joined in memory. The
//! oracle of the tests and of the fuzz target; shares no code with the crate.

// Not every user needs all of it.
#![allow(dead_code)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use masthead_oauth1::{Request, SignatureMethod};
use sha1::Sha1;
use sha2::Sha256;

/// Percent-encoding (section 3.6).
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut encoded = String::new();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

pub(crate) fn decode(text: &[u8], plus_is_space: bool) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match (text[at], digits) {
            (b'%', Some(digits)) => {
                decoded.push(u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
                at += 2;
            }
            (b'+', _) if plus_is_space => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        at += 1;
    }
    decoded
}

pub(crate) type Pair = (Vec<u8>, Vec<u8>);

pub(crate) fn form_pairs(input: &[u8]) -> Vec<Pair> {
    let pieces = input.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
    let pair = |piece: &[u8]| {
        let mut sides = piece.splitn(2, |byte| *byte == b'=');
        let (name, value) = (sides.next().unwrap(), sides.next().unwrap_or_default());
        (decode(name, true), decode(value, true))
    };
    pieces.map(pair).collect()
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Of a header that is known to be well-formed.
fn header_pairs(header: &str) -> Vec<Pair> {
    let header = header.trim_matches(BLANK);
    let (scheme, list) = header.split_once(BLANK).unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("oauth") {
        return Vec::new();
    }
    let (mut pieces, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for character in list.chars() {
        quoted ^= character == '"' && !escaped;
        escaped = quoted && character == '\\' && !escaped;
        if character == ',' && !quoted {
            pieces.push(String::new());
        } else {
            pieces.last_mut().unwrap().push(character);
        }
    }
    let pieces = pieces.iter().map(|piece| piece.trim_matches(BLANK)).filter(|piece| !piece.is_empty());
    let pairs = pieces.map(|piece| {
        let (name, value) = piece.split_once('=').unwrap();
        let value = value.trim_matches(BLANK).strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        (name.trim_matches(BLANK), value)
    });
    let pairs = pairs.filter(|(name, _)| !name.eq_ignore_ascii_case("realm"));
    pairs.map(|(name, value)| (decode(name.as_bytes(), false), decode(value.as_bytes(), false))).collect()
}

/// The base string (section 3.4.1) of a request that is known to be well-formed.
pub(crate) fn base_string(request: &Request<'_>) -> String {
    let url = request.url.split('#').next().unwrap();
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = url.split_once("://").unwrap();
    let scheme = scheme.to_ascii_lowercase();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut authority = authority.to_ascii_lowercase();
    if let Some((host, port)) = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        let default = if scheme == "https" { 443 } else { 80 };
        if port.is_empty() || port.parse() == Ok(default) {
            authority = host.to_owned();
        }
    }
    let path = if path.is_empty() { "/" } else { path };

    let mut pairs = form_pairs(query.as_bytes());
    pairs.extend(request.authorization.map(header_pairs).unwrap_or_default());
    pairs.extend(request.form.map(form_pairs).unwrap_or_default());
    pairs.retain(|(name, _)| name != b"oauth_signature");
    let mut pairs: Vec<_> = pairs.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();

    let method = request.method.to_ascii_uppercase();
    let parts = [method, format!("{scheme}://{authority}{path}"), pairs.join("&")];
    parts.map(|part| encode(part.as_bytes())).join("&")
}

/// The signature (section 3.4.2) in base64.
pub(crate) fn sign(method: SignatureMethod, base_string: &str, consumer_secret: &str, token_secret: &str) -> String {
    let key = format!("{}&{}", encode(consumer_secret.as_bytes()), encode(token_secret.as_bytes()));
    fn hmac<M: Mac + KeyInit>(key: &str, text: &str) -> String {
        let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
    match method {
        SignatureMethod::HmacSha256 => hmac::<Hmac<Sha256>>(&key, base_string),
        _ => hmac::<Hmac<Sha1>>(&key, base_string),
    }
}

/// An `Authorization` header value with this signature.
pub(crate) fn header(method: SignatureMethod, signature: &str) -> String {
    format!(
        "OAuth realm=\"a, \\\"b\\\"\",oauth_consumer_key=\"key\", oauth_nonce=\"no%2Bnce\",oauth_signature=\"{}\", \
         oauth_signature_method=\"{method}\" , oauth_timestamp=\"137131201\",oauth_token = \"token\"",
        encode(signature.as_bytes())
    )
}
