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
];
