//! Health, readiness, metrics and the description of the API, for those who run the server.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;
use utoipa::openapi::OpenApi;

use crate::error::Refusal;
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

/// Whether the database and the blob store answer
#[utoipa::path(
    get,
    path = "/readyz",
    responses(
        (status = 200, description = "They do", body = Object),
        (status = 503, description = "One of them does not", body = Object),
    ),
    tag = "operations"
)]
pub(crate) async fn ready(State(server): State<Server>) -> Response {
    let shared = &server.shared;
    let (database, blobs) = tokio::join!(shared.store.ping(), shared.blobs.ping());
    let word = |failure: Option<&dyn std::error::Error>| match failure {
        None => "ok",
        Some(error) => {
            tracing::error!(%error, "not ready");
            "failed"
        }
    };
    let database = word(database.as_ref().err().map(|error| error as _));
    let blobs = word(blobs.as_ref().err().map(|error| error as _));
    let all = database == "ok" && blobs == "ok";
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "database": database, "blobs": blobs }))).into_response()
}

/// Figures in the text format of Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "Figures", body = String, content_type = "application/openmetrics-text")),
    tag = "operations"
)]
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
pub(crate) async fn description(Extension(description): Extension<Arc<OpenApi>>) -> Response {
    Json(&*description).into_response()
}
