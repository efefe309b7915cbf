//! Why rendering failed, and why a set cannot be.

use std::fmt;

use masthead_picture::Rect;

use crate::bounds::MAX_NAME;
use crate::{MAX_VARIANT, MAX_VARIANTS, OutputFormat};

/// Why rendering failed. What can be wrong with an upload shows before, or while it is decoded: all the others are defects of a
/// program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The picture is not the one that the plan was made for.
    #[error("the plan needs the window {needed}, the picture has {given}")]
    Window {
        /// What was planned.
        needed: Rect,
        /// What was given.
        given: Rect,
    },
    /// The picture has another colour model or sampling than the plan was made for.
    #[error("the plan was made for a picture of other components")]
    Source,
    /// The file could not be decoded.
    #[error(transparent)]
    Decode(#[from] masthead_decode::Error),
    /// Resampling failed: a defect of masthead.
    #[error(transparent)]
    Resample(#[from] ResampleError),
    /// Encoding failed: a defect of masthead.
    #[error(transparent)]
    Encode(#[from] masthead_encode::Error),
}

/// Why resampling failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ResampleError(String);

impl From<masthead_resample::Error> for ResampleError {
    fn from(error: masthead_resample::Error) -> Self {
        Self(error.to_string())
    }
}

/// Why a set cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// A name that cannot stand in a file name.
    #[error("variant name {0:?} (expected 1 to {MAX_NAME} ASCII letters, digits, - and _)")]
    Name(String),
    /// A size of 0, or too large.
    #[error("variant {name} is {width}x{height} (expected 1x1 to {MAX_VARIANT}x{MAX_VARIANT})")]
    Dimensions {
        /// The variant's name.
        name: String,
        /// The width asked for.
        width: u32,
        /// The height asked for.
        height: u32,
    },
    /// A setting of its encoding that means nothing in its format.
    #[error("variant {name}: {error}")]
    Setting {
        /// The variant's name.
        name: String,
        /// Which setting.
        error: MeaninglessSetting,
    },
    /// No variant, or too many.
    #[error("a set of {0} variants (expected 1 to {MAX_VARIANTS})")]
    Count(usize),
    /// One name twice.
    #[error("two variants are named {0}")]
    Duplicate(String),
}

/// A setting that means nothing in files of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeaninglessSetting {
    pub(crate) key: &'static str,
    pub(crate) format: OutputFormat,
}

impl fmt::Display for MeaninglessSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, format } = self;
        let meant = if *key == "effort" { OutputFormat::Png } else { OutputFormat::Jpeg };
        write!(f, "{key} is for {meant} files, and the format is {format}")
    }
}

impl std::error::Error for MeaninglessSetting {}
