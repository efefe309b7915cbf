//! `GET account/profile_banner_upload`.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::{banner_url, private};
use crate::error::{CallErrors, ErrorEntry, Errors, Refusal};
use crate::server::Server;
use crate::session::Call;
use crate::store::UploadState;

/// How far an upload is.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadStatus {
    /// `processing`, `ready` or `failed`.
    #[schema(example = "ready")]
    state: &'static str,
    /// The version of the upload.
    #[schema(example = 1_398_798_060)]
    version: i64,
    /// Where the banner is, when it is ready and was not removed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_banner_url: Option<String>,
    /// Why it failed, as the upload itself would have been answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[ErrorEntry; 1]>,
}

/// The state of the user's latest upload
#[utoipa::path(
    get,
    path = "/1.1/account/profile_banner_upload.json",
    responses(
        (status = 200, description = "How far it is", body = UploadStatus),
        (status = 404, description = "There was none", body = Errors),
        CallErrors,
    ),
    security(("oauth1" = []), ("bearer" = [])),
    tag = "banners"
)]
pub(crate) async fn upload_status(State(server): State<Server>, request: Request) -> Response {
    let shared = &server.shared;
    super::answer(shared, request, Call::Status, async |session, origin, _| {
        let latest = shared.store.latest_upload(session.authenticated.user.id).await?.ok_or(Refusal::NotFound)?;
        // It may have been removed since.
        let banner =
            shared.store.banner(session.authenticated.user.id).await?.filter(|banner| banner.version == latest.version);
        let url = banner.map(|banner| banner_url(origin, session.authenticated.user.id, banner.version));
        let (state, url, errors) = match latest.state {
            UploadState::Processing => ("processing", None, None),
            UploadState::Ready => ("ready", url, None),
            UploadState::Failed(failure) => ("failed", None, Some(Errors::from(failure).errors)),
            UploadState::Discarded => return Err(Refusal::NotFound),
        };
        let version = latest.version.0;
        Ok(private(Json(UploadStatus { state, version, profile_banner_url: url, errors })))
    })
    .await
}
