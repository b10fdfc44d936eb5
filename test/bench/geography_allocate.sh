#!/usr/bin/env bash
# Allocation: the issue's sizes against absolute bars, and against what else
# PostgreSQL offers: pgRouting's pgr_maxFlowMinCost (where it is installed) and
# the greedy plan in SQL (each demand to the nearest site that still has room,
# nearest pairs first), whose cost is told as well.
set -euo pipefail
. "$project/contrib/demo/lib.sh"
PG_CONFIG=$(find_pg_config)
shared=${CAREGROUP_SHARED:-$project/../shared}
missed=0

row() { # CASE ROWS MS BASELINE-MS RATIO BAR MISSED
  printf '%-34s %10s %12.1f %12s %8s  %s%s\n' "$@"
}

# The median of five runs, in ms, of a file of SQL; PREPARE is run before.
median_ms() {
  local script=$1 runs=${2:-5}
  { printf '\\set ON_ERROR_STOP on\nSET search_path = public, caregroup;\n\\o /dev/null\n\\timing on\n'
    for _ in $(seq "$runs"); do cat "$script"; done; } >"$work/timed.sql"
  psql -X -q -d bench -f "$work/timed.sql" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}

bar() { # CASE ROWS SCRIPT BAR-MS [RUNS]: our time against a bar
  local took met=''
  took=$(median_ms "$3" "${5:-5}")
  awk "BEGIN { exit !($took <= $4) }" || { met='  MISSED'; missed=1; }
  row "$1" "$2" "$took" - - "<= $4 ms" "$met"
  ours=$took
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run_psql -d bench <<'SQL' >/dev/null
SET client_min_messages = warning;
CREATE TABLE site AS SELECT j AS id, (hashint4(j) & 65535) * 30000.0 / 65536 AS x, (hashint4(j + 7777) & 65535) * 30000.0 / 65536 AS y FROM generate_series(1, 33) AS j;
CREATE TABLE d3 AS SELECT i AS id, 100 + (hashint4(i) & 511) AS amount, (hashint4(i + 100000) & 65535) * 30000.0 / 65536 AS x, (hashint4(i + 200000) & 65535) * 30000.0 / 65536 AS y FROM generate_series(1, 3000) AS i;
CREATE TABLE d30 AS SELECT i AS id, 100 AS amount, (hashint4(i + 100000) & 65535) * 30000.0 / 65536 AS x, (hashint4(i + 200000) & 65535) * 30000.0 / 65536 AS y FROM generate_series(1, 30000) AS i;
CREATE TABLE p3 AS SELECT d.id AS demand_id, s.id AS site_id, round(sqrt((d.x - s.x) ^ 2 + (d.y - s.y) ^ 2)) AS cost FROM d3 AS d, site AS s;
CREATE TABLE p30 AS SELECT d.id AS demand_id, s.id AS site_id, round(sqrt((d.x - s.x) ^ 2 + (d.y - s.y) ^ 2)) AS cost FROM d30 AS d, site AS s;
CREATE TABLE s3 AS SELECT id, (SELECT ceil(sum(amount) * 1.03 / 33) FROM d3)::bigint AS capacity FROM site;
CREATE TABLE person AS SELECT i AS id, ST_SetSRID(ST_MakePoint(500000 + ((hashint4(i) & 65535) + (hashint4(i + 300000) & 65535)) * 15000.0 / 65536,
	180000 + ((hashint4(i + 600000) & 65535) + (hashint4(i + 900000) & 65535)) * 15000.0 / 65536), 27700) AS geom FROM generate_series(1, 265422) AS i;
CREATE TABLE practice AS SELECT id, 8300 AS capacity, ST_SetSRID(ST_MakePoint(500000 + x, 180000 + y), 27700) AS geom FROM site;
VACUUM ANALYZE;
SQL

cat >"$work/near.sql" <<'SQL'
SELECT * FROM allocate_near('TABLE person', 'TABLE practice', NULL::bigint, NULL::bigint, candidates => 10);
SQL
bar 'allocate_near 265,422 people x 33' 265422 "$work/near.sql" 5000 3
cat >"$work/t30.sql" <<'SQL'
SELECT * FROM allocate('TABLE d30', 'SELECT id, 93000 AS capacity FROM site', 'TABLE p30', NULL::bigint, NULL::bigint);
SQL
bar 'allocate 30,000 x 33, 3m people' 990000 "$work/t30.sql" 2500 3
cat >"$work/t3.sql" <<'SQL'
SELECT * FROM allocate('TABLE d3', 'TABLE s3', 'TABLE p3', NULL::bigint, NULL::bigint);
SQL
bar 'allocate 3,000 x 33' 99000 "$work/t3.sql" 300

# Greedy: pairs from the nearest on, in one pass.
run_psql -d bench <<'SQL' >/dev/null
CREATE FUNCTION greedy() RETURNS TABLE (demand_id int, site_id int, amount bigint, cost float8) LANGUAGE plpgsql AS $$
DECLARE
	pair record;
	need bigint[] := (SELECT array_agg(d.amount ORDER BY d.id) FROM d3 AS d);
	room bigint[] := (SELECT array_agg(s.capacity ORDER BY s.id) FROM s3 AS s);
BEGIN
	FOR pair IN SELECT p.demand_id AS d, p.site_id AS s, p.cost AS c FROM p3 AS p ORDER BY p.cost, p.demand_id, p.site_id LOOP
		amount := least(need[pair.d], room[pair.s]);
		CONTINUE WHEN amount = 0;
		need[pair.d] := need[pair.d] - amount;
		room[pair.s] := room[pair.s] - amount;
		demand_id := pair.d; site_id := pair.s; cost := pair.c;
		RETURN NEXT;
	END LOOP;
END $$;
SQL
echo "SELECT * FROM greedy();" >"$work/greedy.sql"
greedy=$(median_ms "$work/greedy.sql" 3)
excess=$(psql -X -At -d bench -c "SET search_path = public, caregroup" -c "SELECT round(100 * ((SELECT sum(amount * cost) FROM greedy()) / (SELECT objective FROM allocate('TABLE d3', 'TABLE s3', 'TABLE p3') WHERE kind = 'summary') - 1)::numeric, 1)" | tail -n 1)
row "allocate 3,000 x 33 / greedy (+$excess %)" 99000 "$ours" "$greedy" "$(awk "BEGIN { printf \"%.2f\", $greedy / $ours }")" '' ''

if [ "$(psql -X -At -d bench -c "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgrouting'")" = 1 ]; then
  run_psql -d bench -c "SET client_min_messages = warning" -c "CREATE EXTENSION pgrouting"
  cat >"$work/pgr.sql" <<'SQL'
SELECT * FROM pgr_maxFlowMinCost($$
	SELECT row_number() OVER () AS id, * FROM (
		SELECT 0::bigint AS source, id::bigint AS target, amount::bigint AS capacity, -1::bigint AS reverse_capacity, 0::float8 AS cost, 0::float8 AS reverse_cost FROM d3
		UNION ALL SELECT demand_id, 1000000 + site_id, 1000000, -1, cost, 0 FROM p3
		UNION ALL SELECT 1000000 + id, 2000000, capacity, -1, 0, 0 FROM s3) AS e$$, 0, 2000000);
SQL
  pgr=$(median_ms "$work/pgr.sql" 1)
  row 'allocate 3,000 x 33 / pgRouting' 99000 "$ours" "$pgr" "$(awk "BEGIN { printf \"%.0f\", $pgr / $ours }")" '' ''
else
  echo '# pgRouting is not installed: its pgr_maxFlowMinCost is not compared'
fi

for n in 100 200 300 400 600; do
  [ -e "$shared/data/allocation/assign/assign$n.txt" ] || continue
  { echo 'DROP TABLE IF EXISTS assign; CREATE TABLE assign (demand_id int, site_id int, cost int); COPY assign FROM STDIN;'
    tr -s ' \n\r' '\n' <"$shared/data/allocation/assign/assign$n.txt" | grep . | awk -v n="$n" 'NR > 1 { k = NR - 2; print int(k / n) + 1 "\t" k % n + 1 "\t" $1 }'
    echo '\.'; echo 'ANALYZE assign;'; } >"$work/load.sql"
  run_psql -d bench -c "SET client_min_messages = warning" -f "$work/load.sql" >/dev/null
  echo "SELECT * FROM allocate('SELECT generate_series(1, $n) AS id', 'SELECT generate_series(1, $n) AS id, 1 AS capacity', 'TABLE assign', NULL::bigint, NULL::bigint);" >"$work/assign.sql"
  bar "allocate assign$n" $((n * n)) "$work/assign.sql" 200
done
exit $missed
