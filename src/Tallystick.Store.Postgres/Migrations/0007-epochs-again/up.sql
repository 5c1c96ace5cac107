LOCK TABLE tallystick.rollup_due IN ACCESS EXCLUSIVE MODE;
LOCK TABLE tallystick.account_rollup IN ACCESS EXCLUSIVE MODE;
LOCK TABLE tallystick.account_epochs IN ACCESS EXCLUSIVE MODE;

DELETE FROM tallystick.rollup_due d WHERE NOT EXISTS (
    SELECT FROM tallystick.rollup_backlog b WHERE b.project = d.project AND b.number = d.number);
DELETE FROM tallystick.account_rollup r WHERE NOT EXISTS (
    SELECT FROM tallystick.rollup_backlog b WHERE b.project = r.project AND b.number = r.number);
DELETE FROM tallystick.account_epochs e WHERE NOT EXISTS (
    SELECT FROM tallystick.rollup_backlog b WHERE b.project = e.project AND b.number = e.number);

INSERT INTO tallystick.rollup_due (number, project, epoch)
SELECT c.number, c.project, epoch
FROM tallystick.chain c, generate_series(0, (c.sequence / 1024 - 1)::integer) AS epoch
WHERE c.number <> 0 AND NOT EXISTS (
    SELECT FROM tallystick.rollup_backlog b WHERE b.project = c.project AND b.number = c.number);
