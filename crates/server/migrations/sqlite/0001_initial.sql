-- Times are milliseconds since the unix epoch, versions unix seconds, flags 0 or 1.

-- AUTOINCREMENT: the number of a removed user stands in public URLs and is not given to another one.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    screen_name TEXT NOT NULL,
    name TEXT NOT NULL,
    suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

-- An index on lower() instead of a collation: PostgreSQL understands the same statements.
CREATE UNIQUE INDEX users_screen_name ON users (lower(screen_name));

-- Those without a name are one user's own. The secrets are kept as they are: OAuth 1.0a signs with them.
CREATE TABLE applications (
    id INTEGER PRIMARY KEY,
    name TEXT UNIQUE,
    consumer_key TEXT NOT NULL UNIQUE,
    consumer_secret TEXT NOT NULL,
    can_write INTEGER NOT NULL CHECK (can_write IN (0, 1))
) STRICT;

-- Each user has one token, of one application.
CREATE TABLE tokens (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    token TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL,
    bearer_digest BLOB NOT NULL UNIQUE CHECK (length(bearer_digest) = 32)
) STRICT;

CREATE INDEX tokens_application ON tokens (application_id);

-- The timestamp comes first: new nonces go to the end of the tree, and the old ones are pruned from its start.
CREATE TABLE nonces (
    timestamp INTEGER NOT NULL,
    consumer_key TEXT NOT NULL,
    token TEXT NOT NULL,
    nonce TEXT NOT NULL,
    PRIMARY KEY (timestamp, consumer_key, token, nonce)
) STRICT, WITHOUT ROWID;

-- The tables below know users by number only: an embedder keeps the users elsewhere.

-- No index on ends_at: every request would have to keep it up, for the pruning alone, which can read the whole table.
CREATE TABLE windows (
    user_id INTEGER NOT NULL,
    call TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used > 0),
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, call)
) STRICT, WITHOUT ROWID;

-- What is left of a user when all uploads are forgotten: versions stand in URLs that are cached for ever, so they rise.
CREATE TABLE profiles (
    user_id INTEGER PRIMARY KEY,
    last_version INTEGER NOT NULL
) STRICT;

-- processing ──▶ current ──▶ former       (superseded or removed)
--            ├─▶ failed
--            └─▶ discarded                (overtaken by a later upload or a removal)
-- A removal discards all that is being processed. So whatever has a job was accepted after the last removal, and becomes
-- the banner unless the current one is of a later version: there is nothing else to remember about the order.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY CHECK (length(id) = 32),
    user_id INTEGER NOT NULL REFERENCES profiles (user_id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    offset_left INTEGER NOT NULL,
    offset_top INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'processing'
        CHECK (state IN ('processing', 'current', 'former', 'failed', 'discarded')),
    ended_at INTEGER CHECK ((ended_at IS NULL) = (state IN ('processing', 'current'))),
    failure_status INTEGER,
    failure_code INTEGER,
    failure_message TEXT,
    CHECK ((state = 'failed') = (failure_status IS NOT NULL AND failure_code IS NOT NULL AND failure_message IS NOT NULL)),
    UNIQUE (user_id, version)
) STRICT;

-- A user has one banner at most.
CREATE UNIQUE INDEX uploads_current ON uploads (user_id) WHERE state = 'current';

-- For the collection.
CREATE INDEX uploads_ended ON uploads (ended_at) WHERE ended_at IS NOT NULL;

-- All variants of a banner are one file of the blob store, one after the other.
CREATE TABLE variants (
    upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    start INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (upload_id, name)
) STRICT, WITHOUT ROWID;

-- One for each upload that is being processed; it is running while it has a lease, and ready otherwise.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    upload_id TEXT NOT NULL UNIQUE REFERENCES uploads (id) ON DELETE CASCADE,
    run_at INTEGER NOT NULL,
    lease_until INTEGER,
    -- Counts the claims. A worker proves with it that the claim is still its own.
    token INTEGER NOT NULL DEFAULT 0,
    -- Claims since the last failure that was reported, the one that is held now included.
    claims INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Jobs are claimed in this order. The running ones lie at its start, and are as few as there are workers.
CREATE INDEX jobs_due ON jobs (run_at, id);
