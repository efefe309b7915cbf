//! The HTTP calls, a file each, and what they share.

mod credentials;
mod files;
pub(crate) mod operations;
mod range;
mod remove;
mod sizes;
mod status;
mod upload;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{Origin, address};
use crate::error::Refusal;
use crate::id::{UserId, Version};
use crate::intake::{Intake, Kind};
use crate::server::Server;
use crate::session::{Call, Session};
use crate::state::Shared;

/// All routes, with what they say of themselves.
pub(crate) fn all() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(upload::update))
        .routes(routes!(status::upload_status))
        .routes(routes!(remove::remove))
        .routes(routes!(sizes::sizes))
        .routes(routes!(credentials::verify))
        .routes(routes!(files::variant))
        .routes(routes!(files::banner))
        .routes(routes!(operations::health))
        .routes(routes!(operations::description))
}

/// The longest form of a call that is no upload.
const SMALL_FORM: u64 = 64 << 10;

/// Answers a call that has no body but, perhaps, a form with parameters.
async fn answer<R: IntoResponse>(
    shared: &Shared,
    request: Request,
    call: Call,
    work: impl AsyncFnOnce(&Session, &Origin, &Parts) -> Result<R, Refusal>,
) -> Response {
    let (parts, body) = request.into_parts();
    let (origin, url) = Origin::of(&parts, &shared.options);
    let form = match small_form(shared, &parts, body).await {
        Ok(form) => form,
        Err(refusal) => return refusal.into_response(),
    };
    match Session::open(shared, &parts, &url, form.as_ref(), call).await {
        Ok(session) => {
            let answer = work(&session, &origin, &parts).await;
            session.answer(answer)
        }
        Err(rejection) => rejection.into_response(),
    }
}

async fn small_form(shared: &Shared, parts: &Parts, body: Body) -> Result<Option<bytes::Bytes>, Refusal> {
    if !matches!(Kind::of(&parts.headers), Ok(Kind::Form)) {
        return Ok(None);
    }
    let too_many = Refusal::Parameter(format!("Request body has more than the accepted {SMALL_FORM} bytes."));
    let memory = shared.stranger_memory.enter(address(parts, &shared.options));
    Intake::new(body, &parts.headers, SMALL_FORM, too_many, shared.options.patience, memory).whole().await.map(Some)
}

/// Where a banner is; clients append `/` and the name of a variant.
fn banner_url(origin: &Origin, user: UserId, version: Version) -> String {
    origin.url(&format!("/profile_banners/{user}/{version}"))
}

/// No answer of the API is to be kept by anybody.
fn private(response: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], response).into_response()
}
