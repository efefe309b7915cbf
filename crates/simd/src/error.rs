//! Why a word names no level.

use std::error::Error;
use std::fmt;

/// Why a word names no [`SimdLevel`](crate::SimdLevel). Each holds the word.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LevelError {
    /// No level has this name.
    Unknown(String),
    /// The level exists, but not on this processor.
    #[non_exhaustive]
    Missing {
        /// The word.
        word: String,
        /// The name of the highest level of this processor.
        best: &'static str,
    },
    /// The environment variable `MASTHEAD_SIMD` names no level.
    Variable(String),
}

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(f, "unknown SIMD level {word:?} (expected scalar, avx2 or avx512)"),
            Self::Missing { word, best } => write!(f, "this processor has no {word} (expected {best} or lower)"),
            Self::Variable(word) => write!(f, "MASTHEAD_SIMD is {word:?} (expected scalar, avx2 or avx512)"),
        }
    }
}

impl Error for LevelError {}
