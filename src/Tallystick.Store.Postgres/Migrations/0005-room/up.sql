ALTER TABLE tallystick.chain ADD COLUMN room bytea;
ALTER TABLE tallystick.chain SET (fillfactor = 100);
