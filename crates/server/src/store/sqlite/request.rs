//! Nonces and rate windows, which requests are counted in.

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_as, query_scalar};

use super::super::{Admission, Admitted, Nonce, RateWindow, WindowCount};
use super::column::{hexadecimal, number};
use super::error::Result;
use crate::id::{Time, UserId};

/// Nonces of timestamps that are further ahead than this were sent while the clock was wrong.
const DAY: i64 = 24 * 3600;

pub(super) async fn admit(db: &mut SqliteConnection, asked: &Admission<'_>, now: Time) -> Result<Admitted> {
    if let Some(nonce) = asked.nonce {
        let seen: bool = query_scalar("SELECT EXISTS (SELECT 1 FROM nonces WHERE timestamp = $1 AND digest = $2)")
            .bind(number::<_, i64>(nonce.timestamp(), "timestamp")?)
            .bind(&nonce.digest()[..])
            .fetch_one(&mut *db)
            .await?;
        if seen {
            return Ok(Admitted::Replayed);
        }
    }
    let window = take(db, asked, now).await?;
    if let Some(nonce) = asked.nonce.filter(|_| window.allowed) {
        query("INSERT INTO nonces (timestamp, digest) VALUES ($1, $2)")
            .bind(number::<_, i64>(nonce.timestamp(), "timestamp")?)
            .bind(&nonce.digest()[..])
            .execute(db)
            .await?;
    }
    Ok(Admitted::Counted(window))
}

async fn take(db: &mut SqliteConnection, asked: &Admission<'_>, now: Time) -> Result<RateWindow> {
    let Admission { user, call, limit, .. } = *asked;
    let end = now.after(asked.window);
    // A window runs while now < ends_at <= end. No row comes back when it runs and is full.
    let counted: Option<(i64, i64)> = query_as(
        "INSERT INTO windows (user_id, call, used, ends_at) SELECT $1, $2, 1, $3 WHERE $4 > 0
         ON CONFLICT (user_id, call) DO UPDATE SET
             used = CASE WHEN windows.ends_at > $5 AND windows.ends_at <= $3 THEN windows.used + 1 ELSE 1 END,
             ends_at = CASE WHEN windows.ends_at > $5 AND windows.ends_at <= $3 THEN windows.ends_at ELSE $3 END
         WHERE windows.ends_at <= $5 OR windows.ends_at > $3 OR windows.used < $4
         RETURNING used, ends_at",
    )
    .bind(user.0)
    .bind(call)
    .bind(end.0)
    .bind(i64::from(limit))
    .bind(now.0)
    .fetch_optional(&mut *db)
    .await?;
    if let Some((used, end)) = counted {
        let remaining = limit.saturating_sub(number(used, "count of requests")?);
        return Ok(RateWindow { allowed: true, remaining, reset: whole_second(end) });
    }
    let running: Option<i64> =
        query_scalar("SELECT ends_at FROM windows WHERE user_id = $1 AND call = $2 AND ends_at > $3 AND ends_at <= $4")
            .bind(user.0)
            .bind(call)
            .bind(now.0)
            .bind(end.0)
            .fetch_optional(db)
            .await?;
    Ok(RateWindow { allowed: false, remaining: 0, reset: whole_second(running.unwrap_or(end.0)) })
}

/// The whole second at this time or after it.
fn whole_second(millis: i64) -> Time {
    Time(millis.saturating_add(999).div_euclid(1000) * 1000)
}

pub(super) async fn windows(db: &mut SqliteConnection) -> Result<Vec<WindowCount>> {
    let rows: Vec<(i64, String, i64, i64)> =
        query_as("SELECT user_id, call, used, ends_at FROM windows").fetch_all(db).await?;
    let window = |(user, call, used, ends_at)| {
        let used = number(used, "count of requests")?;
        Ok(WindowCount { user: UserId(user), call, used, ends_at: Time(ends_at) })
    };
    rows.into_iter().map(window).collect()
}

pub(super) async fn nonces(db: &mut SqliteConnection) -> Result<Vec<Nonce>> {
    let rows: Vec<(i64, Vec<u8>)> = query_as("SELECT timestamp, digest FROM nonces").fetch_all(db).await?;
    let nonce = |(timestamp, digest)| {
        Ok(Nonce::from_parts(number(timestamp, "timestamp")?, number::<Vec<u8>, [u8; 16]>(digest, "digest")?))
    };
    rows.into_iter().map(nonce).collect()
}

pub(super) async fn note(db: &mut SqliteConnection, windows: &[WindowCount], nonces: &[Nonce]) -> Result<()> {
    if !windows.is_empty() {
        let rows = windows.iter().map(|window| json!([window.user.0, window.call, window.used, window.ends_at.0]));
        query(
            "INSERT INTO windows (user_id, call, used, ends_at)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE true
             ON CONFLICT (user_id, call) DO UPDATE SET used = excluded.used, ends_at = excluded.ends_at",
        )
        .bind(rows.collect::<Value>().to_string())
        .execute(&mut *db)
        .await?;
    }
    if !nonces.is_empty() {
        let rows = nonces.iter().map(|nonce| json!([nonce.timestamp(), hexadecimal(&nonce.digest())]));
        query(
            "INSERT INTO nonces (timestamp, digest)
             SELECT value ->> 0, unhex(value ->> 1) FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
        )
        .bind(rows.collect::<Value>().to_string())
        .execute(db)
        .await?;
    }
    Ok(())
}

pub(super) async fn prune(db: &mut SqliteConnection, nonces_before: u64, now: Time) -> Result<()> {
    let before = i64::try_from(nonces_before).unwrap_or(i64::MAX);
    query("DELETE FROM nonces WHERE timestamp < $1").bind(before).execute(&mut *db).await?;
    let ahead = now.unix_seconds().saturating_add(DAY);
    query("DELETE FROM nonces WHERE timestamp > $1").bind(ahead).execute(&mut *db).await?;
    query("DELETE FROM windows WHERE ends_at <= $1").bind(now.0).execute(&mut *db).await?;
    query("UPDATE uploads SET ended_at = $1 WHERE ended_at > $1").bind(now.0).execute(db).await?;
    Ok(())
}
