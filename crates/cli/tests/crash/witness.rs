//! Somebody who uploads, remembers what the server has promised, and sees whether it keeps it.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::client::{Answer, Client};
use crate::pictures::{Upload, album};
use crate::random::Random;
use crate::server::User;

const UPLOAD: &str = "/1.1/account/update_profile_banner.json";
const REMOVE: &str = "/1.1/account/remove_profile_banner.json";
const STATUS: &str = "/1.1/account/profile_banner_upload.json";
const VERIFY: &str = "/1.1/account/verify_credentials.json";

/// What a user has: a banner made of a picture, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Empty,
    Banner { picture: usize, version: i64 },
}

/// A change that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Upload { picture: usize },
    Removal,
}

/// What was seen in all rounds together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) acknowledged: usize,
    pub(crate) removals: usize,
    pub(crate) in_flight: usize,
    pub(crate) taken_in: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.removals += other.removals;
        self.in_flight += other.in_flight;
        self.taken_in += other.taken_in;
    }
}

pub(crate) struct Witness {
    user: User,
    album: Vec<Upload>,
    random: Random,
    /// Of how many changes one is a removal; 0: none.
    removals: u64,
    next: usize,
    /// What the last answer promised.
    pub(crate) promised: Profile,
    /// What was asked for and never answered.
    in_flight: Option<Change>,
    /// No upload may get this version or an earlier one any more.
    version: i64,
    /// The version that was promised last, for others to look at meanwhile; 0: none.
    pub(crate) acknowledged: Arc<AtomicI64>,
    pub(crate) counts: Counts,
}

impl Witness {
    pub(crate) fn new(number: usize, user: User, random: Random, removals: u64) -> Self {
        Self {
            user,
            album: album(number),
            random,
            removals,
            next: 0,
            promised: Profile::Empty,
            in_flight: None,
            version: 0,
            acknowledged: Arc::default(),
            counts: Counts::default(),
        }
    }

    /// Changes the banner again and again, until the server is gone.
    pub(crate) fn work(&mut self, mut client: Client) -> Result<(), String> {
        loop {
            let change = match self.removals {
                0 => Change::Upload { picture: self.next },
                removals if self.random.below(removals) == 0 => Change::Removal,
                _ => Change::Upload { picture: self.next },
            };
            self.in_flight = Some(change);
            let Ok(answer) = self.ask(&mut client, change) else {
                self.counts.in_flight += 1;
                return Ok(());
            };
            self.in_flight = None;
            self.note(change, &answer)?;
        }
    }

    /// Uploads the next picture.
    pub(crate) fn upload(&mut self, client: &mut Client) -> Result<(), String> {
        let change = Change::Upload { picture: self.next };
        let answer = self.ask(client, change).map_err(|error| self.complaint(&error.to_string()))?;
        self.note(change, &answer)
    }

    fn ask(&mut self, client: &mut Client, change: Change) -> io::Result<Answer> {
        match change {
            Change::Removal => client.post(REMOVE, &self.user.bearer, "", &[]),
            Change::Upload { picture } => {
                self.next = (picture + 1) % self.album.len();
                let upload = &self.album[picture];
                client.post(UPLOAD, &self.user.bearer, upload.content_type, &upload.file)
            }
        }
    }

    /// Remembers what an answer promises.
    fn note(&mut self, change: Change, answer: &Answer) -> Result<(), String> {
        self.promised = match (change, answer.status) {
            (Change::Removal, 200) => {
                self.counts.removals += 1;
                Profile::Empty
            }
            (Change::Upload { picture }, 201 | 202) => {
                let version = answer.json()["version"].as_i64().ok_or_else(|| self.complaint("no version"))?;
                if version <= self.version {
                    return Err(self.complaint(&format!("version {version} follows version {}", self.version)));
                }
                self.version = version;
                self.acknowledged.store(version, Ordering::SeqCst);
                self.counts.acknowledged += 1;
                Profile::Banner { picture, version }
            }
            _ => return Err(self.complaint(&format!("{change:?} was answered with {}", shown(answer)))),
        };
        Ok(())
    }

    /// Whether the server has kept its promises, once its queue is empty.
    pub(crate) fn check(&mut self, client: &mut Client) -> Result<(), String> {
        let found = self.look(client)?;
        let in_flight = self.in_flight.take();
        let taken_in = match (in_flight, found) {
            (Some(Change::Removal), Profile::Empty) => true,
            (Some(Change::Upload { picture: sent }), Profile::Banner { picture, version }) => {
                sent == picture && version > self.version
            }
            _ => false,
        };
        if found != self.promised && !taken_in {
            let promised = self.promised;
            return Err(self.complaint(&format!("found {found:?}, promised {promised:?}, in flight {in_flight:?}")));
        }
        if taken_in && found != self.promised {
            self.counts.taken_in += 1;
        }
        if let Profile::Banner { version, .. } = found {
            self.version = self.version.max(version);
        }
        self.promised = found;
        Ok(())
    }

    /// What the server says and serves, which must agree.
    fn look(&self, client: &mut Client) -> Result<Profile, String> {
        let sizes_path = format!("/1.1/users/profile_banner.json?screen_name={}", self.user.screen_name);
        let sizes = self.get(client, &sizes_path)?;
        let url = self.get(client, VERIFY)?.json()["profile_banner_url"].as_str().map(str::to_owned);
        if sizes.status == 404 {
            return match url {
                None => Ok(Profile::Empty),
                Some(url) => Err(self.complaint(&format!("no sizes, but {url}"))),
            };
        }
        let url = url.ok_or_else(|| self.complaint("sizes, but no profile_banner_url"))?;
        let prefix = format!("/profile_banners/{}/", self.user.id);
        let version = url.split_once(&prefix).and_then(|(_, version)| version.parse::<i64>().ok());
        let version = version.ok_or_else(|| self.complaint(&format!("strange URL {url}")))?;

        let status = self.get(client, STATUS)?.json();
        if status["state"] != "ready" || status["version"] != version {
            return Err(self.complaint(&format!("the banner has version {version}, the latest upload is {status}")));
        }

        let sizes = sizes.json();
        let sizes = sizes["sizes"].as_object().ok_or_else(|| self.complaint("no sizes"))?;
        let mut served = Vec::new();
        for (name, size) in sizes {
            let path = format!("{prefix}{version}/{name}");
            if !size["url"].as_str().unwrap_or_default().ends_with(&path) {
                return Err(self.complaint(&format!("{name} of version {version} is at {}", size["url"])));
            }
            let answer = client.get(&path, None).map_err(|error| self.complaint(&format!("{path}: {error}")))?;
            if answer.status != 200 || answer.content_type != "image/jpeg" {
                return Err(self.complaint(&format!("{path} was answered with {}", shown(&answer))));
            }
            served.push((name.as_str(), (&size["w"], &size["h"]), answer.body));
        }

        let names: HashSet<_> = served.iter().map(|(name, ..)| *name).collect();
        for (picture, upload) in self.album.iter().enumerate() {
            let banner = upload.banner();
            let expected = |name: &str| banner.iter().find(|variant| variant.name == name);
            let is_of = |name: &str, bytes: &[u8]| expected(name).is_some_and(|variant| variant.bytes == bytes);
            if !served.iter().any(|(name, _, bytes)| is_of(name, bytes)) {
                continue;
            }
            for (name, (width, height), bytes) in &served {
                let variant = expected(name).ok_or_else(|| self.complaint(&format!("{name} is not of the set")))?;
                if *bytes != variant.bytes || **width != variant.width || **height != variant.height {
                    return Err(
                        self.complaint(&format!("{name} of version {version} is not whole, or of another picture"))
                    );
                }
            }
            if names.len() != banner.len() {
                return Err(self.complaint(&format!("only {names:?} of version {version}")));
            }
            return Ok(Profile::Banner { picture, version });
        }
        Err(self.complaint(&format!("version {version} is of none of the pictures")))
    }

    /// Whether a server that was restored from a backup has what was acknowledged before the backup began, or something later, and
    /// has it whole. A removal may have come in between.
    pub(crate) fn check_restored(&self, client: &mut Client, acknowledged: i64) -> Result<(), String> {
        match self.look(client)? {
            Profile::Banner { version, .. } if version >= acknowledged => Ok(()),
            Profile::Empty if acknowledged == 0 || self.removals > 0 => Ok(()),
            found => Err(self.complaint(&format!(
                "the backup has {found:?}, and version {acknowledged} was promised before it began"
            ))),
        }
    }

    /// Whether this is the file of a picture that the banner was made of.
    pub(crate) fn uploaded(&self, bytes: &[u8]) -> bool {
        matches!(self.promised, Profile::Banner { picture, .. } if self.album[picture].file == bytes)
    }

    fn get(&self, client: &mut Client, path: &str) -> Result<Answer, String> {
        let answer =
            client.get(path, Some(&self.user.bearer)).map_err(|error| self.complaint(&format!("{path}: {error}")))?;
        match answer.status {
            200 | 404 => Ok(answer),
            _ => Err(self.complaint(&format!("{path} was answered with {}", shown(&answer)))),
        }
    }

    /// The files of this banner in the data folder, whose names nobody outside knows: told by content.
    pub(crate) fn owns(&self, bytes: &[u8]) -> bool {
        match self.promised {
            Profile::Empty => false,
            Profile::Banner { picture, .. } => {
                let whole: Vec<u8> =
                    self.album[picture].banner().iter().flat_map(|variant| &variant.bytes).copied().collect();
                whole == bytes
            }
        }
    }

    fn complaint(&self, what: &str) -> String {
        format!("{}: {what}", self.user.screen_name)
    }
}

fn shown(answer: &Answer) -> String {
    let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(200)]);
    format!("{} {body}", answer.status)
}
