#!/usr/bin/env bash
# What a DBA does with a database that holds a hub: a custom dump, a restore
# in sections as pg_upgrade orders them, in parallel, and without owners; a
# real pg_upgrade into another cluster; and taking everything away.  Roles,
# grants, comments, options, settings, results and history come along, and
# the hub goes on.
set -u
src=hub_restore_src dst=hub_restore_dst
work=${CAREGROUP_BUILD:?}/hub_restore
roles="hub_restore_reader hub_restore_loader hub_restore_owner"
export LC_ALL=C PGOPTIONS='-c client_min_messages=error'
as_server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env PATH="$PATH" "$@"; else "$@"; fi; }
server_host=$PGHOST server_port=$PGPORT
cleanup() {
  local one
  for one in old new; do
    [ ! -e "$work/$one/postmaster.pid" ] || as_server pg_ctl -D "$work/$one" -m immediate -w stop >/dev/null 2>&1 </dev/null
  done
  export PGHOST=$server_host PGPORT=$server_port
  dropdb --if-exists --force "$src" 2>/dev/null
  dropdb --if-exists --force "$dst" 2>/dev/null
  for one in $roles; do psql -Xq -d postgres -c "DROP ROLE IF EXISTS $one" 2>/dev/null; done
  rm -rf "$work"
}
trap cleanup EXIT

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %.2000s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
same() { # same FILE FILE NAME
  local status=same
  { [ -s "$1" ] && diff "$1" "$2" >"$work/diff"; } || status=different
  is $status same "$3"
  [ $status = same ] || head -n 20 "$work/diff" | sed 's/^/# /'
}
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$@" 2>&1; }

world() { # world DATABASE: a hub that belongs to a role, with grants, results and a user's view on it
  for one in $roles; do psql -Xq -d postgres -c "CREATE ROLE $one LOGIN"; done
  createdb "$1"
  psql -X -q -d "$1" -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
CREATE EXTENSION caregroup CASCADE;
CREATE SCHEMA wh;
SET search_path = wh;
CREATE TABLE organisation AS SELECT * FROM (VALUES ('O1', 'One', 'region'), ('O2', 'Two', 'provider')) AS v (organisation_id, name, kind);
CREATE TABLE link AS SELECT 'O2'::text AS child_id, 'O1'::text AS parent_id, 'command'::text AS hierarchy;
CREATE TABLE site AS SELECT * FROM (VALUES ('S1', 'First', 'O2', 'hospital'), ('S2', 'Second', 'O1', 'practice')) AS v (site_id, name, organisation_id, kind);
CREATE TABLE person (person_id bigint PRIMARY KEY, nhs caregroup.nhs_number, born date);
INSERT INTO person VALUES (1, '9434765919', '1980-01-01'), (2, '9434765870', '1990-01-01');
CREATE INDEX ON person (nhs);
CREATE TABLE referral AS SELECT i::bigint AS referral_id, (1 + i % 2)::bigint AS person_id, timestamptz '2024-01-01 09:00Z' + i * interval '1 day' AS received_at, 'S' || 1 + i % 3 AS site_id FROM generate_series(1, 50) AS i;
CREATE TABLE spend AS SELECT i::text AS spend_id, 'O' || 1 + i % 2 AS organisation_id, date '2024-01-01' AS month, i AS cost FROM generate_series(1, 9) AS i;
CREATE TABLE secured AS SELECT 1::bigint AS request_id, timestamptz '2024-01-01 09:00Z' AS at, 'S1'::text AS site_id;
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON secured USING (true);
GRANT USAGE, CREATE ON SCHEMA wh TO hub_restore_owner;
GRANT USAGE ON SCHEMA wh TO hub_restore_loader, hub_restore_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA wh TO hub_restore_owner, hub_restore_loader;
SELECT caregroup.create_hub('hub', time_zone => 'Europe/Berlin');
SELECT caregroup.bind('hub', e, format('TABLE wh.%I', e)) FROM unnest('{organisation,site,referral,spend}'::text[]) AS e;
SELECT caregroup.bind('hub', 'organisation_link', 'SELECT * FROM link');
SELECT caregroup.bind('hub', 'person', 'SELECT person_id, nhs AS nhs_number, born AS birth_date FROM person');
SELECT caregroup.bind('hub', 'contact_request', 'TABLE wh.secured', 'invoker');
SELECT caregroup.configure_hub('hub', 'as_at', '2024-03-01 12:00Z');
SELECT caregroup.grant_hub('hub', 'hub_restore_owner', 'owner'), caregroup.grant_hub('hub', 'hub_restore_reader', 'reader'), caregroup.grant_hub('hub', 'hub_restore_loader', 'loader');
RESET search_path;
CALL caregroup.recalculate('hub');
SELECT count(*) FROM caregroup.check_hub('hub');
CREATE VIEW public.mine AS SELECT * FROM hub.report_waiting_list;
SQL
}
# All that a hub is, in text that does not know of OIDs.
looks() {
  sql "$1" <<'SQL'
SELECT n.nspname, pg_get_userbyid(n.nspowner), (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(n.nspacl) AS a), obj_description(n.oid, 'pg_namespace') FROM pg_namespace AS n WHERE n.nspname IN ('hub', 'caregroup', 'wh') ORDER BY 1;
SELECT c.relname, c.relkind, pg_get_userbyid(c.relowner), (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) AS a), c.reloptions, obj_description(c.oid, 'pg_class'), CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END,
  (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attcollation::regcollation, col_description(c.oid, a.attnum)), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0),
  (SELECT string_agg(pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname) FROM pg_constraint AS k WHERE k.conrelid = c.oid)
FROM pg_class AS c WHERE c.relnamespace IN ('hub'::regnamespace, 'wh'::regnamespace) AND c.relkind IN ('r', 'v') ORDER BY c.relnamespace::regnamespace::text, c.relname;
SELECT * FROM caregroup.hubs();
SELECT * FROM hub.setting ORDER BY name;
SELECT * FROM hub.binding ORDER BY entity;
SELECT * FROM hub.binding_column ORDER BY entity, column_name;
SELECT * FROM hub.granted ORDER BY role_name;
SELECT run, started, finished, state, as_at, run_by FROM hub.recalculation ORDER BY run;
SELECT * FROM hub.check_result ORDER BY check_run, result;
SELECT 'waiting', to_jsonb(r) FROM hub.report_waiting_list AS r ORDER BY 2;
SELECT 'spend', to_jsonb(r) FROM hub.report_spend AS r ORDER BY 2;
SELECT 'staleness', report, recalculated_at FROM hub.staleness ORDER BY 2;
SELECT 'mine', count(*) FROM public.mine;
SELECT 'person', person_id, nhs FROM wh.person WHERE nhs OPERATOR(caregroup.=) '943 476 5919'::text;
SQL
}
# The restored hub works: each role does what it could.
works() { # works DATABASE HOW
  is "$(PGUSER=hub_restore_reader sql "$1" -c 'SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_level = 0')" 50 "$2: the reader reads"
  is "$(PGUSER=hub_restore_reader sql "$1" -c 'SELECT count(*) FROM hub.referral' | grep -c 'permission denied')" 1 "$2: and no more"
  is "$(PGUSER=hub_restore_loader sql "$1" -c "CALL caregroup.recalculate('hub')")$(sql "$1" -c 'SELECT max(run) FROM hub.recalculation')" 2 "$2: the loader recalculates, and runs are numbered on"
  is "$(PGUSER=hub_restore_owner sql "$1" -c "SELECT caregroup.bind('hub', 'organisation_link', 'SELECT * FROM wh.link') LIKE '%bound%'")" t "$2: the owner binds"
  is "$(sql "$1" -c "SELECT count(*) FROM caregroup.repair_hub('hub') WHERE problem IS NOT NULL")" 0 "$2: nothing needs repair"
}

echo 1..47
cleanup 2>/dev/null
mkdir -p "$work"
[ "$(id -u)" != 0 ] || chown postgres: "$work"
world "$src"
is "$?" 0 "a world with a hub of a role, a reader and a loader"
looks "$src" >"$work/looks.src"
is "$(grep -c . "$work/looks.src" | awk '{print ($1 > 150)}')$(grep -c '^ERROR' "$work/looks.src")" 10 "there is something to compare"

# ----------------------------------------------------------------------
# Dump and restore
# ----------------------------------------------------------------------
restored() { # restored HOW: compares and tries what $dst has become
  looks "$dst" >"$work/looks.dst"
  same "$work/looks.src" "$work/looks.dst" "$1: everything is as it was"
  works "$dst" "$1"
  dropdb "$dst"
}
pg_dump -Fc -f "$work/dump" "$src"
is "$?" 0 "pg_dump -Fc"
createdb "$dst"
is "$(pg_restore -d "$dst" "$work/dump" 2>&1)" "" "pg_restore says nothing"
restored "custom dump"
# As pg_upgrade orders them: the whole schema, then the data.
createdb "$dst"
is "$( { pg_dump --schema-only "$src" | psql -X -q -v ON_ERROR_STOP=1 -d "$dst" -o /dev/null; } 2>&1)" "" "the schema alone"
is "$(sql "$dst" -c "SELECT count(*) FROM hub.report_waiting_list")$(sql "$dst" -c "SELECT hub FROM caregroup.hubs()")" 0hub "is a hub without rows"
is "$( { pg_dump --data-only "$src" | psql -X -q -v ON_ERROR_STOP=1 -d "$dst" -o /dev/null; } 2>&1 | grep -v 'circular\|^pg_dump: detail\|^pg_dump: hint\|^pg_dump: \w*\$')" "" "the data alone"
restored "schema, then data"
pg_dump -Fd -j 2 -f "$work/dumpdir" "$src"
createdb "$dst"
is "$(pg_restore -j 2 -d "$dst" "$work/dumpdir" 2>&1)" "" "a parallel restore says nothing"
restored "parallel"
# Into a place where the roles do not exist, the hub is its restorer's.
createdb "$dst"
is "$(pg_restore --no-owner --no-acl -d "$dst" "$work/dump" 2>&1)" "" "a restore without owners and grants says nothing"
is "$(sql "$dst" -c "SELECT owner FROM caregroup.hubs()")" "$PGUSER" "the hub belongs to who restored it"
is "$(sql "$dst" -c "SELECT object || ' ' || state FROM caregroup.repair_hub('hub') WHERE state LIKE 'granted%' ORDER BY 1" | tr '\n' ' ')" "hub_restore_loader granted as loader hub_restore_reader granted as reader " "and repair_hub grants again what was granted"
is "$(sql "$dst" -c "CALL caregroup.recalculate('hub')")$(sql "$dst" -c 'SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_level = 0')" 50 "it goes on"
dropdb "$dst"
# One schema of it, into a database that has the warehouse.
createdb "$dst"
pg_restore -d "$dst" "$work/dump" && psql -Xq -d "$dst" -c 'DROP VIEW public.mine' -c "SELECT caregroup.drop_hub('hub')" -o /dev/null
is "$( { pg_dump -n hub "$src" | psql -X -q -v ON_ERROR_STOP=1 -d "$dst" -o /dev/null; } 2>&1)$(sql "$dst" -c 'SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_level = 0')" 50 "the hub alone is restored beside its warehouse"

# ----------------------------------------------------------------------
# Taking it away
# ----------------------------------------------------------------------
is "$(sql "$dst" -c "DROP EXTENSION caregroup" | grep -c 'other objects depend on it')" 1 "DROP EXTENSION refuses while there is a hub"
is "$(sql "$dst" -c "SELECT caregroup.drop_hub('hub')")" hub "drop_hub"
is "$(sql "$dst" -c "SELECT count(*) FROM wh.referral")" 50 "leaves the warehouse"
is "$(sql "$dst" -c "SELECT count(*) FROM pg_namespace WHERE nspname = 'hub'")" 0 "and no schema"
is "$(sql "$dst" -c "ALTER TABLE wh.person DROP COLUMN nhs; DROP EXTENSION caregroup")" "" "DROP EXTENSION"
is "$(sql "$dst" -c "SELECT nspname FROM pg_namespace WHERE nspname = 'hub'
  UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.probin LIKE '%caregroup%' OR p.prosrc LIKE '%caregroup.%'
  UNION ALL SELECT t.typname FROM pg_type AS t WHERE t.typname IN ('nhs_number', 'hub_version', 'ods_code', 'postcode')
  UNION ALL SELECT c.relname FROM pg_class AS c WHERE c.relnamespace NOT IN (SELECT oid FROM pg_namespace) OR c.relname IN ('contract_entity', 'hub_table', 'monday_check')
  UNION ALL SELECT o.oprname || ' of ' || o.oprnamespace FROM pg_operator AS o WHERE o.oprnamespace NOT IN (SELECT oid FROM pg_namespace)
  UNION ALL SELECT c.castsource::text FROM pg_cast AS c WHERE c.castsource NOT IN (SELECT oid FROM pg_type) OR c.casttarget NOT IN (SELECT oid FROM pg_type)
  UNION ALL SELECT e.evtname FROM pg_event_trigger AS e UNION ALL SELECT x.extname FROM pg_extension AS x WHERE x.extname = 'caregroup'
  UNION ALL SELECT d.description FROM pg_description AS d WHERE d.classoid = 'pg_proc'::regclass AND d.objoid NOT IN (SELECT oid FROM pg_proc)
  UNION ALL SELECT 'dependency on ' || d.refobjid FROM pg_depend AS d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid NOT IN (SELECT oid FROM pg_namespace)")" "" "leaves no function, type, table, operator, cast, trigger or comment behind"
# PostgreSQL made the extension's schema before the extension and leaves it.
is "$(sql "$dst" -c "DROP SCHEMA caregroup")" "" "its schema is empty and can go without CASCADE"
is "$(sql "$dst" -c "SET client_min_messages = error; CREATE EXTENSION caregroup; SELECT caregroup.create_hub('hub')")" hub "and can be installed again"
dropdb "$dst"

# ----------------------------------------------------------------------
# pg_upgrade, into a new cluster of the same version
# ----------------------------------------------------------------------
destdir=$(sql "$src" -c "SHOW extension_destdir" | grep -v ERROR)
for one in old new; do
  as_server initdb -D "$work/$one" -U postgres -A trust -N -E UTF8 --locale=C.UTF-8 >/dev/null 2>&1
  as_server tee -a "$work/$one/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
extension_destdir = '$destdir'
fsync = off
shared_buffers = 64MB
CONF
done
as_server pg_ctl -D "$work/old" -o "-p 54327 -k $server_host" -w -t 60 -l "$work/old.log" start </dev/null >/dev/null 2>&1
export PGPORT=54327
world upgraded
is "$?" 0 "the world in an old cluster"
looks upgraded >"$work/looks.old"
as_server pg_ctl -D "$work/old" -m fast -w stop </dev/null >/dev/null 2>&1
is "$(cd "$work" && as_server env -u PGHOST -u PGPORT -u PGUSER -u PGOPTIONS pg_upgrade -U postgres -b "$(dirname "$(command -v pg_ctl)")" -B "$(dirname "$(command -v pg_ctl)")" -d "$work/old" -D "$work/new" -p 54327 -P 54326 -s "$server_host" --link >"$work/upgrade.log" 2>&1 </dev/null; echo $?)" 0 "pg_upgrade"
grep -i 'fatal\|failure' "$work/upgrade.log" | sed 's/^/# /'
as_server pg_ctl -D "$work/new" -o "-p 54326 -k $server_host" -w -t 60 -l "$work/new.log" start </dev/null >/dev/null 2>&1
export PGPORT=54326
looks upgraded >"$work/looks.new"
same "$work/looks.old" "$work/looks.new" "pg_upgrade: everything is as it was"
works upgraded pg_upgrade
