//! Bodies that are urlencoded forms.

use bytes::Bytes;
use masthead_oauth1::Pairs;

use super::parameters::name;
use super::{Parameters, Payload, banner, repeated};
use crate::error::Refusal;

/// The banner and the parameters of a form.
///
/// `curl --data-binary @photo.jpg` says that a photograph is a form; such a body is the picture itself.
pub(super) fn read(body: Bytes, parameters: &mut Parameters) -> Result<Option<Payload>, Refusal> {
    if banner::is_picture(&body) {
        return Ok(Some(Payload::Plain(body)));
    }
    let mut found = None;
    for (raw, value) in Pairs::new(&body) {
        match &*name(raw) {
            b"banner" if value.is_empty() => {}
            b"banner" if found.is_some() => return Err(repeated("banner")),
            b"banner" => found = Some(Payload::Encoded(body.slice_ref(value))),
            name => parameters.take_encoded(name, value)?,
        }
    }
    Ok(found)
}
