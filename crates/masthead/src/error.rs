//! The one error of the facade.

use std::fmt;

use masthead_crop as crop;
use masthead_decode as decode;
use masthead_variants as variants;

/// Whose fault it is, and what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file is not an image, or it is broken.
    Unreadable,
    /// A format or feature that is recognised and not handled.
    Unsupported,
    /// More than a limit allows: bytes, dimensions, pixels, scans or memory.
    TooLarge,
    /// The image is smaller than the limit.
    TooSmall,
    /// The region is empty, outside the image, too small, or not a number.
    Region,
    /// Decoding took longer than the limit.
    Deadline,
    /// A defect of masthead: nobody else's fault.
    Internal,
}

impl ErrorKind {
    /// The kind as one word in lower case, for logs and machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unsupported => "unsupported",
            Self::TooLarge => "too_large",
            Self::TooSmall => "too_small",
            Self::Region => "region",
            Self::Deadline => "deadline",
            Self::Internal => "internal",
        }
    }
}

/// Why there is no banner. Its text is for the person who uploaded the file; [`Error::kind`] is for the program.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    cause: Cause,
}

#[derive(Clone, Debug)]
enum Cause {
    Decode(decode::Error),
    Region(crop::Error),
    Memory { needed: u64, most: u64 },
    Render(variants::Error),
}

impl Error {
    /// Refuses what takes more memory than is allowed.
    pub(crate) fn check_memory(needed: u64, limits: &decode::Limits) -> Result<(), Self> {
        let most = limits.memory;
        if needed > most {
            return Err(Self { kind: ErrorKind::TooLarge, cause: Cause::Memory { needed, most } });
        }
        Ok(())
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What decoding said, when that is where it came from: a limit with its value and its bound, for programs that have
    /// words of their own for it.
    #[must_use]
    pub fn as_decode(&self) -> Option<&decode::Error> {
        match &self.cause {
            Cause::Decode(error) => Some(error),
            Cause::Region(_) | Cause::Memory { .. } | Cause::Render(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Decode(error) => error.fmt(f),
            Cause::Region(error) => error.fmt(f),
            Cause::Memory { needed, most } => {
                write!(f, "the image needs {needed} bytes of memory, at most {most} are accepted")
            }
            Cause::Render(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<decode::Error> for Error {
    fn from(error: decode::Error) -> Self {
        use decode::ErrorKind as Kind;
        let kind = match error.kind() {
            Kind::Unreadable => ErrorKind::Unreadable,
            Kind::Unsupported => ErrorKind::Unsupported,
            Kind::TooLarge => ErrorKind::TooLarge,
            Kind::TooSmall => ErrorKind::TooSmall,
            Kind::Deadline => ErrorKind::Deadline,
            _ => ErrorKind::Internal,
        };
        Self { kind, cause: Cause::Decode(error) }
    }
}

impl From<crop::Error> for Error {
    fn from(error: crop::Error) -> Self {
        Self { kind: ErrorKind::Region, cause: Cause::Region(error) }
    }
}

impl From<variants::Error> for Error {
    fn from(error: variants::Error) -> Self {
        match error {
            variants::Error::Decode(error) => error.into(),
            error => Self { kind: ErrorKind::Internal, cause: Cause::Render(error) },
        }
    }
}
