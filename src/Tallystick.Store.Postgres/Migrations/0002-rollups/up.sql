CREATE TABLE tallystick.rollup (
    slot integer NOT NULL,
    project integer NOT NULL,
    grain smallint NOT NULL,
    axis text COLLATE "C" NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, grain, axis, slot)
) WITH (fillfactor = 50);

CREATE TABLE tallystick.account_rollup (
    number bigint NOT NULL,
    project integer NOT NULL,
    epoch integer NOT NULL,
    first_slot integer NOT NULL,
    last_slot integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number, epoch)
);

CREATE TABLE tallystick.rollup_tail (
    number bigint NOT NULL,
    sequence bigint NOT NULL,
    project integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number, sequence)
);

CREATE TABLE tallystick.rollup_due (
    number bigint NOT NULL,
    project integer NOT NULL,
    epoch integer NOT NULL,
    PRIMARY KEY (project, number, epoch)
);
