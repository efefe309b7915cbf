//! `GET /profile_banners/...`: the files of a banner, whole or a range of them.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use super::range::{self, Part};
use crate::describe::Picture;
use crate::error::{FileErrors, Refusal};
use crate::server::Server;
use crate::state::Shared;

/// What a URL without a variant stands for, where there is such a variant; the first one elsewhere.
const DEFAULT: &str = "1500x500";

/// A variant of a banner
#[utoipa::path(
    method(get, head),
    path = "/profile_banners/{user_id}/{version}/{variant}",
    params(
        ("user_id" = String, Path, description = "The number of the user"),
        ("version" = String, Path, description = "The version of the banner"),
        ("variant" = String, Path, description = "The name of the variant, such as 1500x500 or ipad"),
        FileHeaders,
    ),
    responses(
        (status = 200, description = "The image. It never changes", content((Picture = "image/jpeg"), (Picture = "image/png"))),
        (status = 206, description = "The part of the image that was asked for", content((Picture = "image/jpeg"), (Picture = "image/png"))),
        (status = 304, description = "The image is the one that is known already"),
        FileErrors,
    ),
    tag = "images"
)]
pub(crate) async fn variant(
    State(server): State<Server>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((user, version, name)) = path.map_err(|_| Refusal::NotFound)?;
    serve(&server.shared, &user, &version, &name, &method, &headers).await
}

/// A banner in its main size
#[utoipa::path(
    method(get, head),
    path = "/profile_banners/{user_id}/{version}",
    params(
        ("user_id" = String, Path, description = "The number of the user"),
        ("version" = String, Path, description = "The version of the banner"),
        FileHeaders,
    ),
    responses(
        (status = 200, description = "The image. It never changes", content((Picture = "image/jpeg"), (Picture = "image/png"))),
        (status = 206, description = "The part of the image that was asked for", content((Picture = "image/jpeg"), (Picture = "image/png"))),
        (status = 304, description = "The image is the one that is known already"),
        FileErrors,
    ),
    tag = "images"
)]
pub(crate) async fn banner(
    State(server): State<Server>,
    path: Result<Path<(String, String)>, PathRejection>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((user, version)) = path.map_err(|_| Refusal::NotFound)?;
    let set = &server.shared.options.images.variants;
    let default = set.iter().find(|spec| spec.name() == DEFAULT).or_else(|| set.iter().next());
    serve(&server.shared, &user, &version, default.map_or(DEFAULT, |spec| spec.name()), &method, &headers).await
}

/// What a request for a file may say. Only for the description of the API.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
struct FileHeaders {
    /// One range of bytes
    #[param(rename = "Range", example = "bytes=0-99")]
    range: Option<String>,
    /// The range counts only if this is the ETag of the image
    #[param(rename = "If-Range")]
    if_range: Option<String>,
    /// ETags of images that are known already
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

async fn serve(
    shared: &Shared,
    user: &str,
    version: &str,
    name: &str,
    method: &Method,
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
        set.insert(header::ACCEPT_RANGES, text("bytes"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            set.insert(header::ETAG, etag);
        }
        response
    };
    if is_known(headers, &etag) {
        return Ok(always(StatusCode::NOT_MODIFIED.into_response()));
    }
    let kind = [(header::CONTENT_TYPE, variant.content_type)];
    if method == Method::HEAD {
        return Ok(always((kind, [(header::CONTENT_LENGTH, variant.bytes)]).into_response()));
    }
    let part = range::asked_for(headers, &etag, variant.bytes);
    let range = match &part {
        Part::Whole => 0..variant.bytes,
        Part::Range(range) => range.clone(),
        Part::Outside => return Err(Refusal::Range { bytes: variant.bytes }),
    };
    let in_file = variant.start + range.start..variant.start + range.end;
    let bytes = shared.blobs.variant(upload, in_file).await.map_err(|error| Refusal::unavailable(&error))?;
    // Collected this very moment.
    let bytes = bytes.ok_or(Refusal::NotFound)?;
    Ok(always(match part {
        Part::Range(range) => {
            let place = format!("bytes {}-{}/{}", range.start, range.end - 1, variant.bytes);
            (StatusCode::PARTIAL_CONTENT, kind, [(header::CONTENT_RANGE, place)], bytes).into_response()
        }
        _ => (kind, bytes).into_response(),
    }))
}

/// Whether `If-None-Match` names the file. Weak comparison, as RFC 9110 has it.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
