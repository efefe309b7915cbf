//! A request that can be read has the base string that is made step by step, and one signed with it is verified.
//! The input is a URL, an `Authorization` header and a form, each on a line; only the form may have more lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use masthead_oauth1::{Error, ErrorKind, Pairs, Plus, Request, Secrets, SignatureMethod, Signed, decode};

#[path = "../../crates/oauth1/tests/verification/reference.rs"]
mod reference;

fn check(request: &Request<'_>) -> Option<ErrorKind> {
    match Signed::parse(request) {
        Err(error) => {
            let message = error.to_string();
            assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
            assert!(!matches!(error.kind(), ErrorKind::Timestamp | ErrorKind::Signature | ErrorKind::BodyHash));
            assert_eq!(Signed::parse(request).err().as_ref(), Some(&error));
            Some(error.kind())
        }
        Ok(signed) => {
            assert_eq!(signed.base_string(), reference::base_string(request).into_bytes());
            assert!(!signed.consumer_key().is_empty() && !signed.nonce().is_empty() && signed.token() != Some(""));
            None
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let Ok(url) = std::str::from_utf8(lines.next().unwrap_or_default()) else { return };
    let Ok(header) = std::str::from_utf8(lines.next().unwrap_or_default()) else { return };
    let form = lines.next();
    let authorization = Some(header).filter(|header| !header.is_empty());
    check(&Request { method: "post", url, authorization, form });

    let pairs: Vec<_> = Pairs::new(form.unwrap_or_default())
        .map(|(name, value)| (decode(name, Plus::Space).into_owned(), decode(value, Plus::Space).into_owned()))
        .collect();
    assert_eq!(pairs, reference::form_pairs(form.unwrap_or_default()));

    // The same query and form beside a header that is right.
    for method in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
        let unsigned = reference::header(method, "AAAA");
        let request = Request { method: "GET", url, authorization: Some(&unsigned), form };
        if check(&request).is_some() {
            return;
        }
        let signature = reference::sign(method, &reference::base_string(&request), header, "token secret");
        let signed = reference::header(method, &signature);
        let signed = Signed::parse(&Request { authorization: Some(&signed), ..request }).unwrap();
        assert_eq!(signed.verify(Secrets { consumer: header, token: "token secret" }), Ok(()));
        assert_eq!(signed.verify(Secrets { consumer: header, token: "guessed" }), Err(Error::SignatureMismatch));
    }
});
