//! Kills the real server again and again while several users upload, and asks after each restart whether everything that
//! was acknowledged is there, whole, and in order.
//!
//! `MASTHEAD_CRASH_SEED` gives the moments of a run again (as far as the machine plays along), `MASTHEAD_CRASH_ROUNDS` makes
//! it longer or shorter.

mod client;
mod disorder;
mod pictures;
mod random;
mod server;
mod trouble;
mod witness;

use std::fs;
use std::io::{self, Write};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use random::Random;
use server::{Blobs, Home, Server};
use trouble::Victim;
use witness::{Counts, Profile, Witness};

/// Users that upload at once.
const USERS: usize = 4;

/// The latest moment of a kill after uploads have begun.
const LATEST: Duration = Duration::from_millis(300);

/// The same where a queue builds up meanwhile, and after the process was started.
const SOON: Duration = Duration::from_millis(100);

/// How long what is queued may take, on a machine that has other things to do.
const DRAIN: Duration = Duration::from_secs(60);

/// Everybody and everything of one run.
struct Run {
    home: Rc<Home>,
    seed: u64,
    random: Random,
    witnesses: Vec<Witness>,
    /// Starts that were killed before they could say that they listen.
    stillborn: usize,
    /// Backups that were restored.
    backups: usize,
}

impl Run {
    /// With `removals`, one change in so many is a removal.
    fn new(removals: u64) -> Self {
        let seed = random::seed();
        let home = Rc::new(Home::new());
        let witness = |number: usize| {
            let random = Random::new(seed ^ (number as u64 + 1));
            Witness::new(number, home.add_user(&format!("user{number}")), random, removals)
        };
        let witnesses = (0..USERS).map(witness).collect();
        Self { home, seed, random: Random::new(seed), witnesses, stillborn: 0, backups: 0 }
    }

    /// What went wrong, and how to see it again.
    #[track_caller]
    fn must<T>(&self, result: Result<T, String>) -> T {
        let again = format!("(MASTHEAD_CRASH_SEED={})", self.seed);
        result.unwrap_or_else(|what| panic!("{what} {again}\nthe log ends with:\n{}", self.home.end_of_log()))
    }

    /// A server with work to do, and everybody at it, until it is ended in the middle of it.
    fn interrupt(&mut self, server: Server, latest: Duration, end: impl FnOnce(Server) -> Result<(), String>) {
        let moment = random::moment(&mut self.random, latest);
        let outcomes: Vec<_> = thread::scope(|scope| {
            let working: Vec<_> = self
                .witnesses
                .iter_mut()
                .map(|witness| {
                    let client = server.client();
                    scope.spawn(move || witness.work(client))
                })
                .collect();
            thread::sleep(moment);
            let ended = end(server);
            let outcomes = working.into_iter().map(|thread| thread.join().unwrap());
            outcomes.chain([ended]).collect()
        });
        outcomes.into_iter().for_each(|outcome| self.must(outcome));
    }

    /// SIGKILL in the middle of the work.
    fn crash(&mut self, server: Server, latest: Duration) {
        self.interrupt(server, latest, |server| {
            server.kill();
            Ok(())
        });
    }

    /// A start that is killed before, while or just after the server gets ready.
    fn crash_at_start(&mut self) {
        let mut child = self.home.spawn("2s");
        thread::sleep(random::moment(&mut self.random, SOON));
        child.kill().unwrap();
        child.wait().unwrap();
        self.stillborn += 1;
    }

    /// Starts again and checks everything.
    fn restart(&mut self, respond_within: &str) -> Server {
        let server = self.must(self.home.start(respond_within));
        self.must(drained(&server));
        let mut client = server.client();
        let outcomes: Vec<_> = self.witnesses.iter_mut().map(|witness| witness.check(&mut client)).collect();
        outcomes.into_iter().for_each(|outcome| self.must(outcome));
        server
    }

    fn counts(&self) -> Counts {
        let mut all = Counts::default();
        self.witnesses.iter().for_each(|witness| all.add(witness.counts));
        all
    }

    /// `rounds` times: uploads, a kill, a restart, a check. Then a polite end, and a look at what is left.
    fn rounds(mut self, name: &str, rounds: u64) {
        let begin = Instant::now();
        let mut server = self.restart("2s");
        for round in 0..rounds {
            // Answers that wait for the banner, and answers at once that leave a queue behind.
            let queueing = round % 2 == 1;
            match round % 12 {
                1 => self.crash_in_a_backup(server, Victim::Backup),
                5 => self.crash_in_a_backup(server, Victim::Server),
                8 => self.crash_in_a_backup(server, Victim::ServerAfterwards),
                _ => self.crash(server, if queueing { SOON } else { LATEST }),
            }
            match round % 10 {
                3 | 8 => self.crash_at_start(),
                6 => self.crash_in_the_migration(),
                _ => {}
            }
            let respond_within = if queueing { "2s" } else { "0s" };
            server = match round % 8 {
                2 => self.crash_in_the_quarantine(respond_within),
                _ => self.restart(respond_within),
            };
        }
        // One that was killed has asked that nothing be deleted, for a few minutes; this one ends that.
        self.crash_in_a_backup(server, Victim::ServerAfterwards);
        let server = self.restart("2s");
        self.polite_end(server);
        self.nothing_is_left();
        self.must(self.home.check_log());

        let Counts { acknowledged, removals, in_flight, taken_in } = self.counts();
        assert!(acknowledged > 0 && in_flight > 0, "the kills hit nobody at work");
        // Straight to the terminal: the harness keeps what tests that pass print.
        let _ = writeln!(
            io::stderr(),
            "{name}: seed {}, {rounds} rounds, {} kills at the start, {} backups restored, {acknowledged} uploads and {removals} removals \
             acknowledged, {in_flight} changes in flight at a kill, {taken_in} of them taken in, {:.0} s",
            self.seed,
            self.stillborn,
            self.backups,
            begin.elapsed().as_secs_f64(),
        );
    }

    /// SIGTERM in the middle of the work.
    fn polite_end(&mut self, server: Server) {
        self.interrupt(server, LATEST, |mut server| {
            let ended = server.stop();
            let _ = server.ended();
            ended
        });
    }

    /// The data folder holds the banners of everybody, and nothing else.
    fn nothing_is_left(&mut self) {
        let mut server = self.restart("2s");
        // What was superseded has a second of grace, and is collected by the second.
        let deadline = Instant::now() + DRAIN;
        loop {
            let left = self.leftovers();
            match left {
                Ok(()) => break,
                Err(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(100)),
                Err(left) => self.must(Err(left)),
            }
        }
        self.must(server.stop());
        self.must(self.leftovers());
    }

    fn leftovers(&self) -> Result<(), String> {
        let Blobs { originals, banners } = Blobs::of(&self.home.data());
        for file in &originals {
            // Of a job that was ended right before a kill: kept until its banner is superseded, or it lies around for hours.
            let bytes = fs::read(file).map_err(|error| error.to_string())?;
            if !self.witnesses.iter().any(|witness| witness.uploaded(&bytes)) {
                return Err(format!("left in originals: {}", file.display()));
            }
        }
        let with_banner = self.witnesses.iter().filter(|witness| witness.promised != Profile::Empty).count();
        if banners.len() != with_banner {
            return Err(format!(
                "{with_banner} users have a banner, and {} are in the folder: {banners:?}",
                banners.len()
            ));
        }
        let mut owned = [false; USERS];
        // No `name#1` either, which is how a file begins.
        for file in &banners {
            let bytes = fs::read(file).map_err(|error| error.to_string())?;
            let owner = self.witnesses.iter().position(|witness| witness.owns(&bytes));
            owned[owner.ok_or_else(|| format!("{} is nobody's", file.display()))?] = true;
        }
        match owned.iter().filter(|owned| **owned).count() == with_banner {
            true => Ok(()),
            false => Err("somebody's banner is twice in the folder".to_owned()),
        }
    }
}

/// Waits until the queue is empty.
fn drained(server: &Server) -> Result<(), String> {
    let mut client = server.operator();
    let deadline = Instant::now() + DRAIN;
    while Instant::now() < deadline {
        let metrics = client.get("/metrics", None).map_err(|error| format!("/metrics: {error}"))?;
        let text = String::from_utf8_lossy(&metrics.body);
        let depth = text.lines().find(|line| !line.starts_with('#') && line.contains("queue_depth"));
        match depth.and_then(|line| line.rsplit(' ').next()) {
            Some("0") => return Ok(()),
            Some(_) => thread::sleep(Duration::from_millis(10)),
            None => return Err(format!("no queue_depth in /metrics: {text}")),
        }
    }
    Err(format!("the queue is not empty after {DRAIN:?}"))
}

#[test]
fn what_is_acknowledged_survives_kills() {
    Run::new(0).rounds("uploads", random::rounds(50));
}

#[test]
fn removals_survive_kills_as_well() {
    Run::new(4).rounds("uploads and removals", random::rounds(50) / 3);
}

/// The other tests are worth something only if the witnesses see what is wrong.
#[test]
fn the_witnesses_notice_what_is_lost_or_damaged() {
    let mut run = Run::new(0);
    let mut server = run.restart("2s");
    let mut client = server.client();
    let witness = &mut run.witnesses[0];
    witness.upload(&mut client).unwrap();
    let first = witness.promised;
    witness.upload(&mut client).unwrap();
    let second = witness.promised;
    drained(&server).unwrap();
    witness.check(&mut client).unwrap();

    // An earlier upload has come back; an upload was lost; a banner that nobody asked for.
    let Profile::Banner { picture, version } = second else { panic!("{second:?}") };
    let later = Profile::Banner { picture: picture + 1, version: version + 1 };
    for promised in [first, later, Profile::Empty] {
        witness.promised = promised;
        let complaint = witness.check(&mut client).unwrap_err();
        assert!(complaint.contains("promised"), "{complaint}");
    }
    witness.promised = second;
    witness.check(&mut client).unwrap();

    // Half a file, a flipped bit, no file.
    server.stop().unwrap();
    let banners = Blobs::of(&run.home.data()).banners;
    let file = banners.iter().find(|file| fs::read(file).is_ok_and(|bytes| run.witnesses[0].owns(&bytes)));
    let file = file.expect("the banner is in the folder");
    let whole = fs::read(file).unwrap();
    let flipped = [&whole[..whole.len() - 9], &[whole[whole.len() - 9] ^ 1], &whole[whole.len() - 8..]].concat();
    for damaged in [Some(&whole[..whole.len() / 2]), Some(&flipped[..]), None] {
        match damaged {
            Some(damaged) => fs::write(file, damaged).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
        let server = run.home.start("2s").unwrap();
        let complaint = run.witnesses[0].check(&mut server.client()).unwrap_err();
        let of_a_file = [" of version ", "/profile_banners/"].iter().any(|words| complaint.contains(words));
        assert!(of_a_file, "{complaint}");
    }
}
