//! Percent-encoding: raw text as it was sent, read lazily as the bytes it stands for, and put in the order of its one
//! canonical encoding (RFC 5849, section 3.6).

use std::borrow::Cow;
use std::cmp::Ordering;

use memchr::{memchr, memchr2};

/// What `+` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plus {
    /// A space, as in queries and forms.
    Space,
    /// Itself, as in the `Authorization` header.
    Literal,
}

/// The hexadecimal digits of the canonical encoding.
const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// `UNRESERVED[byte]`: the canonical encoding of `byte` is `byte` itself.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    table
};

/// `VALUES[digit]`: the value of a hexadecimal digit in either case, 16 for any other byte.
const VALUES: [u8; 256] = {
    let mut table = [16; 256];
    let mut value = 0;
    while value < 16 {
        table[DIGITS[value] as usize] = value as u8;
        table[DIGITS[value].to_ascii_lowercase() as usize] = value as u8;
        value += 1;
    }
    table
};

/// How many of the first bytes are their own canonical encoding.
#[inline]
pub(crate) fn unreserved_run(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !is_unreserved(*byte)).unwrap_or(bytes.len())
}

/// `%` and the two digits of `byte`.
#[inline]
pub(crate) fn escape(byte: u8) -> [u8; 3] {
    [b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Whether `byte` is its own canonical encoding.
#[inline]
pub(crate) fn is_unreserved(byte: u8) -> bool {
    UNRESERVED[usize::from(byte)]
}

/// The canonical encoding of `byte`.
pub(crate) fn encoded(byte: u8) -> impl Iterator<Item = u8> {
    let (encoding, length) = if is_unreserved(byte) { ([byte; 3], 1) } else { (escape(byte), 3) };
    encoding.into_iter().take(length)
}

/// The first byte that `raw` stands for, and how many bytes of `raw` say so. A `%` without two digits is itself.
#[inline]
pub(crate) fn first(raw: &[u8], plus: Plus) -> Option<(u8, usize)> {
    match *raw {
        [] => None,
        [b'%', high, low, ..] => {
            let (high, low) = (VALUES[usize::from(high)], VALUES[usize::from(low)]);
            Some(if high < 16 && low < 16 { (high << 4 | low, 3) } else { (b'%', 1) })
        }
        [b'+', ..] if plus == Plus::Space => Some((b' ', 1)),
        [byte, ..] => Some((byte, 1)),
    }
}

/// The bytes that `raw` stands for, one by one.
pub(crate) fn bytes(mut raw: &[u8], plus: Plus) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let (byte, length) = first(raw, plus)?;
        raw = &raw[length..];
        Some(byte)
    })
}

/// The bytes that percent-encoded text stands for, borrowed when they are the text itself. A `%` that two hexadecimal
/// digits do not follow is itself.
///
/// ```
/// use masthead_oauth1::{Plus, decode};
///
/// assert_eq!(*decode(b"a+%2b%C3%A9+5%", Plus::Space), *"a +é 5%".as_bytes());
/// assert_eq!(*decode(b"a+%2b", Plus::Literal), *b"a++");
/// ```
#[must_use]
pub fn decode(raw: &[u8], plus: Plus) -> Cow<'_, [u8]> {
    let special = |rest: &[u8]| match plus {
        Plus::Space => memchr2(b'%', b'+', rest),
        Plus::Literal => memchr(b'%', rest),
    };
    let Some(mut run) = special(raw) else { return Cow::Borrowed(raw) };
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        decoded.extend_from_slice(&rest[..run]);
        rest = &rest[run..];
        let Some((byte, length)) = first(rest, plus) else { return Cow::Owned(decoded) };
        decoded.push(byte);
        rest = &rest[length..];
        run = special(rest).unwrap_or(rest.len());
    }
}

/// Whether two hexadecimal digits follow every `%`.
pub(crate) fn is_strict(raw: &[u8]) -> bool {
    memchr::memchr_iter(b'%', raw).all(|at| matches!(first(&raw[at..], Plus::Literal), Some((_, 3))))
}

/// The order of the canonical encodings of `a` and `b`, without making either.
pub(crate) fn compare((mut a, a_plus): (&[u8], Plus), (mut b, b_plus): (&[u8], Plus)) -> Ordering {
    // In canonical encoding a reserved byte starts with `%`, which is less than any unreserved byte, and the order of
    // its digits is that of its value.
    let rank = |byte: u8| (is_unreserved(byte), byte);
    loop {
        if a_plus == b_plus {
            let same = same_start(a, b);
            (a, b) = (&a[same..], &b[same..]);
        }
        match (first(a, a_plus), first(b, b_plus)) {
            (Some((x, x_length)), Some((y, y_length))) if x == y => (a, b) = (&a[x_length..], &b[y_length..]),
            (x, y) => return x.map(|(byte, _)| rank(byte)).cmp(&y.map(|(byte, _)| rank(byte))),
        }
    }
}

/// How many bytes two raw texts share at their start, not counting an escape that is cut in two. Megabytes of equal
/// values are skipped at the speed of `memcmp`.
fn same_start(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(a, b)| a == b).count() * BLOCK;
    let same = blocks + a[blocks..].iter().zip(&b[blocks..]).take_while(|(a, b)| a == b).count();
    if same == a.len() && same == b.len() {
        return same;
    }
    // `%` is no hexadecimal digit: wherever it stands, it starts something.
    let last = same.saturating_sub(2);
    memchr(b'%', &a[last..same]).map_or(same, |at| last + at)
}
