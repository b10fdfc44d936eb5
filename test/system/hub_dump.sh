#!/usr/bin/env bash
# Two hubs, one of which needs quotes, with bound inputs, grants, settings and
# results: dumped, restored and dumped again.  The dumps are identical, the
# reports show the same rows, hubs() finds both and both go on working.
set -u
first=hub_dump_first second=hub_dump_second
work=$(mktemp -d)
cleanup() {
  dropdb --if-exists "$first" 2>/dev/null
  dropdb --if-exists "$second" 2>/dev/null
  psql -Xq -d postgres -c 'DROP ROLE IF EXISTS hub_dump_reader' -c 'DROP ROLE IF EXISTS "hub dump owner"' 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
export PGOPTIONS='-c client_min_messages=error' LC_ALL=C

count=0
ok() { # ok STATUS NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$@"; }
same() { # same FILE FILE NAME
  local status=0
  [ -s "$1" ] && diff "$1" "$2" >"$work/diff" || status=1
  ok $status "$3"
  [ $status = 0 ] || head -n 40 "$work/diff" | sed 's/^/# /'
}

echo 1..13
cleanup 2>/dev/null; mkdir -p "$work"
createdb "$first" && createdb "$second"
sql "$first" >/dev/null <<'SQL'
CREATE EXTENSION caregroup CASCADE;
CREATE ROLE hub_dump_reader;
CREATE ROLE "hub dump owner";
CREATE SCHEMA "Warehouse, old";
SET search_path = "Warehouse, old";
CREATE TYPE kind AS ENUM ('hospital', 'practice');
CREATE TABLE organisation (organisation_id varchar(5), name text, kind text);
INSERT INTO organisation VALUES ('O1', 'One', 'region'), ('O2', 'Two', 'provider');
CREATE TABLE link (child text, parent text);
INSERT INTO link VALUES ('O2', 'O1');
CREATE TABLE site (site_id text COLLATE "C", name char(10), organisation_id text, kind kind, "Odd ""column" integer);
INSERT INTO site VALUES ('S1', 'First', 'O2', 'hospital', 1), ('S2', 'Second', 'O2', 'practice', 2);
CREATE TABLE person (person_id integer, nhs caregroup.nhs_number, born date);
INSERT INTO person VALUES (1, '9434765919', '1980-01-01'), (2, '9434765870', '1990-01-01');
CREATE TABLE referral (referral_id integer, person_id integer, received timestamp, site_id text);
INSERT INTO referral SELECT i, 1 + i % 2, timestamp '2024-01-01 09:00' + i * interval '1 day', 'S' || 1 + i % 3 FROM generate_series(1, 50) AS i;
CREATE TABLE secured (service_id text, name text, kind text);
INSERT INTO secured VALUES ('v', 'A service', 'community');
SELECT caregroup.create_hub('hub');
SELECT caregroup.create_hub('My "Hub", 2.0', 'text', 'America/New_York', 'provider', 'scotland');
SELECT caregroup.bind(h, 'organisation', 'TABLE organisation'), caregroup.bind(h, 'organisation_link', 'SELECT child AS child_id, parent AS parent_id, ''command'' AS hierarchy FROM link; -- all'),
    caregroup.bind(h, 'site', 'SELECT * FROM site -- with a comment'), caregroup.bind(h, 'person', 'SELECT person_id, nhs AS nhs_number, born AS birth_date FROM person'),
    caregroup.bind(h, 'referral', $$WITH r AS (SELECT referral_id, person_id, received AS received_at, site_id, 'v' AS service_id FROM referral) SELECT * FROM r ORDER BY 1$$)
FROM unnest(ARRAY['hub', 'My "Hub", 2.0']) AS h;
SELECT caregroup.configure_hub(h, 'as_at', '2024-03-01 12:00Z'), caregroup.configure_hub(h, 'keep_runs', '7') FROM unnest(ARRAY['hub', 'My "Hub", 2.0']) AS h;
SELECT caregroup.bind('hub', 'service', 'TABLE secured', CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 'invoker' ELSE 'owner' END);
SELECT caregroup.grant_hub(h, 'hub_dump_reader', 'reader') FROM unnest(ARRAY['hub', 'My "Hub", 2.0']) AS h;
RESET search_path;
CALL caregroup.recalculate('hub');
CALL caregroup.recalculate('My "Hub", 2.0');
SELECT count(*) FROM caregroup.check_hub('hub');
SELECT count(*) FROM caregroup.check_hub('My "Hub", 2.0');
CREATE VIEW public.mine AS SELECT * FROM hub.report_waiting_list;
SELECT caregroup.suspend_hub('My "Hub", 2.0'), caregroup.resume_hub('My "Hub", 2.0');
GRANT USAGE ON SCHEMA "Warehouse, old" TO "hub dump owner";
GRANT SELECT ON ALL TABLES IN SCHEMA "Warehouse, old" TO "hub dump owner";
SELECT caregroup.grant_hub('My "Hub", 2.0', 'hub dump owner', 'owner');
SQL
ok $? "two hubs are made, bound, granted and recalculated"

# The first line that differs by nature is a random key of newer pg_dumps.
dump() { pg_dump "$@" | grep -vE '^\\(un)?restrict '; }
dump "$first" >"$work/first.sql"
ok $? "pg_dump"
sql "$second" -o /dev/null <"$work/first.sql" 2>"$work/errors"
status=$?
ok $status "the dump is restored without an error"
[ $status = 0 ] || sed 's/^/# /' "$work/errors" | head -n 20
dump "$second" >"$work/second.sql"
same "$work/first.sql" "$work/second.sql" "a dump of what was restored is identical"

reports() {
  local hub view
  for hub in hub 'My "Hub", 2.0'; do
    for view in $(sql "$1" -c "SELECT view_name FROM caregroup.hub_view WHERE kind = 'report' ORDER BY ordinal"); do
      echo "-- $hub $view"
      psql -X -q -A -t -d "$1" -v hub="$hub" -v view="$view" <<<'SELECT to_jsonb(r)::text FROM :"hub".:"view" AS r ORDER BY 1;'
    done
    psql -X -q -A -t -d "$1" -v hub="$hub" <<<'SELECT * FROM :"hub".setting ORDER BY name; SELECT * FROM :"hub".binding ORDER BY entity; SELECT * FROM :"hub".granted;
        SELECT * FROM :"hub".recalculation; SELECT * FROM :"hub".check_result ORDER BY check_run, result; SELECT * FROM :"hub".referral ORDER BY 1;'
  done
}
reports "$first" >"$work/reports.1" && reports "$second" >"$work/reports.2"
same "$work/reports.1" "$work/reports.2" "reports, inputs, settings, bindings and history show the same rows"
[ "$(grep -c '"referrals"' "$work/reports.1")" -gt 20 ]
ok $? "and there are rows"
sql "$first" -c 'SELECT * FROM caregroup.hubs()' >"$work/hubs.1"
sql "$second" -c 'SELECT * FROM caregroup.hubs()' >"$work/hubs.2"
same "$work/hubs.1" "$work/hubs.2" "hubs() finds both, with their owners"
[ "$(wc -l <"$work/hubs.2")" = 2 ]
ok $? "both"

# The restored hubs go on working.
sql "$second" >"$work/out" 2>&1 <<'SQL'
CALL caregroup.recalculate('hub');
CALL caregroup.recalculate('My "Hub", 2.0');
SELECT max(run) FROM hub.recalculation;
SELECT max(run) FROM "My ""Hub"", 2.0".recalculation;
SQL
[ "$(cat "$work/out")" = $'2\n2' ]
ok $? "both are recalculated after the restore, runs numbered on"
[ "$(sql "$second" -c "SELECT count(*) FROM caregroup.repair_hub('hub') WHERE problem IS NOT NULL")" = 0 ]
ok $? "a restored hub can be repaired"
sql "$second" -o /dev/null -c "SELECT caregroup.upgrade_hub('hub'), caregroup.upgrade_hub('My \"Hub\", 2.0')"
ok $? "and upgraded"

# The other format, and one schema alone into a database that has the rest.
pg_dump -Fc -f "$work/first.dump" "$first" && dropdb "$second" && createdb "$second" && pg_restore -d "$second" "$work/first.dump" 2>"$work/errors"
ok $? "pg_restore of the custom format has no error"
dump "$second" >"$work/third.sql"
same "$work/first.sql" "$work/third.sql" "and gives the identical dump"
