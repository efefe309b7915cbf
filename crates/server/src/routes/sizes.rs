//! `GET users/profile_banner`.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use masthead_oauth1::{Pairs, Plus, decode};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use utoipa::ToSchema;

use super::{banner_url, private};
use crate::error::{CallErrors, Errors, Refusal};
use crate::server::Server;
use crate::session::Call;
use crate::store::UserKey;

/// The variants of a banner by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sizes {
    /// From the name of a variant to what it is.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = std::collections::HashMap<String, Size>)]
    sizes: Vec<(String, Size)>,
}

/// A variant.
#[derive(Serialize, ToSchema)]
pub(crate) struct Size {
    /// Height in pixels.
    #[schema(example = 313)]
    h: u32,
    /// Width in pixels.
    #[schema(example = 626)]
    w: u32,
    /// Where it is.
    #[schema(example = "https://banners.example.com/profile_banners/6253282/1398798060/ipad")]
    url: String,
}

fn in_order<S: Serializer>(sizes: &[(String, Size)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(sizes.len()))?;
    for (name, size) in sizes {
        map.serialize_entry(name, size)?;
    }
    map.end()
}

/// The sizes of a user's profile banner
#[utoipa::path(
    get,
    path = "/1.1/users/profile_banner.json",
    params(
        ("user_id" = Option<String>, Query, description = "The number of the user"),
        ("screen_name" = Option<String>, Query, description = "Or their screen name"),
    ),
    responses(
        (status = 200, description = "Where each size is", body = Sizes),
        (status = 404, description = "No such user, or no banner", body = Errors),
        CallErrors,
    ),
    security(("oauth1" = []), ("bearer" = [])),
    tag = "banners"
)]
pub(crate) async fn sizes(State(server): State<Server>, request: Request) -> Response {
    let shared = &server.shared;
    super::answer(shared, request, Call::Sizes, async |_, origin, parts| {
        let key = user_key(parts.uri.query().unwrap_or_default())?;
        let user = shared.authenticator.user(&key).await?.ok_or(Refusal::UserNotFound)?;
        let banner = shared.store.banner(user.id).await?.ok_or(Refusal::NotFound)?;
        let base = banner_url(origin, user.id, banner.version);
        let sizes = banner.variants.into_iter().map(|variant| {
            let url = format!("{base}/{}", variant.name);
            (variant.name, Size { h: variant.height, w: variant.width, url })
        });
        Ok(private(Json(Sizes { sizes: sizes.collect() })))
    })
    .await
}

/// The user that a query asks for; the number counts when both are given.
fn user_key(query: &str) -> Result<UserKey, Refusal> {
    let given = |wanted: &[u8]| {
        let mut pairs = Pairs::new(query.as_bytes()).filter(|(name, _)| *decode(name, Plus::Space) == *wanted);
        let (_, value) = pairs.next()?;
        Some(String::from_utf8_lossy(&decode(value, Plus::Space)).into_owned()).filter(|value| !value.is_empty())
    };
    if let Some(id) = given(b"user_id") {
        let number = id.parse().map_err(|_| {
            let shown: String = id.chars().take(24).collect();
            Refusal::Parameter(format!("Parameter user_id is {shown:?} (expected a whole number)."))
        })?;
        return Ok(UserKey::Id(number));
    }
    let name = given(b"screen_name");
    name.map(UserKey::ScreenName)
        .ok_or_else(|| Refusal::Parameter("Parameter user_id or screen_name is missing.".to_owned()))
}
