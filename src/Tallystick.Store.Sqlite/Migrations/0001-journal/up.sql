PRAGMA application_id = 0x54414C59;

CREATE TABLE journal (
    position INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_values BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE entry_text (
    position INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    content BLOB NOT NULL
);

CREATE TABLE account (
    project INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (project, account_id)
) WITHOUT ROWID;

CREATE TABLE run (
    run INTEGER PRIMARY KEY,
    level INTEGER NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    items INTEGER NOT NULL,
    data_blocks INTEGER NOT NULL,
    index_blocks INTEGER NOT NULL,
    filter_blocks INTEGER NOT NULL
);

CREATE TABLE run_block (
    id INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);

CREATE TABLE seal (
    project INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    heads BLOB NOT NULL,
    root BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (project, number)
);
CREATE TRIGGER seal_keeps_rows BEFORE DELETE ON seal
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER seal_keeps_values BEFORE UPDATE ON seal
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
