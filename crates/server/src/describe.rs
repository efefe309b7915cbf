//! The description of the API (OpenAPI 3.1): what each call says of itself, and what all answers have in common.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::routes;
use crate::server::Server;

#[derive(OpenApi)]
#[openapi(info(
    title = "masthead",
    description = "Profile banners: upload a picture, get every size of it.",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
))]
struct Calls;

/// The bytes of a picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code)]
pub(crate) struct Picture(Vec<u8>);

/// The description of the API, as `/openapi.json` has it.
#[derive(Clone)]
pub(crate) struct Description(Arc<Value>);

impl Description {
    /// All calls, described, and as a router.
    pub(crate) fn with_router() -> (Self, axum::Router<Server>) {
        let (router, mut document) =
            OpenApiRouter::with_openapi(Calls::openapi()).merge(routes::all()).split_for_parts();
        add_security(&mut document);
        let mut description = serde_json::to_value(&document).expect("a description is JSON");
        for (path, calls) in description["paths"].as_object_mut().into_iter().flatten() {
            for (_, call) in calls.as_object_mut().into_iter().flatten() {
                complete(path, call);
            }
        }
        (Self(Arc::new(description)), router)
    }

    pub(crate) fn json(&self) -> &Value {
        &self.0
    }

    /// Whether a route, which may have something in front of its path, takes POST.
    pub(crate) fn is_post(&self, route: &str) -> bool {
        let paths = self.0["paths"].as_object();
        paths.into_iter().flatten().any(|(path, calls)| calls.get("post").is_some() && route.ends_with(path))
    }
}

fn add_security(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    // OpenAPI has no word for OAuth 1.0a but that it is a scheme of the Authorization header.
    components.add_security_scheme("oauth1", SecurityScheme::Http(Http::new(HttpAuthScheme::OAuth)));
}

/// What every call may answer, and the headers of its answers.
fn complete(path: &str, call: &mut Value) {
    let needs_user = call.get("security").is_some();
    let is_image = path.starts_with("/profile_banners/");
    let Some(answers) = call["responses"].as_object_mut() else { return };
    for (status, why) in [("400", "The header Host is missing, doubled, or names no host"), ("500", "Internal error")] {
        let errors = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Errors" } } });
        answers.entry(status).or_insert_with(|| json!({ "description": why, "content": errors }));
    }
    for (status, answer) in answers {
        let mut headers = Map::new();
        let mut header = |name: &str, description: &str, kind: &str, required: bool| {
            let schema = json!({ "type": kind });
            headers
                .insert(name.to_owned(), json!({ "description": description, "required": required, "schema": schema }));
        };
        header("x-request-id", "The id of the request: the client's own if it is short and plain", "string", true);
        if needs_user {
            for (name, description) in [
                ("x-rate-limit-limit", "How many such calls the user may make in a window; once it is known who asks"),
                ("x-rate-limit-remaining", "How many of them are left"),
                ("x-rate-limit-reset", "When the window ends, in seconds since 1970"),
            ] {
                header(name, description, "integer", false);
            }
        }
        match status.as_str() {
            "401" => header("www-authenticate", "How to authenticate", "string", true),
            "429" | "503" => header("retry-after", "In how many seconds to come again", "integer", true),
            "416" => header("content-range", "How many bytes there are", "string", true),
            "206" => header("content-range", "Which bytes these are, and of how many", "string", true),
            _ => {}
        }
        if is_image && matches!(status.as_str(), "200" | "206" | "304") {
            header("etag", "The name of the image", "string", true);
            header("cache-control", "It never changes", "string", true);
            header("accept-ranges", "That parts of it can be had", "string", true);
        }
        answer["headers"] = headers.into();
    }
}
