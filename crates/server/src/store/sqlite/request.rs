//! Nonces and rate windows, which each request is counted in.

use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_as, query_scalar};

use super::super::{Nonce, RateWindow};
use super::column::number;
use super::error::Result;
use crate::id::{Time, UserId};

pub(super) async fn use_nonce(db: &mut SqliteConnection, nonce: &Nonce<'_>) -> Result<bool> {
    let done = query(
        "INSERT INTO nonces (timestamp, consumer_key, token, nonce) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(number::<_, i64>(nonce.timestamp, "timestamp")?)
    .bind(nonce.consumer_key)
    .bind(nonce.token)
    .bind(nonce.nonce)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn take(
    db: &mut SqliteConnection,
    user: UserId,
    call: &str,
    limit: u32,
    window: i64,
    now: Time,
) -> Result<RateWindow> {
    let end = now.0.saturating_add(window);
    // No row comes back when the window is full.
    let counted: Option<(i64, i64)> = query_as(
        "INSERT INTO windows (user_id, call, used, ends_at) SELECT $1, $2, 1, $3 WHERE $4 > 0
         ON CONFLICT (user_id, call) DO UPDATE SET
             used = CASE WHEN windows.ends_at <= $5 THEN 1 ELSE windows.used + 1 END,
             ends_at = CASE WHEN windows.ends_at <= $5 THEN excluded.ends_at ELSE windows.ends_at END
         WHERE windows.ends_at <= $5 OR windows.used < $4
         RETURNING used, ends_at",
    )
    .bind(user.0)
    .bind(call)
    .bind(end)
    .bind(i64::from(limit))
    .bind(now.0)
    .fetch_optional(&mut *db)
    .await?;
    if let Some((used, end)) = counted {
        let remaining = limit.saturating_sub(number(used, "count of requests")?);
        return Ok(RateWindow { allowed: true, remaining, reset: whole_second(end) });
    }
    let running: Option<i64> =
        query_scalar("SELECT ends_at FROM windows WHERE user_id = $1 AND call = $2 AND ends_at > $3")
            .bind(user.0)
            .bind(call)
            .bind(now.0)
            .fetch_optional(db)
            .await?;
    Ok(RateWindow { allowed: false, remaining: 0, reset: whole_second(running.unwrap_or(end)) })
}

/// The whole second at this time or after it.
fn whole_second(millis: i64) -> Time {
    Time(millis.saturating_add(999).div_euclid(1000) * 1000)
}

pub(super) async fn prune(db: &mut SqliteConnection, nonces_before: u64, now: Time) -> Result<()> {
    let before = i64::try_from(nonces_before).unwrap_or(i64::MAX);
    query("DELETE FROM nonces WHERE timestamp < $1").bind(before).execute(&mut *db).await?;
    query("DELETE FROM windows WHERE ends_at <= $1").bind(now.0).execute(db).await?;
    Ok(())
}
