/**
 * The database's history: step n (counted from 1) turns version n - 1 into version n, and `PRAGMA user_version` says how
 * many were done. A step that was released is never edited; a change is a new step at the end. Lists of words have no CHECK: SQLite could only widen one by
 * building the table anew.
 */
export const migrations: readonly string[] = [
  // 1: what was issued (keys' metadata, local keys) and what happened (calls). A secret is in none of them.
  `
  CREATE TABLE credentials (
    provider      TEXT NOT NULL,
    name          TEXT NOT NULL,
    last_four     TEXT,
    origins       TEXT NOT NULL, -- JSON: the origins that the key may be sent to
    source        TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (provider, name)
  ) STRICT;

  CREATE TABLE grants (
    id            TEXT PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL UNIQUE,
    key_hash      BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    key_hint      TEXT NOT NULL, -- the key's last four characters
    kind          TEXT NOT NULL, -- 'owner' or 'tool'
    permissions   TEXT NOT NULL, -- JSON
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
  ) STRICT;

  CREATE TABLE calls (
    id                  INTEGER PRIMARY KEY,
    started_at_ms       INTEGER NOT NULL,
    endpoint            TEXT,
    grant_id            TEXT,
    user_agent          TEXT,
    alias               TEXT,
    provider            TEXT,
    model_asked         TEXT,
    model_served        TEXT,
    key_name            TEXT,
    status              INTEGER,
    error_code          TEXT,
    ending              TEXT NOT NULL, -- 'finished', 'truncated', 'failed', 'client_closed' or 'refused'
    streamed            INTEGER,
    attempts            TEXT NOT NULL, -- JSON
    first_byte_ms       INTEGER,
    total_ms            INTEGER,
    input_tokens        INTEGER,
    cached_input_tokens INTEGER,
    output_tokens       INTEGER,
    reasoning_tokens    INTEGER,
    request_bytes       INTEGER,
    response_bytes      INTEGER,
    trace_id            TEXT
  ) STRICT;

  CREATE INDEX calls_by_start ON calls (started_at_ms);
  `,
  // 2: what a call cost and how it got there, calls that are under way, sums by day. The sums' columns f0 to f40 and t0 to t40
  // count first bytes and whole durations: usage/buckets.ts says what each stands for.
  `
  ALTER TABLE calls ADD COLUMN day INTEGER; -- of the place where it was made: days since 1970-01-01
  ALTER TABLE calls ADD COLUMN tool TEXT;
  ALTER TABLE calls ADD COLUMN client_dialect TEXT;
  ALTER TABLE calls ADD COLUMN provider_dialect TEXT;
  ALTER TABLE calls ADD COLUMN cache_write_tokens INTEGER;
  ALTER TABLE calls ADD COLUMN cost_micro_usd REAL; -- null is unknown
  ALTER TABLE calls ADD COLUMN cost_source TEXT; -- 'reported' by the provider or 'estimated' from the price
  ALTER TABLE calls ADD COLUMN price TEXT; -- JSON: what it was estimated from
  ALTER TABLE calls ADD COLUMN cache_status TEXT;
  ALTER TABLE calls ADD COLUMN metadata TEXT; -- JSON
  ALTER TABLE calls ADD COLUMN dropped TEXT; -- JSON: what the provider could not be told
  ALTER TABLE calls ADD COLUMN body_id INTEGER;
  UPDATE calls SET day = unixepoch(started_at_ms / 1000, 'unixepoch', 'localtime') / 86400;

  CREATE TABLE open_calls (
    id             INTEGER PRIMARY KEY,
    started_at_ms  INTEGER NOT NULL,
    day            INTEGER NOT NULL,
    endpoint       TEXT,
    grant_id       TEXT,
    tool           TEXT,
    user_agent     TEXT,
    alias          TEXT,
    provider       TEXT,
    model_asked    TEXT,
    model_served   TEXT,
    key_name       TEXT,
    client_dialect TEXT,
    streamed       INTEGER,
    request_bytes  INTEGER,
    trace_id       TEXT
  ) STRICT;

  CREATE TABLE call_days (
    id                  INTEGER PRIMARY KEY,
    day                 INTEGER NOT NULL,
    grant_id            TEXT NOT NULL, -- here and below '' is none
    tool                TEXT NOT NULL,
    alias               TEXT NOT NULL,
    provider            TEXT NOT NULL,
    model               TEXT NOT NULL,
    key_name            TEXT NOT NULL,
    calls               INTEGER NOT NULL,
    errors              INTEGER NOT NULL,
    cache_hits          INTEGER NOT NULL,
    input_tokens        INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    cache_write_tokens  INTEGER NOT NULL,
    output_tokens       INTEGER NOT NULL,
    reasoning_tokens    INTEGER NOT NULL,
    cost_micro_usd      REAL NOT NULL,
    unpriced_calls      INTEGER NOT NULL, -- that may have cost something, and nobody knows how much
    writing_ms          INTEGER NOT NULL, -- in which the output was written, first byte to last
    written_tokens      INTEGER NOT NULL, -- the output of those calls
    f0 INTEGER NOT NULL, f1 INTEGER NOT NULL, f2 INTEGER NOT NULL, f3 INTEGER NOT NULL, f4 INTEGER NOT NULL, f5 INTEGER NOT NULL,
    f6 INTEGER NOT NULL, f7 INTEGER NOT NULL, f8 INTEGER NOT NULL, f9 INTEGER NOT NULL, f10 INTEGER NOT NULL, f11 INTEGER NOT NULL,
    f12 INTEGER NOT NULL, f13 INTEGER NOT NULL, f14 INTEGER NOT NULL, f15 INTEGER NOT NULL, f16 INTEGER NOT NULL, f17 INTEGER NOT NULL,
    f18 INTEGER NOT NULL, f19 INTEGER NOT NULL, f20 INTEGER NOT NULL, f21 INTEGER NOT NULL, f22 INTEGER NOT NULL, f23 INTEGER NOT NULL,
    f24 INTEGER NOT NULL, f25 INTEGER NOT NULL, f26 INTEGER NOT NULL, f27 INTEGER NOT NULL, f28 INTEGER NOT NULL, f29 INTEGER NOT NULL,
    f30 INTEGER NOT NULL, f31 INTEGER NOT NULL, f32 INTEGER NOT NULL, f33 INTEGER NOT NULL, f34 INTEGER NOT NULL, f35 INTEGER NOT NULL,
    f36 INTEGER NOT NULL, f37 INTEGER NOT NULL, f38 INTEGER NOT NULL, f39 INTEGER NOT NULL, f40 INTEGER NOT NULL,
    t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, t2 INTEGER NOT NULL, t3 INTEGER NOT NULL, t4 INTEGER NOT NULL, t5 INTEGER NOT NULL,
    t6 INTEGER NOT NULL, t7 INTEGER NOT NULL, t8 INTEGER NOT NULL, t9 INTEGER NOT NULL, t10 INTEGER NOT NULL, t11 INTEGER NOT NULL,
    t12 INTEGER NOT NULL, t13 INTEGER NOT NULL, t14 INTEGER NOT NULL, t15 INTEGER NOT NULL, t16 INTEGER NOT NULL, t17 INTEGER NOT NULL,
    t18 INTEGER NOT NULL, t19 INTEGER NOT NULL, t20 INTEGER NOT NULL, t21 INTEGER NOT NULL, t22 INTEGER NOT NULL, t23 INTEGER NOT NULL,
    t24 INTEGER NOT NULL, t25 INTEGER NOT NULL, t26 INTEGER NOT NULL, t27 INTEGER NOT NULL, t28 INTEGER NOT NULL, t29 INTEGER NOT NULL,
    t30 INTEGER NOT NULL, t31 INTEGER NOT NULL, t32 INTEGER NOT NULL, t33 INTEGER NOT NULL, t34 INTEGER NOT NULL, t35 INTEGER NOT NULL,
    t36 INTEGER NOT NULL, t37 INTEGER NOT NULL, t38 INTEGER NOT NULL, t39 INTEGER NOT NULL, t40 INTEGER NOT NULL,
    UNIQUE (day, grant_id, tool, alias, provider, model, key_name)
  ) STRICT;

  -- The last row of calls that is in the sums.
  CREATE TABLE call_days_state (one INTEGER PRIMARY KEY CHECK (one = 1), summed_to INTEGER NOT NULL) STRICT;
  INSERT INTO call_days_state VALUES (1, 0);

  CREATE TABLE call_bodies (
    id             INTEGER PRIMARY KEY,
    started_at_ms  INTEGER NOT NULL,
    request        TEXT,
    response       TEXT,
    request_bytes  INTEGER NOT NULL, -- before the cut
    response_bytes INTEGER NOT NULL
  ) STRICT;

  CREATE INDEX call_bodies_by_start ON call_bodies (started_at_ms);
  `,
  // 3: a name and a key may be given anew once their grant is revoked; what each grant has spent, by day.
  `
  CREATE TABLE grants_anew (
    id            TEXT PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    key_hash      BLOB NOT NULL CHECK (length(key_hash) = 32),
    key_hint      TEXT NOT NULL, -- the key's last four characters; empty for a credential that the tool brought
    kind          TEXT NOT NULL, -- 'owner' or 'tool'
    permissions   TEXT NOT NULL, -- JSON
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
  ) STRICT;
  INSERT INTO grants_anew SELECT id, name, key_hash, key_hint, kind, permissions, created_at_ms, revoked_at_ms FROM grants;
  DROP TABLE grants;
  ALTER TABLE grants_anew RENAME TO grants;
  CREATE UNIQUE INDEX grants_by_name ON grants (name) WHERE revoked_at_ms IS NULL;
  CREATE UNIQUE INDEX grants_by_key ON grants (key_hash) WHERE revoked_at_ms IS NULL;

  -- Only of grants that have a budget. What is reserved counts as spent until it is settled.
  CREATE TABLE grant_spending (
    grant_id  TEXT NOT NULL,
    day       INTEGER NOT NULL, -- of the place where it was made: days since 1970-01-01
    tokens    INTEGER NOT NULL,
    micro_usd REAL NOT NULL,
    PRIMARY KEY (grant_id, day)
  ) STRICT, WITHOUT ROWID;
  `,
  // 4: what caches spared; less than nothing where one was filled and not used.
  `
  ALTER TABLE calls ADD COLUMN saved_micro_usd REAL;
  ALTER TABLE call_days ADD COLUMN saved_micro_usd REAL NOT NULL DEFAULT 0;
  `,
  // 5: whether keys work, by their tests and by what providers said to calls with them.
  `
  CREATE TABLE key_health (
    provider     TEXT NOT NULL,
    name         TEXT NOT NULL,
    last_four    TEXT NOT NULL, -- of the key that this is known of
    works        INTEGER, -- null where nothing has shown it
    since_ms     INTEGER,
    tested_at_ms INTEGER,
    verdict      TEXT, -- of the last test: 'works', 'open', 'refused', 'unclear' or 'untestable'
    words        TEXT,
    PRIMARY KEY (provider, name)
  ) STRICT, WITHOUT ROWID;
  `,
  // 6: prices are few, and a row of calls has only the number of its own. New ones are numbered by their text (usage/stored-price.ts).
  // From here on a try in calls.attempts leaves out what is the same in its row: usage/attempts-text.ts reads both.
  `
  CREATE TABLE prices (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL -- JSON
  ) STRICT;
  INSERT INTO prices (text) SELECT DISTINCT price FROM calls WHERE price IS NOT NULL;
  ALTER TABLE calls ADD COLUMN price_id INTEGER;
  UPDATE calls SET price_id = prices.id FROM prices WHERE prices.text = calls.price;
  ALTER TABLE calls DROP COLUMN price;
  `,
];
