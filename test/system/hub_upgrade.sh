#!/usr/bin/env bash
# Every older version whose install script is kept in test/upgrade, brought to
# this version by ALTER EXTENSION ... UPDATE and upgrade_hub(): the extension's
# whole catalog is that of a fresh install, the upgraded hub is as a freshly
# made one, and bindings, settings, grants, history and the user's own views
# on reports stay.
set -u
project=${CAREGROUP_PROJECT:?}
work=${CAREGROUP_BUILD:?}/hub_upgrade
upgraded=hub_upgrade_old fresh=hub_upgrade_fresh
export LC_ALL=C
quiet='-c client_min_messages=error'
cleanup() {
  dropdb --if-exists --force "$upgraded" 2>/dev/null
  dropdb --if-exists --force "$fresh" 2>/dev/null
  psql -Xq -d postgres -c 'DROP ROLE IF EXISTS hub_upgrade_reader' -c 'DROP ROLE IF EXISTS hub_upgrade_loader' 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

count=0
is() { # is HAVE WANT NAME: a TAP line
  count=$((count + 1))
  if [ "$1" = "$2" ]; then echo "ok $count - $3"; else printf 'not ok %d - %s\n#   have: %.1500s\n#   want: %s\n' "$count" "$3" "$1" "$2"; fi
}
same() { # same FILE FILE NAME
  local status=same
  { [ -s "$1" ] && diff "$1" "$2" >"$work/diff"; } || status=different
  is $status same "$3"
  [ $status = same ] || head -n 40 "$work/diff" | cut -c 1-600 | sed 's/^/# /'
}
sql() { PGOPTIONS="-c extension_destdir=$work/stage $quiet" psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$@" 2>&1; }
as_role() { PGUSER=$1 PGOPTIONS=$quiet psql -X -q -A -t -d "$2" -c "$3" 2>&1; }

now=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$project/caregroup.control")
old_versions=$(ls "$project"/test/upgrade/caregroup--*.sql 2>/dev/null | sed -n 's/.*caregroup--\([0-9.]*\)\.sql$/\1/p' | grep -vxF "$now" | sort -V)
if [ -z "$old_versions" ]; then
  echo "1..0 # SKIP there is no version older than $now in test/upgrade"
  exit 0
fi
cleanup 2>/dev/null
# What is installed, with the old install scripts beside it.
mkdir -p "$work"
cp -r "$CAREGROUP_BUILD/stage" "$work/stage"
for old in $old_versions; do
  cp "$project/test/upgrade/caregroup--$old.sql" "$(dirname "$(find "$work/stage" -name caregroup.control)")/"
done
chmod -R a+rX "$work"

world() { # world DATABASE: a warehouse and a hub that is bound, granted and set; run after CREATE EXTENSION
  sql "$1" >/dev/null <<'SQL'
CREATE SCHEMA wh;
SET search_path = wh;
CREATE TABLE organisation AS SELECT * FROM (VALUES ('O1', 'One', 'region'), ('O2', 'Two', 'provider')) AS v (organisation_id, name, kind);
CREATE TABLE organisation_link AS SELECT 'O2'::text AS child_id, 'O1'::text AS parent_id, 'command'::text AS hierarchy;
CREATE TABLE site AS SELECT * FROM (VALUES ('S1', 'First', 'O2', 'hospital'), ('S2', 'Second', 'O1', 'practice')) AS v (site_id, name, organisation_id, kind);
CREATE TABLE service AS SELECT 'v'::text AS service_id, 'Service'::text AS name, 'community'::text AS kind;
CREATE TABLE person (person_id bigint PRIMARY KEY, nhs_number caregroup.nhs_number, birth_date date);
INSERT INTO person VALUES (1, '9434765919', '1980-01-01'), (2, '9434765870', '1990-01-01');
CREATE INDEX person_nhs ON person (nhs_number);
CREATE TABLE registration AS SELECT n::bigint AS person_id, 'S' || n AS site_id, date '2020-01-01' AS valid_from FROM generate_series(1, 2) AS n;
CREATE TABLE referral AS SELECT i::bigint AS referral_id, (1 + i % 2)::bigint AS person_id, timestamptz '2024-01-01 09:00Z' + i * interval '1 day' AS received_at, 'S' || 1 + i % 3 AS site_id, 'v'::text AS service_id FROM generate_series(1, 50) AS i;
CREATE TABLE spend AS SELECT i::text AS spend_id, 'O' || 1 + i % 2 AS organisation_id, date '2024-01-01' AS month, i AS cost FROM generate_series(1, 9) AS i;
CREATE TABLE recall AS SELECT i::bigint AS recall_id, 1::bigint AS person_id, 'v'::text AS service_id, 'inspection'::text AS kind, date '2024-01-01' + i AS due_on FROM generate_series(1, 9) AS i;
SELECT caregroup.create_hub('hub', time_zone => 'Europe/Berlin');
SELECT caregroup.create_hub('Other "hub"', 'text');
SELECT caregroup.bind('hub', c.relname::text, format('TABLE wh.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh'::regnamespace AND c.relkind = 'r';
SELECT caregroup.configure_hub('hub', 'as_at', '2024-03-01 12:00Z'), caregroup.configure_hub('hub', 'keep_runs', '7');
SELECT caregroup.grant_hub('hub', 'hub_upgrade_reader', 'reader'), caregroup.grant_hub('hub', 'hub_upgrade_loader', 'loader');
RESET search_path;
CALL caregroup.recalculate('hub');
SELECT count(*) FROM caregroup.check_hub('hub');
GRANT USAGE ON SCHEMA wh TO hub_upgrade_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA wh TO hub_upgrade_loader;
CREATE VIEW public.mine AS SELECT organisation_id, referrals FROM hub.report_waiting_list;
SQL
}

# The extension as the catalogs have it, a line each, without OIDs and without
# the place of columns: what an upgrade adds to a table comes last there.
catalog() {
  sql "$1" <<'SQL'
CREATE TEMP TABLE member AS SELECT d.classid, d.objid, pg_catalog.pg_describe_object(d.classid, d.objid, 0) AS name FROM pg_depend AS d WHERE d.refclassid = 'pg_extension'::regclass
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'caregroup') AND d.deptype = 'e';
SET search_path = '';
SELECT 'member', m.name, (SELECT string_agg(i.initprivs::text, ',') FROM (SELECT unnest(p.initprivs)::text AS initprivs FROM pg_catalog.pg_init_privs AS p WHERE p.classoid = m.classid AND p.objoid = m.objid ORDER BY 1) AS i) FROM pg_temp.member AS m ORDER BY m.name;
SELECT 'function', m.name, CASE WHEN p.prokind IN ('f', 'p') THEN pg_catalog.pg_get_functiondef(p.oid) END, p.provolatile, p.proparallel, p.proisstrict, p.prosecdef, p.proleakproof, p.procost, p.prorows, p.prosupport, p.proconfig, p.probin, p.prosrc, p.proacl, p.proargnames,
  pg_catalog.pg_get_function_result(p.oid), pg_catalog.obj_description(p.oid, 'pg_proc') FROM pg_temp.member AS m JOIN pg_catalog.pg_proc AS p ON m.classid = 'pg_catalog.pg_proc'::regclass AND p.oid = m.objid ORDER BY m.name;
SELECT 'aggregate', m.name, a.aggkind, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.agginitval
  FROM pg_temp.member AS m JOIN pg_catalog.pg_aggregate AS a ON m.classid = 'pg_catalog.pg_proc'::regclass AND a.aggfnoid = m.objid ORDER BY m.name;
SELECT 'type', m.name, t.typtype, t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typispreferred, t.typdelim, t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typanalyze, t.typnotnull, t.typbasetype::regtype, t.typdefault, t.typcollation::regcollation, t.typacl,
  (SELECT string_agg(pg_catalog.pg_get_constraintdef(c.oid), ', ' ORDER BY c.conname) FROM pg_catalog.pg_constraint AS c WHERE c.contypid = t.oid),
  (SELECT string_agg(concat_ws(' ', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.col_description(t.typrelid, a.attnum)), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS k ON k.oid = a.attrelid AND k.relkind = 'c' WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
  pg_catalog.obj_description(t.oid, 'pg_type'), pg_catalog.obj_description(t.typrelid, 'pg_class') FROM pg_temp.member AS m JOIN pg_catalog.pg_type AS t ON m.classid = 'pg_catalog.pg_type'::regclass AND t.oid = m.objid ORDER BY m.name;
SELECT 'operator', m.name, o.oprkind, o.oprcanmerge, o.oprcanhash, o.oprresult::regtype, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprcode, o.oprrest, o.oprjoin, pg_catalog.obj_description(o.oid, 'pg_operator')
  FROM pg_temp.member AS m JOIN pg_catalog.pg_operator AS o ON m.classid = 'pg_catalog.pg_operator'::regclass AND o.oid = m.objid ORDER BY m.name;
SELECT 'class', m.name, c.opcdefault, c.opcintype::regtype, c.opckeytype::regtype, pg_catalog.obj_description(c.oid, 'pg_opclass') FROM pg_temp.member AS m JOIN pg_catalog.pg_opclass AS c ON m.classid = 'pg_catalog.pg_opclass'::regclass AND c.oid = m.objid ORDER BY m.name;
SELECT 'family', m.name, (SELECT string_agg(concat_ws(' ', a.amopstrategy, a.amopopr::regoperator, a.amoppurpose), ', ' ORDER BY a.amoplefttype::regtype::text, a.amoprighttype::regtype::text, a.amopstrategy) FROM pg_catalog.pg_amop AS a WHERE a.amopfamily = f.oid),
  (SELECT string_agg(concat_ws(' ', a.amprocnum, a.amproc::regprocedure), ', ' ORDER BY a.amproclefttype::regtype::text, a.amprocrighttype::regtype::text, a.amprocnum) FROM pg_catalog.pg_amproc AS a WHERE a.amprocfamily = f.oid), pg_catalog.obj_description(f.oid, 'pg_opfamily')
  FROM pg_temp.member AS m JOIN pg_catalog.pg_opfamily AS f ON m.classid = 'pg_catalog.pg_opfamily'::regclass AND f.oid = m.objid ORDER BY m.name;
SELECT 'cast', m.name, c.castfunc::regprocedure, c.castcontext, c.castmethod, pg_catalog.obj_description(c.oid, 'pg_cast') FROM pg_temp.member AS m JOIN pg_catalog.pg_cast AS c ON m.classid = 'pg_catalog.pg_cast'::regclass AND c.oid = m.objid ORDER BY m.name;
SELECT 'relation', m.name, c.relkind, c.relpersistence, c.reloptions, c.relacl, CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid) END, pg_catalog.obj_description(c.oid, 'pg_class'),
  (SELECT string_agg(pg_catalog.pg_get_indexdef(i.indexrelid), ', ' ORDER BY 1) FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid),
  (SELECT string_agg(concat_ws(' ', k.conname, pg_catalog.pg_get_constraintdef(k.oid)), ', ' ORDER BY k.conname) FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid)
  FROM pg_temp.member AS m JOIN pg_catalog.pg_class AS c ON m.classid = 'pg_catalog.pg_class'::regclass AND c.oid = m.objid ORDER BY m.name;
SELECT 'column', m.name, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage, pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(a.attrelid, a.attnum)
  FROM pg_temp.member AS m JOIN pg_catalog.pg_attribute AS a ON m.classid = 'pg_catalog.pg_class'::regclass AND a.attrelid = m.objid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum ORDER BY m.name, a.attname;
SELECT 'extension', e.extversion, e.extrelocatable, e.extnamespace::regnamespace, (SELECT string_agg(c::regclass::text, ',' ORDER BY c::regclass::text) FROM unnest(e.extconfig) AS c), e.extcondition FROM pg_catalog.pg_extension AS e WHERE e.extname = 'caregroup';
SELECT 'schema', n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'caregroup';
SQL
  # The rows of every table of the extension.
  for table in $(sql "$1" -c "SELECT c.oid::regclass FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' WHERE c.relnamespace = 'caregroup'::regnamespace AND c.relkind = 'r' ORDER BY c.relname"); do
    sql "$1" -c "SELECT 'row of $table', to_jsonb(t) FROM $table AS t ORDER BY 2"
  done
}
# A hub, likewise.
hub() {
  sql "$1" <<'SQL'
SELECT c.relname, c.relkind, c.relowner::regrole, (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) AS a), c.reloptions, obj_description(c.oid, 'pg_class'), CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END,
  (SELECT string_agg(pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname) FROM pg_constraint AS k WHERE k.conrelid = c.oid)
  FROM pg_class AS c WHERE c.relnamespace IN ('hub'::regnamespace, '"Other ""hub"""'::regnamespace) AND c.relkind IN ('r', 'v') ORDER BY c.relnamespace::regnamespace::text, c.relname;
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attcollation::regcollation, col_description(c.oid, a.attnum)
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relnamespace IN ('hub'::regnamespace, '"Other ""hub"""'::regnamespace) AND c.relkind IN ('r', 'v') ORDER BY c.relnamespace::regnamespace::text, c.relname, a.attname;
SELECT * FROM caregroup.hubs();
SELECT name, value, meaning, version FROM hub.setting UNION ALL SELECT name, value, meaning, version FROM "Other ""hub""".setting ORDER BY 1, 2;
SELECT entity, query, search_path, security, bound_by, suspended FROM hub.binding ORDER BY entity;
SELECT entity, column_name, source_type, origin_table, origin_column, breaks_index FROM hub.binding_column ORDER BY entity, column_name;
SELECT * FROM hub.granted ORDER BY role_name;
SQL
}
reports() {
  local view
  for view in $(sql "$1" -c "SELECT view_name FROM caregroup.hub_view WHERE kind = 'report' ORDER BY view_name"); do
    sql "$1" -c "SELECT '$view', to_jsonb(r) - 'recalculated_at' FROM hub.$view AS r ORDER BY 2"
  done
  sql "$1" -c "SELECT check_name, sentence, evidence FROM caregroup.monday('hub') ORDER BY rank"
}

set -- $old_versions
echo "1..$((2 + 16 * $#))"
for role in hub_upgrade_reader hub_upgrade_loader; do psql -Xq -d postgres -c "CREATE ROLE $role LOGIN"; done
createdb "$fresh"
is "$(sql "$fresh" -c "CREATE EXTENSION caregroup CASCADE")$(world "$fresh")" "" "a fresh $now with a hub"
catalog "$fresh" >"$work/catalog.fresh"
hub "$fresh" >"$work/hub.fresh"
is "$(grep -c '^ERROR' "$work/catalog.fresh" "$work/hub.fresh" | sed 's/.*://' | tr '\n' ' ')$(awk 'END {print (NR > 500)}' "$work/catalog.fresh")" "0 0 1" "there is a catalog to compare"
for old in $old_versions; do
  createdb "$upgraded"
  is "$(sql "$upgraded" -c "CREATE EXTENSION caregroup VERSION '$old' CASCADE")$(sql "$upgraded" -c "SELECT caregroup.caregroup_version()")" "$old" "$old is installed"
  is "$(world "$upgraded")$(sql "$upgraded" -c "SELECT sum(referrals) FROM public.mine WHERE organisation_id IN ('O1', '(unassigned)')")" 50 "$old: with a hub that has results"
  reports_before=$(sql "$upgraded" -c "SELECT to_jsonb(r) FROM hub.report_waiting_list AS r ORDER BY 1")
  is "$(sql "$upgraded" -c "ALTER EXTENSION caregroup UPDATE")$(sql "$upgraded" -c "SELECT caregroup.caregroup_version()")" "$now" "$old: ALTER EXTENSION caregroup UPDATE"
  catalog "$upgraded" >"$work/catalog.upgraded"
  same "$work/catalog.fresh" "$work/catalog.upgraded" "$old: the upgraded catalog is that of a fresh install"
  # Between the two steps the old hub still serves.
  is "$(sql "$upgraded" -c "SELECT to_jsonb(r) FROM hub.report_waiting_list AS r ORDER BY 1")" "$reports_before" "$old: before upgrade_hub the reports still show what they showed"
  is "$(sql "$upgraded" -c "SELECT count(*) FROM caregroup.hubs()")" 2 "$old: and hubs() finds both hubs"
  is "$(sql "$upgraded" -c "SELECT caregroup.upgrade_hub(h.hub) FROM caregroup.hubs() AS h")" "\"Other \"\"hub\"\"\" is at version $now"$'\n'"hub is at version $now" "$old: upgrade_hub"
  hub "$upgraded" >"$work/hub.upgraded"
  same "$work/hub.fresh" "$work/hub.upgraded" "$old: an upgraded hub is as a freshly made one"
  is "$(sql "$upgraded" -c "SELECT count(*) > 0 FROM public.mine")" t "$old: a view of the user's own on a report stays, and its rows"
  is "$(sql "$upgraded" -c "SELECT run, state, as_at = '2024-03-01 12:00Z' FROM hub.run_history")" "1|finished|t" "$old: so does the history"
  is "$(sql "$upgraded" -c "SELECT count(DISTINCT check_run) FROM hub.check_result")" 1 "$old: and the checks"
  is "$(sql "$upgraded" -c "CALL caregroup.recalculate('hub')")$(sql "$fresh" -c "CALL caregroup.recalculate('hub')")" "" "$old: it is recalculated"
  reports "$fresh" >"$work/reports.fresh"
  reports "$upgraded" >"$work/reports.upgraded"
  same "$work/reports.fresh" "$work/reports.upgraded" "$old: every report and the Monday page show what they show in a fresh one"
  is "$(as_role hub_upgrade_reader "$upgraded" "SELECT count(*) > 0 FROM hub.report_recall")$(as_role hub_upgrade_loader "$upgraded" "CALL caregroup.recalculate('hub')")" "t" "$old: the reader reads the new reports, the loader recalculates"
  is "$(sql "$upgraded" -c "SET enable_seqscan = off; SELECT person_id FROM wh.person WHERE nhs_number OPERATOR(caregroup.=) '943 476 5919'::text")" 1 "$old: the user's index on nhs_number still serves"
  # Once more is no more.
  hub "$upgraded" >"$work/hub.before"
  sql "$upgraded" -c "SELECT caregroup.upgrade_hub('hub')" >/dev/null
  hub "$upgraded" >"$work/hub.upgraded"
  same "$work/hub.before" "$work/hub.upgraded" "$old: upgrading again changes nothing"
  dropdb "$upgraded"
done
