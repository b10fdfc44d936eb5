#!/usr/bin/env bash
# A hub's whole life through pgbouncer in transaction mode, where the next
# statement may run in another session and a session serves many clients:
# nothing relies on the session and nothing is left behind in it.  And what a
# plain SET caregroup.hierarchy does there, which is why SET LOCAL and ALTER
# ROLE ... SET exist.
set -u
db=hub_bouncer_test role=hub_bouncer_role
work=${CAREGROUP_BUILD:?}/hub_bouncer
export LC_ALL=C
unset PGOPTIONS
as_server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

if ! command -v pgbouncer >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # Only the program is wanted: no server of the system's is to start.
    { apt-get install -yq --no-install-recommends pgbouncer || { apt-get update -q && apt-get install -yq --no-install-recommends pgbouncer; }; } >/dev/null 2>&1 </dev/null
  fi
  command -v pgbouncer >/dev/null || { echo "1..0 # SKIP pgbouncer is not installed and could not be"; exit 0; }
fi

server_host=$PGHOST server_port=$PGPORT
sockets=$PGHOST/b
pid=
cleanup() {
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }
  PGHOST=$server_host PGPORT=$server_port dropdb --if-exists --force "$db" 2>/dev/null
  PGHOST=$server_host PGPORT=$server_port psql -Xq -d postgres -c "DROP ROLE IF EXISTS $role" 2>/dev/null
  rm -rf "$work" "$sockets"
}
trap cleanup EXIT

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
sql() { psql -X -q -A -t -d "$db" -c "$1" 2>&1; }

echo 1..33
cleanup 2>/dev/null
pid=
createdb "$db"
mkdir -p "$work" "$sockets"
[ "$(id -u)" != 0 ] || chown -R postgres: "$work" "$sockets"
cat >"$work/ini" <<INI
[databases]
* = host=$server_host port=$server_port
[pgbouncer]
listen_addr =
unix_socket_dir = $sockets
listen_port = 6543
auth_type = trust
auth_file = $work/users
admin_users = postgres
pool_mode = transaction
default_pool_size = 1
max_client_conn = 50
logfile = $work/log
pidfile = $work/pid
INI
printf '"postgres" ""\n"%s" ""\n' "$role" >"$work/users"
[ "$(id -u)" != 0 ] || chown postgres: "$work/ini" "$work/users"
if [ "$(id -u)" = 0 ]; then
  setpriv --reuid=postgres --regid=postgres --init-groups pgbouncer "$work/ini" >"$work/out" 2>&1 </dev/null &
else
  pgbouncer "$work/ini" >"$work/out" 2>&1 </dev/null &
fi
pid=$!
export PGHOST=$sockets PGPORT=6543
for _ in $(seq 50); do [ "$(sql 'SELECT 1')" = 1 ] && break; sleep 0.1; done
is "$(sql 'SELECT 1')" 1 "pgbouncer answers"
is "$(psql -XAt -d pgbouncer -c 'SHOW CONFIG' 2>&1 | sed -n 's/^pool_mode|\([a-z]*\)|.*/\1/p')" transaction "in transaction mode"
first=$(sql 'SELECT pg_backend_pid()')
is "$(sql 'SELECT pg_backend_pid()')" "$first" "two clients share one session of the server"
# What must be so after everything: the session is as it was.
session() { sql "SELECT current_setting('search_path') || ' | ' || coalesce(current_setting('caregroup.as_at', true), '') || ' | ' || coalesce(current_setting('caregroup.hierarchy', true), '') || ' | ' ||
  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') || ' | ' || (SELECT count(*) FROM pg_prepared_statements) || ' | ' || (SELECT count(*) FROM pg_cursors WHERE is_holdable)"; }
clean='"$user", public |  |  | 0 | 0 | 0'
is "$(session)" "$clean" "which has nothing in it"

# ----------------------------------------------------------------------
# A hub's life, one client a statement
# ----------------------------------------------------------------------
sql "SET client_min_messages = error; CREATE EXTENSION caregroup CASCADE" >/dev/null
sql "RESET ALL" >/dev/null
psql -X -q -d "$db" -v ON_ERROR_STOP=1 <<'SQL'
CREATE SCHEMA wh;
CREATE TABLE wh.organisation AS SELECT * FROM (VALUES ('O1', 'One', 'region'), ('O2', 'Two', 'provider')) AS v (organisation_id, name, kind);
CREATE TABLE wh.organisation_link AS SELECT 'O2'::text AS child_id, 'O1'::text AS parent_id, 'command'::text AS hierarchy;
CREATE TABLE wh.site AS SELECT 'S1'::text AS site_id, 'First'::text AS name, 'O2'::text AS organisation_id, 'hospital'::text AS kind;
CREATE TABLE wh.referral AS SELECT i::bigint AS referral_id, 1::bigint AS person_id, timestamptz '2024-01-01 09:00Z' AS received_at, 'S1'::text AS site_id FROM generate_series(1, 10) AS i;
CREATE TABLE wh.person AS SELECT 1::bigint AS person_id, '9434765919'::text AS nhs_number;
CREATE TABLE wh.slow AS SELECT 0::float8 AS seconds;
SQL
is "$(sql "SELECT caregroup.create_hub('hub')")" hub "create_hub"
for entity in organisation organisation_link site person; do
  is "$(sql "SELECT caregroup.bind('hub', '$entity', 'TABLE wh.$entity') LIKE '%columns bound%'")" t "bind $entity"
done
# An unqualified name is looked up on the path of the statement that binds.
is "$(sql "BEGIN; SET LOCAL search_path = wh; SELECT caregroup.bind('hub', 'referral', 'SELECT r.* FROM referral AS r CROSS JOIN (SELECT pg_sleep(w.seconds) FROM slow AS w OFFSET 0) AS z') LIKE '%columns bound%'; COMMIT")" t "bind with SET LOCAL search_path"
is "$(sql "SELECT caregroup.bind('hub', 'site', 'SELECT 1 AS nothing')" | head -n 1)" 'ERROR:  the query does not serve the entity site: column site_id is missing' "bind that fails"
is "$(session)" "$clean" "the session has nothing in it"
is "$(sql "SELECT caregroup.configure_hub('hub', 'as_at', '2024-02-01 12:00Z')")" 'hub: as_at is 2024-02-01T12:00:00.000000Z' "configure_hub"
is "$(sql "CALL caregroup.recalculate('hub')")" "" "recalculate"
is "$(sql "SELECT state FROM hub.run_history")" finished "the run has finished"
is "$(session)" "$clean" "and left nothing in the session"
is "$(sql "SELECT rows FROM caregroup.check_hub('hub') WHERE entity = 'referral' AND check_name = 'rows' AND provider_id IS NULL")" 10 "check_hub"
is "$(sql "SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_id = 'O1'")" 10 "a report"
is "$(sql "SELECT count(*) >= 0 FROM caregroup.monday('hub')")" t "the Monday page"
is "$(sql "BEGIN READ ONLY; SELECT count(*) >= 0 FROM caregroup.monday('hub', 'O1'); COMMIT")" t "also in a transaction that only reads"
is "$(session)" "$clean" "the session has nothing in it"
is "$(sql "CALL caregroup.recalculate('hub'); SELECT 1" | head -n 1)" "ERROR:  recalculate() commits after each step and cannot run inside a transaction block" "two statements sent as one are a transaction: recalculate says so"

# ----------------------------------------------------------------------
# While a recalculation runs in one of two sessions
# ----------------------------------------------------------------------
pool() { sed -i "s/^default_pool_size = .*/default_pool_size = $1/" "$work/ini"; }
pool 2
psql -X -q -d pgbouncer -c 'RELOAD' >/dev/null 2>&1
sql "UPDATE wh.slow SET seconds = 3" >/dev/null
sql "CALL caregroup.recalculate('hub')" >"$work/first" 2>&1 &
caller=$!
for _ in $(seq 100); do [ "$(PGHOST=$server_host PGPORT=$server_port sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE 'CALL%'")" = 1 ] && break; sleep 0.05; done
is "$(sql "CALL caregroup.recalculate('hub')" | head -n 1)" "ERROR:  hub hub is being recalculated by another session" "a second caller gets a clear error"
is "$(sql "SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_id = 'O1'")" 10 "reports go on"
is "$(sql "SELECT state FROM hub.run_history ORDER BY run DESC LIMIT 1")" running "the history says that it runs"
wait $caller
is "$(cat "$work/first")" "" "the first finishes"
is "$(sql "SELECT state FROM hub.run_history ORDER BY run DESC LIMIT 1")" finished "and says so"
sql "UPDATE wh.slow SET seconds = 0" >/dev/null
# A timeout in mid-run: set for the one statement's role, as a DBA does behind a pooler.
psql -X -q -h "$server_host" -p "$server_port" -d "$db" >/dev/null 2>&1 <<SQL
CREATE ROLE $role LOGIN;
ALTER ROLE $role SET statement_timeout = '2s';
ALTER ROLE $role SET caregroup.hierarchy = 'provider';
GRANT USAGE ON SCHEMA wh TO $role;
GRANT SELECT ON ALL TABLES IN SCHEMA wh TO $role;
SELECT caregroup.grant_hub('hub', '$role', 'loader');
UPDATE wh.slow SET seconds = 10;
SQL
is "$(PGUSER=$role sql "CALL caregroup.recalculate('hub')" | sed -n '1s/step [a-z_]* of/step of/p')" "ERROR:  step of the recalculation of hub failed" "a role's statement_timeout ends its run"
sql "UPDATE wh.slow SET seconds = 0" >/dev/null
is "$(PGHOST=$server_host PGPORT=$server_port sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" 0 "and no lock outlives it, although the session does"
is "$(PGUSER=$role sql "CALL caregroup.recalculate('hub', resume => true)")" "" "it is resumed through the same session"

# ----------------------------------------------------------------------
# Which hierarchy a report rolls up
# ----------------------------------------------------------------------
is "$(sql "BEGIN; SET LOCAL caregroup.hierarchy = 'place'; SELECT DISTINCT hierarchy FROM hub.report_waiting_list; COMMIT; SELECT DISTINCT hierarchy FROM hub.report_waiting_list")" place$'\n'command "SET LOCAL chooses a hierarchy for its transaction and no more"
is "$(PGUSER=$role sql "SELECT DISTINCT hierarchy FROM hub.report_waiting_list")" provider "ALTER ROLE ... SET chooses one for a role's every session"
# The caveat: a plain SET stays in the pooler's session for whoever comes next.
pool 1
kill "$pid"; wait "$pid" 2>/dev/null
if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups pgbouncer "$work/ini" >"$work/out" 2>&1 </dev/null & else pgbouncer "$work/ini" >"$work/out" 2>&1 </dev/null & fi
pid=$!
for _ in $(seq 50); do [ "$(sql 'SELECT 1')" = 1 ] && break; sleep 0.1; done
sql "SET caregroup.hierarchy = 'place'" >/dev/null
is "$(sql "SELECT DISTINCT hierarchy FROM hub.report_waiting_list")" place "a plain SET reaches the next client of the session: behind a pooler use SET LOCAL or ALTER ROLE"
