CREATE TABLE tallystick.journal (
    number bigint NOT NULL,
    sequence bigint NOT NULL,
    key uuid,
    reference uuid,
    project integer NOT NULL,
    hash bytea NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number, sequence)
);
CREATE UNIQUE INDEX journal_key ON tallystick.journal (project, number, key) WHERE key IS NOT NULL;
CREATE INDEX journal_reference ON tallystick.journal (project, number, reference, sequence)
    WHERE reference IS NOT NULL;

CREATE TABLE tallystick.entry_text (
    number bigint NOT NULL,
    sequence bigint NOT NULL,
    project integer NOT NULL,
    salt bytea NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (project, number, sequence)
);

CREATE TABLE tallystick.chain (
    number bigint NOT NULL,
    sequence bigint NOT NULL,
    project integer NOT NULL,
    PRIMARY KEY (project, number)
) WITH (fillfactor = 50);

CREATE TABLE tallystick.chain_state (
    number bigint NOT NULL,
    sequence bigint NOT NULL,
    due bigint,
    project integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number)
) WITH (fillfactor = 60);
CREATE INDEX chain_state_due ON tallystick.chain_state (due, project, number) WHERE due IS NOT NULL;

CREATE TABLE tallystick.record (
    number bigint NOT NULL,
    thing bigint NOT NULL,
    project integer NOT NULL,
    kind smallint NOT NULL,
    epoch integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number, kind, thing, epoch)
);

CREATE TABLE tallystick.checkpoint (
    number bigint NOT NULL,
    at bigint NOT NULL,
    project integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number, at)
);

CREATE TABLE tallystick.account (
    number bigint NOT NULL,
    project integer NOT NULL,
    account_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (project, number)
);
CREATE INDEX account_by_id ON tallystick.account (project, account_id);

CREATE TABLE tallystick.seal (
    number bigint NOT NULL,
    at bigint NOT NULL,
    project integer NOT NULL,
    heads bytea NOT NULL,
    root bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (project, number)
);

CREATE TABLE tallystick.sealed_head (
    number bigint NOT NULL,
    sequence bigint NOT NULL,
    project integer NOT NULL,
    PRIMARY KEY (project, number)
);

CREATE TABLE tallystick.meta (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE FUNCTION tallystick.keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER journal_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON tallystick.journal
    FOR EACH STATEMENT EXECUTE FUNCTION tallystick.keep_rows();
CREATE TRIGGER seal_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON tallystick.seal
    FOR EACH STATEMENT EXECUTE FUNCTION tallystick.keep_rows();
