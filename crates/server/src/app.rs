//! The axum router: all routes, behind what is done for every request (its id, its log span, its figures, a panic caught).

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, MatchedPath, Request, State};
use axum::http::HeaderName;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::error::{Refusal, RefusalKind};
use crate::routes;
use crate::server::Server;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest part of a request id that is logged.
const LONGEST_ID: usize = 64;

#[derive(OpenApi)]
#[openapi(info(
    title = "masthead",
    description = "Profile banners: upload a picture, get every size of it.",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
))]
struct Description;

/// All calls as a router: to be served, tested without a socket, or mounted in another one.
///
/// A router that it is nested in may add to the path in front; where clients reach it under another host or scheme than
/// requests say, set [`Options::public_url`](crate::Options::public_url).
pub fn app(server: Server) -> Router {
    let (router, mut description) =
        OpenApiRouter::with_openapi(Description::openapi()).merge(routes::all()).split_for_parts();
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    // OpenAPI has no word for OAuth 1.0a but that it is a scheme of the Authorization header.
    let oauth = HttpAuthScheme::OAuth;
    components.add_security_scheme("oauth1", SecurityScheme::Http(Http::new(oauth)));

    router
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(server.clone(), count))
        .layer(Extension(Arc::new(description)))
        // What fails through our fault is logged where it does.
        .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(server)
}

/// What a log line says of its request: the pattern of its route, never its query or headers, which have secrets and
/// pictures in them.
fn span(request: &Request) -> tracing::Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    // It may be the client's own.
    let id = id.and_then(|id| id.get(..LONGEST_ID).or(Some(id))).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), route = route(request), id)
}

fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str)
}

async fn count(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (method, route) = (request.method().clone(), route(&request).to_owned());
    let response = next.run(request).await;
    let metrics = &server.shared.metrics;
    // What clients make up would make up figures.
    let known = matches!(method.as_str(), "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH");
    metrics.request(if known { method.as_str() } else { "other" }, &route, response.status().as_u16());
    if let Some(RefusalKind(kind)) = response.extensions().get() {
        metrics.refusal(kind);
    }
    response
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked: a defect of masthead");
    Refusal::Internal.into_response()
}
