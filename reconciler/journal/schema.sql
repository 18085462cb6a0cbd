-- The journal of runs: what an apply was about to do, and every answer, written down before it goes on.
-- Times are RFC 3339 in UTC.

CREATE TABLE run (
  number   INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,              -- also its lease's name, and the start of its idempotency keys
  bureau   TEXT    NOT NULL,
  backend  TEXT    NOT NULL,                     -- which one, without whoever asks
  operator TEXT    NOT NULL,
  who      TEXT    NOT NULL,                     -- user and machine
  source   TEXT,                                 -- the commit that the YAML came from, where there is one
  digest   TEXT    NOT NULL,                     -- of what was approved
  begun    TEXT    NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 1,           -- how often it was begun and gone on with
  ended    TEXT,                                 -- when the last attempt came to its end; NULL while it has not
  state    TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'finished', 'superseded'))
) STRICT;
CREATE INDEX run_open ON run (bureau, backend) WHERE state = 'open';

-- The plan file that was approved, zlib; apart, because it may have millions of bytes and never changes.
CREATE TABLE approved (
  run  INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  plan BLOB    NOT NULL
) STRICT;

-- What is to be sent; never changed. Its place is its order in the run.
CREATE TABLE orders (
  run       INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  place     INTEGER NOT NULL,
  operation INTEGER NOT NULL,                    -- the number of the plan's operation that it belongs to
  key       TEXT    NOT NULL,                    -- the idempotency key
  body      TEXT    NOT NULL,                    -- JSON, with what each item is expected to be
  PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

-- How far each order is. `state` is true at any instant of a crash: an order is `unanswered` from just before it is
-- sent, and `unfinished` when the backend has taken it in as a job.
CREATE TABLE progress (
  run      INTEGER NOT NULL,
  place    INTEGER NOT NULL,
  state    TEXT    NOT NULL DEFAULT 'not-sent',
  job      TEXT,
  sent     TEXT,
  accepted TEXT,
  ended    TEXT,
  problem  TEXT,                                 -- what went wrong with it as a whole, JSON
  done     INTEGER NOT NULL DEFAULT 0,           -- cells that ended in each way
  already  INTEGER NOT NULL DEFAULT 0,
  refused  INTEGER NOT NULL DEFAULT 0,
  failed   INTEGER NOT NULL DEFAULT 0,
  items    BLOB,                                 -- what became of its items, packed
  PRIMARY KEY (run, place),
  FOREIGN KEY (run, place) REFERENCES orders ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
