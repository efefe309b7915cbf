//! Bodies that are `multipart/form-data`.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use multer::{Field, Multipart};

use super::parameters::LONGEST;
use super::{Intake, Parameters, Payload, repeated};
use crate::error::Refusal;

/// More than the headers of a part have, and what may come with them in one piece.
const HEADERS: usize = 16 << 10;

/// More parts than any client sends.
const PARTS: usize = 32;

/// The banner and the parameters of a multipart body.
pub(super) async fn read(
    intake: &mut Intake,
    boundary: &str,
    parameters: &mut Parameters,
) -> Result<Option<Payload>, Refusal> {
    // How much has come since the headers of a part were asked for; nothing is counted inside of a part.
    let headers = AtomicUsize::new(0);
    let pieces = stream::unfold(intake, |intake| async {
        let piece = intake.next().await.transpose()?;
        let before = headers.fetch_add(piece.as_ref().map_or(0, Bytes::len), Ordering::Relaxed);
        let piece = if before > HEADERS {
            Err(Refusal::Body(format!("Headers of a part have more than {HEADERS} bytes.")))
        } else {
            piece
        };
        Some((piece, intake))
    });
    parts(Multipart::new(pieces, boundary), parameters, &headers).await
}

async fn parts(
    mut multipart: Multipart<'_>,
    parameters: &mut Parameters,
    headers: &AtomicUsize,
) -> Result<Option<Payload>, Refusal> {
    let mut banner = None;
    let mut count = 0;
    loop {
        headers.store(0, Ordering::Relaxed);
        let Some(mut field) = multipart.next_field().await.map_err(malformed)? else { return Ok(banner) };
        count += 1;
        if count > PARTS {
            return Err(Refusal::Body(format!("Multipart body has more than the accepted {PARTS} parts.")));
        }
        let name = field.name().unwrap_or_default().as_bytes().to_vec();
        if name == b"banner" {
            let bytes = whole(&mut field, headers).await?;
            if bytes.is_empty() {
                continue;
            }
            if banner.replace(Payload::Plain(bytes)).is_some() {
                return Err(repeated("banner"));
            }
        } else if Parameters::known(&name) {
            let value = short(&mut field, headers).await?;
            parameters.take(&name, &value)?;
        } else {
            while chunk(&mut field, headers).await?.is_some() {}
        }
    }
}

/// The next piece of what is in a part.
async fn chunk(field: &mut Field<'_>, headers: &AtomicUsize) -> Result<Option<Bytes>, Refusal> {
    headers.store(0, Ordering::Relaxed);
    field.chunk().await.map_err(malformed)
}

/// A part as one piece, without copying when it came in one.
async fn whole(field: &mut Field<'_>, headers: &AtomicUsize) -> Result<Bytes, Refusal> {
    let Some(first) = chunk(field, headers).await? else { return Ok(Bytes::new()) };
    let Some(second) = chunk(field, headers).await? else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&second);
    while let Some(more) = chunk(field, headers).await? {
        whole.extend_from_slice(&more);
    }
    Ok(whole.freeze())
}

/// The beginning of a part, as text.
async fn short(field: &mut Field<'_>, headers: &AtomicUsize) -> Result<String, Refusal> {
    let mut value = Vec::new();
    while let Some(chunk) = chunk(field, headers).await? {
        // One byte more shows that it is too long.
        value.extend(chunk.into_iter().take((LONGEST + 1).saturating_sub(value.len())));
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
