//! What several commands print as JSON.

use masthead::Rect;
use serde::Serialize;

use crate::print::Failure;

/// A region in the words of the options that ask for it.
#[derive(Serialize)]
pub(crate) struct JsonRegion {
    width: u32,
    height: u32,
    offset_left: u32,
    offset_top: u32,
}

impl From<Rect> for JsonRegion {
    fn from(rect: Rect) -> Self {
        Self { width: rect.width(), height: rect.height(), offset_left: rect.left(), offset_top: rect.top() }
    }
}

/// A failure in machine-readable output.
#[derive(Serialize)]
pub(crate) struct JsonError<'a> {
    kind: &'a str,
    message: &'a str,
}

impl<'a> From<&'a Failure> for JsonError<'a> {
    fn from(failure: &'a Failure) -> Self {
        Self { kind: failure.kind, message: &failure.message }
    }
}
