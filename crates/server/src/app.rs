//! The axum routers: all routes, behind what is done for every request (it is observed, its host checked, a panic caught).

use std::any::Any;

use axum::Router;
use axum::extract::Extension;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::cors;
use crate::describe::Description;
use crate::error::Refusal;
use crate::host;
use crate::observe::observe;
use crate::routes::operations;
use crate::server::Server;

/// All calls as a router: to be served, tested without a socket, or mounted in another one. What operators ask is in [`admin`].
///
/// A router that it is nested in may add to the path in front; where clients reach it under another host or scheme than
/// requests say, set [`Options::public_url`](crate::Options::public_url). Each request is logged at the level info when it is
/// answered.
pub fn app(server: Server) -> Router {
    let (description, router) = Description::with_router();
    router
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(cors::other_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(host::named))
        .layer(from_fn_with_state(server.clone(), cors::share))
        .layer(from_fn_with_state(server.clone(), observe))
        .layer(Extension(description))
        .with_state(server)
}

/// What operators and their programs ask, as a router of its own: `GET /healthz` (whether the process answers), `/readyz` (whether it
/// can work: 503 when it cannot, and while it drains) and `/metrics` (figures in the text format of Prometheus).
///
/// For a port that only they can reach: nobody has to say who they are.
pub fn admin(server: Server) -> Router {
    Router::new()
        .route("/healthz", get(operations::health))
        .route("/readyz", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(server)
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked: a defect of masthead");
    Refusal::Internal.into_response()
}
