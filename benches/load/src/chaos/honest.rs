//! Clients as they should be: quick, patient, and sure of what they were promised.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::judge::{Acknowledged, Allowed, Ending};
use super::pictures::{Choice, REGIONS};
use super::random::Random;
use super::sender::Sender;
use super::wire::{Answer, Connection, Request};
use super::world::{Account, Seen, Upload, World};

/// The code of a picture that is refused.
const REFUSED: u64 = 324;

const REMOVE: &str = "/1.1/account/remove_profile_banner.json";
const STATUS: &str = "/1.1/account/profile_banner_upload.json";

/// How often the end of an upload is asked for.
const POLL: Duration = Duration::from_millis(150);

/// How long a client waits before it tries again that was told to, at most: the run is short.
const PAUSE: Duration = Duration::from_millis(500);

/// How often a banner is asked for again that was acknowledged and not given.
const TRIES: u32 = 20;

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// One thing after the other, and looks at what becomes of it.
    Careful,
    /// Uploads, and so does another client of the same user.
    Racing,
}

pub(crate) struct Client {
    world: Arc<World>,
    account: Arc<Account>,
    connection: Connection,
    random: Random,
    sender: Sender,
}

impl Client {
    /// Client `number`: they differ in how they send pictures and in how they say who they are.
    pub(crate) fn new(world: &Arc<World>, account: &Arc<Account>, from: IpAddr, number: u32) -> Self {
        let (connection, sender) = (Connection::new(from, world.server), Sender::new(world, account, number));
        let (world, account) = (Arc::clone(world), Arc::clone(account));
        Self { world, account, connection, random: Random::new(number.into()), sender }
    }

    /// Lives until the load ends.
    pub(crate) async fn live(mut self, habit: Habit) {
        while !self.world.is_over() {
            match (habit, self.random.below(20)) {
                (Habit::Careful, 0) => self.remove().await,
                (Habit::Careful, 1) => self.look_up().await,
                (Habit::Careful, _) => {
                    let picture = self.random.below(self.world.pictures.len() as u32) as usize;
                    let choice = Choice { picture, region: self.random.below(REGIONS) };
                    match self.upload(choice).await {
                        Some((200, version)) => self.check("ready", version, choice).await,
                        Some((_, version)) => self.watch(version, choice).await,
                        None => {}
                    }
                }
                (Habit::Racing, _) => {
                    let readable = self.world.pictures.len() as u32 - 1;
                    let picture = self.random.below(readable) as usize;
                    let choice = Choice { picture, region: self.random.below(REGIONS) };
                    self.upload(choice).await;
                }
            }
        }
    }

    /// Uploads, and gives the status and the version when it is acknowledged.
    async fn upload(&mut self, choice: Choice) -> Option<(u16, i64)> {
        let allowed = if self.world.pictures.banner(choice).is_some() { Allowed::Success } else { Allowed::Refusal };
        let request = self.sender.upload(choice);
        let answer = self.call("upload", allowed, request).await?;
        if !matches!(answer.status, 200..=202) {
            self.account.kept().refused |= answer.code() == REFUSED;
            return None;
        }
        let Some(version) = answer.json()["version"].as_i64() else {
            self.world.wrong(format!("an upload of {} was acknowledged without a version", self.account.name));
            return None;
        };
        let mut kept = self.account.kept();
        // The same upload again has the version that it has already.
        if answer.status != 200 {
            kept.uploads.push(Upload { version, choice, removed: false, seen: None });
        }
        (kept.removed, kept.refused) = (false, false);
        Some((answer.status, version))
    }

    /// Waits for the end of an upload, for as long as the load lasts.
    async fn watch(&mut self, version: i64, choice: Choice) {
        while !self.world.is_over() {
            let request = self.sender.get(STATUS);
            let Some(answer) = self.call("status", Allowed::Success, request).await else { continue };
            if answer.status != 200 {
                continue;
            }
            let status = answer.json();
            match (status["state"].as_str(), status["version"].as_i64()) {
                (Some("processing"), Some(seen)) if seen == version => sleep(POLL).await,
                (Some(state @ ("ready" | "failed")), Some(seen)) if seen == version => {
                    return self.check(state, version, choice).await;
                }
                _ => {
                    let name = &self.account.name;
                    return self
                        .world
                        .wrong(format!("upload {version} of {name} is the last, and its status {status}"));
                }
            }
        }
    }

    /// Checks the end of an upload, and notes it.
    async fn check(&mut self, state: &str, version: i64, choice: Choice) {
        match self.seen(state, version, choice).await {
            Ok(seen) => {
                let mut kept = self.account.kept();
                if let Some(upload) = kept.uploads.iter_mut().find(|upload| upload.version == version) {
                    upload.seen = Some(seen);
                }
            }
            Err(wrong) => self.world.wrong(wrong),
        }
    }

    async fn seen(&mut self, state: &str, version: i64, choice: Choice) -> Result<Seen, String> {
        let world = Arc::clone(&self.world);
        match (state, world.pictures.banner(choice)) {
            ("ready", Some(banner)) => {
                // One of them; the last banner is looked at as a whole.
                let index = self.random.below(banner.len() as u32) as usize;
                let (name, file) = banner.iter().nth(index).ok_or("no variants")?;
                self.file(version, name, file).await?;
                Ok(Seen::Banner)
            }
            ("failed", None) => Ok(Seen::Refused),
            _ => Err(format!("upload {version} of {} ended as {state}", self.account.name)),
        }
    }

    /// Fetches a file of a banner, which must be there.
    async fn file(&mut self, version: i64, name: &str, expected: &[u8]) -> Result<(), String> {
        let target = format!("/profile_banners/{}/{version}/{name}", self.account.id);
        for _ in 0..TRIES {
            let answer = self.call("file", Allowed::Success, Request::get(&*target)).await;
            match answer {
                Some(answer) if answer.status == 200 && answer.body == expected => return Ok(()),
                Some(answer) if answer.status == 200 => return Err(format!("{target} is another picture")),
                // It is judged by itself.
                _ => {}
            }
        }
        Err(format!("{target} was not given in {TRIES} tries"))
    }

    async fn remove(&mut self) {
        let request = self.sender.post(REMOVE);
        if let Some(answer) = self.call("removal", Allowed::Success, request).await
            && answer.status == 200
        {
            let mut kept = self.account.kept();
            kept.removed = true;
            kept.uploads.iter_mut().for_each(|upload| upload.removed = true);
        }
    }

    async fn look_up(&mut self) {
        let request = self.sender.sizes();
        self.call("sizes", Allowed::NotFound, request).await;
    }

    /// Looks, when all is quiet, at what became of everything that was acknowledged to the user.
    pub(crate) async fn settle(mut self) {
        let ending = self.last_ending().await;
        let (mut uploads, name) = (self.account.kept().uploads.clone(), self.account.name.clone());
        uploads.sort_by_key(|upload| upload.version);
        let last = uploads.len().saturating_sub(1);
        for (index, upload) in uploads.into_iter().enumerate() {
            let ending = match (&ending, upload.seen) {
                (Err(seen), _) if index == last => Ending::Lost(seen.clone()),
                (Ok(ending), _) if index == last => ending.clone(),
                (_, Some(Seen::Banner)) => Ending::Banner,
                (_, Some(Seen::Refused)) => Ending::Refused,
                (_, None) if upload.removed => Ending::Removed,
                (_, None) => Ending::Overtaken,
            };
            self.world.acknowledged(Acknowledged { user: name.clone(), version: upload.version, ending });
        }
    }

    /// What became of the last upload that was acknowledged.
    async fn last_ending(&mut self) -> Result<Ending, String> {
        let (uploads, removed, refused) = {
            let kept = self.account.kept();
            (kept.uploads.clone(), kept.removed, kept.refused)
        };
        let Some(last) = uploads.iter().copied().max_by_key(|upload| upload.version) else {
            return Ok(Ending::Overtaken);
        };
        let sizes = self.sender.sizes();
        let sizes = self.call("sizes", Allowed::NotFound, sizes).await.ok_or("no sizes")?;
        if removed {
            return if sizes.status == 404 {
                Ok(Ending::Removed)
            } else {
                Err(format!("removed, and its sizes answered with {}", sizes.status))
            };
        }
        let request = self.sender.get(STATUS);
        let status = self.call("status", Allowed::Success, request).await.ok_or("no status")?.json();
        let unexpected = || Err(format!("the status is {status}"));
        let failed = status["state"] == "failed" && status["errors"][0]["message"].is_string();
        let is_last = match status["version"].as_i64() {
            Some(version) if version == last.version => true,
            Some(version) if version > last.version && refused && failed => false,
            _ => return unexpected(),
        };
        // What is served: the last one that can be a banner, if it was not removed.
        let banners = uploads.iter().filter(|upload| self.world.pictures.banner(upload.choice).is_some());
        let current = banners.max_by_key(|upload| upload.version).copied().filter(|upload| !upload.removed);
        match current {
            Some(current) => {
                if sizes.json()["sizes"].as_object().is_none() {
                    return Err(format!("the sizes answered with {}", sizes.status));
                }
                let world = Arc::clone(&self.world);
                for (name, file) in world.pictures.banner(current.choice).into_iter().flatten() {
                    self.file(current.version, name, file).await?;
                }
            }
            None if sizes.status == 404 => {}
            None => return Err(format!("no banner is left, and its sizes answered with {}", sizes.status)),
        }
        let readable = self.world.pictures.banner(last.choice).is_some();
        match (is_last, readable) {
            (true, true) if status["state"] == "ready" => Ok(Ending::Banner),
            (true, false) if failed => Ok(Ending::Refused),
            (true, _) => unexpected(),
            (false, true) => Ok(Ending::Banner),
            (false, false) => Ok(Ending::Overtaken),
        }
    }

    /// Sends a request, and waits a little when it was told to come again.
    async fn call(&mut self, what: &'static str, allowed: Allowed, request: Request) -> Option<Answer> {
        let answer = self.world.call(&mut self.connection, what, allowed, request).await;
        match &answer {
            Some(answer) if answer.status < 400 => {}
            Some(answer) => sleep(answer.retry_after.map_or(POLL, Duration::from_secs).min(PAUSE)).await,
            None => sleep(PAUSE).await,
        }
        answer
    }
}
