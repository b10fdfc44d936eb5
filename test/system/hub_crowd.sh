#!/usr/bin/env bash
# Many at one hub: recalculations started at once, checks started at once,
# readers during recalculations, statement_timeout in every long call, and a
# disk that runs full in the middle: nothing is lost, nobody is blocked after,
# and a run that has begun is not ended by another caller.
set -u
db=hub_crowd_test
work=${CAREGROUP_BUILD:?}/hub_crowd
export LC_ALL=C PGOPTIONS='-c client_min_messages=error'
full=$work/full
cleanup() {
  jobs -p | xargs -r kill 2>/dev/null
  wait 2>/dev/null
  dropdb --if-exists --force "$db" 2>/dev/null
  psql -Xq -d postgres -c 'DROP TABLESPACE IF EXISTS hub_crowd_full' 2>/dev/null
  ! mountpoint -q "$full" || umount "$full"
  rm -rf "$work"
}
trap cleanup EXIT

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
sql() { psql -X -q -A -t -d "$db" -c "$1" 2>&1; }
state() { psql -X -q -A -t -d "$db" -v VERBOSITY=sqlstate -c "$1" 2>&1; }
asleep() { # waits until a backend sleeps in a call like $1
  for _ in $(seq 100); do [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%$1%' AND pid <> pg_backend_pid()")" != 0 ] && return; sleep 0.05; done
}

echo 1..47
cleanup 2>/dev/null
mkdir -p "$work"
createdb "$db"
psql -X -q -d "$db" -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
CREATE EXTENSION caregroup CASCADE;
SELECT caregroup.create_hub('hub');
CREATE SCHEMA wh;
CREATE TABLE wh.slow AS SELECT 0::float8 AS seconds;
CREATE TABLE wh.organisation AS SELECT * FROM (VALUES ('O1', 'One', 'region'), ('O2', 'Two', 'provider')) AS v (organisation_id, name, kind);
CREATE TABLE wh.organisation_link AS SELECT 'O2'::text AS child_id, 'O1'::text AS parent_id, 'command'::text AS hierarchy;
CREATE TABLE wh.site AS SELECT 'S' || i AS site_id, 'Site ' || i AS name, 'O' || 1 + i % 2 AS organisation_id, 'hospital'::text AS kind FROM generate_series(1, 10) AS i;
CREATE TABLE wh.referral AS SELECT i::bigint AS referral_id, 1::bigint AS person_id, timestamptz '2024-01-01 09:00Z' + i * interval '1 minute' AS received_at, 'S' || 1 + i % 10 AS site_id FROM generate_series(1, 1000) AS i;
CREATE TABLE wh.session AS SELECT 1::bigint AS session_id, 'S1'::text AS site_id, 'v'::text AS service_id, timestamptz '2024-01-02 09:00Z' AS starts_at, timestamptz '2024-01-02 12:00Z' AS ends_at, 4 AS slots;
SELECT caregroup.bind('hub', t, format('TABLE wh.%I', t)) FROM unnest('{organisation,organisation_link,site,referral}'::text[]) AS t;
SELECT caregroup.bind('hub', 'session', 'SELECT s.* FROM wh.session AS s CROSS JOIN (SELECT pg_sleep(w.seconds) FROM wh.slow AS w OFFSET 0) AS z');
SELECT caregroup.configure_hub('hub', 'as_at', '2024-06-01 12:00Z');
CALL caregroup.recalculate('hub');
SQL
is "$(sql 'SELECT state FROM hub.run_history')" finished "a first run"
total="SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_level = 0"
is "$(sql "$total")" 1000 "has its thousand referrals"

# ----------------------------------------------------------------------
# Two recalculations
# ----------------------------------------------------------------------
sql "UPDATE wh.slow SET seconds = 2" >/dev/null
sql "CALL caregroup.recalculate('hub')" >"$work/first" &
caller=$!
asleep recalculate
is "$(sql "CALL caregroup.recalculate('hub')" | head -n 1)" "ERROR:  hub hub is being recalculated by another session" "a second caller is told"
is "$(state "CALL caregroup.recalculate('hub')")" "ERROR:  55006" "with object_in_use"
is "$(state "CALL caregroup.recalculate('hub', resume => true)")" "ERROR:  55006" "also one that would resume"
wait $caller
is "$(cat "$work/first")" "" "the first finishes"
sql "UPDATE wh.slow SET seconds = 0" >/dev/null
# A run that has begun is not ended by a caller who holds its lock for the
# moment between two of its steps, to see whether it may run.
sql "UPDATE wh.slow SET seconds = 1" >/dev/null
sql "CALL caregroup.recalculate('hub')" >"$work/first" 2>&1 &
caller=$!
asleep recalculate
key=$(sql "SELECT classid::integer || ', ' || objid::integer FROM (SELECT classid::bigint::bit(32)::integer AS classid, objid::bigint::bit(32)::integer AS objid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2) AS l")
is "$(sql "SELECT pg_advisory_xact_lock($key), pg_sleep(0.5)")" "|" "somebody gets the lock between two steps"
wait $caller
is "$(cat "$work/first")$(sql "SELECT state FROM hub.run_history ORDER BY run DESC LIMIT 1")" finished "and the run goes on when he is gone"
sql "UPDATE wh.slow SET seconds = 0" >/dev/null
for _ in $(seq 8); do
  (for _ in $(seq 8); do echo "CALL caregroup.recalculate('hub');"; done | psql -X -q -d "$db" >>"$work/knock" 2>&1) &
done
wait
is "$(sql "SELECT count(*) FROM hub.recalculation WHERE state <> 'finished'")" 0 "of eight sessions that call again and again none ends another's run"
is "$(grep ERROR "$work/knock" | grep -vc 'is being recalculated by another session')" 0 "who does not get to run is told why, and nothing else ($(grep -c ERROR "$work/knock") of 64)"
is "$(sql "CALL caregroup.recalculate('hub')")" "" "afterwards anybody may"
is "$(sql "SELECT count(*) FROM (SELECT run FROM hub.recalculation WHERE state = 'finished' EXCEPT SELECT run FROM hub.recalculation_step WHERE state = 'finished' GROUP BY run HAVING count(*) = (SELECT count(*) FROM caregroup.hub_step)) AS r")" 0 "every finished run has all its steps"
# A driver's protocol, with bind and execute as messages of their own.
if command -v pgbench >/dev/null; then
  sql "UPDATE wh.slow SET seconds = 2" >/dev/null
  echo "CALL caregroup.recalculate('hub');" >"$work/call.sql"
  for protocol in extended prepared; do
    pgbench -n -M $protocol -t 1 -f "$work/call.sql" "$db" >"$work/bench" 2>&1 &
    caller=$!
    asleep recalculate
    is "$(state "CALL caregroup.recalculate('hub')")" "ERROR:  55006" "a run called by the $protocol protocol is seen to be alive"
    wait $caller
    is "$?" 0 "and finishes"
  done
  sql "UPDATE wh.slow SET seconds = 0" >/dev/null
else
  for i in 1 2 3 4; do is skipped skipped "# SKIP pgbench is not installed"; done
fi

# ----------------------------------------------------------------------
# Two checks
# ----------------------------------------------------------------------
sql "UPDATE wh.slow SET seconds = 1" >/dev/null
sql "SELECT count(*) > 0 FROM caregroup.check_hub('hub')" >"$work/first" &
caller=$!
asleep check_hub
is "$(state "SELECT count(*) FROM caregroup.check_hub('hub')")" "ERROR:  55006" "a second check_hub is told that another is at it"
sql "UPDATE wh.slow SET seconds = 0" >/dev/null
is "$(sql "CALL caregroup.recalculate('hub')")" "" "a recalculation is not in a check's way"
wait $caller
is "$(cat "$work/first")" t "the first check finishes"
for _ in $(seq 8); do sql "SELECT count(*) > 0 FROM caregroup.check_hub('hub')" >>"$work/checks" & done
wait
is "$(grep '^ERROR' "$work/checks" | grep -vc 'is being checked by another session')" 0 "eight checks at once: each is done or told why not"
is "$(sql "SELECT count(DISTINCT check_run) = max(check_run) FROM hub.check_result")" t "and runs are numbered without gaps"

# ----------------------------------------------------------------------
# Readers during recalculations, checks, bindings and repairs
# ----------------------------------------------------------------------
reader() { # reader QUERY: asks again and again until $work/stop is there
  { while [ ! -e "$work/stop" ]; do for _ in $(seq 20); do echo "$1;"; done; done; } | psql -X -q -A -t -d "$db" 2>&1 | sort | uniq -c
}
rm -f "$work/stop"
reader "$total" >"$work/reader.1" &
reader "SELECT sum(referrals) FROM hub.report_waiting_list WHERE organisation_kind = 'site'" >"$work/reader.2" &
reader "SELECT sum(received) FROM hub.report_referral_flow WHERE organisation_id = 'O1' AND organisation_kind = 'region'" >"$work/reader.3" &
reader "SELECT count(*) FROM hub.staleness WHERE recalculated_at IS NULL" >"$work/reader.4" &
reader "SELECT count(*) < 0 FROM caregroup.monday('hub')" >"$work/reader.5" &
for _ in 1 2 3; do
  sql "CALL caregroup.recalculate('hub')"
  sql "SELECT count(*) < 0 FROM caregroup.check_hub('hub')"
  sql "SELECT caregroup.bind('hub', 'site', 'TABLE wh.site') IS NULL"
  sql "SELECT count(*) < 0 FROM caregroup.repair_hub('hub') WHERE problem IS NOT NULL"
  sql "SELECT caregroup.upgrade_hub('hub') IS NULL"
done >"$work/writer" 2>&1
touch "$work/stop"
wait
is "$(sort -u "$work/writer" | tr '\n' ' ')" "f " "three recalculations, checks, bindings, repairs and upgrades while five read"
is "$(sed 's/^ *[0-9]* //' "$work/reader.1")" 1000 "who reads the waiting list always sees the whole of it ($(awk '{s += $1} END {print s}' "$work/reader.1") times)"
is "$(sed 's/^ *[0-9]* //' "$work/reader.2")" 1000 "and by site"
is "$(sed 's/^ *[0-9]* //' "$work/reader.3")" 1000 "who reads the flow too"
is "$(sed 's/^ *[0-9]* //' "$work/reader.4")" 0 "nor is any report without its moment"
is "$(sed 's/^ *[0-9]* //' "$work/reader.5")" f "the Monday page can always be read"

# ----------------------------------------------------------------------
# statement_timeout in every long call
# ----------------------------------------------------------------------
# In one session, which stays: no lock may outlive the call that was ended.
sql "UPDATE wh.slow SET seconds = 5" >/dev/null
for call in "CALL caregroup.recalculate('hub')" "SELECT count(*) FROM caregroup.check_hub('hub')" "SELECT caregroup.bind('hub', 'session', 'SELECT s.* FROM wh.session AS s, (SELECT pg_sleep(5) OFFSET 0) AS z'), pg_sleep(5)"; do
  psql -X -q -A -t -d "$db" -v VERBOSITY=sqlstate >"$work/timeout" 2>&1 <<SQL &
SET statement_timeout = '300ms';
$call;
SET statement_timeout = 0;
SELECT 'stays', pg_sleep(3);
SQL
  caller=$!
  asleep stays
  is "$(head -n 1 "$work/timeout")" "ERROR:  57014" "statement_timeout ends ${call%%(*}"
  is "$(sql "SELECT count(*) FROM pg_locks WHERE locktype IN ('advisory', 'relation') AND pid <> pg_backend_pid() AND pid IN (SELECT pid FROM pg_stat_activity WHERE query LIKE '%stays%' AND datname = '$db')
      AND (locktype = 'advisory' OR mode <> 'AccessShareLock')")" 0 "and leaves no lock in the session"
  wait $caller
done
sql "UPDATE wh.slow SET seconds = 0" >/dev/null
# Cut short anywhere, calls leave a whole hub or none.
for ms in 1 3 10 30 60 120 200; do
  for call in "SELECT caregroup.create_hub('other')" "SELECT caregroup.upgrade_hub('hub')" "SELECT count(*) FROM caregroup.repair_hub('hub')" "SELECT caregroup.suspend_hub('hub'), caregroup.resume_hub('hub')" \
      "SELECT caregroup.grant_hub('hub', 'pg_monitor', 'reader')" "SELECT caregroup.configure_hub('hub', 'keep_runs', '50')" "SELECT count(*) FROM caregroup.monday('hub')" "CALL caregroup.recalculate('hub')"; do
    PGOPTIONS="-c statement_timeout=$ms -c client_min_messages=error" state "$call" >>"$work/short"
  done
  sql "SELECT caregroup.drop_hub(h.hub) FROM caregroup.hubs() AS h WHERE h.hub = 'other'" >/dev/null
done
is "$(grep '^ERROR' "$work/short" | sort -u)" "ERROR:  57014" "calls that are cut short say query_canceled and nothing else ($(grep -c 57014 "$work/short") of $(wc -l <"$work/short"))"
is "$(sql "SELECT string_agg(hub, ',') FROM caregroup.hubs()")" hub "no half-made hub is left"
is "$(sql "SELECT count(*) FROM caregroup.repair_hub('hub') WHERE problem IS NOT NULL")$(sql "SELECT count(*) FROM hub.binding WHERE suspended")" 00 "the hub is whole and nothing is suspended"
is "$(sql "CALL caregroup.recalculate('hub')")$(sql "$total")" 1000 "and goes on"
is "$(sql "SELECT count(*) FROM hub.run_history WHERE state = 'running'")" 0 "no run seems to go on"

# ----------------------------------------------------------------------
# The disk runs full in the middle
# ----------------------------------------------------------------------
mkdir -p "$full"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=3m tmpfs "$full" 2>/dev/null; then
  chown postgres: "$full"
  how="a small disk"
  sql "CREATE TABLESPACE hub_crowd_full LOCATION '$full'" >/dev/null
  sql "VACUUM FULL hub.referral_summary" >/dev/null
  sql "ALTER TABLE hub.referral_summary SET TABLESPACE hub_crowd_full" >/dev/null
  want=53100
  mend="ALTER TABLE hub.referral_summary SET TABLESPACE pg_default"
else
  # Without a disk to fill: a limit that half of the rows keep.
  how="a limit"
  sql "ALTER TABLE hub.referral_summary ADD CONSTRAINT half CHECK (referral_id <= 10000)" >/dev/null
  want=23514
  mend="ALTER TABLE hub.referral_summary DROP CONSTRAINT half"
fi
sql "INSERT INTO wh.referral SELECT i, 1, '2024-02-01 09:00Z', 'S1' FROM generate_series(1001, 40000) AS i" >/dev/null
is "$(state "CALL caregroup.recalculate('hub')")" "ERROR:  $want" "$how: the run ends with the disk's error"
is "$(sql "$total")" 1000 "$how: reports show what they showed before"
is "$(sql "SELECT count(*) FROM hub.referral_summary")" 1000 "$how: the step's old rows are there"
is "$(sql "SELECT state || ' ' || (error LIKE 'step referral_summary: SQLSTATE $want%') FROM hub.run_history ORDER BY run DESC LIMIT 1")" "failed true" "$how: the history names the step and the error"
sql "$mend" >/dev/null
is "$(sql "CALL caregroup.recalculate('hub', resume => true)")" "" "$how: with room the run is resumed"
is "$(sql "$total")" 40000 "$how: and reports have everything"
# Room for sorting that runs out.
sql "SELECT caregroup.configure_hub('hub', 'step_memory', '64kB')" >/dev/null
sql "SELECT caregroup.configure_hub('hub', 'step_memory', '64kB')" >/dev/null
is "$(psql -X -q -A -t -d "$db" -v VERBOSITY=sqlstate -c "SET temp_file_limit = '64kB'; SET hash_mem_multiplier = 1" -c "CALL caregroup.recalculate('hub')" 2>&1)" "ERROR:  53400" "temp_file_limit ends a run"
is "$(sql "$total")" 40000 "and loses nothing"
sql "SELECT caregroup.configure_hub('hub', 'step_memory', '256MB')" >/dev/null
is "$(sql "CALL caregroup.recalculate('hub', resume => true)")" "" "it is resumed by a session with more room for it"
