//! `GET account/verify_credentials`.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::{banner_url, private};
use crate::error::CallErrors;
use crate::server::Server;
use crate::session::Call;

/// Who is asking.
#[derive(Serialize, ToSchema)]
pub(crate) struct Profile {
    /// The number of the user.
    #[schema(example = 6_253_282)]
    id: i64,
    /// The same, for languages whose numbers are too short.
    #[schema(example = "6253282")]
    id_str: String,
    /// The name that people read.
    #[schema(example = "Alice")]
    name: String,
    /// The name in addresses.
    #[schema(example = "alice")]
    screen_name: String,
    /// Where the banner is; a variant is behind `/` and its name. Absent without a banner.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_banner_url: Option<String>,
}

/// Who is asking, and their banner
#[utoipa::path(
    get,
    path = "/1.1/account/verify_credentials.json",
    responses(
        (status = 200, description = "The user", body = Profile),
        CallErrors,
    ),
    security(("oauth1" = []), ("bearer" = [])),
    tag = "banners"
)]
pub(crate) async fn verify(State(server): State<Server>, request: Request) -> Response {
    let shared = &server.shared;
    super::answer(shared, request, Call::Credentials, async |session, origin, _| {
        let user = &session.authenticated.user;
        let banner = shared.store.banner(user.id).await?;
        Ok(private(Json(Profile {
            id: user.id.0,
            id_str: user.id.to_string(),
            name: user.name.clone(),
            screen_name: user.screen_name.clone(),
            profile_banner_url: banner.map(|banner| banner_url(origin, user.id, banner.version)),
        })))
    })
    .await
}
