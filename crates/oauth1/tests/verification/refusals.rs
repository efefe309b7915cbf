//! What is refused, and what the messages say.

use masthead_oauth1::{Error, ErrorKind, MAX_PARAMETERS, Request, Signed};

use crate::reference;

const URL: &str = "https://example.com/x";
const REST: &str = r#"oauth_signature_method="HMAC-SHA1",oauth_timestamp="1",oauth_nonce="n",oauth_signature="AAAA""#;
const QUERY: &str =
    "oauth_consumer_key=k&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&oauth_nonce=n&oauth_signature=AA==";

fn parse<'a>(url: &'a str, authorization: Option<&'a str>, form: Option<&'a str>) -> Result<Signed<'a>, Error> {
    Signed::parse(&Request { method: "POST", url, authorization, form: form.map(str::as_bytes) })
}

/// A refusal's message; the error must be `Malformed`.
#[track_caller]
fn malformed(url: &str, authorization: Option<&str>, form: Option<&str>) -> String {
    let error = parse(url, authorization, form).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
    error.to_string()
}

#[test]
fn without_credentials_they_are_missing() {
    for authorization in
        [None, Some(""), Some("Basic b2F1dGg6"), Some("Bearer x"), Some("OAuth2 x"), Some("OAuthrealm=\"\"")]
    {
        assert_eq!(parse(URL, authorization, Some("a=b&oauth=x&oauth_verifier=1")).unwrap_err(), Error::Missing);
    }
    assert_eq!(Error::Missing.to_string(), "request has no OAuth parameters");
    assert_eq!(Error::Missing.kind(), ErrorKind::Missing);
}

#[test]
fn any_one_place_will_do() {
    let header = format!("oauth  oauth_consumer_key=\"k\",{REST}");
    let query = format!("{URL}?a=b&{QUERY}");
    for request in [
        parse(URL, Some(&header), None),
        parse(URL, Some(&header), Some("a=b")),
        parse(&query, None, None),
        parse(&query, Some("Bearer x"), Some("a=b")),
        parse(&query, Some("OAuth realm=\"x\""), None),
        parse(URL, None, Some(QUERY)),
        parse(URL, None, Some(&QUERY.replace("consumer_key", "%63onsumer%5fkey"))),
    ] {
        assert_eq!(request.unwrap().consumer_key(), "k");
    }
}

#[test]
fn two_places_are_too_many() {
    let header = format!("OAuth oauth_consumer_key=\"k\",{REST}");
    let query = format!("{URL}?{QUERY}");
    assert_eq!(
        malformed(&query, Some(&header), None),
        "OAuth parameters are in the header and in the query, one place is accepted"
    );
    assert_eq!(
        malformed(&query, None, Some("oauth_signature=x")),
        "OAuth parameters are in the query and in the form, one place is accepted"
    );
    malformed(&format!("{URL}?oauth%5Fsignature=x"), Some(&header), None);
    malformed(URL, Some(&header), Some("a&oauth_token"));
    // Others may be anywhere.
    assert!(parse(&format!("{URL}?oauth_callback=oob"), Some(&header), Some("oauth_verifier=1")).is_ok());
}

#[test]
fn broken_headers() {
    let message = |list: &str| {
        let message = malformed(URL, Some(&format!("OAuth {list}")), None);
        message.strip_prefix("parameter 2 of the Authorization header ").unwrap_or(&message).to_owned()
    };
    for (list, expected) in [
        ("", "oauth_consumer_key is missing"),
        ("realm=\"x\"", "oauth_consumer_key is missing"),
        ("a=\"b\", c", "has no ="),
        ("a=\"b\", =\"c\"", "has no name"),
        ("a=\"b\", c, d=\"e\"", "has no name"),
        ("a=\"b\", c=d", "has no value in quotes"),
        ("a=\"b\", c='d'", "has no value in quotes"),
        ("a=\"b\", c=", "has no value in quotes"),
        ("a=\"b\", c=\"d", "has no closing quote"),
        ("a=\"b\", realm=\"d\\\"", "has no closing quote"),
        ("a=\"b\", c=\"d\" e=\"f\"", "has something after its closing quote (expected a comma)"),
        ("a=\"b\", c=\"%\"", "has a % that two hexadecimal digits do not follow"),
        ("a=\"b\", c=\"%4\"", "has a % that two hexadecimal digits do not follow"),
        ("a=\"b\", c=\"%41%4g\"", "has a % that two hexadecimal digits do not follow"),
        ("a=\"b\", c%=\"d\"", "has a % that two hexadecimal digits do not follow"),
        ("a=\"b\", c=\"%+1\"", "has a % that two hexadecimal digits do not follow"),
        ("a=\"b\", c=\"\\\"\"", "has a backslash (expected percent-encoding)"),
        ("a=\"b\"", "oauth_consumer_key is missing"),
    ] {
        assert_eq!(message(list), expected, "{list}");
    }
    // Strange, and clear enough.
    for list in ["realm=\"%, \\\"\", ", ",,", "\ta = \"b\" ,, "] {
        let header = format!("OAuth {list}oauth_consumer_key=\"k\",{REST},");
        assert_eq!(parse(URL, Some(&header), None).unwrap().consumer_key(), "k", "{list}");
    }
}

#[test]
fn missing_repeated_and_unreadable_parameters() {
    let with = |from: &str, to: &str| malformed(URL, None, Some(&QUERY.replace(from, to)));
    for (from, to, expected) in [
        ("oauth_consumer_key=k", "oauth_consumer_key", "oauth_consumer_key is missing"),
        ("oauth_nonce=n", "oauth_nonce=", "oauth_nonce is missing"),
        ("oauth_nonce=n", "a", "oauth_nonce is missing"),
        ("oauth_signature=AA==", "a", "oauth_signature is missing"),
        ("oauth_timestamp=1", "a", "oauth_timestamp is missing"),
        ("oauth_nonce=n", "oauth_nonce=n&oauth_nonce=n", "oauth_nonce is there more than once"),
        ("oauth_nonce=n", "oauth_nonce=n&oauth%5fnonce=m", "oauth_nonce is there more than once"),
        ("oauth_nonce=n", "oauth_nonce=%00", "oauth_nonce is \"\\0\" (expected UTF-8 without control characters)"),
        ("=k", "=%ff", "oauth_consumer_key is \"\u{fffd}\" (expected UTF-8 without control characters)"),
        ("=HMAC-SHA1", "=PLAINTEXT", "oauth_signature_method is \"PLAINTEXT\" (expected HMAC-SHA1 or HMAC-SHA256)"),
        ("=HMAC-SHA1", "=hmac-sha1", "oauth_signature_method is \"hmac-sha1\" (expected HMAC-SHA1 or HMAC-SHA256)"),
        ("=1", "=%2B1", "oauth_timestamp is \"+1\" (expected whole seconds since 1970)"),
        ("=1", "=1.5", "oauth_timestamp is \"1.5\" (expected whole seconds since 1970)"),
        (
            "=1",
            "=18446744073709551616",
            "oauth_timestamp is \"18446744073709551616\" (expected whole seconds since 1970)",
        ),
        ("oauth_nonce", "oauth_version=2.0&oauth_nonce", "oauth_version is \"2.0\" (expected 1.0)"),
        ("=AA==", "=A", "oauth_signature is not base64"),
        ("=AA==", "=AB==", "oauth_signature is not base64"),
        ("=AA==", "=!%ff", "oauth_signature is not base64"),
        ("=n", "=n&oauth_body_hash=x", "oauth_body_hash is there on a form (expected on other bodies only)"),
    ] {
        assert_eq!(with(from, to), expected);
    }
    let long = format!("={}", "n".repeat(1025));
    assert_eq!(with("=n", &long), "oauth_nonce has 1025 bytes, at most 1024 are accepted");
    let shortened = format!("oauth_timestamp is \"{}\"... (expected whole seconds since 1970)", "x".repeat(48));
    assert_eq!(with("=1", &format!("={}", "x".repeat(1000))), shortened);
    // An empty version is none.
    assert!(parse(URL, None, Some(&format!("{QUERY}&oauth_version"))).is_ok());
}

#[test]
fn too_many_parameters() {
    let form = |count: usize| format!("{QUERY}{}", "&a".repeat(count - 5));
    assert!(parse(URL, None, Some(&form(MAX_PARAMETERS))).is_ok());
    assert_eq!(
        malformed(URL, None, Some(&form(MAX_PARAMETERS + 1))),
        "request has more than 1000 parameters, at most 1000 are accepted"
    );
}

#[test]
fn urls() {
    let message = |url: &str| malformed(url, None, Some(QUERY));
    assert_eq!(message("/x?oauth_signature=secret"), "URL \"/x\" is not absolute");
    assert_eq!(message("ftp://x/#a"), "URL \"ftp://x/\" is of another scheme (expected http or https)");
    assert_eq!(message("http:///x"), "URL \"http:///x\" has no host");
    assert_eq!(message("http://:80"), "URL \"http://:80\" has no host");
    assert_eq!(message("http://a:b@c"), "URL \"c\" has a user name");
    assert_eq!(message("http://a:8o"), "URL \"http://a:8o\" has a port that is no number");
    for (url, signed) in [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("https://example.com:443?a=b", "https://example.com/"),
        ("https://example.com:80/A/%7e/../b;c", "https://example.com:80/A/%7e/../b;c"),
        ("http://example.com:/#x?a", "http://example.com/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("http://[::1]", "http://[::1]/"),
        ("http://[::1]:80//", "http://[::1]//"),
    ] {
        let base_string = parse(url, None, Some(QUERY)).unwrap().base_string();
        let base_string = String::from_utf8(base_string).unwrap();
        assert_eq!(base_string.split('&').nth(1).unwrap(), reference::encode(signed.as_bytes()), "{url}");
    }
}

#[test]
fn body_hashes() {
    let parse = |method: &str, hash: &str| {
        let query = QUERY.replace("HMAC-SHA1", method);
        let url = format!("{URL}?{query}&oauth_body_hash={hash}");
        Signed::parse(&Request { method: "POST", url: &url, authorization: None, form: None })
            .map(|signed| signed.body_hash().unwrap())
    };
    let sha1 = parse("HMAC-SHA1", "Lve95gjOVATpfV8EL5X4nxwjKHE=").unwrap();
    let sha256 = parse("HMAC-SHA256", "f4OxZX/x/FO5LcGBSKHWXfwtSx%2bj1ncoSt3SABJtkGk=").unwrap();
    for hash in [sha1, sha256] {
        assert_eq!(hash.verify(b"Hello World!"), Ok(()));
        assert_eq!(hash.verify(b"Hello World"), Err(Error::BodyHashMismatch));
        let mut hasher = hash.hasher();
        b"Hello World!".chunks(5).for_each(|piece| hasher.update(piece));
        assert_eq!(hasher.clone().finish(), Ok(()));
        hasher.update(b" ");
        assert_eq!(hasher.finish().unwrap_err().kind(), ErrorKind::BodyHash);
    }
    assert_eq!(
        parse("HMAC-SHA256", "Lve95gjOVATpfV8EL5X4nxwjKHE=").unwrap_err().to_string(),
        "oauth_body_hash is \"Lve95gjOVATpfV8EL5X4nxwjKHE=\" (expected 32 bytes in base64)"
    );
    assert_eq!(parse("HMAC-SHA1", "x").unwrap_err().kind(), ErrorKind::Malformed);
}
