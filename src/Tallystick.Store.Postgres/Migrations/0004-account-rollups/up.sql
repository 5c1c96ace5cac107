TRUNCATE tallystick.rollup_tail, tallystick.rollup_due, tallystick.rollup;
DROP TABLE tallystick.account_rollup;

CREATE TABLE tallystick.account_rollup (
    number bigint NOT NULL,
    project integer NOT NULL,
    first_slot integer NOT NULL,
    grain smallint NOT NULL,
    axis text COLLATE "C" NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (project, number, grain, axis, first_slot)
) WITH (fillfactor = 50);

CREATE TABLE tallystick.account_epochs (
    number bigint NOT NULL,
    project integer NOT NULL,
    epochs integer NOT NULL,
    PRIMARY KEY (project, number)
) WITH (fillfactor = 50);

CREATE TABLE tallystick.rollup_backlog (
    number bigint NOT NULL,
    done bigint NOT NULL,
    through bigint NOT NULL,
    project integer NOT NULL,
    PRIMARY KEY (project, number)
) WITH (fillfactor = 50);

INSERT INTO tallystick.rollup_backlog (project, number, done, through)
SELECT project, number, 0, sequence FROM tallystick.chain WHERE number <> 0;
