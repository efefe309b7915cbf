//! Kills in the middle of a backup, of the quarantine and of a migration.

use std::fs;
use std::process::Child;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::{DRAIN, LATEST, Run, SOON, disorder, drained, random};

/// Who is killed while a backup is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    Backup,
    Server,
    /// The server, when the backup is made.
    ServerAfterwards,
}

impl Run {
    /// A backup in the middle of the work. It or the server is killed, or the server when the backup is made; then a backup that was
    /// made holds all that was acknowledged before it began.
    pub(crate) fn crash_in_a_backup(&mut self, server: Server, victim: Victim) {
        let acknowledged: Vec<_> = self.witnesses.iter().map(|witness| Arc::clone(&witness.acknowledged)).collect();
        let moment = random::moment(&mut self.random, SOON);
        let home = Rc::clone(&self.home);
        let mut promised = Vec::new();
        let mut made = false;
        self.interrupt(server, LATEST, |server| {
            promised = acknowledged.iter().map(|version| version.load(Ordering::SeqCst)).collect();
            let mut backup = home.spawn_backup();
            if victim != Victim::ServerAfterwards {
                thread::sleep(moment);
            }
            if victim == Victim::Backup {
                backup.kill().unwrap();
            }
            if victim == Victim::Server {
                server.kill();
                made = ended_well(&mut backup)?;
            } else {
                made = ended_well(&mut backup)?;
                server.kill();
            }
            // One that was killed may have been made already.
            if made || victim == Victim::Backup { Ok(()) } else { Err("a backup failed".to_owned()) }
        });
        if made {
            self.backups += 1;
            self.check_backup(&promised);
        }
    }

    fn check_backup(&self, promised: &[i64]) {
        self.must(self.home.with_backup(|server| {
            drained(server)?;
            let mut client = server.client();
            let mut checks = self.witnesses.iter().zip(promised);
            checks.try_for_each(|(witness, promised)| witness.check_restored(&mut client, *promised))
        }));
    }

    /// A start with many files that nobody knows, and with those that are needed in the quarantine, that is killed meanwhile. After the next
    /// one everything is in its place.
    pub(crate) fn crash_in_the_quarantine(&mut self, respond_within: &str) -> Server {
        let data = self.home.data();
        let unknown = disorder::scatter(&data, &mut self.random, 60);
        disorder::hide(&data);
        self.crash_at_start();
        let server = self.restart(respond_within);
        // What is unknown is moved while the server works.
        let deadline = Instant::now() + DRAIN;
        loop {
            let aside = disorder::quarantined(&data);
            match unknown.iter().find(|name| !aside.contains(name)) {
                None => break,
                Some(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(10)),
                Some(name) => self.must(Err(format!("{name} is not in the quarantine"))),
            }
        }
        fs::remove_dir_all(data.join("blobs/quarantine")).unwrap();
        server
    }

    /// A start on tables of the first version that is killed while it brings them up to date.
    pub(crate) fn crash_in_the_migration(&mut self) {
        disorder::back_to_the_first_version(&self.home.data());
        self.crash_at_start();
    }
}

/// Whether a command ended well, once it has ended.
fn ended_well(command: &mut Child) -> Result<bool, String> {
    let deadline = Instant::now() + DRAIN;
    while Instant::now() < deadline {
        if let Some(status) = command.try_wait().map_err(|error| error.to_string())? {
            return Ok(status.success());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err(format!("a backup takes longer than {DRAIN:?}"))
}
