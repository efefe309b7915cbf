//! Uploads of which nothing is needed any more.

use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_scalar};

use super::column::{list, upload_id};
use super::error::Result;
use crate::id::{Time, UploadId};

pub(super) async fn ended(db: &mut SqliteConnection, before: Time, limit: u32) -> Result<Vec<UploadId>> {
    let ids: Vec<String> = query_scalar(
        "SELECT id FROM uploads ended WHERE ended_at < $1 AND (state <> 'failed' OR EXISTS (
             SELECT 1 FROM uploads later
             WHERE later.user_id = ended.user_id AND later.version > ended.version AND later.state <> 'discarded'
         ))
         ORDER BY ended_at LIMIT $2",
    )
    .bind(before.0)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    ids.iter().map(|id| upload_id(id)).collect()
}

pub(super) async fn forget(db: &mut SqliteConnection, uploads: &[UploadId]) -> Result<()> {
    let uploads = list(uploads);
    query(
        "INSERT INTO deletions (upload_id)
         SELECT id FROM uploads WHERE id IN (SELECT value FROM json_each($1)) AND ended_at IS NOT NULL",
    )
    .bind(&uploads)
    .execute(&mut *db)
    .await?;
    query("DELETE FROM uploads WHERE id IN (SELECT value FROM json_each($1)) AND ended_at IS NOT NULL")
        .bind(&uploads)
        .execute(db)
        .await?;
    Ok(())
}
