//! Why a text cannot be read.

use std::error::Error;
use std::fmt;

/// A text that is no [`Dimensions`](crate::Dimensions).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDimensions {
    pub(crate) text: String,
}

impl fmt::Display for InvalidDimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, most) = (&self.text, u32::MAX);
        write!(f, "invalid dimensions {text:?} (expected width and height from 1 to {most}, such as 1500x500)")
    }
}

impl Error for InvalidDimensions {}

/// A text that is no [`Rgb`](crate::Rgb).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidColor {
    pub(crate) text: String,
}

impl fmt::Display for InvalidColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid colour {:?} (expected rrggbb or rgb in hexadecimal, black, white or grey)", self.text)
    }
}

impl Error for InvalidColor {}

/// A word that none of the values of an option has.
///
/// ```
/// use masthead_picture::Light;
///
/// let error = "dark".parse::<Light>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown light \"dark\" (expected linear or gamma)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    name: String,
    expected: &'static [&'static str],
}

impl UnknownName {
    #[doc(hidden)]
    #[must_use]
    pub fn new(what: &'static str, name: &str, expected: &'static [&'static str]) -> Self {
        Self { what, name: name.to_owned(), expected }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, name, expected } = self;
        write!(f, "unknown {what} {name:?} (expected ")?;
        if let [first @ .., _, _] = expected {
            first.iter().try_for_each(|name| write!(f, "{name}, "))?;
        }
        match expected {
            [.., next_to_last, last] => write!(f, "{next_to_last} or {last})"),
            _ => write!(f, "{})", expected.concat()),
        }
    }
}

impl Error for UnknownName {}
