//! What is done to a data folder while no server runs: files that nobody knows, files in the wrong place, and tables as the first
//! version had them.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, raw_sql};

use crate::random::Random;

/// The tables of the first version.
const FIRST: &str = include_str!("../../../server/migrations/sqlite/0001_initial.sql");

/// Files that the database does not know, in both folders; their names.
pub(crate) fn scatter(data: &Path, random: &mut Random, files: usize) -> Vec<String> {
    let name = |random: &mut Random| format!("{:016x}{:016x}", random.below(u64::MAX), random.below(u64::MAX));
    (0..files)
        .map(|number| {
            let name = name(random);
            let folder = if number % 3 == 0 { "originals" } else { "banners" };
            fs::write(data.join("blobs").join(folder).join(&name), "nobody knows it").unwrap();
            name
        })
        .collect()
}

/// Moves all banners and originals into the quarantine, where the next start finds them.
pub(crate) fn hide(data: &Path) {
    for folder in ["originals", "banners"] {
        let (from, to) = (data.join("blobs").join(folder), data.join("blobs/quarantine/1700000000").join(folder));
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            // What a kill has left half written is nobody's.
            if !file.file_name().to_string_lossy().contains('#') {
                fs::rename(file.path(), to.join(file.file_name())).unwrap();
            }
        }
    }
}

/// Names of the files in the quarantine.
pub(crate) fn quarantined(data: &Path) -> Vec<String> {
    fn below(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    below(&data.join("blobs/quarantine"), &mut found);
    found
}

/// Makes the database what the first version would have: its tables, with all that is in them today, and files that know of no
/// pair.
pub(crate) fn back_to_the_first_version(data: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (today, first) = (data.join("masthead.db"), data.join("first.db"));
    let _ = fs::remove_file(&first);
    runtime.block_on(async {
        let mut db = open(&first).await;
        raw_sql(FIRST).execute(&mut db).await.unwrap();
        raw_sql(AssertSqlSafe(format!("ATTACH '{}' AS today", today.display()))).execute(&mut db).await.unwrap();
        let mut statements = String::from("BEGIN;");
        for table in ["users", "applications", "tokens", "windows", "profiles", "uploads", "variants"] {
            statements += &format!("INSERT INTO main.{table} SELECT * FROM today.{table};");
        }
        statements += "INSERT INTO main.jobs (id, upload_id, run_at, lease_until, token, claims, failures)
                           SELECT id, upload_id, accepted_at, lease_until, token, claims, failures FROM today.jobs;
                       CREATE TABLE main._sqlx_migrations AS SELECT * FROM today._sqlx_migrations WHERE version = 1;
                       COMMIT; DETACH today;";
        raw_sql(AssertSqlSafe(statements)).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
    });
    for name in ["masthead.db", "masthead.db-wal", "masthead.db-shm", "blobs/identity"] {
        let _ = fs::remove_file(data.join(name));
    }
    fs::rename(first, today).unwrap();
}

async fn open(path: &PathBuf) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
    options.connect().await.unwrap()
}
