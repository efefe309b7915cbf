//! The parts of a URL that are signed (RFC 5849, section 3.4.1.2).

use crate::Error;

/// A URL in the parts that its base string is made of, as they were sent.
#[derive(Clone, Copy)]
pub(crate) struct Url<'a> {
    /// `http` or `https`, in any case.
    pub(crate) scheme: &'a str,
    /// In any case.
    pub(crate) host: &'a str,
    /// Unless it is the scheme's default.
    pub(crate) port: Option<&'a str>,
    /// Starts with `/`.
    pub(crate) path: &'a str,
    /// Without its `?`.
    pub(crate) query: &'a str,
}

/// A URL without what may be secret in it: user name and password, query and fragment.
pub(crate) fn without_secrets(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    url.rsplit('@').next().unwrap_or(url)
}

impl<'a> Url<'a> {
    pub(crate) fn parse(url: &'a str) -> Result<Self, Error> {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let (url, query) = url.split_once('?').unwrap_or((url, ""));
        let refused = |reason| Error::url(url, reason);

        let (scheme, rest) = url.split_once("://").ok_or_else(|| refused("is not absolute"))?;
        let default_port = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => 443,
            _ if scheme.eq_ignore_ascii_case("http") => 80,
            _ => return Err(refused("is of another scheme (expected http or https)")),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(refused("has a user name"));
        }
        // The colons of an IPv6 address stand in brackets.
        let after_address = authority.rfind(']').unwrap_or(0);
        let (host, port) = match authority[after_address..].rfind(':') {
            Some(at) => (&authority[..after_address + at], &authority[after_address + at + 1..]),
            None => (authority, ""),
        };
        if host.is_empty() {
            return Err(refused("has no host"));
        }
        let port = match port {
            "" => None,
            _ if !port.bytes().all(|byte| byte.is_ascii_digit()) => {
                return Err(refused("has a port that is no number"));
            }
            _ => Some(port).filter(|port| port.parse() != Ok(default_port)),
        };
        Ok(Self { scheme, host, port, path: if path.is_empty() { "/" } else { path }, query })
    }
}
