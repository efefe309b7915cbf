//! The chaos run: a server of our own among slow clients, a failing blob store and a jumping clock, and what its honest clients
//! see of that.

mod honest;
mod judge;
mod pictures;
mod random;
mod sender;
mod slow;
mod table;
mod weather;
mod wire;
mod witness;
mod world;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use masthead_server::{Clock, Credentials, Faults, NewUser, Options, Server, Storage, Store, Time, app};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use honest::{Client, Habit};
use judge::Evidence;
use pictures::Pictures;
use slow::{Fared, Way};
use table::Seen;
use witness::Witness;
use world::{Account, World};

/// How long jobs that were put off may take to be done when nothing goes wrong any more.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked how full the server is.
const LOOK: Duration = Duration::from_millis(20);

/// How much is going on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) length: Duration,
    /// Users who do one thing after the other.
    pub(crate) careful: u32,
    /// Users with two clients at once.
    pub(crate) racing: u32,
    /// Clients of each kind that stand in the way.
    pub(crate) slow: u32,
    /// Addresses that those have, together.
    pub(crate) slow_addresses: u32,
}

impl Setting {
    /// The whole run.
    pub(crate) fn whole(seconds: u32) -> Self {
        let length = Duration::from_secs(seconds.into());
        Self { length, careful: 24, racing: 4, slow: 9, slow_addresses: 9 }
    }
}

/// Runs it, prints what was seen, and gives what must not be.
pub(crate) fn run(setting: Setting) -> Result<Vec<String>, String> {
    let seen = observe(setting, Pictures::new()?)?;
    print!("{}", seen.table());
    Ok(seen.verdict.faults)
}

fn observe(setting: Setting, pictures: Pictures) -> Result<Seen, String> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(live_through(setting, pictures))
}

async fn live_through(setting: Setting, pictures: Pictures) -> Result<Seen, String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    witness::listen();
    let folder = TempDir::new().map_err(|error| failed(&error))?;
    let (faults, clock) = (Faults::new(1), Clock::default());
    let options = Options {
        clock: clock.clone(),
        uploads_per_window: 1_000_000,
        reads_per_window: 1_000_000,
        ..Options::default()
    };
    let (queue, largest) = (options.queue, options.least_memory() / 8);
    let storage = Storage::folder(folder.path()).await.map_err(|error| failed(&error))?.with_faults(&faults);
    let accounts = accounts(&**storage.store(), setting.careful + setting.racing + 1).await?;
    let server = Server::start(storage, options).await.map_err(|error| failed(&error))?;

    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| failed(&error))?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    let service = app(server.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, service).await });

    let run = format!("chaos-{}-{}", std::process::id(), address.port());
    let world = Arc::new(World::new(address, pictures, run));
    let (mut honest, mut slow, fared) = (JoinSet::new(), JoinSet::new(), Fared::default());
    let clients = clients(&world, &accounts, setting);
    for (client, habit) in clients {
        honest.spawn(client.live(habit));
    }
    let stranger = accounts.last().ok_or("no accounts")?;
    for (number, way) in (0..setting.slow).flat_map(|number| Way::ALL.map(|way| (number, way))) {
        let from = wire::address(60_000 + (number % setting.slow_addresses) as u16);
        slow.spawn(slow::live(Arc::clone(&world), Arc::clone(stranger), from, way, Arc::clone(&fared)));
    }
    let witness = Witness::new(&server);
    let looking = tokio::spawn(Arc::clone(&witness).look_on(LOOK));

    let clock_off = weather::play(faults.clone(), clock, setting.length).await;
    world.end();
    let ended = timeout(PATIENCE, async {
        while let Some(client) = honest.join_next().await {
            client.unwrap_or_else(|error| world.wrong(format!("a client ended with {error}")));
        }
    });
    if ended.await.is_err() {
        world.wrong("honest clients did not come to an end".to_owned());
    }
    slow.shutdown().await;
    let quiet = Instant::now();
    // Those that were put off as well.
    while !matches!(server.store().jobs().await, Ok(0)) && quiet.elapsed() < PATIENCE {
        sleep(LOOK).await;
    }
    let quiet = quiet.elapsed();
    // One client for each user looks at what became of what they were promised.
    for (number, account) in (0..).zip(&accounts[..accounts.len() - 1]) {
        Client::new(&world, account, wire::address(number), u32::from(number)).settle().await;
    }
    looking.abort();
    server.stop(PATIENCE).await;
    serving.abort();

    let (calls, uploads, wrong) = world.notes();
    let (samples, struck) = (witness.samples(), witness::struck_requests());
    let evidence = Evidence { calls, uploads, struck, samples, clock_off, wrong, queue, largest };
    let fared = fared.lock().map_err(|_| "a client panicked")?.clone();
    Ok(Seen { setting, verdict: evidence.judge(), evidence, faults, fared, quiet })
}

/// The honest clients.
fn clients(world: &Arc<World>, accounts: &[Arc<Account>], setting: Setting) -> Vec<(Client, Habit)> {
    let mut clients = Vec::new();
    for (number, account) in (0..setting.careful + setting.racing).zip(accounts) {
        let (habit, count) = if number < setting.careful { (Habit::Careful, 1) } else { (Habit::Racing, 2) };
        for _ in 0..count {
            let number = clients.len() as u16;
            clients.push((Client::new(world, account, wire::address(number), number.into()), habit));
        }
    }
    clients
}

async fn accounts(store: &dyn Store, count: u32) -> Result<Vec<Arc<Account>>, String> {
    let mut accounts = Vec::new();
    for number in 0..count {
        let name = format!("user{number}");
        let new = NewUser { screen_name: name.clone(), name: name.clone(), application: None, can_write: true };
        let added = store.add_user(&new, &Credentials::random(), Time::now()).await;
        let (user, credentials) = added.map_err(|error| error.to_string())?;
        accounts.push(Arc::new(Account { name, id: user.id, credentials, kept: Default::default() }));
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Setting =
        Setting { length: Duration::from_secs(6), careful: 6, racing: 1, slow: 2, slow_addresses: 2 };

    #[test]
    fn acknowledged_uploads_outlast_chaos() {
        let seen = observe(SHORT, Pictures::new().unwrap()).unwrap();
        assert_eq!(seen.verdict.faults, [""; 0], "{}", seen.table());
        assert!(seen.verdict.banners > 0 && seen.faults.failed() > 0, "{}", seen.table());
    }

    /// Or the test above would show nothing.
    #[test]
    fn a_server_that_makes_something_else_is_found_out() {
        let mut pictures = Pictures::new().unwrap();
        pictures.expect_wrongly();
        let seen = observe(Setting { length: Duration::from_secs(3), ..SHORT }, pictures).unwrap();
        let faults = seen.verdict.faults;
        assert!(faults.iter().any(|fault| fault.contains("is another picture")), "{faults:?}");
        assert!(faults.iter().any(|fault| fault.contains("is lost")), "{faults:?}");
    }
}
