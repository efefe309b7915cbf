//! Database and files as a pair, the files themselves, and backups.

mod backup;
mod check;
mod files;
mod pair;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use masthead_server::{Options, Server};
use sha1::{Digest, Sha1};
use tempfile::TempDir;

use super::api::client::{Account, Fixture, options, small};

/// How long a server may take to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for something, and not for ever.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

/// A data folder, and who uploads there. No server runs.
struct Rest {
    folder: Arc<TempDir>,
    alice: Account,
}

impl Rest {
    /// Ends a server in order.
    async fn of(fixture: Fixture) -> Self {
        let Fixture { server, folder, alice, .. } = fixture;
        server.close(PATIENCE).await;
        Self { folder, alice }
    }

    /// A server with a banner of Alice's, ended.
    async fn with_banner() -> Self {
        let fixture = Fixture::default().await;
        assert_eq!(fixture.upload("", small()).await.status, 201);
        Self::of(fixture).await
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts again, and has Alice upload one more.
    async fn upload(&self, left: u32) {
        let fixture = self.start(options()).await;
        let upload = self.alice.raw(&format!("?width=200&offset_left={left}"), small());
        assert_eq!(fixture.send(upload).await.status, 201);
        fixture.server.close(PATIENCE).await;
    }

    async fn start(&self, options: Options) -> Fixture {
        Fixture::again(Arc::clone(&self.folder), &self.alice, options).await
    }

    /// Why no server starts.
    async fn refusal(&self) -> String {
        refusal(self.folder.path()).await
    }
}

/// Why no server starts on a folder.
async fn refusal(folder: &Path) -> String {
    let refused = masthead_server::Storage::folder(folder).await.err().expect("it is refused").to_string();
    assert!(refused.starts_with(&folder.display().to_string()), "{refused}");
    refused
}

/// Names of files, in order; none of a folder that is not there.
fn listing(folder: impl AsRef<Path>) -> Vec<String> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Files below a folder with their lengths and the digests of their contents, in order.
fn tree(folder: &Path) -> Vec<(PathBuf, usize, String)> {
    let mut all = Vec::new();
    for name in listing(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            all.extend(tree(&path));
        } else {
            let content = fs::read(&path).unwrap();
            let digest = Sha1::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
            all.push((path, content.len(), digest));
        }
    }
    all
}

/// A figure of a server.
async fn figure(fixture: &Fixture, name: &str) -> u64 {
    let text = fixture.metrics().await;
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    found.unwrap_or_else(|| panic!("no {name} in\n{text}"))
}
