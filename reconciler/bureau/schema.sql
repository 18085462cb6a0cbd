-- The database of the embedded bureau server. One file holds one or many bureaus; every row belongs to one,
-- and the foreign keys carry the bureau along, so that no row can point into another bureau.
-- Masks are 64 bits of programs in a signed integer (see masks.py). Times are RFC 3339 in UTC.

CREATE TABLE bureau (
  number            INTEGER PRIMARY KEY,
  id                TEXT    NOT NULL UNIQUE,
  name              TEXT    NOT NULL,
  timezone          TEXT    NOT NULL,
  revision          INTEGER NOT NULL DEFAULT 1,  -- grows by one with every committed change of state
  register_revision INTEGER NOT NULL DEFAULT 1,  -- the revision at which anything but access last changed
  pairs             INTEGER NOT NULL DEFAULT 0   -- how many pairs have access
) STRICT;

CREATE TABLE program (
  bureau  INTEGER NOT NULL REFERENCES bureau,
  bit     INTEGER NOT NULL CHECK (bit BETWEEN 0 AND 63),
  id      TEXT    NOT NULL,
  labels  TEXT    NOT NULL,                      -- JSON: {"sv": ..., "en": ...}
  package INTEGER NOT NULL CHECK (package IN (0, 1)),
  PRIMARY KEY (bureau, bit),
  UNIQUE (bureau, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consultant (
  bureau INTEGER NOT NULL REFERENCES bureau,
  number INTEGER NOT NULL,
  id     TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  tags   TEXT    NOT NULL,                       -- JSON: a list of words, like teams and leads
  teams  TEXT    NOT NULL,
  leads  TEXT    NOT NULL,
  PRIMARY KEY (bureau, number),
  UNIQUE (bureau, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE client (
  bureau    INTEGER NOT NULL REFERENCES bureau,
  number    INTEGER NOT NULL,
  id        TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  connected INTEGER NOT NULL CHECK (connected IN (0, 1)),
  tags      TEXT    NOT NULL,
  team      TEXT,
  PRIMARY KEY (bureau, number),
  UNIQUE (bureau, id)
) STRICT, WITHOUT ROWID;

-- A pair that was ever given access. One that has lost it stays, without access (held = 0), because the
-- precondition of an operation asks when a pair last changed, and by whom.
CREATE TABLE pair (
  bureau     INTEGER NOT NULL,
  client     INTEGER NOT NULL,
  consultant INTEGER NOT NULL,
  held       INTEGER NOT NULL CHECK (held IN (0, 1)),
  mask       INTEGER NOT NULL,
  revision   INTEGER NOT NULL,                   -- that last changed it
  run        INTEGER REFERENCES run,             -- that last changed it; NULL for a change outside any run
  foreign_revision INTEGER NOT NULL,             -- the last revision at which anything but that run changed it
  PRIMARY KEY (bureau, client, consultant),
  FOREIGN KEY (bureau, client) REFERENCES client (bureau, number),
  FOREIGN KEY (bureau, consultant) REFERENCES consultant (bureau, number),
  CHECK (held = 1 OR mask = 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
  number         INTEGER PRIMARY KEY,
  bureau         INTEGER NOT NULL REFERENCES bureau,
  id             TEXT    NOT NULL,
  name           TEXT    NOT NULL,
  consultant     TEXT,                           -- the id of the consultant that it is, where it is one
  sees_operators INTEGER NOT NULL CHECK (sees_operators IN (0, 1)),
  UNIQUE (bureau, id)
) STRICT;

-- Only the SHA-256 of a token is kept.
CREATE TABLE token (
  hash     BLOB    NOT NULL PRIMARY KEY,
  operator INTEGER NOT NULL REFERENCES operator,
  created  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX token_operator ON token (operator);

CREATE TABLE operator_right (
  number      INTEGER PRIMARY KEY,
  bureau      INTEGER NOT NULL REFERENCES bureau,
  operator    INTEGER NOT NULL REFERENCES operator,
  name        TEXT    NOT NULL CHECK (name IN ('system-administrator', 'program-administrator')),
  mask        INTEGER NOT NULL,                  -- of which programs; 0 for a system administrator
  all_clients INTEGER NOT NULL CHECK (all_clients IN (0, 1))
) STRICT;
CREATE INDEX operator_right_operator ON operator_right (operator);

CREATE TABLE right_client (
  operator_right INTEGER NOT NULL REFERENCES operator_right ON DELETE CASCADE,
  bureau         INTEGER NOT NULL,
  client         INTEGER NOT NULL,
  PRIMARY KEY (operator_right, client),
  FOREIGN KEY (bureau, client) REFERENCES client (bureau, number)
) STRICT, WITHOUT ROWID;

-- A run belongs to one operator: another operator that uses the same word is somebody else.
CREATE TABLE run (
  number   INTEGER PRIMARY KEY,
  operator INTEGER NOT NULL REFERENCES operator,
  id       TEXT    NOT NULL,
  UNIQUE (operator, id)
) STRICT;

CREATE TABLE job (
  number          INTEGER PRIMARY KEY,
  id              TEXT    NOT NULL UNIQUE,
  bureau          INTEGER NOT NULL REFERENCES bureau,
  operator        INTEGER NOT NULL REFERENCES operator,
  idempotency_key TEXT    NOT NULL,
  digest          BLOB    NOT NULL,              -- of the request, to know the same one again
  operation       TEXT    NOT NULL,
  run             INTEGER REFERENCES run,
  pairs           INTEGER NOT NULL,
  finished        INTEGER NOT NULL DEFAULT 0,    -- pairs dealt with, in the order of the block
  done            INTEGER NOT NULL DEFAULT 0,    -- items of each outcome
  already         INTEGER NOT NULL DEFAULT 0,
  refused         INTEGER NOT NULL DEFAULT 0,
  failed          INTEGER NOT NULL DEFAULT 0,
  created         TEXT    NOT NULL,
  ended           TEXT,                          -- when it was done; NULL while it is not
  request         TEXT    NOT NULL,              -- JSON, as it came in
  UNIQUE (operator, idempotency_key)
) STRICT;
CREATE INDEX job_unfinished ON job (bureau, number) WHERE ended IS NULL;

CREATE TABLE result (
  job     INTEGER NOT NULL REFERENCES job,
  number  INTEGER NOT NULL,                      -- from 1, without gaps
  pair    INTEGER NOT NULL,                      -- place in the block: client × consultants + consultant
  access  INTEGER NOT NULL CHECK (access IN (0, 1)),
  mask    INTEGER NOT NULL,
  outcome TEXT    NOT NULL,
  reason  TEXT,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification (
  number   INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,
  bureau   INTEGER NOT NULL REFERENCES bureau,
  operator INTEGER NOT NULL REFERENCES operator,
  job      INTEGER NOT NULL UNIQUE REFERENCES job,
  created  TEXT    NOT NULL,
  read     INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1))
) STRICT;
CREATE INDEX notification_operator ON notification (operator, read, number DESC);
