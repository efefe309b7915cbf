//! From the body of an upload to the bytes of one picture and the region that was asked for.

mod base64;
mod body;
mod form;
mod multipart;
mod pace;
mod parameters;
mod payload;
mod percent;

use axum::http::{HeaderMap, header};
use bytes::Bytes;

pub(crate) use body::Intake;
pub(crate) use parameters::Parameters;
pub(crate) use payload::Payload;

use crate::error::Refusal;

/// What kind of body an upload has, by its content type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data` with this boundary.
    Multipart(String),
    /// `application/json`, which no client sends a banner in.
    Json,
    /// Anything else: the body is the picture itself.
    Raw,
}

impl Kind {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Self::Raw) };
        let value = value.to_str().unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Ok(match &*essence {
            "application/x-www-form-urlencoded" => Self::Form,
            "application/json" => Self::Json,
            "multipart/form-data" => {
                let boundary = multer::parse_boundary(value);
                Self::Multipart(boundary.map_err(|_| Refusal::Body("Multipart body has no boundary.".to_owned()))?)
            }
            _ => Self::Raw,
        })
    }
}

/// What an upload consists of, before the picture is looked at.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) payload: Payload,
    pub(crate) parameters: Parameters,
}

impl Upload {
    /// Reads an upload: what its query says, and its body, of which a form has been read already.
    ///
    /// # Errors
    /// When there is no banner, or two; when a parameter or the body is malformed; when the body is too long or too slow.
    pub(crate) async fn read(
        query: &str,
        kind: &Kind,
        form: Option<Bytes>,
        intake: &mut Intake,
    ) -> Result<Self, Refusal> {
        let mut parameters = Parameters::default();
        let in_query = parameters.take_pairs(query.as_bytes(), Bytes::copy_from_slice)?;
        let in_body = match (kind, form) {
            (_, Some(form)) => form::read(form, &mut parameters)?,
            (Kind::Multipart(boundary), None) => multipart::read(intake, boundary, &mut parameters).await?,
            (Kind::Json, None) => None,
            (Kind::Form | Kind::Raw, None) => {
                Some(intake.whole().await?).filter(|body| !body.is_empty()).map(Payload::Plain)
            }
        };
        match (in_body, in_query) {
            (Some(_), Some(_)) => Err(repeated("banner")),
            (Some(payload), None) | (None, Some(payload)) => Ok(Self { payload, parameters }),
            (None, None) => Err(Refusal::MissingBanner),
        }
    }
}

fn repeated(name: &str) -> Refusal {
    Refusal::Parameter(format!("Parameter {name} is given more than once."))
}
