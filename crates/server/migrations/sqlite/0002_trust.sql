-- Nonces are kept as digests. There is no hash in SQLite: the program carries the old ones over, in the same transaction.
ALTER TABLE nonces RENAME TO nonces_in_words;

CREATE TABLE nonces (
    timestamp INTEGER NOT NULL,
    -- The first half of SHA-256 over consumer key, token and nonce.
    digest BLOB NOT NULL CHECK (length(digest) = 16),
    PRIMARY KEY (timestamp, digest)
) STRICT, WITHOUT ROWID;

-- Jobs come by number and not by time: clocks jump. Those that were put off are due now.
ALTER TABLE jobs RENAME TO jobs_by_time;

DROP INDEX jobs_due;

-- One for each upload that is being processed; it is running while it has a lease, and otherwise put off or ready.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    upload_id TEXT NOT NULL UNIQUE REFERENCES uploads (id) ON DELETE CASCADE,
    accepted_at INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    -- How long before run_at it was put off, so that it never waits longer, whatever the clock does. 0: ready.
    pause INTEGER NOT NULL DEFAULT 0 CHECK (pause >= 0),
    lease_until INTEGER,
    -- Counts the claims. A worker proves with it that the claim is still its own.
    token INTEGER NOT NULL DEFAULT 0,
    -- Claims since the last failure that was reported, the one that is held now included.
    claims INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO jobs (id, upload_id, accepted_at, run_at, lease_until, token, claims, failures)
SELECT id, upload_id, run_at, run_at, lease_until, token, claims, failures FROM jobs_by_time;

DROP TABLE jobs_by_time;

-- Each job is in one of them, so that whoever looks for a job that is due reads no other. (The last two hold the same.)
CREATE INDEX jobs_ready ON jobs (id) WHERE pause = 0 AND lease_until IS NULL;
CREATE INDEX jobs_running ON jobs (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX jobs_put_off_until ON jobs (run_at) WHERE pause > 0;
CREATE INDEX jobs_put_off_since ON jobs (run_at - pause) WHERE pause > 0;

-- Which folder of files this database belongs to, and how new it is. One row at most.
CREATE TABLE pairing (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    storage TEXT NOT NULL CHECK (length(storage) = 32),
    generation INTEGER NOT NULL CHECK (generation >= 0),
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1))
) STRICT;

-- Uploads that are gone, and whose files are to be deleted.
CREATE TABLE deletions (
    upload_id TEXT PRIMARY KEY CHECK (length(upload_id) = 32)
) STRICT, WITHOUT ROWID;

-- While a backup is made, no file is deleted. One row at most.
CREATE TABLE deletion_holds (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL
) STRICT;
