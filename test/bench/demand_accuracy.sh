#!/usr/bin/env bash
# Accuracy of method auto with one rule for all sets, beside the figures of
# the peers on the same series (../shared/data/demand): M3, M4 weekly and
# hourly, and weekly A&E demand.  Prints a table and says which bar is missed.
set -euo pipefail
data=$project/../shared/data/demand
[ -e "$data/m3_series.csv" ] || { echo "Skipped: ../shared/data is not here."; exit 0; }
sql() { psql -X -q -d bench -v ON_ERROR_STOP=1 "$@"; }
load() { tail -n +2 "$data/$1" | sql -c "COPY $2 FROM STDIN CSV HEADER"; }

sql <<'SQL'
CREATE TABLE m3 (series_id text, period text, frequency int, domain text, h int, train float8[], test float8[]);
CREATE TABLE m4w (series_id text, frequency int, h int, train float8[], test float8[]);
CREATE TABLE m4h (LIKE m4w);
CREATE TABLE m3_score (method text, period text, smape float8, mase float8, n int);
CREATE TABLE m4w_score (method text, smape float8, mase float8, owa float8, n int);
CREATE TABLE m4h_score (LIKE m4w_score);
CREATE TABLE ae_score (method text, smape float8, mase float8, cover80 float8, cover95 float8);
CREATE TABLE ae_line (line text);
SQL
load m3_series.csv m3
load m4_weekly_series.csv m4w
load m4_hourly_series.csv m4h
load m3_scores.csv m3_score
load m4_weekly_scores.csv m4w_score
load m4_hourly_scores.csv m4h_score
load aedemand_scores.csv ae_score
tail -n +3 "$data/aedemand_weekly.csv" | sed 's/,/;/g' | sql -c "COPY ae_line FROM STDIN"

sql -t -A -F '|' <<'SQL' >"$build/demand_accuracy.txt"
SET search_path = public, caregroup;
-- Every task: its history, what came, its periods, and the season that scales MASE.
CREATE TABLE task AS
SELECT 'M3 ' || period AS set_name, series_id AS id, train, test, ARRAY[frequency] AS periods, frequency AS scale FROM m3
UNION ALL SELECT 'M4 weekly', series_id, train, test, ARRAY[52], 1 FROM m4w
UNION ALL SELECT 'M4 hourly', series_id, train, test, ARRAY[24, 168], 24 FROM m4h;
INSERT INTO task
SELECT 'A&E weekly', c || '-' || back, y[1:cardinality(y) - back], y[cardinality(y) - back + 1:cardinality(y) - back + 26], ARRAY[52], 52
FROM (SELECT c, array_agg((string_to_array(line, ';'))[c + 1]::float8 ORDER BY line) AS y FROM ae_line, generate_series(1, 13) AS c GROUP BY c) AS s,
	unnest('{26,39,52}'::int[]) AS back;
ALTER TABLE task SET (parallel_workers = 1);
ANALYZE task;
SET parallel_setup_cost = 0;
CREATE TABLE answer AS SELECT *, forecast_series(train, cardinality(test), periods) AS steps FROM task;
CREATE TABLE score AS
SELECT set_name, id, avg(200 * abs(t - f.point) / nullif(abs(t) + abs(f.point), 0)) AS smape, avg(abs(t - f.point)) / s.scale AS mase,
	avg((t BETWEEN f.lower[1] AND f.upper[1])::int) AS cover80, avg((t BETWEEN f.lower[2] AND f.upper[2])::int) AS cover95,
	avg(f.upper[2] - f.lower[2] + 40 * greatest(f.lower[2] - t, t - f.upper[2], 0)) / s.scale AS msis
FROM answer AS a,
	LATERAL (SELECT avg(abs(train[i] - train[i - a.scale])) AS scale FROM generate_series(a.scale + 1, cardinality(train)) AS i) AS s,
	LATERAL unnest(a.test) WITH ORDINALITY AS o (t, step), LATERAL (SELECT (a.steps[o.step]).*) AS f
GROUP BY set_name, id, s.scale;
CREATE TABLE result AS SELECT set_name, count(*) AS n, avg(smape) AS smape, avg(mase) AS mase, 100 * avg(cover80) AS cover80, 100 * avg(cover95) AS cover95, avg(msis) AS msis FROM score GROUP BY set_name;
SELECT 'table', set_name, method, n, round(smape::numeric, 3), round(mase::numeric, 4), round(owa::numeric, 4), round(cover80::numeric, 1), round(cover95::numeric, 1), round(msis::numeric, 2)
FROM (
	SELECT r.set_name, 1 AS part, '* auto' AS method, r.n, r.smape, r.mase, (r.smape / b.smape + r.mase / b.mase) / 2 AS owa, r.cover80, r.cover95, r.msis
	FROM result AS r LEFT JOIN (SELECT 'M4 weekly' AS set_name, smape, mase FROM m4w_score WHERE method = 'naive2'
		UNION ALL SELECT 'M4 hourly', smape, mase FROM m4h_score WHERE method = 'naive2') AS b USING (set_name)
	UNION ALL SELECT 'M3 ' || period, 2, method, n, smape, mase, NULL, NULL, NULL, NULL FROM m3_score WHERE method IN ('THETA', 'ForecastPro', 'DAMPEN', 'NAIVE2')
	UNION ALL SELECT 'M4 weekly', 2, method, n, smape, mase, owa, NULL, NULL, NULL FROM m4w_score
	UNION ALL SELECT 'M4 hourly', 2, method, n, smape, mase, owa, NULL, NULL, NULL FROM m4h_score
	UNION ALL SELECT 'A&E weekly', 2, method, 39, smape, mase, NULL, 100 * cover80, 100 * cover95, NULL FROM ae_score) AS t
ORDER BY set_name, part, mase;
SELECT 'bar', what, round(got::numeric, 4), CASE WHEN low IS NULL THEN '<= ' || high ELSE low || ' to ' || high END,
	CASE WHEN got <= high AND got >= coalesce(low, got) THEN 'met' ELSE 'MISSED' END
FROM (
	SELECT 'M3 monthly sMAPE' AS what, smape AS got, NULL::float8 AS low, round((0.98 * (SELECT smape FROM m3_score WHERE method = 'THETA' AND period = 'monthly'))::numeric, 4)::float8 AS high FROM result WHERE set_name = 'M3 monthly'
	UNION ALL SELECT 'M3 monthly MASE', mase, NULL, round((0.98 * (SELECT mase FROM m3_score WHERE method = 'THETA' AND period = 'monthly'))::numeric, 4) FROM result WHERE set_name = 'M3 monthly'
	UNION ALL SELECT 'M3 monthly MSIS', msis, NULL, 6.61 FROM result WHERE set_name = 'M3 monthly'
	UNION ALL SELECT 'M4 weekly OWA', (r.smape / b.smape + r.mase / b.mase) / 2, NULL, 0.80 FROM result AS r, m4w_score AS b WHERE set_name = 'M4 weekly' AND method = 'naive2'
	UNION ALL SELECT 'M4 hourly OWA', (r.smape / b.smape + r.mase / b.mase) / 2, NULL, 0.50 FROM result AS r, m4h_score AS b WHERE set_name = 'M4 hourly' AND method = 'naive2'
	UNION ALL SELECT 'A&E weekly MASE', mase, NULL, round((0.97 * (SELECT mase FROM ae_score WHERE method = 'stlf_ets'))::numeric, 4) FROM result WHERE set_name = 'A&E weekly'
	UNION ALL SELECT set_name || ' coverage of 80', cover80, 80 - w, 80 + w FROM result, LATERAL (SELECT CASE WHEN set_name IN ('M3 monthly', 'M4 hourly') THEN 2 ELSE 4 END AS w) AS q WHERE set_name IN ('M3 monthly', 'M4 weekly', 'M4 hourly', 'A&E weekly')
	UNION ALL SELECT set_name || ' coverage of 95', cover95, 95 - w, 95 + w FROM result, LATERAL (SELECT CASE WHEN set_name IN ('M3 monthly', 'M4 hourly') THEN 2 ELSE 4 END AS w) AS q WHERE set_name IN ('M3 monthly', 'M4 weekly', 'M4 hourly', 'A&E weekly')) AS t;
SQL
printf '%-14s %-14s %6s %9s %8s %8s %8s %8s %8s\n' set method series sMAPE MASE OWA cover80 cover95 MSIS
grep '^table' "$build/demand_accuracy.txt" | while IFS='|' read -r _ set method n smape mase owa c80 c95 msis; do
  printf '%-14s %-14s %6s %9s %8s %8s %8s %8s %8s\n' "$set" "$method" "$n" "$smape" "$mase" "$owa" "$c80" "$c95" "$msis"
done
grep '^bar' "$build/demand_accuracy.txt" | while IFS='|' read -r _ what got bar verdict; do
  printf '%-34s %12s   %-18s %s\n' "$what" "$got" "$bar" "$verdict"
done
! grep -q 'MISSED$' "$build/demand_accuracy.txt"
