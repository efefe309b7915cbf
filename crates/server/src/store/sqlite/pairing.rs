//! The files that belong to the database: their identity, what they should be, and those that are to be deleted.

use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_as, query_scalar};

use super::super::{Inventory, Pairing};
use super::banner::{StateRow, state};
use super::column::{list, number, upload_id};
use super::error::{Error, Result};
use crate::id::{Time, UploadId, UserId, Version};

/// Nobody who asks that nothing be deleted is trusted for longer than this.
const LONGEST_HOLD: Duration = Duration::from_secs(5 * 60);

pub(super) async fn find(db: &mut SqliteConnection) -> Result<Option<Pairing>> {
    let row: Option<(String, i64, bool)> =
        query_as("SELECT storage, generation, confirmed FROM pairing").fetch_optional(db).await?;
    row.map(|(storage, generation, confirmed)| {
        let storage = storage.parse().map_err(|_| Error::Range("name of a storage"))?;
        Ok(Pairing { storage, generation: number(generation, "generation")?, confirmed })
    })
    .transpose()
}

pub(super) async fn set(db: &mut SqliteConnection, pairing: &Pairing) -> Result<()> {
    query(
        "INSERT INTO pairing (one, storage, generation, confirmed) VALUES (1, $1, $2, $3)
         ON CONFLICT (one) DO UPDATE SET
             storage = excluded.storage, generation = excluded.generation, confirmed = excluded.confirmed",
    )
    .bind(pairing.storage.to_string())
    .bind(number::<_, i64>(pairing.generation, "generation")?)
    .bind(pairing.confirmed)
    .execute(db)
    .await?;
    Ok(())
}

/// Name, user, version, then the columns of the state, then the length of the banner.
type InventoryRow = (String, i64, i64, String, Option<i64>, Option<i64>, Option<String>, Option<i64>);

pub(super) async fn inventory(
    db: &mut SqliteConnection,
    after: Option<UploadId>,
    limit: u32,
) -> Result<Vec<Inventory>> {
    let rows: Vec<InventoryRow> = query_as(
        "SELECT id, user_id, version, state, failure_status, failure_code, failure_message,
             (SELECT max(start + bytes) FROM variants WHERE upload_id = uploads.id)
         FROM uploads WHERE id > $1 ORDER BY id LIMIT $2",
    )
    .bind(after.map(|after| after.to_string()).unwrap_or_default())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    let row = |(id, user, version, name, status, code, message, bytes): InventoryRow| {
        let original = name == "processing";
        let row: StateRow = (name, status, code, message);
        let banner = bytes.map(|bytes| number(bytes, "length")).transpose()?;
        let (user, version, state) = (UserId(user), Version(version), state(row)?);
        Ok(Inventory { upload: upload_id(&id)?, user, version, state, original, banner })
    };
    rows.into_iter().map(row).collect()
}

/// All uploads of a user are gone, and what is left of them are files.
pub(super) async fn purge(db: &mut SqliteConnection, user: UserId) -> Result<bool> {
    query("INSERT INTO deletions (upload_id) SELECT id FROM uploads WHERE user_id = $1")
        .bind(user.0)
        .execute(&mut *db)
        .await?;
    // Variants and jobs go with the uploads.
    let gone = query("DELETE FROM uploads WHERE user_id = $1").bind(user.0).execute(db).await?;
    Ok(gone.rows_affected() > 0)
}

pub(super) async fn deletions(db: &mut SqliteConnection, limit: u32) -> Result<Vec<UploadId>> {
    let ids: Vec<String> =
        query_scalar("SELECT upload_id FROM deletions LIMIT $1").bind(i64::from(limit)).fetch_all(db).await?;
    ids.iter().map(|id| upload_id(id)).collect()
}

pub(super) async fn deleted(db: &mut SqliteConnection, uploads: &[UploadId]) -> Result<()> {
    query("DELETE FROM deletions WHERE upload_id IN (SELECT value FROM json_each($1))")
        .bind(list(uploads))
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn hold(db: &mut SqliteConnection, until: Time) -> Result<()> {
    query(
        "INSERT INTO deletion_holds (one, until) VALUES (1, $1)
         ON CONFLICT (one) DO UPDATE SET until = excluded.until",
    )
    .bind(until.0)
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn is_held(db: &mut SqliteConnection, now: Time) -> Result<bool> {
    Ok(query_scalar("SELECT EXISTS (SELECT 1 FROM deletion_holds WHERE until > $1 AND until <= $2)")
        .bind(now.0)
        .bind(now.after(LONGEST_HOLD).0)
        .fetch_one(db)
        .await?)
}
