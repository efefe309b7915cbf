//! Health, readiness, metrics and the description of the API, for those who run the server.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::describe::Description;
use crate::error::Refusal;
use crate::readiness::Found;
use crate::server::Server;

/// Whether the process answers
#[utoipa::path(
    get,
    path = "/healthz",
    responses((status = 200, description = "It does", body = String)),
    tag = "operations"
)]
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// Whether the server can work: its database and its blob store answer, and it is not about to end.
pub(crate) async fn ready(State(server): State<Server>) -> Response {
    let shared = &server.shared;
    let Found { database, blobs } = shared.readiness.check(&*shared.store, &shared.blobs).await;
    let draining = shared.readiness.is_draining();
    let word = |good| if good { "ok" } else { "failed" };
    let ready = database && blobs && !draining;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let server = if draining { "draining" } else { "ok" };
    (status, Json(json!({ "server": server, "database": word(database), "blobs": word(blobs) }))).into_response()
}

/// Figures in the text format of Prometheus.
pub(crate) async fn metrics(State(server): State<Server>) -> Result<Response, Refusal> {
    let readings = server.shared.readings().await?;
    let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    Ok((kind, server.shared.metrics.text(&readings)).into_response())
}

/// This description
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
    tag = "operations"
)]
pub(crate) async fn description(Extension(description): Extension<Description>) -> Response {
    Json(description.json()).into_response()
}
