//! Mounts masthead's router into a server of one's own, with users of one's own.
//!
//! ```text
//! cargo run -p masthead-server --example embed
//! curl -H 'x-user-id: 7' --data-binary @testdata/photos/rocket.jpg \
//!     http://127.0.0.1:3000/media/1.1/account/update_profile_banner.json
//! ```

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::routing::get;
use masthead_server::{
    AuthError, AuthRequest, Authenticated, Authenticator, Options, Server, Storage, StoreError, User, UserId, UserKey,
    app,
};

/// Knows users by a header that the gateway in front of this server sets, and that nobody else can.
struct Gateway;

#[async_trait]
impl Authenticator for Gateway {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Authenticated, AuthError> {
        let header = request.headers.get("x-user-id").and_then(|id| id.to_str().ok());
        let id = header.and_then(|id| id.parse().ok()).ok_or(AuthError::Unreadable)?;
        Ok(Authenticated::new(user(id)))
    }

    async fn user(&self, key: &UserKey) -> Result<Option<User>, StoreError> {
        Ok(match key {
            UserKey::Id(UserId(id)) => Some(user(*id)),
            UserKey::ScreenName(name) => name.strip_prefix("user").and_then(|id| id.parse().ok()).map(user),
        })
    }
}

fn user(id: i64) -> User {
    User { id: UserId(id), screen_name: format!("user{id}"), name: format!("User {id}"), suspended: false }
}

/// The router of this program: pages of its own, and banners below `/media`.
async fn router(data: &Path) -> Result<(Router, Server), Box<dyn std::error::Error>> {
    let storage = Storage::folder(data).await?;
    let options = Options { memory: 256 << 20, ..Options::default() };
    let server = Server::start_with(storage, Arc::new(Gateway), options).await?;
    let router = Router::new().route("/", get(async || "a page")).nest("/media", app(server.clone()));
    Ok((router, server))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (router, server) = router(Path::new("masthead-data")).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let interrupted = async {
        // Without a handler for signals there is nothing to wait for.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router).with_graceful_shutdown(interrupted).await?;
    server.stop(Duration::from_secs(10)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn users_of_ones_own_have_banners_below_media() {
        let folder = tempfile::tempdir().unwrap();
        let (router, _server) = router(folder.path()).await.unwrap();
        let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/rocket.jpg");
        let upload = Request::post("/media/1.1/account/update_profile_banner.json")
            .header("host", "example.com")
            .header("x-user-id", "7")
            .body(Body::from(std::fs::read(photo).unwrap()))
            .unwrap();
        let answer = router.clone().oneshot(upload).await.unwrap();
        assert_eq!(answer.status(), 201);
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let url: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let url = url["profile_banner_url"].as_str().unwrap().strip_prefix("http://example.com").unwrap().to_owned();
        assert!(url.starts_with("/media/profile_banners/7/"));

        let banner = Request::get(format!("{url}/web")).header("host", "example.com").body(Body::empty()).unwrap();
        assert_eq!(router.clone().oneshot(banner).await.unwrap().status(), 200);
        let page = Request::get("/").body(Body::empty()).unwrap();
        assert_eq!(router.oneshot(page).await.unwrap().status(), 200);
    }
}
