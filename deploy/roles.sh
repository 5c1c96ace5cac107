#!/bin/sh
# The role that the nodes connect as; tally migrate grants it what it needs. Run once, as the owner of the database.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$NODE_PASSWORD" <<'SQL'
CREATE ROLE tally_node LOGIN PASSWORD :'password';
SQL
