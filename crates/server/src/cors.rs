//! Which pages of other sites may read answers (Cross-Origin Resource Sharing), and what OPTIONS says.

use std::fmt;

use axum::Extension;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::describe::Description;
use crate::error::Refusal;
use crate::public_url::is_host;
use crate::server::Server;

/// What pages may send beside what they always may.
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, if-none-match, if-range, range, traceparent, x-request-id");

/// What pages may read beside what they always may.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "accept-ranges, content-range, etag, retry-after, x-rate-limit-limit, x-rate-limit-remaining, x-rate-limit-reset, \
     x-request-id",
);

/// How long a browser may remember a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

/// Routes whose answers are for everybody: images, which pages of all sites show.
const IMAGES: &str = "/profile_banners/";

/// A site whose pages may call the API from a browser.
///
/// # Guarantees
/// - `http://` or `https://`, a host, and a port if it is not the scheme's own; lower case, nothing behind it: what a browser sends
///   as `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(HeaderValue);

impl WebOrigin {
    /// Checks an origin.
    ///
    /// # Errors
    /// With what is expected.
    ///
    /// ```
    /// use masthead_server::WebOrigin;
    ///
    /// assert_eq!(WebOrigin::new("https://app.example.com").unwrap().to_string(), "https://app.example.com");
    /// assert!(WebOrigin::new("https://app.example.com/").is_err());
    /// assert!(WebOrigin::new("*").is_err());
    /// ```
    pub fn new(origin: &str) -> Result<Self, String> {
        let host = |scheme: &str, port: &str| origin.strip_prefix(scheme).filter(|host| !host.ends_with(port));
        let host = host("https://", ":443").or_else(|| host("http://", ":80"));
        let good = host.is_some_and(|host| is_host(host) && !host.contains(|letter: char| letter.is_ascii_uppercase()));
        let value = HeaderValue::from_str(origin).ok().filter(|_| good);
        value.map(Self).ok_or_else(|| {
            format!("invalid origin {origin:?} (expected https://HOST[:PORT] in lower case, as browsers send it)")
        })
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// Answers OPTIONS, and refuses all methods that a route does not have: both say which ones it has.
pub(crate) async fn other_method(
    method: Method,
    route: MatchedPath,
    Extension(description): Extension<Description>,
) -> Response {
    let allowed = [(ALLOW, if description.is_post(route.as_str()) { "POST, OPTIONS" } else { "GET, HEAD, OPTIONS" })];
    match method {
        Method::OPTIONS => (StatusCode::NO_CONTENT, allowed).into_response(),
        _ => (allowed, Refusal::MethodNotAllowed).into_response(),
    }
}

/// Adds what browsers ask for before they show an answer to a page of another site.
pub(crate) async fn share(State(server): State<Server>, request: Request, next: Next) -> Response {
    let everybody = request.extensions().get::<MatchedPath>().is_some_and(|route| route.as_str().contains(IMAGES));
    let origin = request.headers().get(ORIGIN).cloned();
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);

    let mut response = next.run(request).await;
    let allowed = response.headers().get(ALLOW).cloned();
    let origins = &server.shared.options.allow_origins;
    let shared_with = match origin {
        _ if everybody => Some(HeaderValue::from_static("*")),
        Some(origin) => origins.iter().any(|allowed| allowed.0 == origin).then_some(origin),
        None => None,
    };
    let headers = response.headers_mut();
    if !everybody && !origins.is_empty() {
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = shared_with {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
        if let Some(allowed) = allowed.filter(|_| preflight) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, allowed);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::WebOrigin;

    #[test]
    fn origins_are_what_browsers_send() {
        for good in ["https://a.example", "http://localhost:3000", "https://[::1]:8443", "http://a.example:443"] {
            assert!(WebOrigin::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "a.example",
            "https://",
            "https://A.example",
            "https://a.example/",
            "https://a.example/x",
            "https://a.example:443",
            "http://a.example:80",
            "https://u@a.example",
            "ftp://a.example",
            "https://a b",
        ] {
            assert!(WebOrigin::new(bad).is_err(), "{bad}");
        }
    }
}
