//! `POST account/update_profile_banner`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use masthead::{CropRequest, FileBytes, Job};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;
use utoipa::ToSchema;

use super::banner_url;
use crate::auth::{Origin, address};
use crate::describe::Picture;
use crate::engine::Engine;
use crate::error::{CallErrors, Errors, Refusal};
use crate::id::{UploadId, Version};
use crate::intake::{Intake, Kind, Payload, Upload};
use crate::prepared::Prepared;
use crate::server::Server;
use crate::session::{Call, Session};
use crate::state::Shared;
use crate::store::{Accepted, NewUpload, Revoked, UploadState};
use crate::take_in::{secure, take_in};
use crate::waiting::{Outcome, Place};

/// Jobs of other processes are asked after this often.
const POLL: Duration = Duration::from_millis(250);

/// What became of an upload that was accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Uploaded {
    /// `ready`, or `processing`.
    #[schema(example = "ready")]
    state: &'static str,
    /// The version of the banner, part of its URL.
    #[schema(example = 1_398_798_060)]
    version: i64,
    /// Where the banner is, or will be; a variant is behind `/` and its name.
    #[schema(example = "https://banners.example.com/profile_banners/6253282/1398798060")]
    profile_banner_url: String,
}

/// Upload a profile banner
///
/// The picture is the parameter `banner`, raw or base64, in a multipart body, a form or the query; or it is the body
/// itself. The region is in pixels of the picture as it is displayed; a missing offset is 0, a missing width or height
/// reaches to the edge.
#[utoipa::path(
    post,
    path = "/1.1/account/update_profile_banner.json",
    params(
        ("width" = Option<u32>, Query, description = "Width of the region"),
        ("height" = Option<u32>, Query, description = "Height of the region"),
        ("offset_left" = Option<u32>, Query, description = "First column of the region"),
        ("offset_top" = Option<u32>, Query, description = "First row of the region"),
        ("banner" = Option<String>, Query, description = "The picture in base64, when it is not in the body"),
    ),
    request_body(
        content(
            (BannerForm = "multipart/form-data"),
            (BannerForm = "application/x-www-form-urlencoded"),
            (Picture = "image/*"),
            (Picture = "application/octet-stream"),
        )
    ),
    responses(
        (status = 200, description = "This very upload is the current banner already", body = Uploaded),
        (status = 201, description = "The banner is served from now on", body = Uploaded),
        (status = 202, description = "Accepted and durable, and being processed, or overtaken by a later upload of the user", body = Uploaded),
        (status = 422, description = "Picture too large or too small, or region outside of it", body = Errors),
        CallErrors,
    ),
    security(("oauth1" = []), ("bearer" = [])),
    tag = "banners"
)]
pub(crate) async fn update(State(server): State<Server>, request: Request) -> Response {
    let shared = &server.shared;
    let (parts, body) = request.into_parts();
    let kind = Kind::of(&parts.headers);
    // A form may be signed as a whole, or hold the credentials: it is read before it is known whose it is.
    let memory = if matches!(kind, Ok(Kind::Form)) { &shared.stranger_memory } else { &shared.upload_memory };
    let options = &shared.options;
    let memory = memory.enter(address(&parts, options));
    let too_many = Refusal::too_many_bytes(&options.images.limits);
    let mut intake = Intake::new(body, &parts.headers, options.longest_body(), too_many, options.patience, memory);
    let response = receive(shared, &parts, kind, &mut intake).await;
    shared.metrics.uploaded(intake.received());
    if !response.status().is_success() {
        intake.drain(&parts.headers).await;
    }
    response
}

/// How the picture is named in bodies with parts. Only for the description of the API.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct BannerForm {
    /// The picture, raw or base64.
    #[schema(format = Binary, value_type = String)]
    banner: Vec<u8>,
    /// Width of the region.
    width: Option<u32>,
    /// Height of the region.
    height: Option<u32>,
    /// First column of the region.
    offset_left: Option<u32>,
    /// First row of the region.
    offset_top: Option<u32>,
}

async fn receive(shared: &Arc<Shared>, parts: &Parts, kind: Result<Kind, Refusal>, intake: &mut Intake) -> Response {
    // First of all, so that it costs next to nothing, and none of the user's uploads. It is counted for good when the upload
    // is taken in.
    match shared.store.jobs().await {
        Ok(jobs) if jobs < shared.options.queue => {}
        Ok(_) => return Refusal::OverCapacity.into_response(),
        Err(error) => return Refusal::from(error).into_response(),
    }
    let (origin, url) = Origin::of(parts, &shared.options);
    let form = match kind {
        Ok(Kind::Form) => match intake.whole().await {
            Ok(form) => Some(form),
            Err(refusal) => return refusal.into_response(),
        },
        _ => None,
    };
    match Session::open(shared, parts, &url, form.as_ref(), Call::Upload).await {
        Ok(session) => {
            let answer = match kind {
                Ok(kind) => accept(shared, parts, &origin, &session, &kind, form, intake).await,
                Err(refusal) => Err(refusal),
            };
            session.answer(answer.map(super::private))
        }
        Err(rejection) => rejection.into_response(),
    }
}

async fn accept(
    shared: &Arc<Shared>,
    parts: &Parts,
    origin: &Origin,
    session: &Session,
    kind: &Kind,
    form: Option<Bytes>,
    intake: &mut Intake,
) -> Result<(StatusCode, Json<Uploaded>), Refusal> {
    intake.trust(session.authenticated.user.id, session.authenticated.body_hash);
    let query = parts.uri.query().unwrap_or_default();
    let Upload { payload, parameters } = Upload::read(query, kind, form, intake).await?;
    intake.reserve(intake.received() + payload.decoded(&shared.options.images.limits)).await?;
    let memory = intake.end().await?;

    let region = parameters.region();
    let checker = Arc::clone(shared);
    // The memory goes with what is in it, also when the client hangs up meanwhile.
    let checked = tokio::task::spawn_blocking(move || (Checked::new(&checker, payload, &region), memory)).await;
    let (checked, memory) = checked.map_err(|error| Refusal::internal(&error))?;
    let Checked { image, job, digest } = checked?;

    let user = session.authenticated.user.id;
    let answer = |status, state, version| {
        let profile_banner_url = banner_url(origin, user, version);
        Ok((status, Json(Uploaded { state, version: version.0, profile_banner_url })))
    };
    let authority = session.authenticated.authority.clone();
    let new = NewUpload { id: UploadId::random(), user, digest, region: job.region().rect(), authority };
    let start = Instant::now();
    let prepared = Prepared::keep(job, image.len(), &shared.prepared_budget);
    let mut place = shared.waiting.wait(new.id, user, prepared);
    // In a task of its own, so that a client that hangs up now does not leave half of it.
    let authenticated = session.authenticated.clone();
    let taken_in = take_in(Arc::clone(shared), authenticated, new.clone(), image, memory).in_current_span();
    let taken_in = tokio::spawn(taken_in).await;
    match taken_in.map_err(|error| Refusal::internal(&error))?? {
        Accepted::Current(version) => answer(StatusCode::OK, "ready", version),
        Accepted::Full => Err(Refusal::OverCapacity),
        Accepted::Revoked(Revoked::Token) => Err(Refusal::InvalidToken),
        Accepted::Revoked(Revoked::Suspended) => Err(Refusal::Suspended),
        Accepted::Revoked(Revoked::ReadOnly) => Err(Refusal::ReadOnly),
        Accepted::Queued(version) => {
            let until = start + shared.options.respond_within;
            match timeout_at(until, outcome(shared, &new, version, &mut place)).await {
                Ok(Ok(Outcome::Ready)) => answer(StatusCode::CREATED, "ready", version),
                Ok(Ok(Outcome::Failed(failure))) => Err(Refusal::Picture(failure)),
                Ok(Ok(Outcome::Overtaken) | Err(_)) | Err(_) => {
                    secure(shared, new.id).await?;
                    answer(StatusCode::ACCEPTED, "processing", version)
                }
            }
        }
    }
}

/// A picture that has passed every check that can be made without decoding it.
struct Checked {
    image: Bytes,
    job: Job,
    digest: [u8; 32],
}

impl Checked {
    fn new(shared: &Shared, payload: Payload, request: &CropRequest) -> Result<Self, Refusal> {
        let Engine { processor, clamping, fingerprint, .. } = &shared.engine;
        let limits = &shared.options.images.limits;
        let image = payload.image(limits)?;
        let processor = if *request == BOILERPLATE { clamping } else { processor };
        let job = processor.prepare(FileBytes::from_owner(image.clone()), request);
        let job = job.map_err(|error| Refusal::picture(&error, limits))?;
        let region = job.region().rect();
        let mut digest = Sha256::new_with_prefix(fingerprint);
        for number in [region.width(), region.height(), region.left(), region.top()] {
            digest.update(number.to_le_bytes());
        }
        digest.update(&image);
        Ok(Self { image, job, digest: digest.finalize().into() })
    }
}

/// What one client library sends whatever the size of the picture: it is no wish of anybody's, so where it does not fit it is cut to
/// the picture, and not refused.
const BOILERPLATE: CropRequest =
    CropRequest { width: Some(1500), height: Some(500), offset_left: Some(0), offset_top: Some(0) };

/// How the job of an upload ends, here or, where the storage is shared, in another process.
async fn outcome(shared: &Shared, new: &NewUpload, version: Version, place: &mut Place) -> Result<Outcome, Refusal> {
    loop {
        tokio::select! {
            outcome = place.told() => return Ok(outcome),
            () = sleep(POLL), if !shared.exclusive => {}
        }
        match shared.store.upload(new.id).await?.map(|upload| upload.state) {
            Some(UploadState::Processing) => {
                let latest = shared.store.latest_upload(new.user).await?;
                if latest.is_some_and(|latest| latest.version > version) {
                    return Ok(Outcome::Overtaken);
                }
            }
            Some(UploadState::Ready) => return Ok(Outcome::Ready),
            Some(UploadState::Failed(failure)) => return Ok(Outcome::Failed(failure)),
            Some(UploadState::Discarded) | None => return Ok(Outcome::Overtaken),
        }
    }
}
