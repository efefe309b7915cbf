//! Requests that another implementation signs are verified, and no change to them goes unnoticed.

use std::num::NonZeroU64;

use masthead_oauth1::{Error, Request, Secrets, SignatureMethod, Signed};
use oauth1_request::request::AssertSorted;
use oauth1_request::{Builder, Credentials, HMAC_SHA1};
use proptest::prelude::*;

use crate::reference;

type Pairs = Vec<(String, String)>;

/// Names of unreserved characters only, which this client does not encode, and values of any.
fn pairs() -> impl Strategy<Value = Pairs> {
    let name = "[a-cx-z0-9A_.~-]{0,2}";
    let value = prop_oneof!["\\PC{0,6}", "[a-c+%&= ~]{0,4}", any::<char>().prop_map(String::from)];
    prop::collection::vec((name, value), 0..9)
}

/// Signed requests as text that can be changed.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    url: String,
    authorization: Option<String>,
    form: Option<Vec<u8>>,
    secrets: [String; 2],
}

impl Sent {
    fn request(&self) -> Request<'_> {
        let (authorization, form) = (self.authorization.as_deref(), self.form.as_deref());
        Request { method: &self.method, url: &self.url, authorization, form }
    }

    fn is_verified(&self) -> bool {
        let [consumer, token] = &self.secrets;
        Signed::parse(&self.request()).is_ok_and(|signed| signed.verify(Secrets { consumer, token }).is_ok())
    }
}

/// The same call with its OAuth parameters in the header beside a query, in the header beside a form, in the query, in
/// the form.
fn sent_by_client(pairs: &Pairs, secrets: [String; 2], nonce: &str, has_token: bool) -> Vec<Sent> {
    let url = "https://Example.com:8443/1.1/%7Ea/b.json".to_owned();
    let signed_url = url.to_ascii_lowercase().replace("%7ea", "%7Ea");
    // This client sorts by values before they are encoded; RFC 5849 wants them after.
    let mut sorted = pairs.clone();
    sorted.sort_by_key(|(name, value)| (name.clone(), reference::encode(value.as_bytes())));
    let parameters = AssertSorted::new(sorted.iter().map(|(name, value)| (name, value)));
    let form = oauth1_request::to_form(&parameters);
    let mut builder: Builder<'_, _, &str> = Builder::new(Credentials::new("consumer é", &secrets[0]), HMAC_SHA1);
    builder.nonce(nonce).timestamp(NonZeroU64::new(1_318_622_958));
    if has_token {
        builder.token(Credentials::new("token", &secrets[1][..]));
    }
    let secrets = [secrets[0].clone(), if has_token { secrets[1].clone() } else { String::new() }];
    let bare = Sent { method: "post".to_owned(), url: url.clone(), authorization: None, form: None, secrets };
    let authorization = Some(builder.authorize("POST", &signed_url, &parameters));
    vec![
        Sent {
            url: oauth1_request::to_query(url.clone(), &parameters),
            authorization: authorization.clone(),
            ..bare.clone()
        },
        Sent { form: Some(form.clone().into_bytes()), authorization, ..bare.clone() },
        // Here it signs all parameters, and leaves it to the caller to send those that are not OAuth's.
        Sent { url: format!("{}&{form}", builder.to_query("POST", signed_url.clone(), &parameters)), ..bare.clone() },
        Sent {
            form: Some(format!("{form}&{}", builder.to_form("POST", &signed_url, &parameters)).into_bytes()),
            ..bare
        },
    ]
}

proptest! {
    #[test]
    fn what_a_client_signs_is_verified(
        pairs in pairs(),
        secrets in ["\\PC{0,12}", "\\PC{0,100}"],
        nonce in "[A-Za-z0-9_+-]{1,32}",
        has_token: bool,
    ) {
        for sent in sent_by_client(&pairs, secrets, &nonce, has_token) {
            let signed = Signed::parse(&sent.request()).unwrap();
            prop_assert_eq!(signed.verify(Secrets { consumer: &sent.secrets[0], token: &sent.secrets[1] }), Ok(()));
            prop_assert_eq!((signed.consumer_key(), signed.nonce()), ("consumer é", &nonce[..]));
            prop_assert_eq!(signed.token(), has_token.then_some("token"));
        }
    }

    #[test]
    fn no_changed_bit_goes_unnoticed(
        pairs in pairs(),
        secrets in ["[ -~]{1,12}", "[ -~]{1,80}"],
        at: prop::sample::Index,
    ) {
        for sent in sent_by_client(&pairs, secrets, "nonce", true) {
            prop_assert!(sent.is_verified());
            // A change that is none: hexadecimal digits, methods and hosts are of any case.
            let means_the_same = |changed: &Sent| {
                Signed::parse(&changed.request()).is_ok()
                    && reference::base_string(&changed.request()) == reference::base_string(&sent.request())
            };
            let flipped = |text: &str| -> Option<String> {
                let bit = at.index(text.len() * 7);
                let mut bytes = text.as_bytes().to_vec();
                bytes[bit / 7] ^= 1 << (bit % 7);
                String::from_utf8(bytes).ok()
            };
            let mut changed = sent.clone();
            changed.method = flipped(&sent.method).unwrap();
            prop_assert_eq!(changed.is_verified(), means_the_same(&changed));

            for side in 0..2 {
                let mut changed = sent.clone();
                changed.secrets[side] = flipped(&sent.secrets[side]).unwrap();
                prop_assert!(!changed.is_verified());
            }
            // The signature is not in the base string: with another one, or none, nothing is verified.
            let mut changed = sent.clone();
            changed.url = flipped(&sent.url).unwrap();
            prop_assert!(!changed.is_verified() || means_the_same(&changed));
            if let Some(header) = &sent.authorization {
                let mut changed = sent.clone();
                changed.authorization = flipped(header);
                prop_assert!(!changed.is_verified() || means_the_same(&changed));
            }
            if let Some(form) = sent.form.as_ref().filter(|form| !form.is_empty()) {
                let mut changed = sent.clone();
                let bit = at.index(form.len() * 8);
                changed.form.as_mut().unwrap()[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!changed.is_verified() || means_the_same(&changed));
            }
        }
    }

    #[test]
    fn hmac_sha256_signs_the_same_base_string(form: Vec<u8>, secrets in ["\\PC{0,99}", "\\PC{0,9}"]) {
        let method = SignatureMethod::HmacSha256;
        let [consumer, token] = &secrets;
        let unsigned = reference::header(method, "");
        let request = Request { method: "PUT", url: "http://a?b", authorization: Some(&unsigned), form: Some(&form) };
        let signature = reference::sign(method, &reference::base_string(&request), consumer, token);
        let header = reference::header(method, &signature);
        let signed = Signed::parse(&Request { authorization: Some(&header), ..request }).unwrap();
        prop_assert_eq!(signed.verify(Secrets { consumer, token }), Ok(()));
        prop_assert_eq!((signed.method(), signed.nonce()), (method, "no+nce"));
    }
}

#[test]
fn the_signature_itself_counts() {
    for sent in sent_by_client(&vec![], ["a".to_owned(), "b".to_owned()], "nonce", true) {
        let replace = |text: &str| {
            let at = text.find("oauth_signature=").unwrap() + "oauth_signature=".len();
            let at = at + usize::from(text[at..].starts_with('"'));
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            // The first digit of base64, or the escape that stands for it.
            let length = if text[at..].starts_with('%') { 3 } else { 1 };
            format!("{}{other}{}", &text[..at], &text[at + length..])
        };
        let mut changed = sent.clone();
        match (&sent.authorization, &sent.form) {
            (Some(header), _) => changed.authorization = Some(replace(header)),
            (None, Some(form)) => changed.form = Some(replace(std::str::from_utf8(form).unwrap()).into_bytes()),
            (None, None) => changed.url = replace(&sent.url),
        }
        assert!(sent.is_verified() && !changed.is_verified(), "{changed:?}");
    }
}

#[test]
fn a_part_of_a_signature_is_none() {
    let unsigned = reference::header(SignatureMethod::HmacSha1, "");
    let request = Request { method: "GET", url: "http://a", authorization: Some(&unsigned), form: None };
    let signature = reference::sign(SignatureMethod::HmacSha1, &reference::base_string(&request), "a", "b");
    // Whole groups of base64, so that each is readable; the last is the signature itself.
    for (length, expected) in [(4, Err(Error::SignatureMismatch)), (24, Err(Error::SignatureMismatch)), (28, Ok(()))] {
        let header = reference::header(SignatureMethod::HmacSha1, &signature[..length]);
        let signed = Signed::parse(&Request { authorization: Some(&header), ..request }).unwrap();
        assert_eq!(signed.verify(Secrets { consumer: "a", token: "b" }), expected);
    }
}
