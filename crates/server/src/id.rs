//! Numbers and names of users, uploads and versions, each a type of its own, and points in time.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::random;

/// The number of a user. It is part of public URLs and is never given to another user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// The version of a banner: the unix second of its upload, moved on where a user uploads twice in a second. Versions of
/// one user rise in the order in which uploads were accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub i64);

/// A text that is not the number of a user or a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a whole number in its plain form")]
pub struct NumberError;

macro_rules! number {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        /// Only as it is written: no sign but `-`, no zeros in front, so that a URL has one spelling.
        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, NumberError> {
                text.parse().ok().map(Self).filter(|number| number.to_string() == text).ok_or(NumberError)
            }
        }
    };
}

number!(UserId);
number!(Version);

/// The random name of one upload. Its files in the blob store are named after it, so no two uploads ever share a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId(u128);

/// The random name of one storage: of a database and the files that belong to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StorageId(u128);

/// A text that is not the name of an upload or a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 32 hexadecimal digits in lower case")]
pub struct NameError;

macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// A new one.
            #[must_use]
            pub fn random() -> Self {
                Self(u128::from_ne_bytes(random::bytes()))
            }
        }

        /// 32 hexadecimal digits.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        /// Only as it is written, so that no two files have one name.
        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let digits = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let number = if digits { u128::from_str_radix(text, 16).ok() } else { None };
                number.map(Self).ok_or(NameError)
            }
        }
    };
}

name!(UploadId);
name!(StorageId);

/// A moment, in milliseconds since the unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// This moment, by the clock of the machine.
    #[must_use]
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// The whole seconds of it.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `later` after this one.
    #[must_use]
    pub fn after(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `earlier` before this one.
    #[must_use]
    pub fn before(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(earlier.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        let name = UploadId::random();
        assert_eq!(name.to_string().parse(), Ok(name));
        let text = "00000000000000000000000000000abc";
        assert_eq!(text.parse::<StorageId>().unwrap().to_string(), text);
        for bad in ["", "abc", &text[1..], &text.to_uppercase(), &format!("+{}", &text[1..]), &format!("{text}0")] {
            assert_eq!(bad.parse::<UploadId>(), Err(NameError), "{bad}");
        }
    }
}
