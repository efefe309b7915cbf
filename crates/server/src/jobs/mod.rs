//! Work in the background: jobs, and the collection of what they leave behind.

mod believed;
mod collector;
mod deletion;
mod leases;
mod settle;
mod tries;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::sleep;

use self::collector::Collector;
pub(crate) use self::deletion::Discarded;
use self::leases::Leases;
use self::tries::Tries;
use crate::state::Shared;
use crate::store::StoreError;

/// Jobs that are due without anybody saying so (retries, and those of other processes) wait this long at most.
const POLL: Duration = Duration::from_secs(1);

/// Starts everything. Where nobody else works on the storage, what was running when the last process ended is due at once.
pub(crate) async fn start(shared: &Arc<Shared>) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let mut unknown = Vec::new();
    if shared.exclusive {
        // Nobody has uploaded anything yet: what is there now is all that the past has left.
        unknown = collector::at_start(shared).await;
        let recovered = shared.store.recover(&[]).await?;
        if recovered > 0 {
            tracing::info!(jobs = recovered, "taking up jobs of the last run");
        }
    }
    let leases = Leases::default();
    Ok(vec![tokio::spawn(Collector::new(shared).run(unknown)), tokio::spawn(dispatch(Arc::clone(shared), leases))])
}

/// Tidies up when all of it has ended.
pub(crate) async fn end(shared: &Shared) {
    collector::at_end(shared).await;
}

/// Claims jobs and has them worked on, until the server stops; then waits for those in work.
///
/// A job whose worker was not heard of again may be what took it down: it is worked on alone, so that no other job goes
/// down with it another time.
async fn dispatch(shared: Arc<Shared>, leases: Leases) {
    // A set, because it ends what is in it when it is dropped, however this ends.
    let mut renewing = JoinSet::new();
    // Where nobody else works on the storage a lease does not end: a clock that jumps must not give a job away twice.
    let lease_length = if shared.exclusive { Duration::MAX } else { leases::LEASE };
    if !shared.exclusive {
        renewing.spawn(leases::renew(Arc::clone(&shared), leases.clone()));
    }
    let tries = Arc::new(Tries::default());
    let most = shared.options.jobs_at_once();
    let mut running = JoinSet::new();
    // Whether a job may be claimed that nobody works on: the store has failed, or only failed to answer.
    let mut unsure = false;
    while !shared.is_stopping() {
        while let Some(ended) = running.try_join_next() {
            unsure |= !is_noted(&ended);
        }
        if running.len() >= most
            && let Some(ended) = running.join_next().await
        {
            unsure |= !is_noted(&ended);
        }
        // Who wakes us after this line is heard.
        let woken = shared.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if unsure && shared.exclusive {
            match shared.store.recover(&leases.claims()).await {
                Ok(_) => unsure = false,
                Err(error) => tracing::error!(%error, "jobs that nobody works on could not be recovered"),
            }
        }
        match shared.store.claim(shared.clock.now(), lease_length).await {
            Ok(Some(claim)) => {
                let suspect = claim.crashes > 0;
                let lease = leases.hold(&claim);
                if suspect {
                    while let Some(ended) = running.join_next().await {
                        unsure |= !is_noted(&ended);
                    }
                }
                let (shared, tries) = (Arc::clone(&shared), Arc::clone(&tries));
                running.spawn(async move {
                    let noted = worker::work(&shared, &tries, &claim).await;
                    drop(lease);
                    noted
                });
                if suspect && let Some(ended) = running.join_next().await {
                    unsure |= !is_noted(&ended);
                }
                continue;
            }
            Ok(None) => {}
            Err(error) => {
                unsure = true;
                tracing::error!(%error, "no job could be claimed");
            }
        }
        tokio::select! {
            () = woken => {}
            () = sleep(POLL) => {}
            () = shared.stopped() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Whether the store knows how a job has ended.
fn is_noted(ended: &Result<bool, JoinError>) -> bool {
    matches!(ended, Ok(true))
}
