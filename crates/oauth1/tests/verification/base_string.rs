//! The base string that is streamed, beside the one that is made step by step.

use masthead_oauth1::{Pairs, Plus, Request, SignatureMethod, Signed, decode};
use proptest::prelude::*;

use crate::reference;

const QUERY: &str =
    "oauth_consumer_key=k&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&oauth_nonce=n&oauth_signature=AA==";

fn assert_same(request: &Request<'_>) {
    let signed = Signed::parse(request).unwrap();
    assert_eq!(String::from_utf8(signed.base_string()).unwrap(), reference::base_string(request));
}

/// Bytes that mean something here come often.
fn raw(pieces: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "&",
            "&",
            "=",
            "+",
            "%",
            "%2",
            "%%4",
            "%25",
            "%2b",
            "%2B",
            "%41",
            "A",
            "%c3%A9",
            "é",
            "a",
            "a=",
            "b",
            "~",
            ".",
            "%00",
            "%7E",
            "%26",
            "%3d",
            "AAAAAAAAAAAAAAAA",
            "\u{0}"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, pieces).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_query_and_form(query in raw(0..30), form in raw(0..60), method in "[a-zA-Z!*-]{0,8}") {
        let url = format!("http://Example.com:8080/%7e/é?{}#a", String::from_utf8_lossy(&query).replace('#', ""));
        let header = reference::header(SignatureMethod::HmacSha1, "AAAA");
        let authorization = Some(&header[..]);
        assert_same(&Request { method: &method, url: &url, authorization, form: Some(&form) });
        assert_same(&Request { method: &method, url: &url, authorization, form: None });
        let form = [QUERY.as_bytes(), b"&", &form].concat();
        assert_same(&Request { method: &method, url: &url, authorization: None, form: Some(&form) });
    }

    #[test]
    fn any_header(pairs in prop::collection::vec(("[a-c%]{1,3}", "[a-c+ ,=/é~%]{0,8}"), 0..9)) {
        // Either half-encoded or encoded: a header may have no stray `%`.
        let encode = |text: &str| if text.contains('%') { reference::encode(text.as_bytes()) } else { text.to_owned() };
        let mut header = reference::header(SignatureMethod::HmacSha256, "AAAA");
        for (name, value) in &pairs {
            header += &format!(" ,\t{} =\"{}\"", encode(name), encode(value));
        }
        let form = Some(&b"a=b&a=+&a=%2B&a=%20"[..]);
        assert_same(&Request { method: "PUT", url: "https://a", authorization: Some(&header), form });
    }

    /// Values that share long beginnings, written in different ways.
    #[test]
    fn the_order_of_what_looks_alike(
        prefix in raw(0..40),
        length in 0usize..200,
        ends in prop::collection::vec(raw(0..4), 2..8),
    ) {
        let mut form = QUERY.as_bytes().to_vec();
        for end in &ends {
            form.extend_from_slice(b"&");
            form.extend(prefix.iter().cycle().take(if prefix.is_empty() { 0 } else { length }));
            form.extend_from_slice(end);
        }
        assert_same(&Request { method: "POST", url: "http://a", authorization: None, form: Some(&form) });
    }

    #[test]
    fn pairs_and_decode_are_what_the_reference_reads(input in raw(0..40)) {
        let decoded = |text| decode(text, Plus::Space).into_owned();
        let pairs: Vec<_> = Pairs::new(&input).map(|(name, value)| (decoded(name), decoded(value))).collect();
        prop_assert_eq!(pairs, reference::form_pairs(&input));
        prop_assert_eq!(&*decode(&input, Plus::Literal), &reference::decode(&input, false)[..]);
    }
}

#[test]
fn longer_than_the_buffer() {
    for length in 4000..4200 {
        let form = format!("{QUERY}&{}=%2b{}", "n".repeat(length), "é v".repeat(5000));
        assert_same(&Request { method: "POST", url: "http://a", authorization: None, form: Some(form.as_bytes()) });
    }
}
