//! How clients send what they send: in which kind of body, and how they say who they are.

use std::num::NonZeroU64;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use masthead_server::Time;
use oauth1_request::request::AssertSorted;
use oauth1_request::{Builder, Credentials, HMAC_SHA1};

use super::pictures::{Choice, region};
use super::wire::Request;
use super::world::{Account, World};

const UPLOAD: &str = "/1.1/account/update_profile_banner.json";
const SIZES: &str = "/1.1/users/profile_banner.json";

/// How a client sends its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Raw,
    Multipart,
    Form,
}

/// Makes the requests of a client.
pub(crate) struct Sender {
    world: Arc<World>,
    account: Arc<Account>,
    body: Body,
    /// Whether it signs its requests; it sends its bearer token otherwise.
    signs: bool,
}

impl Sender {
    /// The one of client `number`: they differ.
    pub(crate) fn new(world: &Arc<World>, account: &Arc<Account>, number: u32) -> Self {
        let body = [Body::Raw, Body::Multipart, Body::Form][number as usize % 3];
        Self { world: Arc::clone(world), account: Arc::clone(account), body, signs: number / 3 % 2 == 1 }
    }

    pub(crate) fn get(&self, path: &'static str) -> Request {
        self.authorized(Request::get(path), &[])
    }

    pub(crate) fn post(&self, path: &'static str) -> Request {
        self.authorized(Request::post(path), &[])
    }

    /// Asks for the sizes of the user's own banner.
    pub(crate) fn sizes(&self) -> Request {
        let id = self.account.id.to_string();
        self.authorized(Request::get(format!("{SIZES}?user_id={id}")), &[("user_id", &id)])
    }

    /// The same request, saying who sends it. `parameters` are those of query and form.
    fn authorized(&self, request: Request, parameters: &[(&str, &str)]) -> Request {
        let authorization = if self.signs { self.sign(&request, parameters) } else { self.account.bearer() };
        request.with("Authorization", authorization)
    }

    fn sign(&self, request: &Request, parameters: &[(&str, &str)]) -> String {
        let account = &self.account.credentials;
        let mut sorted = parameters.to_vec();
        sorted.sort_unstable();
        let mut builder = Builder::new(Credentials::new(&*account.consumer_key, &*account.consumer_secret), HMAC_SHA1);
        builder.token(Credentials::new(&*account.token, &*account.token_secret));
        // Of the machine's clock, which does not jump.
        builder.timestamp(NonZeroU64::new(Time::now().unix_seconds().unsigned_abs()));
        let path = request.target.split('?').next().unwrap_or_default();
        let url = format!("http://{}{path}", self.world.server);
        builder.authorize(request.method, url, &AssertSorted::new(sorted))
    }

    /// Uploads a picture.
    pub(crate) fn upload(&self, choice: Choice) -> Request {
        let picture = self.world.pictures.file(choice);
        let region = region(choice).map(|number| number.to_string());
        let names = ["width", "height", "offset_left", "offset_top"];
        let parameters: Vec<(&str, &str)> = names.into_iter().zip(region.iter().map(String::as_str)).collect();
        let joined = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        match self.body {
            Body::Raw => {
                let request = Request::post(format!("{UPLOAD}?{joined}")).with("Content-Type", "image/jpeg");
                self.authorized(request, &parameters).with_body(picture.to_vec())
            }
            Body::Multipart => {
                let mut body = Vec::new();
                for (name, value) in parameters {
                    let head = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
                    body.extend_from_slice(head.as_bytes());
                }
                body.extend_from_slice(b"--limit\r\nContent-Disposition: form-data; name=\"banner\"\r\n\r\n");
                body.extend_from_slice(picture);
                body.extend_from_slice(b"\r\n--limit--\r\n");
                let request = Request::post(UPLOAD).with("Content-Type", "multipart/form-data; boundary=limit");
                self.authorized(request, &[]).with_body(body)
            }
            Body::Form => {
                let banner = BASE64_STANDARD.encode(picture);
                let encoded = banner.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
                let body = format!("banner={encoded}&{joined}");
                let mut parameters = parameters;
                parameters.push(("banner", &banner));
                let request = Request::post(UPLOAD).with("Content-Type", "application/x-www-form-urlencoded");
                self.authorized(request, &parameters).with_body(body.into_bytes())
            }
        }
    }
}
