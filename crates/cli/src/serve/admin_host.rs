//! Who may ask on a port that is for this machine alone: no page of the internet whose name was made to mean 127.0.0.1, and which a
//! browser here therefore lets read what it gets from it (DNS rebinding).

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses requests for a host that is a name other than `localhost`. Probes name an address, or nothing.
pub(super) async fn local(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    if hosts.all(|host| host.to_str().is_ok_and(is_local)) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "expected localhost or an address as Host\n").into_response()
    }
}

fn is_local(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn addresses_and_localhost_are_local_and_no_other_name_is() {
        for local in ["localhost", "LocalHost:8081", "127.0.0.1:8081", "[::1]:8081", "10.0.0.1"] {
            assert!(is_local(local), "{local}");
        }
        for other in ["", "example.com", "example.com:8081", "localhost.example.com", "127.0.0.1.example.com:8081"] {
            assert!(!is_local(other), "{other}");
        }
    }
}
