//! The URL that a client saw, which it signed and which the addresses of banners begin with: said by the options, a proxy or the
//! request itself.

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::options::Options;
use crate::public_url::is_host;

/// Set by whoever listens, in the extensions of each request: whether the connection is encrypted.
///
/// Without it, `http` is assumed. See [`Options::public_url`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secure(pub bool);

/// Where the client reached us: scheme, host, and the path under which the router is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    base: String,
}

impl Origin {
    /// What a request, or its proxy, or the options say of it. The second part is the URL of the request itself.
    pub(crate) fn of(parts: &Parts, options: &Options) -> (Self, String) {
        let path = parts.uri.path();
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let base = match &options.public_url {
            Some(url) => url.as_str().to_owned(),
            None => {
                let forwarded =
                    if options.trust_forwarded { Forwarded::of(&parts.headers) } else { Default::default() };
                let secure = parts.extensions.get::<Secure>().is_some_and(|secure| secure.0);
                let scheme = forwarded.proto.unwrap_or(if secure { "https" } else { "http" });
                let host = forwarded.host.or_else(|| host(&parts.headers, &parts.uri)).unwrap_or("localhost");
                format!("{scheme}://{host}{}", mounted_at(parts).unwrap_or_default())
            }
        };
        let url = format!("{base}{path}{query}");
        (Self { base }, url)
    }

    /// A URL of ours.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// The host that the request is for, if it is one: what stands in an absolute target counts over the header.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let target = uri.authority().map(|authority| authority.as_str());
    target.or_else(|| headers.get(header::HOST)?.to_str().ok()).filter(|host| is_host(host))
}

/// What a router that ours is nested in has taken off the path.
fn mounted_at(parts: &Parts) -> Option<&str> {
    let OriginalUri(original) = parts.extensions.get::<OriginalUri>()?;
    original.path().strip_suffix(parts.uri.path())
}

#[derive(Default)]
struct Forwarded<'a> {
    proto: Option<&'a str>,
    host: Option<&'a str>,
}

impl<'a> Forwarded<'a> {
    /// `Forwarded` (RFC 7239) first, then `X-Forwarded-Proto` and `X-Forwarded-Host`. Of several proxies the first entry
    /// counts: the one that the client talked to.
    fn of(headers: &'a HeaderMap) -> Self {
        let first = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok())?;
            Some(value.split(',').next().unwrap_or_default().trim()).filter(|value| !value.is_empty())
        };
        let mut found = Self::default();
        for pair in first("forwarded").unwrap_or_default().split(';') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let value = Some(value.trim().trim_matches('"'));
            match name.trim() {
                name if name.eq_ignore_ascii_case("proto") => found.proto = value,
                name if name.eq_ignore_ascii_case("host") => found.host = value,
                _ => {}
            }
        }
        let proto = found.proto.or_else(|| first("x-forwarded-proto"));
        Self {
            proto: proto.filter(|proto| matches!(*proto, "http" | "https")),
            host: found.host.or_else(|| first("x-forwarded-host")).filter(|host| is_host(host)),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::public_url::PublicUrl;

    fn url(headers: &[(&str, &str)], options: &Options) -> String {
        let mut request = Request::get("/1.1/a.json?b=c");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Origin::of(&request.body(()).unwrap().into_parts().0, options).1
    }

    #[test]
    fn proxies_are_believed_only_when_told_so() {
        let headers = [("host", "inner:8080"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "b.example, evil")];
        let trusting = Options { trust_forwarded: true, ..Options::default() };
        assert_eq!(url(&headers, &Options::default()), "http://inner:8080/1.1/a.json?b=c");
        assert_eq!(url(&headers, &trusting), "https://b.example/1.1/a.json?b=c");
        let forwarded =
            [("host", "inner"), ("forwarded", "for=1.2.3.4;Proto=https;host=\"c.example:444\", proto=http")];
        assert_eq!(url(&forwarded, &trusting), "https://c.example:444/1.1/a.json?b=c");
        assert_eq!(url(&[("host", "h"), ("x-forwarded-proto", "gopher")], &trusting), "http://h/1.1/a.json?b=c");
    }

    #[test]
    fn what_is_no_host_is_none() {
        for host in ["a", "a.example:8080", "[::1]:80", "127.0.0.1"] {
            assert_eq!(url(&[("host", host)], &Options::default()), format!("http://{host}/1.1/a.json?b=c"));
        }
        for host in ["", "http://foo", "a b", "foo@bar", "x/../y", "x:99999", "x:", "\u{e9}"] {
            assert_eq!(url(&[("host", host)], &Options::default()), "http://localhost/1.1/a.json?b=c", "{host}");
        }
    }

    #[test]
    fn the_public_url_is_believed_over_everything() {
        let public_url = Some(PublicUrl::new("https://p.example/x/").unwrap());
        let options = Options { public_url, trust_forwarded: true, ..Options::default() };
        assert_eq!(url(&[("host", "h"), ("x-forwarded-host", "f")], &options), "https://p.example/x/1.1/a.json?b=c");
    }
}
