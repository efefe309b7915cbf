//! Names and values of a query or form.

use memchr::memchr;

/// The parameters of a query or an urlencoded form, as slices of it, in order. [`decode`](crate::decode) with
/// [`Plus::Space`](crate::Plus::Space) gives what they stand for.
///
/// A parameter without `=` has an empty value; empty pieces between two `&` are none.
///
/// ```
/// use masthead_oauth1::Pairs;
///
/// let pairs: Vec<(&[u8], &[u8])> = Pairs::new(b"width=1500&&banner=aGk%3D&flag&=x=y").collect();
/// assert_eq!(pairs, [(&b"width"[..], &b"1500"[..]), (b"banner", b"aGk%3D"), (b"flag", b""), (b"", b"x=y")]);
/// ```
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    rest: &'a [u8],
}

impl<'a> Pairs<'a> {
    /// Of a query (without its `?`) or of a form.
    #[must_use]
    pub const fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while let [b'&', rest @ ..] = self.rest {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return None;
        }
        let (piece, rest) = split(self.rest, b'&');
        self.rest = rest;
        Some(split(piece, b'='))
    }
}

impl std::iter::FusedIterator for Pairs<'_> {}

/// What stands before and after the first `separator`; after is empty when there is none.
fn split(input: &[u8], separator: u8) -> (&[u8], &[u8]) {
    memchr(separator, input).map_or((input, &[]), |at| (&input[..at], &input[at + 1..]))
}
