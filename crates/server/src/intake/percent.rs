//! Percent-encoding, undone byte by byte: what is behind it may be megabytes, of which the first few tell enough.

/// The bytes behind urlencoding. A `+` stays one: clients that do not encode it mean base64's, and a space is none of
/// its characters.
pub(super) struct Urldecoded<'a> {
    pub(super) rest: &'a [u8],
}

impl Urldecoded<'_> {
    /// The next byte as it is.
    pub(super) fn plain(&mut self) -> Option<u8> {
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
