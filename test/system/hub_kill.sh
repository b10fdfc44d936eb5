#!/usr/bin/env bash
# A recalculation that is terminated, cancelled, or runs into statement_timeout
# in the middle: what was done stays done, the run says what became of it,
# nobody is blocked afterwards, and resume => true goes on from there as at the
# same moment.  A cancel lands within 100 ms of work.
set -u
db=hub_kill_test
said_to=$(mktemp)
cleanup() { dropdb --if-exists "$db" 2>/dev/null; rm -f "$said_to"; }
trap cleanup EXIT
export PGOPTIONS='-c client_min_messages=error' LC_ALL=C

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
sql() { psql -X -q -A -t -d "$db" -c "$1" 2>&1; }

echo 1..44
cleanup
createdb "$db"
# The sessions input sleeps for as long as wh.slow says: step session_month.
psql -X -q -d "$db" -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
CREATE EXTENSION caregroup CASCADE;
SELECT caregroup.create_hub('hub');
CREATE SCHEMA wh;
CREATE TABLE wh.slow (seconds float8);
INSERT INTO wh.slow VALUES (0);
CREATE TABLE wh.session (session_id bigint, site_id text, service_id text, starts_at timestamptz, ends_at timestamptz, slots integer);
INSERT INTO wh.session VALUES (1, 'S1', 'v', '2024-06-03 09:00Z', '2024-06-03 12:00Z', 4);
CREATE TABLE wh.referral AS SELECT i::bigint AS referral_id, 1::bigint AS person_id, timestamptz '2024-06-03 09:00Z' AS received_at FROM generate_series(1, 10) AS i;
SELECT caregroup.bind('hub', 'referral', 'TABLE wh.referral');
SELECT caregroup.bind('hub', 'session', 'SELECT s.* FROM wh.session AS s CROSS JOIN (SELECT pg_sleep(w.seconds) FROM wh.slow AS w OFFSET 0) AS z');
CALL caregroup.recalculate('hub');
SQL
is "$(sql 'SELECT state FROM hub.recalculation')" finished "a first run"
steps_before=$(sql "SELECT string_agg(step, ',' ORDER BY ordinal) FROM caregroup.hub_step WHERE ordinal < (SELECT ordinal FROM caregroup.hub_step WHERE step = 'session_month')")
steps_all=$(sql "SELECT count(*) FROM caregroup.hub_step")

# The backend that is in the slow step, once it is there.
in_the_slow_step() {
  local pid=
  for _ in $(seq 100); do
    pid=$(sql "SELECT a.pid FROM pg_stat_activity AS a, hub.recalculation_step AS s WHERE a.query LIKE 'CALL caregroup.recalculate%' AND a.wait_event = 'PgSleep' AND s.step = 'session_month' AND s.state = 'running'")
    [ -n "$pid" ] && break
    sleep 0.05
  done
  echo "$pid"
}
# start_slow [SQL]: starts a run that will be slow, after some SQL; its psql is $caller.
start_slow() {
  sql "UPDATE wh.slow SET seconds = 60" >/dev/null
  sql "INSERT INTO wh.referral SELECT max(referral_id) + 1, 1, '2024-06-04 09:00Z' FROM wh.referral" >/dev/null
  psql -X -q -A -t -d "$db" -v VERBOSITY=verbose -c "${1:-SELECT}" -c "CALL caregroup.recalculate('hub')" >"$said_to" 2>&1 &
  caller=$!
}
run() { sql "SELECT max(run) FROM hub.recalculation"; }
# after HOW STATE: what must hold after each way of stopping.
after() {
  local how=$1 state=$2 last as_at
  last=$(run)
  is "$(sql "SELECT string_agg(s.step, ',' ORDER BY h.ordinal) FROM hub.recalculation_step AS s JOIN caregroup.hub_step AS h USING (step) WHERE s.run = $last AND s.state = 'finished'")" "$steps_before" "$how: the steps before are finished"
  is "$(sql "SELECT count(*) FROM hub.referral_summary")" "$(sql 'SELECT count(*) FROM wh.referral')" "$how: and what they wrote is there"
  is "$(sql "SELECT sessions FROM hub.session_month")" 1 "$how: the interrupted step's rows are those of the run before"
  is "$(sql "SELECT state FROM hub.run_history WHERE run = $last")" "$state" "$how: the history says $state"
  as_at=$(sql "SELECT as_at FROM hub.recalculation WHERE run = $last")
  sql "UPDATE wh.slow SET seconds = 0" >/dev/null
  is "$(sql "CALL caregroup.recalculate('hub', resume => true)")" "" "$how: another session is not blocked and resumes"
  is "$(run)" "$last" "$how: it is the same run"
  is "$(sql "SELECT state || ' ' || (as_at = '$as_at') FROM hub.recalculation WHERE run = $last")" "finished true" "$how: which is finished now, as at the same moment"
  is "$(sql "SELECT count(*) FROM hub.recalculation_step WHERE run = $last AND state = 'finished' AND error IS NULL")" "$steps_all" "$how: with all steps"
  is "$(sql "SELECT count(DISTINCT as_at) FROM hub.result_state")" 1 "$how: all results are as at that moment"
  is "$(sql "SELECT count(*) FROM hub.recalculation_step AS s WHERE s.run = $last AND s.started < (SELECT started FROM hub.recalculation_step WHERE run = $last AND step = 'session_month')")" \
    "$(sql "SELECT count(*) FROM caregroup.hub_step WHERE ordinal < (SELECT ordinal FROM caregroup.hub_step WHERE step = 'session_month')")" "$how: the steps before were not done again"
}

# Where it may be called: it commits, so not where nothing may.
is "$(psql -X -q -A -t -v VERBOSITY=sqlstate -d "$db" -c "BEGIN; CALL caregroup.recalculate('hub'); COMMIT" 2>&1)" "ERROR:  25001" "not in a transaction block"
is "$(psql -X -q -A -t -v VERBOSITY=sqlstate -d "$db" -c "SELECT 1; CALL caregroup.recalculate('hub')" 2>&1 | tail -n 1)" "ERROR:  25001" "not among several statements sent as one"
sql "CREATE FUNCTION wh.f() RETURNS void LANGUAGE plpgsql AS 'BEGIN CALL caregroup.recalculate(''hub''); END'" >/dev/null
is "$(psql -X -q -A -t -v VERBOSITY=sqlstate -d "$db" -c "SELECT wh.f()" 2>&1)" "ERROR:  2D000" "not in a function"
is "$(sql 'SELECT count(*) FROM hub.recalculation')" 1 "and no run is noted then"
is "$(sql "DO 'BEGIN CALL caregroup.recalculate(''hub''); END'")$(sql "SELECT count(*) FROM hub.recalculation WHERE state = 'finished'")" 2 "but in a DO block of its own"

# 1. pg_terminate_backend
start_slow
pid=$(in_the_slow_step)
[ -n "$pid" ]
is $? 0 "terminate: the run is in its slow step"
sql "SELECT pg_terminate_backend($pid)" >/dev/null
wait $caller
for _ in $(seq 100); do [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE pid = $pid")" = 0 ] && break; sleep 0.02; done
after terminate interrupted

# 2. pg_cancel_backend
start_slow
pid=$(in_the_slow_step)
cancelled=$(sql "SELECT clock_timestamp() FROM pg_cancel_backend($pid)")
wait $caller
is "$(grep -c '^ERROR:  57014' "$said_to")" 1 "cancel: the caller gets query_canceled"
is "$(sql "SELECT finished - '$cancelled' < interval '100 ms' FROM hub.recalculation WHERE run = $(run)")" t "cancel: lands, and is noted, within 100 ms"
after cancel failed

# 3. statement_timeout
start_slow "SET statement_timeout = '4s'"
wait $caller
is "$(grep -c '^ERROR:  57014' "$said_to")" 1 "timeout: the caller gets query_canceled"
after timeout failed

# A step that fails: the error is the step's, its note has no data in it.
sql "CREATE TABLE wh.bad AS SELECT '9434765919x'::text AS number" >/dev/null
sql "SELECT caregroup.bind('hub', 'session', 'SELECT s.session_id, s.site_id, s.service_id, s.starts_at, s.ends_at, (SELECT b.number::numeric FROM wh.bad AS b) AS slots FROM wh.session AS s')" >/dev/null
said=$(sql "CALL caregroup.recalculate('hub')")
is "$(psql -X -q -A -t -d "$db" -v VERBOSITY=sqlstate -c "CALL caregroup.recalculate('hub')" 2>&1)" "ERROR:  22P02" "a failing step: its SQLSTATE"
is "$(printf '%s' "$said" | grep -c '9434765919')" 0 "a failing step: the error does not quote the value"
is "$(sql "SELECT count(*) FROM hub.recalculation AS r, hub.recalculation_step AS s WHERE concat(r.error, s.error) ~ '9434765919'")" 0 "a failing step: nor does the history"
is "$(sql "SELECT state || ' ' || (error ~ 'session_month') FROM hub.run_history ORDER BY run DESC LIMIT 1")" "failed true" "a failing step: the history names it"
