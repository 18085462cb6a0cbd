-- What version 2 of the schema added. Nothing in it is told anywhere else but in the tables of schema.sql: it
-- may be emptied at any time, and is made anew.

-- The state as readers get it, so that a server that starts need not encode it (see encoded.py).
CREATE TABLE encoded (
  bureau            INTEGER NOT NULL REFERENCES bureau,
  kind              TEXT    NOT NULL CHECK (kind IN ('access', 'clients', 'consultants')),
  register_revision INTEGER NOT NULL,            -- of the register that it was made with; good for that one only
  body              BLOB    NOT NULL,
  PRIMARY KEY (bureau, kind)
) STRICT;

-- Pairs that have changed since `encoded` was made.
CREATE TABLE stale (
  bureau     INTEGER NOT NULL,
  client     INTEGER NOT NULL,
  consultant INTEGER NOT NULL,
  PRIMARY KEY (bureau, client, consultant)
) STRICT, WITHOUT ROWID;
