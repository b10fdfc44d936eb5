#!/usr/bin/env bash
# The history of plans through what happens to a database: two hubs, one of
# which needs quotes, and ids that need them too; other sessions' settings,
# a loader, a run that is cancelled in the middle, dump and restore.  A plan is
# added where something changed and not otherwise, and is worked out again to
# the person afterwards.
set -u
first=hub_geography_first second=hub_geography_second
work=$(mktemp -d)
cleanup() {
  dropdb --if-exists "$first" 2>/dev/null
  dropdb --if-exists "$second" 2>/dev/null
  psql -Xq -d postgres -c 'DROP ROLE IF EXISTS hub_geography_loader' 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
export PGOPTIONS='-c client_min_messages=error' LC_ALL=C

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
db=$first
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$db" -c "$1" 2>&1; }
quoted='"My ""Hub"", 2.0"'
plans() { sql "SELECT string_agg(run || ' ' || objective || ' ' || is_current, ', ' ORDER BY run) FROM $1.allocation_run"; }

echo 1..30
cleanup 2>/dev/null; mkdir -p "$work"
createdb "$first"
psql -X -q -v ON_ERROR_STOP=1 -d "$first" -o /dev/null <<'SQL'
CREATE EXTENSION caregroup CASCADE;
CREATE ROLE hub_geography_loader LOGIN;
CREATE SCHEMA wh;
-- Ids with all that a list of columns or an SQL text is afraid of.
CREATE TABLE wh.surgery AS SELECT * FROM (VALUES ('A (1), "x"', 'Ash', 80.5), ('B''s', 'Birch', 80), ('C', 'Cedar', 40), ('N', 'Nil', 0), ('U', 'Unknown', NULL)) AS v (site_id, name, capacity);
CREATE TABLE wh.area AS SELECT * FROM (VALUES ('a b', 0.00, 51), ('b,(c)', 0.005, 51), ('c''"\', 0.01, 51), ('d', NULL, NULL), ('e', 'NaN', 51)) AS v (area_id, longitude, latitude);
CREATE TABLE wh.minute AS SELECT * FROM (VALUES ('a b', 'A (1), "x"', 5.1), ('a b', 'B''s', 9), ('b,(c)', 'A (1), "x"', 6), ('b,(c)', 'B''s', 7), ('c''"\', 'A (1), "x"', 8), ('c''"\', 'B''s', 4), ('c''"\', 'N', 1), ('d', 'C', 3), ('d', 'A (1), "x"', 45)) AS v (origin_id, site_id, minutes);
CREATE TABLE wh.registered AS
SELECT row_number() OVER () AS person_id, v.area_id, v.site_id FROM (VALUES ('a b', 'A (1), "x"', 60), ('b,(c)', 'A (1), "x"', 60), ('b,(c)', 'B''s', 20), ('c''"\', 'B''s', 20), ('d', 'C', 30), ('e', 'U', 5), (NULL, 'C', 3)) AS v (area_id, site_id, people), generate_series(1, v.people);
INSERT INTO wh.registered VALUES (1001, 'a b', NULL), (1002, NULL, NULL), (1003, 'e', NULL);
SELECT caregroup.create_hub('hub'), caregroup.create_hub('My "Hub", 2.0', 'text');
SELECT caregroup.configure_hub(h, 'as_at', '2026-10-01 00:00Z'),
    caregroup.bind(h, 'organisation', $$SELECT 'HQ' AS organisation_id, 'Headquarters' AS name, 'headquarters' AS kind$$),
    caregroup.bind(h, 'site', $$SELECT site_id, name, 'HQ' AS organisation_id, 'practice' AS kind, capacity::numeric AS capacity_people FROM wh.surgery$$),
    caregroup.bind(h, 'area', $$SELECT area_id, longitude::float8 AS longitude, latitude::float8 AS latitude FROM wh.area$$),
    caregroup.bind(h, 'travel', $$SELECT origin_id, site_id, 'car' AS mode, minutes::numeric AS minutes FROM wh.minute$$)
FROM unnest(ARRAY['hub', 'My "Hub", 2.0']) AS h;
SELECT caregroup.bind('hub', 'person', 'SELECT person_id, area_id FROM wh.registered'), caregroup.bind('My "Hub", 2.0', 'person', 'SELECT person_id::text AS person_id, area_id FROM wh.registered'),
    caregroup.bind('hub', 'registration', $$SELECT person_id, site_id, date '2020-01-01' AS valid_from FROM wh.registered WHERE site_id IS NOT NULL$$),
    caregroup.bind('My "Hub", 2.0', 'registration', $$SELECT person_id::text AS person_id, site_id, date '2020-01-01' AS valid_from FROM wh.registered WHERE site_id IS NOT NULL$$);
SELECT caregroup.grant_hub('hub', 'hub_geography_loader', 'loader');
GRANT USAGE ON SCHEMA wh TO hub_geography_loader;
CALL caregroup.recalculate('hub');
CALL caregroup.recalculate('My "Hub", 2.0');
SQL
is $? 0 "two hubs are recalculated"
# By hand: 60 of a at A, 20 of b at A (80 of 80.5 places), 60 of b and 20 of c
# at B, 30 of d and 3 of no area at C; those of e stay at U, where they start.
flow="SELECT string_agg(concat_ws(' ', f.place_id, f.site_id, f.people), '; ' ORDER BY f.place_id COLLATE \"C\", f.site_id COLLATE \"C\") FROM"
want="C C 3; U U 5; a b A (1), \"x\" 60; b,(c) A (1), \"x\" 20; b,(c) B's 60; c'\"\\ B's 20; d C 30"
is "$(sql "$flow hub.allocation_flow AS f")" "$want" "the plan, whatever the ids are"
is "$(sql "$flow $quoted.allocation_flow AS f")" "$want" "the same in the other hub"
is "$(sql "$flow hub.allocation_plan_flow AS f")" "$want" "it is what is kept"
moves="SELECT string_agg(concat_ws(' ', m.problem, m.place_id, m.from_site_id, m.site_id, m.people, m.reason), '; ' ORDER BY m.problem, m.place_id COLLATE \"C\") FROM"
want_moves="joiners (unknown) 1 no journey; joiners a b B's 1 new; joiners e 1 no journey; reallocation b,(c) A (1), \"x\" B's 40 over capacity"
is "$(sql "$moves hub.allocation_move AS m WHERE m.kind <> 'summary'")" "$want_moves" "who joins and who would move"
is "$(sql "$moves $quoted.allocation_move AS m WHERE m.kind <> 'summary'")" "$want_moves" "the same in the other hub"
is "$(sql "SELECT string_agg(concat_ws(' ', person_id, place_id, site_id), '; ' ORDER BY person_id) FROM $quoted.allocation_person WHERE problem = 'joiners'")" "1001 a b B's; 1002 (unknown); 1003 e" "persons whose ids are text"
is "$(plans hub)" "1 1016 true" "a plan is in the history"
is "$(sql "SELECT concat_ws(' ', same_demand, same_sites, same_pairs, is_intact, is_reproduced, is_feasible, is_optimal, problem) FROM caregroup.verify_allocation_run('My \"Hub\", 2.0')")" "t t t t t t t" "and is worked out again"

# Nothing has changed: no plan is added, whoever asks and however the session
# prints numbers and dates.
solved=$(sql "SELECT max(solved_at) FROM hub.allocation_row")
sql "CALL caregroup.recalculate('hub')"
is "$(plans hub)" "1 1016 true" "nothing has changed: no plan is added"
psql -X -q -d "$db" -c "SET extra_float_digits = -9" -c "SET DateStyle = 'German'" -c "SET TimeZone = 'Asia/Tokyo'" -c "SET search_path = wh" -c "CALL caregroup.recalculate('hub')"
is "$(plans hub)" "1 1016 true" "nor in a session that prints numbers in another way"
is "$(sql "SELECT max(solved_at) FROM hub.allocation_row")" "$solved" "which did not solve it again"
is "$(psql -X -q -A -t -U hub_geography_loader -d "$db" -c "CALL caregroup.recalculate('hub')" 2>&1)" "" "a loader recalculates"
is "$(plans hub)" "1 1016 true" "nor by a loader"
sql "UPDATE wh.surgery SET capacity = 100 WHERE name = 'Ash'"
is "$(psql -X -q -A -t -U hub_geography_loader -d "$db" -c "CALL caregroup.recalculate('hub')" 2>&1)" "" "a loader recalculates what has changed"
is "$(plans hub)" "1 1016 false, 5 996 true" "and adds a plan"
is "$(plans "$quoted")" "1 1016 true" "the other hub's history is its own"
is "$(sql "SELECT concat_ws(' ', place_id, change, from_site_id, site_id, people, more_minutes) FROM caregroup.compare_allocation_runs('hub')")" "b,(c) moves B's A (1), \"x\" 20 -20" "who would be elsewhere"

# A past moment: a site that opened later is not there, and the plan says so.
sql "SELECT caregroup.bind('hub', 'site', 'SELECT site_id, name, ''HQ'' AS organisation_id, ''practice'' AS kind, capacity::numeric AS capacity_people, CASE name WHEN ''Nil'' THEN date ''2026-09-15'' END AS opened_on FROM wh.surgery')" >/dev/null
sql "SELECT caregroup.configure_hub('hub', 'as_at', '2026-09-01 00:00Z')" >/dev/null
sql "CALL caregroup.recalculate('hub')"
is "$(sql "SELECT concat_ws(' ', run, sites, to_char(as_at, 'YYYY-MM-DD')) FROM hub.allocation_run WHERE is_current")" "6 4 2026-09-01" "a past moment has a plan of its own"
sql "SELECT caregroup.configure_hub('hub', 'as_at', '2026-10-01 00:00Z')" >/dev/null
sql "CALL caregroup.recalculate('hub')"
is "$(sql "SELECT count(DISTINCT fingerprint) || ' ' || count(*) FROM hub.allocation_run WHERE run IN (5, 7)")" "1 2" "back again, the fingerprint is that of before"

# A run that is cancelled while another session holds the history: the next
# one has all of it.
sql "UPDATE wh.surgery SET capacity = 110 WHERE name = 'Ash'"
(psql -X -q -d "$db" -c "BEGIN" -c "LOCK TABLE hub.allocation_plan_site IN ACCESS EXCLUSIVE MODE" -c "SELECT pg_sleep(8)" -c "COMMIT" -o /dev/null) &
holder=$!
sleep 0.5
is "$(psql -X -q -A -t -v VERBOSITY=sqlstate -d "$db" -c "SET statement_timeout = '6s'" -c "CALL caregroup.recalculate('hub')" 2>&1)" "ERROR:  57014" "a run is cancelled between the flows and the sites"
wait $holder
is "$(sql "SELECT max(run) || ' ' || bool_or(is_current) FROM hub.allocation_run")" "7 false" "its plan is not in the history"
is "$(sql "SELECT count(*) > 0 FROM hub.allocation_plan_flow WHERE run = 8")" t "though its flows are written"
is "$(sql "CALL caregroup.recalculate('hub', resume => true)")" "" "it goes on"
is "$(sql "SELECT concat_ws(' ', v.plan_run, v.is_intact, v.is_reproduced, v.is_optimal, (SELECT sum(s.people) FROM hub.allocation_plan_site AS s WHERE s.run = 8)) FROM caregroup.verify_allocation_run('hub') AS v")" "8 t t t 198" "and the plan is whole"

# Dump and restore: the history, the marks and the views are as they were, and
# the next recalculation adds nothing.
sql "SELECT caregroup.mark_allocation_run('hub', 1, 'It''s \"the first\"')" >/dev/null
views() {
  for view in allocation_run allocation_plan_site report_allocation report_allocation_change report_joiners report_reallocation report_access report_care_groups report_lots map_sites map_access allocation_person; do
    for hub in hub "$quoted"; do sql "SELECT '$view', to_jsonb(r)::text FROM $hub.$view AS r ORDER BY 2"; done
  done
}
views >"$work/views.1"
createdb "$second"
pg_dump "$first" | psql -X -q -v ON_ERROR_STOP=1 -d "$second" -o /dev/null 2>"$work/errors"
is "$(cat "$work/errors")" "" "dumped and restored without an error"
db=$second
views >"$work/views.2"
is "$(wc -l <"$work/views.1") $(diff "$work/views.1" "$work/views.2" | head -n 5)" "$(wc -l <"$work/views.1") " "the history and the reports are the same"
sql "CALL caregroup.recalculate('hub')"
is "$(sql "SELECT count(*) || ' ' || max(run) || ' ' || bool_or(is_current) FROM hub.allocation_run")" "5 8 true" "the restored hub adds no plan"
is "$(sql "SELECT string_agg(concat_ws(' ', r.run, v.is_intact, v.is_reproduced, v.is_optimal), '; ' ORDER BY r.run) FROM hub.allocation_run AS r, caregroup.verify_allocation_run('hub', r.run) AS v")" "1 t t t; 5 t t t; 6 t t t; 7 t t t; 8 t t t" "and works all of them out again"
sql "SELECT caregroup.upgrade_hub('hub')" >/dev/null
is "$(sql "SELECT count(*) || ' ' || max(note) FROM hub.allocation_run")" "5 It's \"the first\"" "after upgrade_hub() the history and its marks are there"
