//! Banners, and how uploads are taken in and end.

use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_as, query_scalar};

use super::super::{Accepted, Authority, Banner, Failure, NewUpload, Revoked, Upload, UploadState, Variant};
use super::column::{list, number, upload_id};
use super::error::{Error, Result};
use crate::id::{Time, UploadId, UserId, Version};

type VariantRow = (String, i64, i64, String, i64, i64);

fn variant((name, width, height, content_type, start, bytes): VariantRow) -> Result<Variant> {
    Ok(Variant {
        name,
        width: number(width, "width")?,
        height: number(height, "height")?,
        content_type,
        start: number(start, "start")?,
        bytes: number(bytes, "length")?,
    })
}

/// Id, version and digest, then a variant, if there is one.
type BannerRow =
    (String, i64, Vec<u8>, Option<String>, Option<i64>, Option<i64>, Option<String>, Option<i64>, Option<i64>);

pub(super) async fn current(db: &mut SqliteConnection, user: UserId) -> Result<Option<Banner>> {
    let rows: Vec<BannerRow> = query_as(
        "SELECT u.id, u.version, u.digest, v.name, v.width, v.height, v.content_type, v.start, v.bytes
         FROM uploads u LEFT JOIN variants v ON v.upload_id = u.id
         WHERE u.user_id = $1 AND u.state = 'current' ORDER BY v.start",
    )
    .bind(user.0)
    .fetch_all(db)
    .await?;
    let mut banner = None;
    for (id, version, digest, name, width, height, content_type, start, bytes) in rows {
        let banner = match &mut banner {
            Some(banner) => banner,
            none => none.insert(Banner {
                upload: upload_id(&id)?,
                version: Version(version),
                digest: number(digest, "digest")?,
                variants: Vec::new(),
            }),
        };
        if let (Some(name), Some(width), Some(height), Some(content_type), Some(start), Some(bytes)) =
            (name, width, height, content_type, start, bytes)
        {
            banner.variants.push(variant((name, width, height, content_type, start, bytes))?);
        }
    }
    Ok(banner)
}

pub(super) async fn find_variant(
    db: &mut SqliteConnection,
    user: UserId,
    version: Version,
    name: &str,
) -> Result<Option<(UploadId, Variant)>> {
    // Only uploads that became a banner have variants.
    let row: Option<(String, String, i64, i64, String, i64, i64)> = query_as(
        "SELECT u.id, v.name, v.width, v.height, v.content_type, v.start, v.bytes
         FROM uploads u JOIN variants v ON v.upload_id = u.id
         WHERE u.user_id = $1 AND u.version = $2 AND v.name = $3",
    )
    .bind(user.0)
    .bind(version.0)
    .bind(name)
    .fetch_optional(db)
    .await?;
    row.map(|(id, name, width, height, content_type, start, bytes)| {
        Ok((upload_id(&id)?, variant((name, width, height, content_type, start, bytes))?))
    })
    .transpose()
}

pub(super) async fn accept(db: &mut SqliteConnection, new: &NewUpload, queue: u64, now: Time) -> Result<Accepted> {
    let (digest, key, token) = match &new.authority {
        Some(Authority::Bearer(digest)) => (Some(&digest[..]), None, None),
        Some(Authority::Signed { consumer_key, token }) => (None, Some(consumer_key), Some(token)),
        None => (None, None, None),
    };
    let (same, jobs, suspended, can_write): (Option<i64>, i64, Option<bool>, Option<bool>) = query_as(
        "SELECT (
             SELECT version FROM uploads banner
             WHERE user_id = $1 AND state = 'current' AND digest = $2 AND NOT EXISTS (
                 SELECT 1 FROM uploads later
                 WHERE later.user_id = $1 AND later.version > banner.version AND later.state = 'processing'
             )
         ), (SELECT count(*) FROM jobs), suspended, can_write
         FROM (SELECT 1) AS once LEFT JOIN (
             SELECT u.suspended, a.can_write
             FROM tokens t JOIN users u ON u.id = t.user_id JOIN applications a ON a.id = t.application_id
             WHERE t.user_id = $1 AND (t.bearer_digest = $3 OR (t.token = $4 AND a.consumer_key = $5))
         ) AS standing ON true",
    )
    .bind(new.user.0)
    .bind(&new.digest[..])
    .bind(digest)
    .bind(token)
    .bind(key)
    .fetch_one(&mut *db)
    .await?;
    if new.authority.is_some() {
        match (suspended, can_write) {
            (Some(false), Some(true)) => {}
            (Some(true), _) => return Ok(Accepted::Revoked(Revoked::Suspended)),
            (Some(false), Some(false)) => return Ok(Accepted::Revoked(Revoked::ReadOnly)),
            _ => return Ok(Accepted::Revoked(Revoked::Token)),
        }
    }
    if let Some(version) = same {
        return Ok(Accepted::Current(Version(version)));
    }
    if number::<_, u64>(jobs, "count of jobs")? >= queue {
        return Ok(Accepted::Full);
    }
    let version: i64 = query_scalar(
        "INSERT INTO profiles (user_id, last_version) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET last_version =
             CASE WHEN excluded.last_version > profiles.last_version THEN excluded.last_version
             ELSE profiles.last_version + 1 END
         RETURNING last_version",
    )
    .bind(new.user.0)
    .bind(now.unix_seconds())
    .fetch_one(&mut *db)
    .await?;
    query(
        "INSERT INTO uploads (id, user_id, version, digest, width, height, offset_left, offset_top)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
         INSERT INTO jobs (upload_id, accepted_at, run_at) VALUES ($1, $9, $9)",
    )
    .bind(new.id.to_string())
    .bind(new.user.0)
    .bind(version)
    .bind(&new.digest[..])
    .bind(i64::from(new.region.width()))
    .bind(i64::from(new.region.height()))
    .bind(i64::from(new.region.left()))
    .bind(i64::from(new.region.top()))
    .bind(now.0)
    .execute(db)
    .await?;
    Ok(Accepted::Queued(Version(version)))
}

/// The columns of an upload that its state is made of: state, then status, code and message of a failure.
pub(super) type StateRow = (String, Option<i64>, Option<i64>, Option<String>);

pub(super) fn state((state, status, code, message): StateRow) -> Result<UploadState> {
    Ok(match (state.as_str(), status, code, message) {
        ("processing", ..) => UploadState::Processing,
        ("current" | "former", ..) => UploadState::Ready,
        ("discarded", ..) => UploadState::Discarded,
        ("failed", Some(status), Some(code), Some(message)) => {
            UploadState::Failed(Failure { status: number(status, "status")?, code: number(code, "code")?, message })
        }
        _ => return Err(Error::Range("state")),
    })
}

type UploadRow = (String, i64, String, Option<i64>, Option<i64>, Option<String>);

fn upload((id, version, name, status, code, message): UploadRow) -> Result<Upload> {
    Ok(Upload { id: upload_id(&id)?, version: Version(version), state: state((name, status, code, message))? })
}

pub(super) async fn latest(db: &mut SqliteConnection, user: UserId) -> Result<Option<Upload>> {
    let row: Option<UploadRow> = query_as(
        "SELECT id, version, state, failure_status, failure_code, failure_message FROM uploads
         WHERE user_id = $1 AND state <> 'discarded' ORDER BY version DESC LIMIT 1",
    )
    .bind(user.0)
    .fetch_optional(db)
    .await?;
    row.map(upload).transpose()
}

pub(super) async fn find(db: &mut SqliteConnection, id: UploadId) -> Result<Option<Upload>> {
    let row: Option<UploadRow> =
        query_as("SELECT id, version, state, failure_status, failure_code, failure_message FROM uploads WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(db)
            .await?;
    row.map(upload).transpose()
}

pub(super) async fn remove(db: &mut SqliteConnection, user: UserId, now: Time) -> Result<bool> {
    query("DELETE FROM jobs WHERE upload_id IN (SELECT id FROM uploads WHERE user_id = $1 AND state = 'processing')")
        .bind(user.0)
        .execute(&mut *db)
        .await?;
    let ended = query(
        "UPDATE uploads SET state = CASE state WHEN 'current' THEN 'former' ELSE 'discarded' END, ended_at = $2
         WHERE user_id = $1 AND state IN ('processing', 'current')",
    )
    .bind(user.0)
    .bind(now.0)
    .execute(db)
    .await?;
    Ok(ended.rows_affected() > 0)
}

pub(super) async fn states(db: &mut SqliteConnection, uploads: &[UploadId]) -> Result<Vec<(UploadId, UploadState)>> {
    let rows: Vec<UploadRow> = query_as(
        "SELECT id, version, state, failure_status, failure_code, failure_message FROM uploads
         WHERE id IN (SELECT value FROM json_each($1))
         UNION ALL
         SELECT upload_id, 0, 'discarded', NULL, NULL, NULL FROM deletions
         WHERE upload_id IN (SELECT value FROM json_each($1))",
    )
    .bind(list(uploads))
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| upload(row).map(|upload| (upload.id, upload.state))).collect()
}
