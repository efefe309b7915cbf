//! Jobs: claimed, kept, and ended together with what becomes of their upload.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_as, query_scalar};

use super::super::{Claim, Completion, Failure, Queue, Variant};
use super::column::{number, region, upload_id};
use super::error::Result;
use crate::id::{Time, UploadId, UserId, Version};

/// Jobs that are made ready in one go.
const BATCH: i64 = 1000;

type ClaimRow = (String, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, bool);

/// Two statements in one call. The first makes ready what was put off and is due: its pause is over, or it was put off at a time
/// that is yet to come; each job once, so that it costs the same however many there are. The second claims a job, and changes
/// that one only. PostgreSQL would want FOR UPDATE SKIP LOCKED in its inner SELECT.
pub(super) async fn claim(db: &mut SqliteConnection, now: Time, lease: Duration) -> Result<Option<Claim>> {
    let job: Option<ClaimRow> = query_as(
        "UPDATE jobs SET pause = 0 WHERE id IN (
             SELECT id FROM (SELECT id FROM jobs WHERE pause > 0 AND run_at <= $1 ORDER BY run_at LIMIT $3) AS passed
             UNION
             SELECT id FROM (
                 SELECT id FROM jobs WHERE pause > 0 AND run_at - pause > $1 ORDER BY run_at - pause LIMIT $3
             ) AS to_come
         );
         UPDATE jobs SET lease_until = $2, token = token + 1, claims = claims + 1 WHERE id = (
             SELECT job.id FROM uploads upload JOIN jobs job ON job.upload_id = upload.id
             WHERE job.pause = 0 AND (job.lease_until IS NULL OR job.lease_until <= $1 OR job.lease_until > $2)
             AND upload.user_id = (
                 SELECT user_id FROM uploads WHERE id = (
                     SELECT upload_id FROM jobs WHERE id = (
                         SELECT min(id) FROM (
                             SELECT min(id) AS id FROM jobs WHERE pause = 0 AND lease_until IS NULL
                             UNION ALL
                             SELECT id FROM jobs
                             WHERE lease_until IS NOT NULL AND (lease_until <= $1 OR lease_until > $2)
                         ) AS due
                     )
                 )
             )
             ORDER BY upload.version DESC LIMIT 1
         )
         RETURNING upload_id, run_at, token, claims - 1, failures,
             (SELECT user_id FROM uploads WHERE id = upload_id), (SELECT version FROM uploads WHERE id = upload_id),
             (SELECT width FROM uploads WHERE id = upload_id), (SELECT height FROM uploads WHERE id = upload_id),
             (SELECT offset_left FROM uploads WHERE id = upload_id), (SELECT offset_top FROM uploads WHERE id = upload_id),
             EXISTS (
                 SELECT 1 FROM uploads upload JOIN uploads banner ON banner.user_id = upload.user_id
                 WHERE upload.id = upload_id AND banner.state = 'current' AND banner.version > upload.version
             )",
    )
    .bind(now.0)
    .bind(now.after(lease).0)
    .bind(BATCH)
    .fetch_optional(db)
    .await?;
    let claimed = |row: ClaimRow| {
        let (id, due, token, crashes, failures, user, version, width, height, left, top, superseded) = row;
        Ok(Claim {
            upload: upload_id(&id)?,
            user: UserId(user),
            version: Version(version),
            region: region([width, height, left, top])?,
            superseded,
            due: Time(due),
            token,
            crashes: number(crashes, "count of crashes")?,
            failures: number(failures, "count of failures")?,
        })
    };
    job.map(claimed).transpose()
}

/// Claims as one value, for `json_each`.
fn claims(claims: &[(UploadId, i64)]) -> String {
    claims.iter().map(|(id, token)| json!([id.to_string(), token])).collect::<Value>().to_string()
}

pub(super) async fn renew(
    db: &mut SqliteConnection,
    held: &[(UploadId, i64)],
    now: Time,
    lease: Duration,
) -> Result<()> {
    query(
        "UPDATE jobs SET lease_until = $2 WHERE lease_until IS NOT NULL
         AND (upload_id, token) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))",
    )
    .bind(claims(held))
    .bind(now.after(lease).0)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the job away, if the claim on it is still held.
async fn end(db: &mut SqliteConnection, id: &str, token: i64) -> Result<bool> {
    let done = query("DELETE FROM jobs WHERE upload_id = $1 AND token = $2 AND lease_until IS NOT NULL")
        .bind(id)
        .bind(token)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn complete(
    db: &mut SqliteConnection,
    claim: &Claim,
    variants: &[Variant],
    now: Time,
) -> Result<Completion> {
    let id = claim.upload.to_string();
    if !end(db, &id, claim.token).await? {
        return Ok(Completion::Lost);
    }
    // A removal would have taken the job away, so only the current banner can stand against it.
    let discarded = query(
        "UPDATE uploads SET state = 'discarded', ended_at = $2 WHERE id = $1 AND EXISTS (
             SELECT 1 FROM uploads banner
             WHERE banner.user_id = uploads.user_id AND banner.state = 'current' AND banner.version > uploads.version
         )",
    )
    .bind(&id)
    .bind(now.0)
    .execute(&mut *db)
    .await?;
    if discarded.rows_affected() > 0 {
        return Ok(Completion::Superseded);
    }
    let variants = variants.iter().map(|v| json!([v.name, v.width, v.height, v.content_type, v.start, v.bytes]));
    // One call: each takes longer to hand over than to do.
    query(
        "UPDATE uploads SET state = 'former', ended_at = $2
         WHERE state = 'current' AND user_id = (SELECT user_id FROM uploads WHERE id = $1);
         UPDATE uploads SET state = 'current' WHERE id = $1;
         INSERT INTO variants (upload_id, name, width, height, content_type, start, bytes)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($3)",
    )
    .bind(&id)
    .bind(now.0)
    .bind(variants.collect::<Value>().to_string())
    .execute(db)
    .await?;
    Ok(Completion::Current)
}

pub(super) async fn fail(db: &mut SqliteConnection, claim: &Claim, failure: &Failure, now: Time) -> Result<bool> {
    let id = claim.upload.to_string();
    if !end(db, &id, claim.token).await? {
        return Ok(false);
    }
    query(
        "UPDATE uploads SET state = 'failed', ended_at = $2, failure_status = $3, failure_code = $4,
             failure_message = $5
         WHERE id = $1",
    )
    .bind(&id)
    .bind(now.0)
    .bind(i64::from(failure.status))
    .bind(i64::from(failure.code))
    .bind(&failure.message)
    .execute(db)
    .await?;
    Ok(true)
}

pub(super) async fn retry(db: &mut SqliteConnection, claim: &Claim, now: Time, pause: Duration) -> Result<bool> {
    let run_at = now.after(pause);
    let done = query(
        "UPDATE jobs SET lease_until = NULL, run_at = $3, pause = $4, claims = 0, failures = failures + 1
         WHERE upload_id = $1 AND token = $2 AND lease_until IS NOT NULL",
    )
    .bind(claim.upload.to_string())
    .bind(claim.token)
    .bind(run_at.0)
    .bind(run_at.0.saturating_sub(now.0))
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn recover(db: &mut SqliteConnection, held: &[(UploadId, i64)]) -> Result<u64> {
    let done = query(
        "UPDATE jobs SET lease_until = NULL WHERE lease_until IS NOT NULL
         AND (upload_id, token) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))",
    )
    .bind(claims(held))
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn count(db: &mut SqliteConnection) -> Result<u64> {
    let count: i64 = query_scalar("SELECT count(*) FROM jobs").fetch_one(db).await?;
    number(count, "count of jobs")
}

pub(super) async fn queue(db: &mut SqliteConnection, now: Time) -> Result<Queue> {
    let (jobs, put_off, oldest): (i64, i64, Option<i64>) = query_as(
        "SELECT (SELECT count(*) FROM jobs),
             (SELECT count(*) FROM jobs WHERE pause > 0 AND run_at > $1 AND run_at - pause <= $1),
             (SELECT accepted_at FROM jobs ORDER BY id LIMIT 1)",
    )
    .bind(now.0)
    .fetch_one(db)
    .await?;
    let count = |count| number(count, "count of jobs");
    Ok(Queue { jobs: count(jobs)?, put_off: count(put_off)?, oldest: oldest.map(Time) })
}
