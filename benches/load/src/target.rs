//! The server that is loaded.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::args::Args;

/// How long starting, and stopping politely, may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and a token for each connection.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) pid: Option<u32>,
    pub(crate) tokens: Vec<String>,
    own: Option<Own>,
}

/// A server of our own, which ends with us.
struct Own {
    child: Child,
    _folder: TempDir,
}

impl Target {
    /// The one of `--url`, or one that is started here.
    pub(crate) fn new(args: &Args) -> Result<Self, String> {
        let Some(url) = &args.url else { return Self::start(args) };
        let address = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/');
        let mut addresses = address.to_socket_addrs().map_err(|error| format!("{url}: {error}"))?;
        let address = addresses.find(|address| address.ip().is_loopback());
        let address = address.ok_or_else(|| format!("{url} is not on this machine, and no other is loaded"))?;
        Ok(Self { address, pid: args.pid, tokens: args.token.clone(), own: None })
    }

    fn start(args: &Args) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", args.binary.display());
        let folder = match &args.data {
            Some(parent) => TempDir::new_in(parent),
            None => TempDir::new(),
        };
        let folder = folder.map_err(failed)?;
        let data = folder.path().join("data");
        let mut tokens = Vec::new();
        for number in 0..args.connections {
            let mut command = Command::new(&args.binary);
            command.args(["user", "add", &format!("user{number}"), "--json", "--data"]).arg(&data);
            let output = command.stdin(Stdio::null()).output().map_err(failed)?;
            let printed: Value = serde_json::from_slice(&output.stdout)
                .map_err(|_| format!("masthead user add: {}", String::from_utf8_lossy(&output.stderr)))?;
            tokens.push(printed["bearer_token"].as_str().ok_or("no bearer_token")?.to_owned());
        }

        let log = File::create(folder.path().join("log")).map_err(failed)?;
        let memory = format!("{}MiB", args.memory);
        let mut command = Command::new(&args.binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "info", "--memory", &memory, "--data"]).arg(&data);
        command.args(["--uploads-per-window", "1000000", "--reads-per-window", "1000000"]);
        command.args(["--grace", &args.grace, "--admin", "127.0.0.1:0", "--drain", "0"]);
        if let Some(threads) = args.threads {
            command.args(["--threads", &threads.to_string()]);
        }
        if let Some(queue) = args.queue {
            command.args(["--queue", &queue.to_string()]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().map_err(failed)?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        // From here on it is ended whatever happens.
        let mut own = Own { child, _folder: folder };

        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let line = receiver.recv_timeout(PATIENCE).map_err(|_| format!("no start within {PATIENCE:?}"))?;
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("http://")?.parse().ok());
        let Some(address) = address else {
            let _ = own.child.wait();
            return Err(format!("the server did not start, but said {line:?}"));
        };
        Ok(Self { address, pid: Some(own.child.id()), tokens, own: Some(own) })
    }

    /// SIGTERM; a server of our own must end with 0.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        let Some(own) = &mut self.own else { return Ok(()) };
        let pid = own.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().map_err(|error| format!("kill: {error}"))?;
        let begin = Instant::now();
        while sent.success() && begin.elapsed() < PATIENCE {
            match own.child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("the server ended with {status}")),
                None => thread::sleep(Duration::from_millis(10)),
            }
        }
        Err("the server did not stop".to_owned())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Images a second that the cores can make of `file`, as `masthead bench` says.
pub(crate) fn bench(args: &Args, file: &Path, region: [u32; 2]) -> Result<f64, String> {
    let [width, height] = region.map(|pixels| pixels.to_string());
    let mut command = Command::new(&args.binary);
    command.arg("bench").arg(file).args(["--json", "--width", &width, "--height", &height]);
    command.args(["--repeat", &args.bench_repeat.to_string()]);
    if let Some(threads) = args.threads {
        command.args(["--threads", &threads.to_string()]);
    }
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{}: {error}", args.binary.display()))?;
    let figures: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("masthead bench: {}", String::from_utf8_lossy(&output.stderr)))?;
    figures["images_per_second"].as_f64().ok_or_else(|| format!("masthead bench said {figures}"))
}
