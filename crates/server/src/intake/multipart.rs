//! Bodies that are `multipart/form-data`.

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use multer::{Field, Multipart};

use super::parameters::LONGEST;
use super::{Intake, Parameters, Payload, repeated};
use crate::error::Refusal;

/// More parts than any client sends.
const PARTS: usize = 32;

/// The banner and the parameters of a multipart body.
pub(super) async fn read(
    intake: &mut Intake,
    boundary: &str,
    parameters: &mut Parameters,
) -> Result<Option<Payload>, Refusal> {
    let pieces = stream::unfold(intake, |intake| async move { Some((intake.next().await.transpose()?, intake)) });
    parts(Multipart::new(pieces, boundary), parameters).await
}

async fn parts(mut multipart: Multipart<'_>, parameters: &mut Parameters) -> Result<Option<Payload>, Refusal> {
    let mut banner = None;
    let mut count = 0;
    while let Some(field) = multipart.next_field().await.map_err(malformed)? {
        count += 1;
        if count > PARTS {
            return Err(Refusal::Body(format!("Multipart body has more than the accepted {PARTS} parts.")));
        }
        let name = field.name().unwrap_or_default().as_bytes().to_vec();
        if name == b"banner" {
            let bytes = whole(field).await?;
            if bytes.is_empty() {
                continue;
            }
            if banner.replace(Payload::Plain(bytes)).is_some() {
                return Err(repeated("banner"));
            }
        } else if Parameters::known(&name) {
            let value = short(field).await?;
            parameters.take(&name, &value)?;
        }
        // Parts that are not known are skipped by asking for the next.
    }
    Ok(banner)
}

/// A part as one piece, without copying when it came in one.
async fn whole(mut field: Field<'_>) -> Result<Bytes, Refusal> {
    let mut chunk = async || field.chunk().await.map_err(malformed);
    let Some(first) = chunk().await? else { return Ok(Bytes::new()) };
    let Some(second) = chunk().await? else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&second);
    while let Some(more) = chunk().await? {
        whole.extend_from_slice(&more);
    }
    Ok(whole.freeze())
}

/// The beginning of a part, as text.
async fn short(mut field: Field<'_>) -> Result<String, Refusal> {
    let mut value = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(malformed)? {
        value.extend(chunk.into_iter().take(LONGEST - value.len().min(LONGEST)));
    }
    Ok(String::from_utf8_lossy(&value).into_owned())
}

fn malformed(error: multer::Error) -> Refusal {
    use multer::Error;
    let text = match error {
        // What the intake refused.
        Error::StreamReadFailed(error) => match error.downcast::<Refusal>() {
            Ok(refusal) => return *refusal,
            Err(_) => "Request body could not be read.",
        },
        Error::IncompleteStream | Error::IncompleteFieldData { .. } | Error::IncompleteHeaders => {
            "Multipart body is cut short."
        }
        error => {
            tracing::debug!(%error, "malformed multipart body");
            "Multipart body is malformed."
        }
    };
    Refusal::Body(text.to_owned())
}
