//! Users, applications and tokens.

use sqlx::sqlite::SqliteConnection;
use sqlx::{query, query_as, query_scalar};

use super::super::{Credentials, Grant, NewUser, SignedGrant, User, UserKey};
use super::error::{Error, Result};
use super::pairing;
use crate::id::{Time, UserId};

type UserRow = (i64, String, String, bool);

fn user((id, screen_name, name, suspended): UserRow) -> User {
    User { id: UserId(id), screen_name, name, suspended }
}

pub(super) async fn add(
    db: &mut SqliteConnection,
    new: &NewUser,
    fresh: &Credentials,
    now: Time,
) -> Result<(User, Credentials)> {
    let id: Option<i64> = query_scalar(
        "INSERT INTO users (screen_name, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(&new.screen_name)
    .bind(&new.name)
    .bind(now.0)
    .fetch_optional(&mut *db)
    .await?;
    let Some(id) = id else {
        return Err(Error::Conflict(format!("screen name {:?} is taken", new.screen_name)));
    };
    let mut credentials = fresh.clone();
    let application = application(db, new, &mut credentials).await?;
    query("INSERT INTO tokens (user_id, application_id, token, secret, bearer_digest) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(application)
        .bind(&fresh.token)
        .bind(&fresh.token_secret)
        .bind(Credentials::bearer_digest(&fresh.bearer).to_vec())
        .execute(db)
        .await?;
    Ok((user((id, new.screen_name.clone(), new.name.clone(), false)), credentials))
}

/// The application of a new user. `credentials` takes on the key and secret of one that is there already.
async fn application(db: &mut SqliteConnection, new: &NewUser, credentials: &mut Credentials) -> Result<i64> {
    let made: Option<i64> = query_scalar(
        "INSERT INTO applications (name, consumer_key, consumer_secret, can_write) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO NOTHING RETURNING id",
    )
    .bind(&new.application)
    .bind(&credentials.consumer_key)
    .bind(&credentials.consumer_secret)
    .bind(new.can_write)
    .fetch_optional(&mut *db)
    .await?;
    if let Some(made) = made {
        return Ok(made);
    }
    let (id, key, secret, can_write): (i64, String, String, bool) =
        query_as("SELECT id, consumer_key, consumer_secret, can_write FROM applications WHERE name = $1")
            .bind(&new.application)
            .fetch_one(db)
            .await?;
    if can_write != new.can_write {
        let name = new.application.as_deref().unwrap_or_default();
        let may = if can_write { "can write" } else { "cannot write" };
        return Err(Error::Conflict(format!("application {name:?} is there already, and {may}")));
    }
    credentials.consumer_key = key;
    credentials.consumer_secret = secret;
    Ok(id)
}

pub(super) async fn list(db: &mut SqliteConnection, after: Option<UserId>, limit: u32) -> Result<Vec<User>> {
    let rows = query_as("SELECT id, screen_name, name, suspended FROM users WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after.map_or(i64::MIN, |after| after.0))
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(user).collect())
}

pub(super) async fn find(db: &mut SqliteConnection, key: &UserKey) -> Result<Option<User>> {
    let row = match key {
        UserKey::Id(id) => {
            query_as("SELECT id, screen_name, name, suspended FROM users WHERE id = $1")
                .bind(id.0)
                .fetch_optional(db)
                .await?
        }
        UserKey::ScreenName(name) => {
            query_as("SELECT id, screen_name, name, suspended FROM users WHERE lower(screen_name) = lower($1)")
                .bind(name)
                .fetch_optional(db)
                .await?
        }
    };
    Ok(row.map(user))
}

pub(super) async fn rotate(db: &mut SqliteConnection, id: UserId, fresh: &Credentials) -> Result<Option<Credentials>> {
    let application: Option<i64> = query_scalar(
        "UPDATE tokens SET token = $2, secret = $3, bearer_digest = $4 WHERE user_id = $1 RETURNING application_id",
    )
    .bind(id.0)
    .bind(&fresh.token)
    .bind(&fresh.token_secret)
    .bind(Credentials::bearer_digest(&fresh.bearer).to_vec())
    .fetch_optional(&mut *db)
    .await?;
    let Some(application) = application else { return Ok(None) };
    query(
        "UPDATE applications SET consumer_key = $2, consumer_secret = $3
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM tokens WHERE application_id = $1 AND user_id <> $4)",
    )
    .bind(application)
    .bind(&fresh.consumer_key)
    .bind(&fresh.consumer_secret)
    .bind(id.0)
    .execute(&mut *db)
    .await?;
    let (consumer_key, consumer_secret) =
        query_as("SELECT consumer_key, consumer_secret FROM applications WHERE id = $1")
            .bind(application)
            .fetch_one(db)
            .await?;
    Ok(Some(Credentials { consumer_key, consumer_secret, ..fresh.clone() }))
}

pub(super) async fn set_suspended(db: &mut SqliteConnection, id: UserId, suspended: bool) -> Result<bool> {
    let done = query("UPDATE users SET suspended = $2 WHERE id = $1").bind(id.0).bind(suspended).execute(db).await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn remove(db: &mut SqliteConnection, id: UserId) -> Result<bool> {
    pairing::purge(db, id).await?;
    let profile = query("DELETE FROM profiles WHERE user_id = $1").bind(id.0).execute(&mut *db).await?;
    query("DELETE FROM windows WHERE user_id = $1").bind(id.0).execute(&mut *db).await?;
    let application: Option<i64> = query_scalar("SELECT application_id FROM tokens WHERE user_id = $1")
        .bind(id.0)
        .fetch_optional(&mut *db)
        .await?;
    // Tokens go with the user.
    let user = query("DELETE FROM users WHERE id = $1").bind(id.0).execute(&mut *db).await?;
    query("DELETE FROM applications WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM tokens WHERE application_id = $1)")
        .bind(application)
        .execute(db)
        .await?;
    Ok(profile.rows_affected() + user.rows_affected() > 0)
}

/// Consumer secret and right to write, then of the token: its secret and its user.
type SignedRow = (String, bool, Option<String>, Option<i64>, Option<String>, Option<String>, Option<bool>);

pub(super) async fn signed_grant(
    db: &mut SqliteConnection,
    consumer_key: &str,
    token: &str,
) -> Result<Option<SignedGrant>> {
    let row: Option<SignedRow> = query_as(
        "SELECT a.consumer_secret, a.can_write, t.secret, u.id, u.screen_name, u.name, u.suspended
         FROM applications a
         LEFT JOIN tokens t ON t.application_id = a.id AND t.token = $2
         LEFT JOIN users u ON u.id = t.user_id
         WHERE a.consumer_key = $1",
    )
    .bind(consumer_key)
    .bind(token)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|(consumer_secret, can_write, secret, id, screen_name, name, suspended)| SignedGrant {
        consumer_secret,
        token: match (secret, id, screen_name, name, suspended) {
            (Some(secret), Some(id), Some(screen_name), Some(name), Some(suspended)) => {
                Some((secret, Grant { user: user((id, screen_name, name, suspended)), can_write }))
            }
            _ => None,
        },
    }))
}

pub(super) async fn bearer_grant(db: &mut SqliteConnection, digest: &[u8; 32]) -> Result<Option<Grant>> {
    let row: Option<(i64, String, String, bool, bool)> = query_as(
        "SELECT u.id, u.screen_name, u.name, u.suspended, a.can_write
         FROM tokens t JOIN users u ON u.id = t.user_id JOIN applications a ON a.id = t.application_id
         WHERE t.bearer_digest = $1",
    )
    .bind(&digest[..])
    .fetch_optional(db)
    .await?;
    Ok(row.map(|(id, screen_name, name, suspended, can_write)| Grant {
        user: user((id, screen_name, name, suspended)),
        can_write,
    }))
}
