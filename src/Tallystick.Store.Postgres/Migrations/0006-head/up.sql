CREATE TABLE tallystick.headed_chain (
    number bigint NOT NULL,
    head bigint NOT NULL,
    sequence bigint NOT NULL,
    project integer NOT NULL,
    spare bytea,
    PRIMARY KEY (project, number)
);

LOCK TABLE tallystick.chain IN ACCESS EXCLUSIVE MODE;

INSERT INTO tallystick.headed_chain (number, head, sequence, project, spare)
SELECT c.number, coalesce(('x' || encode(substring(j.hash FROM 1 FOR 8), 'hex'))::bit(64)::bigint, 0), c.sequence,
    c.project, decode(repeat('00', 63), 'hex')
FROM tallystick.chain c LEFT JOIN tallystick.journal j
    ON j.project = c.project AND j.number = c.number AND j.sequence = c.sequence;

DO $$
DECLARE
    held record;
BEGIN
    FOR held IN SELECT grantee, privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = 'tallystick' AND table_name = 'chain' LOOP
        EXECUTE format('GRANT %s ON tallystick.headed_chain TO %I', held.privilege_type, held.grantee);
    END LOOP;
END $$;

DROP TABLE tallystick.chain;
ALTER TABLE tallystick.headed_chain RENAME TO chain;
ALTER INDEX tallystick.headed_chain_pkey RENAME TO chain_pkey;
