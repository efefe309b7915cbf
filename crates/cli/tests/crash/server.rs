//! The real command.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Client;

/// How long a start may take: it reads the database, and sweeps up what the last run has left.
const START: Duration = Duration::from_secs(60);

/// How long a polite stop may take: the server gives 10 seconds to what is in work, and a machine that has other things to do makes that
/// longer.
const STOP: Duration = Duration::from_secs(60);

/// A user, as `masthead user add` prints it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) screen_name: String,
    pub(crate) bearer: String,
}

/// A data folder, and the log of every server that ran on it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub(crate) fn add_user(&self, name: &str) -> User {
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
        command.args(["user", "add", name, "--json", "--data"]).arg(self.data()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |name: &str| match &printed[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            other => panic!("{name} is {other} in {printed}"),
        };
        User { id: text("id"), screen_name: text("screen_name"), bearer: text("bearer_token") }
    }

    /// The end of the log, for messages.
    pub(crate) fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// What no server may ever write.
    pub(crate) fn check_log(&self) -> Result<(), String> {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        // A kill may have cut a line; the words are in one piece all the same.
        match log.lines().find(|line| line.contains("panicked") || line.contains(" ERROR ")) {
            Some(line) => Err(format!("the log has: {line}")),
            None => Ok(()),
        }
    }

    /// A command on the data folder.
    fn command(&self, arguments: &[&str], data: &Path) -> Command {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
        command.args(arguments).arg("--data").arg(data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command
    }

    /// Where backups are made.
    pub(crate) fn backup_folder(&self) -> PathBuf {
        self.folder.path().join("backup")
    }

    /// Begins a backup.
    pub(crate) fn spawn_backup(&self) -> Child {
        self.command(&["backup", self.backup_folder().to_str().unwrap()], &self.data()).spawn().unwrap()
    }

    /// Restores the backup, starts a server on it, and has a look at it. Both are gone then.
    pub(crate) fn with_backup(&self, look: impl FnOnce(&Server) -> Result<(), String>) -> Result<(), String> {
        let restored = self.folder.path().join("restored");
        let backup = self.backup_folder();
        for arguments in [&["restore", backup.to_str().unwrap()][..], &["check"]] {
            let status = self.command(arguments, &restored).status().unwrap();
            if !status.success() {
                return Err(format!("{arguments:?} of a backup: {status}"));
            }
        }
        let mut server = self.start_on(&restored, "2s")?;
        look(&server)?;
        server.stop()?;
        fs::remove_dir_all(restored).and_then(|()| fs::remove_dir_all(backup)).map_err(|error| error.to_string())
    }

    /// Starts a server and does not wait for it.
    pub(crate) fn spawn(&self, respond_within: &str) -> Child {
        self.spawn_on(&self.data(), respond_within)
    }

    fn spawn_on(&self, data: &Path, respond_within: &str) -> Child {
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--drain",
            "0",
            "--log",
            "info",
            "--grace",
            "1s",
            "--threads",
            "2",
        ]);
        command.args(["--uploads-per-window", "1000000", "--reads-per-window", "1000000"]);
        command.args(["--respond-within", respond_within, "--data"]).arg(data);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap()
    }

    /// Starts a server and waits until it says that it listens.
    pub(crate) fn start(&self, respond_within: &str) -> Result<Server, String> {
        self.start_on(&self.data(), respond_within)
    }

    fn start_on(&self, data: &Path, respond_within: &str) -> Result<Server, String> {
        let mut child = self.spawn_on(data, respond_within);
        let stdout = child.stdout.take().unwrap();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        // Killed and reaped, whatever happens from here on.
        let mut server = Server { child, address: ([127, 0, 0, 1], 0).into(), admin: ([127, 0, 0, 1], 0).into() };
        let line = receiver.recv_timeout(START).map_err(|_| format!("no start within {START:?}"))?;
        let url = line.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        let address = url.and_then(|address| address.trim_end_matches('/').parse().ok());
        server.address = address.ok_or_else(|| format!("the server did not start, but said {line:?}"))?;
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let admin = log.split_whitespace().rev().find_map(|word| word.strip_prefix("admin=http://")?.parse().ok());
        server.admin = admin.ok_or("the log does not say where operators ask")?;
        Ok(server)
    }
}

/// A server that listens.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    admin: SocketAddr,
}

impl Server {
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Who asks for its figures.
    pub(crate) fn operator(&self) -> Client {
        Client::new(self.admin)
    }

    /// SIGKILL: nothing is said, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended.
    pub(crate) fn ended(&mut self) -> Result<ExitStatus, String> {
        let deadline = Instant::now() + STOP;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(format!("it still runs {STOP:?} after SIGTERM"))
    }

    /// SIGTERM, and the exit code must be 0.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        self.ask_to_stop();
        match self.ended()?.code() {
            Some(0) => Ok(()),
            code => Err(format!("exit code {code:?} after SIGTERM")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The files of a data folder that are not the database's.
pub(crate) struct Blobs {
    /// `originals/<upload>`.
    pub(crate) originals: Vec<PathBuf>,
    /// `banners/<upload>`, each with all variants of a banner one after the other.
    pub(crate) banners: Vec<PathBuf>,
}

impl Blobs {
    pub(crate) fn of(data: &Path) -> Self {
        let blobs = data.join("blobs");
        let files = |folder: &str| {
            let folder = blobs.join(folder);
            listing(&folder).into_iter().map(|upload| folder.join(upload)).collect()
        };
        Self { originals: files("originals"), banners: files("banners") }
    }
}

fn listing(folder: &Path) -> Vec<String> {
    // A server that is running may collect a folder just now.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
