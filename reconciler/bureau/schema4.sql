-- What version 4 of the schema added: tokens that can look and change nothing.

ALTER TABLE token ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1));
