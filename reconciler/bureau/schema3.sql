-- What version 3 of the schema added: leases, which keep two applies of one bureau apart.

-- The last lease that was given at each bureau. It is in force until it is released or runs out, and after that
-- for as long as a job that was taken in under it is not done. Until another one is given its holder may renew it.
CREATE TABLE lease (
  bureau   INTEGER PRIMARY KEY REFERENCES bureau,
  id       TEXT    NOT NULL,                     -- chosen by who asked for it
  operator INTEGER NOT NULL REFERENCES operator,
  holder   TEXT    NOT NULL,                     -- who holds it and where, for people
  seconds  INTEGER NOT NULL,                     -- for which it is given and renewed
  granted  TEXT    NOT NULL,
  expires  TEXT    NOT NULL,
  released INTEGER NOT NULL DEFAULT 0 CHECK (released IN (0, 1))
) STRICT;

-- The id of the lease that a job was taken in under; NULL where it was taken in without.
ALTER TABLE job ADD COLUMN lease TEXT;
