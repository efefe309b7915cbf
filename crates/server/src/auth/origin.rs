//! Where a request comes from, and where its client reached us: the client's address, and the URL that it saw, which it signed and
//! which the addresses of banners begin with. Said by the options, a proxy or the request itself.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::options::{Options, ProxyHeader};
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
                let forwarded = Forwarded::of(&parts.headers, options.trust_forwarded);
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

/// The address of a client: that of the connection ([`ConnectInfo`] in the extensions of the request), or where a proxy is trusted,
/// what its header says. `None` where nobody said it.
pub(crate) fn client(parts: &Parts, options: &Options) -> Option<IpAddr> {
    let address = match options.trust_forwarded {
        ProxyHeader::None => parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip(),
        header => Forwarded::of(&parts.headers, header).client?,
    };
    Some(address.to_canonical())
}

/// The address that a client counts by, for what one address may take: see [`network`].
pub(crate) fn address(parts: &Parts, options: &Options) -> Option<IpAddr> {
    client(parts, options).map(network)
}

/// The address that a client counts by, where addresses have shares: an IPv6 client has a whole /64, so that is what counts, and an
/// IPv4 client may come as an IPv6 one.
///
/// ```
/// use masthead_server::network;
///
/// assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()).to_string(), "2001:db8:1:2::");
/// assert_eq!(network("::ffff:192.0.2.7".parse().unwrap()).to_string(), "192.0.2.7");
/// ```
#[must_use]
pub fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// What the proxy in front of us says of a request.
#[derive(Default)]
struct Forwarded<'a> {
    proto: Option<&'a str>,
    host: Option<&'a str>,
    client: Option<IpAddr>,
}

impl<'a> Forwarded<'a> {
    /// Only what the header says that the proxy sets: another one is the client's own. Of several entries the last one counts,
    /// which the proxy has added; those before it are what it was told.
    fn of(headers: &'a HeaderMap, header: ProxyHeader) -> Self {
        let last = |name: &str| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            Some(value.rsplit(',').next().unwrap_or_default().trim()).filter(|value| !value.is_empty())
        };
        let mut found = Self::default();
        match header {
            ProxyHeader::None => {}
            ProxyHeader::XForwarded => {
                found.proto = last("x-forwarded-proto");
                found.host = last("x-forwarded-host");
                found.client = last("x-forwarded-for").and_then(node);
            }
            ProxyHeader::Forwarded => {
                for pair in last("forwarded").unwrap_or_default().split(';') {
                    let Some((name, value)) = pair.split_once('=') else { continue };
                    let value = value.trim().trim_matches('"');
                    match name.trim() {
                        name if name.eq_ignore_ascii_case("proto") => found.proto = Some(value),
                        name if name.eq_ignore_ascii_case("host") => found.host = Some(value),
                        name if name.eq_ignore_ascii_case("for") => found.client = node(value),
                        _ => {}
                    }
                }
            }
        }
        found.proto = found.proto.filter(|proto| matches!(*proto, "http" | "https"));
        found.host = found.host.filter(|host| is_host(host));
        found
    }
}

/// The address of a client as proxies write it: bare, in brackets, with or without a port.
fn node(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    bare.parse().ok().or_else(|| node.parse().ok().map(|address: SocketAddr| address.ip()))
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

    fn behind(trust_forwarded: ProxyHeader) -> Options {
        Options { trust_forwarded, ..Options::default() }
    }

    #[test]
    fn proxies_are_believed_only_when_told_so() {
        let headers = [("host", "inner:8080"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil, b.example")];
        assert_eq!(url(&headers, &Options::default()), "http://inner:8080/1.1/a.json?b=c");
        assert_eq!(url(&headers, &behind(ProxyHeader::XForwarded)), "https://b.example/1.1/a.json?b=c");
        assert_eq!(url(&headers, &behind(ProxyHeader::Forwarded)), "http://inner:8080/1.1/a.json?b=c");
        let forwarded =
            [("host", "inner"), ("forwarded", "proto=http;host=evil, for=1.2.3.4;Proto=https;host=\"c.example:444\"")];
        assert_eq!(url(&forwarded, &behind(ProxyHeader::Forwarded)), "https://c.example:444/1.1/a.json?b=c");
        let gopher = [("host", "h"), ("x-forwarded-proto", "gopher")];
        assert_eq!(url(&gopher, &behind(ProxyHeader::XForwarded)), "http://h/1.1/a.json?b=c");
    }

    #[test]
    fn a_header_of_the_client_does_not_override_that_of_the_proxy() {
        let headers = [
            ("host", "inner"),
            ("forwarded", "for=6.6.6.6;proto=http;host=evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "b.example"),
        ];
        assert_eq!(url(&headers, &behind(ProxyHeader::XForwarded)), "https://b.example/1.1/a.json?b=c");
    }

    #[test]
    fn clients_count_by_their_address() {
        let counted = |peer: &str, headers: &[(&str, &str)], header| {
            let mut request = Request::get("/").extension(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let address = address(&request.body(()).unwrap().into_parts().0, &behind(header));
            address.map(|address| address.to_string()).unwrap_or_default()
        };
        let forged = [("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=6.6.6.6")];
        assert_eq!(counted("192.0.2.7:9", &forged, ProxyHeader::None), "192.0.2.7");
        assert_eq!(counted("[::ffff:192.0.2.7]:9", &[], ProxyHeader::None), "192.0.2.7");
        assert_eq!(counted("[2001:db8:1:2:3:4:5:6]:9", &[], ProxyHeader::None), "2001:db8:1:2::");
        for (header, name, value, expected) in [
            (ProxyHeader::XForwarded, "x-forwarded-for", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
            (ProxyHeader::XForwarded, "x-forwarded-for", "192.0.2.7:1234", "192.0.2.7"),
            (ProxyHeader::XForwarded, "x-forwarded-for", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            (ProxyHeader::XForwarded, "x-forwarded-for", "unknown", ""),
            (ProxyHeader::XForwarded, "forwarded", "for=6.6.6.6", ""),
            (ProxyHeader::Forwarded, "forwarded", "for=6.6.6.6, For=\"[2001:db8:1:2::9]:80\"", "2001:db8:1:2::"),
            (ProxyHeader::Forwarded, "forwarded", "for=\"[2001:db8:1:2::9]\"", "2001:db8:1:2::"),
            (ProxyHeader::Forwarded, "x-forwarded-for", "6.6.6.6", ""),
        ] {
            assert_eq!(counted("127.0.0.1:9", &[(name, value)], header), expected, "{name}: {value}");
        }
        let mut request = Request::get("/").body(()).unwrap().into_parts().0;
        request.headers.append("x-forwarded-for", "6.6.6.6".parse().unwrap());
        request.headers.append("x-forwarded-for", "192.0.2.7".parse().unwrap());
        assert_eq!(address(&request, &behind(ProxyHeader::XForwarded)), Some([192, 0, 2, 7].into()));
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
        let options = Options { public_url, trust_forwarded: ProxyHeader::XForwarded, ..Options::default() };
        assert_eq!(url(&[("host", "h"), ("x-forwarded-host", "f")], &options), "https://p.example/x/1.1/a.json?b=c");
    }
}
