//! The tables, and how those of an earlier version become those of today.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnection;
use sqlx::{SqlStr, query, query_as, query_scalar};

use super::super::Nonce;
use super::column::number;
use super::error::{Error, Result};

/// The steps to today's tables, oldest first: number, name and statements. One that has been released is never changed.
///
/// They stand here by hand because the macro of sqlx that reads the folder compiles sqlx, and SQLite with it, a second time.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("../../../migrations/sqlite/0001_initial.sql")),
    (2, "trust", include_str!("../../../migrations/sqlite/0002_trust.sql")),
];

/// The number of today's tables.
const TODAY: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Brings the tables up to date, those of an empty database too. To be called in a transaction.
pub(super) async fn migrate(db: &mut SqliteConnection) -> Result<()> {
    refuse_newer(version(db).await?)?;
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    };
    let migrator = Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect());
    migrator.run_direct(None, &mut *db, false).await?;
    if has_table(db, "nonces_in_words").await? {
        carry_nonces_over(db).await?;
    }
    Ok(())
}

/// Refuses tables that are not today's.
pub(super) async fn check(db: &mut SqliteConnection) -> Result<()> {
    let version = version(db).await?;
    refuse_newer(version)?;
    if version < TODAY {
        let text = format!(
            "its tables are of version {version} (expected {TODAY}): a server that is started on it brings them up to date"
        );
        return Err(Error::Schema(text));
    }
    Ok(())
}

fn refuse_newer(version: i64) -> Result<()> {
    if version > TODAY {
        let text =
            format!("its tables are of version {version} (expected at most {TODAY}): a newer masthead has made them");
        return Err(Error::Schema(text));
    }
    Ok(())
}

/// The number of the last step that was made; 0 in an empty database.
async fn version(db: &mut SqliteConnection) -> Result<i64> {
    if !has_table(db, "_sqlx_migrations").await? {
        return Ok(0);
    }
    let version: Option<i64> = query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(db).await?;
    Ok(version.unwrap_or(0))
}

async fn has_table(db: &mut SqliteConnection, name: &str) -> Result<bool> {
    Ok(query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1)")
        .bind(name)
        .fetch_one(db)
        .await?)
}

/// The second half of migration 2.
async fn carry_nonces_over(db: &mut SqliteConnection) -> Result<()> {
    let rows: Vec<(i64, String, String, String)> =
        query_as("SELECT timestamp, consumer_key, token, nonce FROM nonces_in_words").fetch_all(&mut *db).await?;
    for (timestamp, consumer_key, token, nonce) in rows {
        let kept = Nonce::new(&consumer_key, &token, number(timestamp, "timestamp")?, &nonce);
        query("INSERT INTO nonces (timestamp, digest) VALUES ($1, $2)")
            .bind(timestamp)
            .bind(&kept.digest()[..])
            .execute(&mut *db)
            .await?;
    }
    query("DROP TABLE nonces_in_words").execute(db).await?;
    Ok(())
}
