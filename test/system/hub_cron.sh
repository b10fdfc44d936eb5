#!/usr/bin/env bash
# Regular recalculation that really runs: a job of pg_cron each minute, its
# history, and its end; a hub in another database than pg_cron's, by the very
# statement that the notice gives; a role that is no superuser; and a database
# without pg_cron, whose notice gives a line for crontab that works.
set -u
db=${PGDATABASE:-caregroup} far=hub_cron_far
hub=hub_cron_near
cleanup() {
  psql -Xq -d "$db" >/dev/null 2>&1 <<SQL
SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname LIKE 'caregroup %hub_cron%' OR jobname LIKE 'hub_cron%';
SELECT caregroup.drop_hub('$hub');
DROP SCHEMA IF EXISTS wh_cron CASCADE;
SQL
  dropdb --if-exists --force "$far" 2>/dev/null
  psql -Xq -d "$db" -c 'REVOKE ALL ON SCHEMA cron FROM hub_cron_loader' -c 'DROP OWNED BY hub_cron_loader' -c 'DROP ROLE hub_cron_loader' >/dev/null 2>&1
}
trap cleanup EXIT
export LC_ALL=C
unset PGOPTIONS

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
like() { # like HAVE PATTERN NAME
  count=$((count + 1))
  if printf '%s\n' "$1" | grep -Eq -- "$2"; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
sql() { psql -X -q -A -t -d "$1" -c "$2" 2>&1; }
# until_is DATABASE QUERY WANT SECONDS: polls; prints the last answer.
until_is() {
  local got=
  for _ in $(seq "$4"); do
    got=$(sql "$1" "$2")
    [ "$got" = "$3" ] && break
    sleep 1
  done
  printf '%s\n' "$got"
}
world() { # world DATABASE HUB: a hub with ten referrals
  psql -X -q -d "$1" -v ON_ERROR_STOP=1 >/dev/null <<SQL
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS caregroup CASCADE;
CREATE SCHEMA wh_cron;
CREATE TABLE wh_cron.referral AS SELECT i::bigint AS referral_id, 1::bigint AS person_id, timestamptz '2024-06-03 09:00Z' AS received_at FROM generate_series(1, 10) AS i;
SELECT caregroup.create_hub('$2');
SELECT caregroup.bind('$2', 'referral', 'TABLE wh_cron.referral');
SQL
}

if [ "$(sql "$db" "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_cron', 'caregroup')")" != 2 ]; then
  echo "1..0 # SKIP pg_cron is not in the database $db"
  exit 0
fi
echo 1..41
cleanup
# It looks for its database again some seconds after it did not find it.
is "$(until_is "$db" "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_cron launcher'" 1 60)" 1 "pg_cron's launcher is at work"
world "$db" "$hub"
createdb "$far"
world "$far" 'Far "hub_cron"'

# ----------------------------------------------------------------------
# Jobs that run: as the superuser, as a loader, and in another database.
# All are scheduled at once, so that one minute serves them all.
# ----------------------------------------------------------------------
is "$(sql "$db" "SELECT caregroup.schedule_recalculation('$hub', '* * * * *')")" "pg_cron job 'caregroup $db.$hub': * * * * *" "a hub is scheduled for every minute"

# From the far database the notice gives the statement to call in pg_cron's.
said=$(sql "$far" "SELECT caregroup.schedule_recalculation('Far \"hub_cron\"', '* * * * *') IS NULL AS nothing")
like "$said" "^t\$" "in another database than pg_cron's, schedule_recalculation returns NULL"
like "$said" "^NOTICE: .*pg_cron works from the database $db" "the notice names pg_cron's database"
like "$said" '^DETAIL: .*nothing runs yet' "and says that nothing runs yet"
statement=$(printf '%s\n' "$said" | sed -n 's/^HINT:.*call: \(SELECT cron\.schedule_in_database.*\)$/\1/p')
is "$(sql "$far" "SELECT value FROM \"Far \"\"hub_cron\"\"\".setting WHERE name = 'schedule'")" '* * * * *' "the setting keeps what was asked for"
like "$(sql "$db" "$statement")" '^[0-9]+$' "the statement of the notice can be called in pg_cron's database as it stands"

# A role that is no superuser, in pg_cron's database, for a hub that it owns.
psql -X -q -d "$db" -v ON_ERROR_STOP=1 >/dev/null 2>&1 <<SQL
CREATE ROLE hub_cron_loader LOGIN;
GRANT USAGE ON SCHEMA cron, wh_cron TO hub_cron_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA wh_cron TO hub_cron_loader;
GRANT CREATE ON DATABASE $db TO hub_cron_loader;
SET ROLE hub_cron_loader;
SELECT caregroup.create_hub('hub_cron_own');
SELECT caregroup.bind('hub_cron_own', 'referral', 'TABLE wh_cron.referral');
SQL
is "$?" 0 "a role makes a hub of its own"
is "$(PGUSER=hub_cron_loader sql "$db" "SELECT caregroup.schedule_recalculation('hub_cron_own', '* * * * *')")" "pg_cron job 'caregroup $db.hub_cron_own': * * * * *" "a role that is no superuser schedules it"

is "$(until_is "$db" "SELECT state FROM $hub.run_history ORDER BY run LIMIT 1" finished 75)" finished "within a little more than a minute a run has finished"
is "$(sql "$db" "SELECT steps_finished = steps AND error IS NULL AND run_by = current_user FROM $hub.run_history ORDER BY run LIMIT 1")" t "with all its steps, as who scheduled it"
is "$(sql "$db" "SELECT sum(referrals) FROM $hub.report_waiting_list WHERE organisation_level = 0")" 10 "and the reports have its figures"
is "$(sql "$db" "SELECT has_stopped FROM $hub.schedule_state")" f "the schedule has not stopped"
is "$(sql "$db" "SELECT bool_or(is_stale) FROM $hub.staleness")" f "no report is stale"
is "$(until_is "$db" "SELECT d.status FROM cron.job_run_details AS d JOIN cron.job AS j USING (jobid) WHERE j.jobname = 'caregroup $db.$hub' ORDER BY d.runid LIMIT 1" succeeded 10)" succeeded "pg_cron noted that it succeeded"
is "$(until_is "$far" "SELECT state FROM \"Far \"\"hub_cron\"\"\".run_history ORDER BY run LIMIT 1" finished 20)" finished "the hub of the other database was recalculated by the notice's statement"
is "$(sql "$far" "SELECT sum(referrals) FROM \"Far \"\"hub_cron\"\"\".report_waiting_list WHERE organisation_level = 0")" 10 "with its figures"
is "$(until_is "$db" "SELECT state || ' ' || run_by FROM hub_cron_own.run_history ORDER BY run LIMIT 1" "finished hub_cron_loader" 20)" "finished hub_cron_loader" "so was the role's hub, as that role"

# ----------------------------------------------------------------------
# The end
# ----------------------------------------------------------------------
is "$(sql "$db" "SELECT caregroup.unschedule_recalculation('$hub')")" t "unscheduling ends the job"
is "$(sql "$db" "SELECT count(*) FROM cron.job WHERE jobname = 'caregroup $db.$hub'")" 0 "pg_cron has it no more"
said=$(PGUSER=hub_cron_loader sql "$db" "SELECT caregroup.unschedule_recalculation('hub_cron_own')")
like "$said" '^t$' "the role ends its own"
said=$(sql "$far" "SELECT caregroup.unschedule_recalculation('Far \"hub_cron\"')")
like "$said" '^f$' "from the other database unscheduling ends no job: false"
like "$said" '^(NOTICE|WARNING):' "and says that the job goes on"
is "$(sql "$db" "SELECT count(*) FROM cron.job WHERE database = '$far'")" 1 "which it does"
is "$(sql "$db" "SELECT caregroup.unschedule_recalculation('Far \"hub_cron\"', '$far')")" t "until it is ended from pg_cron's database"
is "$(sql "$db" "SELECT count(*) FROM cron.job WHERE database = '$far'")" 0 "there is no job now"
runs=$(sql "$db" "SELECT count(*) FROM $hub.recalculation")
ended_at=$(date +%H:%M)

# ----------------------------------------------------------------------
# Without pg_cron, while a minute goes by: a server that has none
# ----------------------------------------------------------------------
# In this server cron.database_name is set; one that never loaded pg_cron has
# no such setting.  A second, small server stands for it.
plain=${CAREGROUP_BUILD:?}/hub_cron_plain
as_server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env PATH="$PATH" "$@"; else "$@"; fi; }
stop_plain() { [ ! -e "$plain/data/postmaster.pid" ] || as_server pg_ctl -D "$plain/data" -m immediate -w stop >/dev/null 2>&1 </dev/null; rm -rf "$plain"; }
trap 'stop_plain; cleanup' EXIT
stop_plain
mkdir -p "$plain"
[ "$(id -u)" != 0 ] || chown postgres: "$plain"
destdir=$(sql "$db" "SHOW extension_destdir")
as_server initdb -D "$plain/data" -U postgres -A trust -N -E UTF8 --locale=C.UTF-8 >/dev/null 2>&1
as_server tee -a "$plain/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$PGHOST'
port = 54328
extension_destdir = '$destdir'
fsync = off
shared_buffers = 32MB
CONF
as_server pg_ctl -D "$plain/data" -w -t 60 -l "$plain/log" start </dev/null >/dev/null 2>&1
is "$?" 0 "a server without pg_cron starts"
export PGPORT=54328
createdb plain
world plain hub_cron_plain
said=$(sql plain "SELECT caregroup.schedule_recalculation('hub_cron_plain', '15 2 * * *') IS NULL AS nothing")
like "$said" '^t$' "without pg_cron schedule_recalculation returns NULL"
like "$said" '^NOTICE: .*pg_cron is not installed' "the notice says so"
line=$(printf '%s\n' "$said" | sed -n 's/^HINT:.*line: \(.*\)$/\1/p')
like "$line" '^15 2 \* \* \* psql ' "and gives a line for crontab"
# What crontab does with it: five fields, then a command for the shell, in
# which \% stands for % and a bare % would end the line.
by_crontab() {
  local command
  command=$(printf '%s\n' "$1" | cut -d ' ' -f 6-)
  if printf '%s\n' "$command" | grep -Eq '(^|[^\\])%'; then echo "the line ends at a %"; return; fi
  PGDATABASE=postgres HOME=/nowhere sh -c "$(printf '%s\n' "$command" | sed 's/\\%/%/g')" 2>&1
}
is "$(by_crontab "$line")" CALL "the command of the line runs"
is "$(sql plain "SELECT state FROM hub_cron_plain.run_history")" finished "and recalculates the hub"
is "$(sql plain "SELECT value FROM hub_cron_plain.setting WHERE name = 'schedule'")" '15 2 * * *' "the setting keeps the schedule, so that a stop shows"
odd='It"s $HOME `id` 5% \ hub'
psql -X -q -d plain -v odd="$odd" -o /dev/null <<<"SELECT caregroup.create_hub(:'odd');" 2>/dev/null
said=$(psql -X -q -d plain -v odd="$odd" <<<"SELECT caregroup.schedule_recalculation(:'odd', '15 2 * * *');" 2>&1)
is "$(by_crontab "$(printf '%s\n' "$said" | sed -n 's/^HINT:.*line: \(.*\)$/\1/p')")" CALL "also for a hub whose name means something to the shell and to crontab"
is "$(psql -X -q -At -d plain -v odd="$odd" <<<'SELECT state FROM :"odd".run_history')" finished "which it recalculates"
like "$(sql plain "SELECT caregroup.unschedule_recalculation('hub_cron_plain')")" '^f$' "unscheduling finds no job"
is "$(sql plain "SELECT value IS NULL FROM hub_cron_plain.setting WHERE name = 'schedule'")" t "and forgets the schedule"
like "$(sql plain "SELECT caregroup.prune_cron_history('hub_cron_plain')")" '^$' "there is nothing to prune and no error"
is "$(sql plain "SELECT caregroup.may_use_cron()")" f "and no cron to use"
export PGPORT=54329
stop_plain

# Well into the minute after the end nothing has run.
while [ "$(date +%H:%M)" = "$ended_at" ]; do sleep 1; done
sleep 4
is "$(sql "$db" "SELECT count(*) FROM $hub.recalculation")" "$runs" "in the minute after it was unscheduled nothing more has run"
is "$(sql "$far" "SELECT count(*) FROM cron.job" | grep -c 'does not exist')" 1 "(the other database has no cron of its own)"
sql "$db" "SELECT caregroup.drop_hub('hub_cron_own')" >/dev/null
