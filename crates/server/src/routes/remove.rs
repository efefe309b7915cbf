//! `POST account/remove_profile_banner`.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::json;

use super::private;
use crate::error::CallErrors;
use crate::server::Server;
use crate::session::Call;

/// Remove the profile banner
///
/// Uploads that are still being processed are discarded as well.
#[utoipa::path(
    post,
    path = "/1.1/account/remove_profile_banner.json",
    responses(
        (status = 200, description = "There is no banner now", body = Object),
        CallErrors,
    ),
    security(("oauth1" = []), ("bearer" = [])),
    tag = "banners"
)]
pub(crate) async fn remove(State(server): State<Server>, request: Request) -> Response {
    let shared = &server.shared;
    super::answer(shared, request, Call::Remove, async |session, _, _| {
        if shared.store.remove_banner(session.authenticated.user.id, shared.clock.now()).await? {
            shared.waiting.removed(session.authenticated.user.id);
            tracing::info!(user = %session.authenticated.user.id, "banner removed");
        }
        Ok(private(Json(json!({}))))
    })
    .await
}
