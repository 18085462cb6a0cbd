-- What version 5 of the schema added: the history, who changed which pair when. What was done before a file had
-- this version is not in it.

-- When each revision that changed pairs was made, and by which job; NULL where no operation did it, as in a load.
CREATE TABLE moment (
  bureau   INTEGER NOT NULL REFERENCES bureau,
  revision INTEGER NOT NULL,
  at       TEXT    NOT NULL,
  job      INTEGER REFERENCES job,
  PRIMARY KEY (bureau, revision)
) STRICT, WITHOUT ROWID;

-- What a revision did to a pair: it gave something or took something, never both.
CREATE TABLE change (
  bureau     INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  client     INTEGER NOT NULL,
  consultant INTEGER NOT NULL,
  given      INTEGER NOT NULL CHECK (given IN (0, 1)),
  access     INTEGER NOT NULL CHECK (access IN (0, 1)), -- whether access itself was given or taken
  mask       INTEGER NOT NULL,                          -- which programs were
  PRIMARY KEY (bureau, revision, client, consultant),
  FOREIGN KEY (bureau, revision) REFERENCES moment (bureau, revision),
  FOREIGN KEY (bureau, client) REFERENCES client (bureau, number),
  FOREIGN KEY (bureau, consultant) REFERENCES consultant (bureau, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_pair ON change (bureau, client, consultant);
