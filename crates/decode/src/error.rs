//! Why a file was not decoded.

use std::fmt::Display;
use std::time::Duration;

use masthead_picture::{Dimensions, Rect};

use crate::Format;

/// Why a file was not decoded. The message names the value and what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is longer than [`Limits::bytes`](crate::Limits::bytes).
    #[error("file has {bytes} bytes, at most {most} are accepted")]
    TooManyBytes {
        /// Length of the file.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// The image is wider or higher than [`Limits::max_dimensions`](crate::Limits::max_dimensions).
    #[error("image is {image}, at most {most} is accepted")]
    TooLarge {
        /// Dimensions of the displayed image.
        image: Dimensions,
        /// The limit.
        most: Dimensions,
    },
    /// The image is narrower or lower than [`Limits::min_dimensions`](crate::Limits::min_dimensions).
    #[error("image is {image}, at least {least} is required")]
    TooSmall {
        /// Dimensions of the displayed image.
        image: Dimensions,
        /// The limit.
        least: Dimensions,
    },
    /// The image has more pixels than [`Limits::pixels`](crate::Limits::pixels).
    #[error("image has {pixels} pixels, at most {most} are accepted")]
    TooManyPixels {
        /// Width times height.
        pixels: u64,
        /// The limit.
        most: u64,
    },
    /// The JPEG has more scans than [`Limits::scans`](crate::Limits::scans).
    #[error("the JPEG has {scans} scans, at most {most} are accepted")]
    TooManyScans {
        /// Scans in the file.
        scans: usize,
        /// The limit.
        most: usize,
    },
    /// Decoding would need more memory than [`Limits::memory`](crate::Limits::memory).
    #[error("decoding needs {bytes} bytes of memory, at most {most} are accepted")]
    TooMuchMemory {
        /// The estimate, as [`Decoder::memory`](crate::Decoder::memory) gives it.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// Decoding was given up after [`Limits::deadline`](crate::Limits::deadline).
    #[error("decoding took longer than the accepted {limit:?}")]
    Deadline {
        /// The limit.
        limit: Duration,
    },
    /// The file is recognised, and is of a format or uses a feature that is not handled.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// The file is no image, or a damaged one.
    #[error("{0}")]
    Unreadable(String),
    /// The window that was asked for is not part of the image.
    #[error("window {window} reaches outside the stored image of {stored}")]
    Window {
        /// The window.
        window: Rect,
        /// Dimensions of the stored image.
        stored: Dimensions,
    },
}

/// What went wrong, in the few classes that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not an image, or a damaged one.
    Unreadable,
    /// Recognised and not handled.
    Unsupported,
    /// More than a limit accepts.
    TooLarge,
    /// Fewer pixels than a limit accepts.
    TooSmall,
    /// Out of time.
    Deadline,
    /// The calling code asked for something impossible; not the fault of the file.
    Internal,
}

impl Error {
    /// A damaged file. `reason` may come from a codec: it is made to go on where our words end.
    pub(crate) fn broken(format: Format, reason: impl Display) -> Self {
        let reason = reason.to_string();
        let reason = reason.trim_end_matches('.');
        let mut rest = reason.chars();
        match (rest.next(), rest.clone().next()) {
            // A word, not an abbreviation.
            (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
                Self::Unreadable(format!("broken {format}: {}{}", first.to_lowercase(), rest.as_str()))
            }
            _ => Self::Unreadable(format!("broken {format}: {reason}")),
        }
    }

    /// The class of this error.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::TooManyBytes { .. }
            | Self::TooLarge { .. }
            | Self::TooManyPixels { .. }
            | Self::TooManyScans { .. }
            | Self::TooMuchMemory { .. } => ErrorKind::TooLarge,
            Self::TooSmall { .. } => ErrorKind::TooSmall,
            Self::Deadline { .. } => ErrorKind::Deadline,
            Self::Unsupported(_) => ErrorKind::Unsupported,
            Self::Unreadable(_) => ErrorKind::Unreadable,
            Self::Window { .. } => ErrorKind::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_codecs_go_on_where_ours_end() {
        let message = |reason: &str| Error::broken(Format::Png, reason).to_string();
        assert_eq!(message("Corrupt deflate stream."), "broken PNG: corrupt deflate stream");
        assert_eq!(message("CRC error"), "broken PNG: CRC error");
        assert_eq!(message("the end"), "broken PNG: the end");
        assert_eq!(message(""), "broken PNG: ");
    }
}
