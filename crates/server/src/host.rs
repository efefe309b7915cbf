//! Requests say once which host they are for (RFC 9112, section 3.2).

use axum::extract::Request;
use axum::http::{Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::public_url::is_host;

/// Refuses requests without a host, and those with several or with what is none: who passes them on may have taken another one
/// than we would.
pub(crate) async fn named(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let good = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() != Version::HTTP_11,
        (Some(host), None) => host.to_str().is_ok_and(is_host),
        (Some(_), Some(_)) => false,
    };
    if good { next.run(request).await } else { Refusal::Host.into_response() }
}
