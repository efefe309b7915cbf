//! Why rendering failed.

use masthead_picture::Rect;

/// Why rendering failed. What can be wrong with an upload is found before: all of these are defects of a program.
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
