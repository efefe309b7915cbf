//! The address of a server behind a proxy, checked once.

use std::fmt;

use axum::http::uri::Authority;

/// Where clients reach a server.
///
/// # Guarantees
/// - `http://` or `https://`, a host, perhaps a port and a path; no user, query or fragment, no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Checks a URL. Slashes at its end are dropped.
    ///
    /// # Errors
    /// With what is wrong with it.
    ///
    /// ```
    /// use masthead_server::PublicUrl;
    ///
    /// assert_eq!(PublicUrl::new("https://example.com/api/").unwrap().as_str(), "https://example.com/api");
    /// assert!(PublicUrl::new("example.com").is_err());
    /// ```
    pub fn new(url: &str) -> Result<Self, String> {
        let refuse =
            |why: &str| Err(format!("invalid public URL {url:?}: {why} (expected https://HOST[:PORT][/PATH])"));
        let Ok(uri) = url.parse::<axum::http::Uri>() else { return refuse("it is no URL") };
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return refuse("it does not start with http:// or https://");
        }
        if !uri.authority().is_some_and(|authority| is_host(authority.as_str())) {
            return refuse("it needs a host, a port up to 65535 if any, and no user");
        }
        if uri.query().is_some() || url.contains('#') {
            return refuse("it has a query or a fragment");
        }
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }

    /// The URL, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text can stand for a host, with or without a port, in a URL.
pub(crate) fn is_host(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let name = authority.host();
    let port = authority.as_str().strip_prefix(name).unwrap_or(authority.as_str());
    !name.is_empty() && (port.is_empty() || authority.port_u16().is_some())
}
