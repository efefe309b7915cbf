//! Work in the background: jobs, and the collection of what they leave behind.

mod collector;
mod leases;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::id::Time;
use crate::server::Inner;
use crate::store::StoreError;
use leases::Leases;

/// Jobs that are due without anybody saying so (retries, and those of other processes) wait this long at most.
const POLL: Duration = Duration::from_secs(1);

/// Starts everything. With `exclusive`, nobody else works on the storage: what was running when the last process ended is
/// due at once.
pub(crate) async fn start(inner: &Arc<Inner>, exclusive: bool) -> Result<Vec<JoinHandle<()>>, StoreError> {
    if exclusive {
        let recovered = inner.store.recover(Time::now()).await?;
        if recovered > 0 {
            tracing::info!(jobs = recovered, "taking up jobs of the last run");
        }
    }
    let leases = Leases::default();
    Ok(vec![
        tokio::spawn(collector::run(Arc::clone(inner), exclusive)),
        tokio::spawn(leases::run(Arc::clone(inner), leases.clone())),
        tokio::spawn(dispatch(Arc::clone(inner), leases)),
    ])
}

/// Claims jobs and has them worked on, until the server stops; then waits for those in work.
///
/// Twice as many as there are threads are in work: while one computes, the other reads or writes. Computation itself has
/// the pool's threads only, and memory comes from the budget.
async fn dispatch(inner: Arc<Inner>, leases: Leases) {
    let places = Arc::new(Semaphore::new(2 * inner.engine.pool.current_num_threads()));
    let mut running = JoinSet::new();
    while !inner.is_stopping() {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.expect("it is never closed"),
            () = inner.stopped() => break,
        };
        // Who wakes us after this line is heard.
        let woken = inner.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let now = Time::now();
        match inner.store.claim(now, now.after(leases::LEASE)).await {
            Ok(Some(claim)) => {
                let (inner, leases) = (Arc::clone(&inner), leases.clone());
                running.spawn(async move {
                    let _lease = leases.hold(&claim);
                    worker::work(&inner, &claim).await;
                    drop(place);
                });
            }
            Ok(None) => {
                tokio::select! {
                    () = woken => {}
                    () = sleep(POLL) => {}
                    () = inner.stopped() => break,
                }
            }
            Err(error) => {
                tracing::error!(%error, "no job could be claimed");
                tokio::select! {
                    () = sleep(POLL) => {}
                    () = inner.stopped() => break,
                }
            }
        }
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}
