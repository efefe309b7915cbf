//! Conversions between our types and those of columns.

use std::fmt::Display;

use masthead::{Dimensions, Rect};

use super::error::{Error, Result};
use crate::id::UploadId;

/// A number on its way in or out of a column, which are all of 64 bits with a sign.
pub(super) fn number<T, U: TryFrom<T>>(value: T, what: &'static str) -> Result<U> {
    U::try_from(value).map_err(|_| Error::Range(what))
}

/// A region from the four numbers that it is stored as.
pub(super) fn region([width, height, left, top]: [i64; 4]) -> Result<Rect> {
    let dimensions = Dimensions::new(number(width, "width")?, number(height, "height")?);
    let (left, top) = (number(left, "offset")?, number(top, "offset")?);
    dimensions.and_then(|dimensions| Rect::new(left, top, dimensions)).ok_or(Error::Range("region"))
}

/// The name of an upload.
pub(super) fn upload_id(text: &str) -> Result<UploadId> {
    text.parse().map_err(|_| Error::Range("name of an upload"))
}

/// Many names as one value, for `json_each`: a statement has a fixed number of values, and one for all is quicker than
/// one for each.
pub(super) fn list<'a, T: Display + 'a>(names: impl IntoIterator<Item = &'a T>) -> String {
    serde_json::Value::from_iter(names.into_iter().map(ToString::to_string)).to_string()
}

/// Bytes as text, for `unhex`: JSON has no bytes.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
