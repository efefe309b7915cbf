//! Published examples: RFC 5849 and the documentation of the API.

use std::time::Duration;

use masthead_oauth1::{Error, Request, Secrets, SignatureMethod, Signed};

use crate::reference;

struct Vector {
    method: &'static str,
    url: &'static str,
    header: &'static str,
    form: Option<&'static str>,
    secrets: Secrets<'static>,
}

impl Vector {
    fn request(&self) -> Request<'static> {
        let form = self.form.map(str::as_bytes);
        Request { method: self.method, url: self.url, authorization: Some(self.header), form }
    }
}

const STATUS: Vector = Vector {
    method: "post",
    url: "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
    header: r#"OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D", oauth_signature_method="HMAC-SHA1",
        oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        oauth_version="1.0""#,
    form: Some("status=Hello%20Ladies%20%2b%20Gentlemen%2c+a%20signed%20OAuth%20request%21"),
    secrets: Secrets {
        consumer: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        token: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    },
};

/// The same call as it was documented first.
const STATUS_1: Vector = Vector {
    url: "https://api.twitter.com/1/statuses/update.json?include_entities=true",
    header: r#"OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D", oauth_signature_method="HMAC-SHA1",
        oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        oauth_version="1.0""#,
    ..STATUS
};

/// RFC 5849, section 1.2: before there is a token.
const INITIATE: Vector = Vector {
    method: "POST",
    url: "https://photos.example.net/initiate",
    header: r#"OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1",
        oauth_timestamp="137131200", oauth_nonce="wIjqoS", oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready",
        oauth_signature="74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D""#,
    form: None,
    secrets: Secrets { consumer: "kd94hf93k423kf44", token: "" },
};

/// RFC 5849, section 1.2: with a token.
const PHOTOS: Vector = Vector {
    method: "GET",
    url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
    header: r#"OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk",
        oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH",
        oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D""#,
    form: None,
    secrets: Secrets { consumer: "kd94hf93k423kf44", token: "pfkkdhi9sl3r4s00" },
};

/// RFC 5849, section 3.4.1, signed with two secrets.
const BASE_STRING: Vector = Vector {
    method: "POST",
    url: "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
    header: r#"OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7",
        oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a",
        oauth_signature="r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D""#,
    form: Some("c2&a3=2+q"),
    secrets: Secrets { consumer: "j49sk3j29djd", token: "dh893hdasih9" },
};

#[test]
fn the_published_signatures_match() {
    for vector in [STATUS, STATUS_1, INITIATE, PHOTOS, BASE_STRING] {
        let signed = Signed::parse(&vector.request()).unwrap();
        assert_eq!(signed.verify(vector.secrets), Ok(()), "{signed:?}");
        let wrong = Secrets { consumer: "wrong", ..vector.secrets };
        assert_eq!(signed.verify(wrong), Err(Error::SignatureMismatch));
        let reference = reference::base_string(&vector.request());
        assert_eq!(String::from_utf8(signed.base_string()).unwrap(), reference);
    }
}

#[test]
fn the_published_base_string_matches() {
    let signed = Signed::parse(&BASE_STRING.request()).unwrap();
    assert_eq!(
        String::from_utf8(signed.base_string()).unwrap(),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26\
         c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26\
         oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
}

#[test]
fn the_parameters_can_be_read() {
    let signed = Signed::parse(&STATUS.request()).unwrap();
    assert_eq!(signed.consumer_key(), "xvz1evFS4wEEPTGEFPHBog");
    assert_eq!(signed.token(), Some("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"));
    assert_eq!(signed.nonce(), "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg");
    assert_eq!(signed.timestamp(), 1_318_622_958);
    assert_eq!(signed.method(), SignatureMethod::HmacSha1);
    assert!(signed.body_hash().is_none());
    assert_eq!(Signed::parse(&INITIATE.request()).unwrap().token(), None);
}

#[test]
fn the_timestamp_has_bounds_on_both_sides() {
    let signed = Signed::parse(&PHOTOS.request()).unwrap();
    let check = |now| signed.check_timestamp(now, Duration::from_secs(300));
    for now in [137_130_902, 137_131_202, 137_131_502] {
        assert_eq!(check(now), Ok(()));
    }
    for now in [0, 137_130_901, 137_131_503, u64::MAX] {
        assert!(check(now).is_err(), "{now}");
    }
    assert_eq!(
        check(137_131_503).unwrap_err().to_string(),
        "oauth_timestamp is 137131202, 137131203 to 137131803 is accepted"
    );
}

#[test]
fn neither_secrets_nor_signatures_are_shown() {
    let mut request = STATUS.request();
    request.url = "https://api.twitter.com/1.1/statuses/update.json?oauth_signature=hCtSmYh";
    let signed = Signed::parse(&STATUS.request()).unwrap();
    for shown in [format!("{signed:?}"), format!("{:?}", STATUS.secrets), format!("{request:?}")] {
        for hidden in ["hCtSmYh", "kAcSOqF", "Lswwdo", "Gentlemen", "signature:"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
