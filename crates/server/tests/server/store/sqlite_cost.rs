//! What calls that requests and workers wait for cost in a [`SqliteStore`] with a great many jobs.

use std::path::Path;
use std::time::Instant;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, query};

use super::fixture::*;

const MANY: i64 = 100_000;

/// Adds so many jobs of as many users: some ready, the others put off at [`START`], for a minute.
async fn fill(path: &Path, ready: i64, put_off: i64) {
    let mut db = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)";
    for statement in [
        "BEGIN",
        "INSERT INTO profiles SELECT n, 1 FROM n",
        "INSERT INTO uploads (id, user_id, version, digest, width, height, offset_left, offset_top)
         SELECT printf('%032x', n), n, 1, zeroblob(32), 1500, 500, 0, 0 FROM n",
        "INSERT INTO jobs (upload_id, accepted_at, run_at, pause)
         SELECT printf('%032x', n), $3, $3 + CASE WHEN n > $2 THEN 60000 ELSE 0 END, CASE WHEN n > $2 THEN 60000 ELSE 0 END
         FROM n",
        "COMMIT",
    ] {
        let statement = if statement.starts_with("INSERT") { format!("{numbers} {statement}") } else { statement.into() };
        let numbers = [ready + put_off, ready, START.0];
        let statement = sqlx::AssertSqlSafe(statement);
        query(statement).bind(numbers[0]).bind(numbers[1]).bind(numbers[2]).execute(&mut db).await.unwrap();
    }
}

/// The microseconds that the quickest of many tries took: the others may have waited for whatever else the machine does.
async fn quickest(mut work: impl AsyncFnMut()) -> u128 {
    let mut quickest = u128::MAX;
    for _ in 0..31 {
        let start = Instant::now();
        work().await;
        quickest = quickest.min(start.elapsed().as_micros());
    }
    quickest
}

/// Of a worker's calls, with so many jobs of each kind: claims that find a job, claims that find none, and retries.
async fn costs(ready: i64, put_off: i64) -> [u128; 3] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.db");
    let store = SqliteStore::open(&path).await.unwrap();
    fill(&path, ready, put_off).await;
    let mut claims = Vec::new();
    let found = quickest(async || claims.push(claim(&store, START).await)).await;
    let retried = quickest(async || {
        let claim = claims.pop().unwrap();
        assert!(store.retry(&claim, START, millis(1000)).await.unwrap());
    })
    .await;
    // The others are taken.
    let mut db = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    query("DELETE FROM jobs WHERE pause = 0").execute(&mut db).await.unwrap();
    let none = quickest(async || assert_eq!(store.claim(START, LEASE).await.unwrap(), None)).await;
    println!("{ready} ready, {put_off} put off: claim {found} µs, none to claim {none} µs, retry {retried} µs");
    [found, none, retried]
}

#[tokio::test]
async fn a_worker_reads_no_more_jobs_than_it_takes() {
    let few = costs(100, 100).await;
    for (ready, put_off) in [(MANY, 0), (100, MANY)] {
        for (many, few) in costs(ready, put_off).await.into_iter().zip(few) {
            // Reading all of them takes a hundred times as long.
            assert!(many < 10 * few + 1000, "{many} µs with many jobs, {few} µs with few");
        }
    }
}

#[tokio::test]
async fn jobs_that_are_due_together_are_all_made_ready() {
    for now in [at(60_000), at(-1)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("masthead.db");
        let store = SqliteStore::open(&path).await.unwrap();
        // More than one step makes ready.
        fill(&path, 0, 1500).await;
        for user in 1..=1500 {
            assert_eq!(claim(&store, now).await.user, UserId(user));
        }
        assert_eq!(store.claim(now, LEASE).await.unwrap(), None);
    }
}
