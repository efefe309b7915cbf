//! Clients that stand in the way: slow ones, silent ones, and those who do not listen.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout};

use super::wire::{Request, connect};
use super::world::{Account, World};

const UPLOAD: &str = "/1.1/account/update_profile_banner.json";

/// What is sent before a client falls silent.
const AT_ONCE: usize = 4 << 20;

/// The pause before they come back.
const PAUSE: Duration = Duration::from_millis(200);

/// In which way a client stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Sends a byte a second.
    Trickle,
    /// Sends megabytes of a form, of which nobody knows whose it is, and falls silent.
    SilentForm,
    /// The same, as a user.
    SilentUpload,
    /// Asks again and again, and never reads.
    Deaf,
    /// Uploads, and hangs up.
    Gone,
}

impl Way {
    pub(crate) const ALL: [Self; 5] = [Self::Trickle, Self::SilentForm, Self::SilentUpload, Self::Deaf, Self::Gone];
}

/// How these clients fared: how often each status was seen, 0 for a connection that was closed without one.
pub(crate) type Fared = Arc<Mutex<BTreeMap<u16, u64>>>;

/// Stands in the way until the load ends.
pub(crate) async fn live(world: Arc<World>, account: Arc<Account>, from: IpAddr, way: Way, fared: Fared) {
    while !world.is_over() {
        // It does not matter to anybody what happens to it.
        let status = once(&world, &account, from, way).await.unwrap_or(0);
        *fared.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
        sleep(PAUSE).await;
    }
}

async fn once(world: &World, account: &Account, from: IpAddr, way: Way) -> std::io::Result<u16> {
    let stream = connect(from, world.server).await?;
    let (mut answers, mut requests) = stream.into_split();
    let upload = Request::post(UPLOAD).with("Authorization", account.bearer());
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let picture = world.pictures.file(super::pictures::Choice { picture: 0, region: 0 });
    let (head, length) = match way {
        Way::Trickle => (upload.with("Content-Type", "image/jpeg"), 1 << 20),
        Way::SilentForm => (Request::post(UPLOAD).with(form.0, form.1), 6 << 20),
        Way::SilentUpload => (upload.with("Content-Type", "image/jpeg"), 5 << 20),
        Way::Deaf => (Request::get("/openapi.json"), 0),
        Way::Gone => (upload.with("Content-Type", "image/jpeg"), picture.len()),
    };
    let head = head.head(world.server, length);
    requests.write_all(head.as_bytes()).await?;
    match way {
        Way::Trickle => {}
        Way::SilentForm | Way::SilentUpload => {
            let begin = if way == Way::SilentForm { &b"banner="[..] } else { &picture[..16] };
            requests.write_all(begin).await?;
            let filling = vec![b'A'; AT_ONCE];
            // The server may have had enough before that.
            let _ = timeout(Duration::from_secs(20), requests.write_all(&filling)).await;
        }
        Way::Deaf => {
            let heads = head.repeat(1000);
            let _ = timeout(Duration::from_secs(10), requests.write_all(heads.as_bytes())).await;
            return Ok(0);
        }
        Way::Gone => {
            requests.write_all(picture).await?;
            return Ok(0);
        }
    }
    // Waits for the answer, and goes on a byte a second meanwhile where that is its way.
    let (mut begin, mut tick) = ([0; 12], Instant::now());
    loop {
        let step = timeout(Duration::from_millis(250), answers.read_exact(&mut begin)).await;
        if let Ok(read) = step {
            read?;
            return Ok(std::str::from_utf8(&begin[9..]).ok().and_then(|status| status.parse().ok()).unwrap_or(0));
        }
        if world.is_over() {
            return Ok(0);
        }
        if way == Way::Trickle && tick.elapsed() >= Duration::from_secs(1) {
            tick = Instant::now();
            requests.write_all(&picture[..1]).await?;
        }
    }
}
