//! Bodies that are urlencoded forms.

use bytes::Bytes;

use super::{Parameters, Payload, payload};
use crate::error::Refusal;

/// The banner and the parameters of a form.
///
/// `curl --data-binary @photo.jpg` says that a photograph is a form; such a body is the picture itself.
pub(super) fn read(body: Bytes, parameters: &mut Parameters) -> Result<Option<Payload>, Refusal> {
    if payload::is_picture(&body) {
        return Ok(Some(Payload::Plain(body)));
    }
    parameters.take_pairs(&body, |value| body.slice_ref(value))
}
