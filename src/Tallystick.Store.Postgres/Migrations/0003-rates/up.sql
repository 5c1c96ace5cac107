CREATE UNLOGGED TABLE tallystick.rate (
    segment bigint NOT NULL,
    project integer NOT NULL,
    kind smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    used bytea NOT NULL,
    PRIMARY KEY (project, kind, id)
) WITH (fillfactor = 50);
