-- What version 2 of the schema added. The tables say nothing that those of schema.sql do not: they may be
-- emptied at any time, and are filled anew.

-- What no other state has, of this bureau or of a copy of it: a number alone comes again after a restore.
ALTER TABLE bureau ADD COLUMN stamp TEXT NOT NULL DEFAULT '';

-- The state as readers get it, so that a server that starts need not encode it (see encoded.py).
CREATE TABLE encoded (
  bureau            INTEGER NOT NULL REFERENCES bureau,
  kind              TEXT    NOT NULL CHECK (kind IN ('access', 'clients', 'consultants')),
  register_revision INTEGER NOT NULL,            -- of the register that it was made with; good for that one only
  body              BLOB    NOT NULL,
  PRIMARY KEY (bureau, kind)
) STRICT;

-- Pairs that have changed since `encoded` was made, whoever changed them; none are noted while there is none.
CREATE TABLE stale (
  bureau     INTEGER NOT NULL,
  client     INTEGER NOT NULL,
  consultant INTEGER NOT NULL,
  PRIMARY KEY (bureau, client, consultant)
) STRICT, WITHOUT ROWID;

-- OR IGNORE would not do: the statement that fires a trigger has its own way with conflicts, which goes before.
CREATE TRIGGER pair_insert AFTER INSERT ON pair WHEN EXISTS (SELECT 1 FROM encoded WHERE bureau = NEW.bureau)
BEGIN INSERT INTO stale SELECT NEW.bureau, NEW.client, NEW.consultant WHERE NOT EXISTS (SELECT 1 FROM stale
WHERE bureau = NEW.bureau AND client = NEW.client AND consultant = NEW.consultant); END;
CREATE TRIGGER pair_update AFTER UPDATE ON pair WHEN EXISTS (SELECT 1 FROM encoded WHERE bureau = NEW.bureau)
BEGIN INSERT INTO stale SELECT NEW.bureau, NEW.client, NEW.consultant WHERE NOT EXISTS (SELECT 1 FROM stale
WHERE bureau = NEW.bureau AND client = NEW.client AND consultant = NEW.consultant); END;
CREATE TRIGGER pair_delete AFTER DELETE ON pair WHEN EXISTS (SELECT 1 FROM encoded WHERE bureau = OLD.bureau)
BEGIN INSERT INTO stale SELECT OLD.bureau, OLD.client, OLD.consultant WHERE NOT EXISTS (SELECT 1 FROM stale
WHERE bureau = OLD.bureau AND client = OLD.client AND consultant = OLD.consultant); END;
