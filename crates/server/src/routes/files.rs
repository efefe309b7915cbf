//! `GET /profile_banners/...`: the files of a banner.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::{Errors, Refusal};
use crate::server::Server;
use crate::state::Shared;

/// What a URL without a variant stands for, where there is such a variant; the first one elsewhere.
const DEFAULT: &str = "1500x500";

/// A variant of a banner
#[utoipa::path(
    get,
    path = "/profile_banners/{user_id}/{version}/{variant}",
    params(
        ("user_id" = String, Path, description = "The number of the user"),
        ("version" = String, Path, description = "The version of the banner"),
        ("variant" = String, Path, description = "The name of the variant, such as 1500x500 or ipad"),
    ),
    responses(
        (status = 200, description = "The image. It never changes", content_type = "image/jpeg"),
        (status = 304, description = "The image is the one that is known already"),
        (status = 404, description = "There is none", body = Errors),
    ),
    tag = "images"
)]
pub(crate) async fn variant(
    State(server): State<Server>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((user, version, name)) = path.map_err(|_| Refusal::NotFound)?;
    serve(&server.shared, &user, &version, &name, &headers).await
}

/// A banner in its main size
#[utoipa::path(
    get,
    path = "/profile_banners/{user_id}/{version}",
    params(
        ("user_id" = String, Path, description = "The number of the user"),
        ("version" = String, Path, description = "The version of the banner"),
    ),
    responses(
        (status = 200, description = "The image. It never changes", content_type = "image/jpeg"),
        (status = 304, description = "The image is the one that is known already"),
        (status = 404, description = "There is none", body = Errors),
    ),
    tag = "images"
)]
pub(crate) async fn banner(
    State(server): State<Server>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((user, version)) = path.map_err(|_| Refusal::NotFound)?;
    let set = &server.shared.options.images.variants;
    let default = set.iter().find(|spec| spec.name() == DEFAULT).or_else(|| set.iter().next());
    serve(&server.shared, &user, &version, default.map_or(DEFAULT, |spec| spec.name()), &headers).await
}

async fn serve(
    shared: &Shared,
    user: &str,
    version: &str,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let (Ok(user), Ok(version)) = (user.parse(), version.parse()) else { return Err(Refusal::NotFound) };
    let (upload, variant) = shared.store.variant(user, version, name).await?.ok_or(Refusal::NotFound)?;
    // A file is written once, so its name is as good as a hash of it.
    let etag = format!("\"{upload}-{}\"", variant.name);
    let always = |response: Response| {
        let text = HeaderValue::from_static;
        let mut response = response;
        let set = response.headers_mut();
        set.insert(header::CACHE_CONTROL, text("public, max-age=31536000, immutable"));
        set.insert(header::X_CONTENT_TYPE_OPTIONS, text("nosniff"));
        set.insert(header::CONTENT_SECURITY_POLICY, text("default-src 'none'"));
        set.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, text("*"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            set.insert(header::ETAG, etag);
        }
        response
    };
    if is_known(headers, &etag) {
        return Ok(always(StatusCode::NOT_MODIFIED.into_response()));
    }
    let range = variant.start..variant.start + variant.bytes;
    let bytes = shared.blobs.variant(upload, range).await.map_err(|error| Refusal::internal(&error))?;
    // Collected this very moment.
    let bytes = bytes.ok_or(Refusal::NotFound)?;
    Ok(always(([(header::CONTENT_TYPE, variant.content_type)], bytes).into_response()))
}

/// Whether `If-None-Match` names the file. Weak comparison, as RFC 9110 has it.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
