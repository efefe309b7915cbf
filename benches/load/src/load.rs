//! The load: so many threads, each with a connection, each uploading one picture after another.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::args::Args;
use crate::http::Connection;
use crate::process;
use crate::target::Target;

const STATUS: &str = "/1.1/account/profile_banner_upload.json";

/// How often the end of an upload is asked for that was answered with 202.
const POLL: Duration = Duration::from_millis(200);

/// How long that may take in all.
const PATIENCE: Duration = Duration::from_secs(120);

/// The region of upload `number`: a part of the picture that differs from that of the upload before, of the same size, so
/// that all are the same work and none is the current banner already.
pub(crate) struct Region {
    /// Width and height.
    pub(crate) size: [u32; 2],
    /// How far it can be moved.
    room: u32,
}

impl Region {
    pub(crate) fn within([width, height]: [u32; 2]) -> Self {
        let room = 32.min(width / 16).max(1);
        Self { size: [width - room, height], room }
    }

    fn path(&self, number: u32) -> String {
        let ([width, height], left) = (self.size, number % (self.room + 1));
        format!("/1.1/account/update_profile_banner.json?width={width}&height={height}&offset_left={left}&offset_top=0")
    }
}

/// What was seen from outside.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Answers by status, of the whole run.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// What failed otherwise, each kind once.
    pub(crate) failures: Vec<String>,
    pub(crate) failed: u64,
    /// Banners that were finished while it was measured.
    pub(crate) finished: u64,
    /// From the first byte of an upload to the end of its answer, while it was measured.
    pub(crate) latencies: Vec<Duration>,
    /// What was measured.
    pub(crate) time: Duration,
    /// The server's, while it was measured.
    pub(crate) server_cpu: Option<Duration>,
    /// Ours.
    pub(crate) own_cpu: Option<Duration>,
    /// The server's, of its whole life.
    pub(crate) peak_memory: Option<u64>,
}

/// Loads the server.
pub(crate) fn run(args: &Args, target: &Target, picture: &[u8], region: &Region) -> Seen {
    let seen = Mutex::new(Seen::default());
    let (stop, measured) = (AtomicBool::new(false), AtomicBool::new(false));
    let left = AtomicU64::new(args.uploads);
    let start = Barrier::new(args.connections as usize + 1);
    thread::scope(|scope| {
        for number in 0..args.connections {
            let (seen, stop, measured, left, start) = (&seen, &stop, &measured, &left, &start);
            let token = &target.tokens[number as usize % target.tokens.len()];
            let mut user = Uploader { connection: Connection::new(target.address), token, picture, region, number };
            scope.spawn(move || {
                start.wait();
                let count = |left: u64| left.checked_sub(1);
                while !stop.load(Ordering::Relaxed)
                    && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_ok()
                {
                    let (done, latency) = user.upload();
                    let now_measured = measured.load(Ordering::Relaxed);
                    let pause = note(&mut seen.lock().expect("no thread panics"), done, latency, now_measured);
                    if pause {
                        thread::sleep(POLL);
                    }
                }
            });
        }
        start.wait();
        thread::sleep(Duration::from_secs(args.warm_up.into()));
        let cpu = || (target.pid.and_then(process::cpu_time), process::cpu_time(std::process::id()));
        let (begin, (server, own)) = (Instant::now(), cpu());
        measured.store(true, Ordering::Relaxed);
        let end = begin + Duration::from_secs(args.seconds.unwrap_or(20).into());
        while Instant::now() < end && left.load(Ordering::Relaxed) > 0 {
            thread::sleep(end.saturating_duration_since(Instant::now()).min(Duration::from_millis(50)));
        }
        measured.store(false, Ordering::Relaxed);
        let (time, (server_after, own_after)) = (begin.elapsed(), cpu());
        stop.store(true, Ordering::Relaxed);
        let mut seen = seen.lock().expect("no thread panics");
        seen.time = time;
        seen.server_cpu = server_after.zip(server).map(|(after, before)| after.saturating_sub(before));
        seen.own_cpu = own_after.zip(own).map(|(after, before)| after.saturating_sub(before));
    });
    let mut seen = seen.into_inner().expect("no thread panics");
    seen.peak_memory = target.pid.and_then(process::peak_memory);
    seen
}

/// How an upload went: the status of its answer, and whether its banner was finished; or what was wrong.
type Done = Result<(u16, bool), String>;

/// Counts an upload, and says whether its user should wait a little before the next.
fn note(seen: &mut Seen, done: Done, latency: Duration, measured: bool) -> bool {
    let failure = match done {
        Ok((status, finished)) => {
            *seen.statuses.entry(status).or_default() += 1;
            if measured {
                seen.finished += u64::from(finished);
                seen.latencies.push(latency);
            }
            match status {
                201 | 202 if finished => return false,
                429 | 503 => return true,
                // Two uploads of one user after another are never the same.
                _ => format!("status {status}"),
            }
        }
        Err(failure) => failure,
    };
    seen.failed += 1;
    if !seen.failures.contains(&failure) && seen.failures.len() < 5 {
        seen.failures.push(failure);
    }
    true
}

/// One user at one connection.
struct Uploader<'a> {
    connection: Connection,
    token: &'a str,
    picture: &'a [u8],
    region: &'a Region,
    number: u32,
}

impl Uploader<'_> {
    /// Uploads, waits until the banner is finished, and says how long the answer to the upload took.
    fn upload(&mut self) -> (Done, Duration) {
        let path = self.region.path(self.number);
        self.number += 1;
        let begin = Instant::now();
        let answer = self.connection.post(&path, self.token, self.picture);
        let latency = begin.elapsed();
        let done = match answer {
            Ok(answer) if answer.status == 202 => self.finish().map(|()| (202, true)),
            Ok(answer) if matches!(answer.status, 201 | 429 | 503) => Ok((answer.status, answer.status == 201)),
            Ok(answer) => Err(format!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body))),
            Err(error) => Err(error.to_string()),
        };
        (done, latency)
    }

    /// Waits for the banner of an upload that was answered with 202.
    fn finish(&mut self) -> Result<(), String> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let answer = self.connection.get(STATUS, self.token).map_err(|error| error.to_string())?;
            let status: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            match status["state"].as_str() {
                Some("ready") => return Ok(()),
                Some("processing") => thread::sleep(POLL),
                _ => return Err(format!("after 202: status {}, {status}", answer.status)),
            }
        }
        Err(format!("no banner {PATIENCE:?} after 202"))
    }
}
