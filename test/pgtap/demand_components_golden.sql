-- Decompositions and sparse counts: every row of decompositions.csv and
-- intermittent.csv (each file's first line names its peer).

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SET LOCAL search_path = public, caregroup;
SELECT plan(15);

\set f 'tail -n +2 ' :shared '/data/demand/series.csv'
CREATE TEMP TABLE series (series_id text, source text, frequency int, n int, history float8[]);
COPY series FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/demand/decompositions.csv'
CREATE TEMP TABLE peer (series_id text, method text, trend_strength float8, seasonal_strength float8, seasonal float8[], trend float8[]);
COPY peer FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is(count(*), 66::bigint, 'decompositions.csv is read') FROM peer JOIN series USING (series_id);

-- The largest difference, as a share of the series' largest value: the peer
-- printed eight digits of each component, ten of classical ones.
CREATE FUNCTION pg_temp.apart(a float8[], b float8[], history float8[]) RETURNS float8 LANGUAGE sql AS $$
	SELECT CASE WHEN array_length(a, 1) = array_length(b, 1) AND bool_and((x IS NULL) = (y IS NULL))
		THEN max(abs(x - y)) / (SELECT max(abs(h)) FROM unnest(history) AS h) ELSE 'Infinity' END
	FROM unnest(a, b) AS u(x, y)
$$;
CREATE TEMP TABLE ours AS
SELECT p.*, s.history, s.frequency, c.trend AS our_trend, c.seasonal AS our_seasonal, c.seasonals, c.remainder,
	c.trend_strength AS our_trend_strength, c.seasonal_strength AS our_strength
FROM peer AS p JOIN series AS s USING (series_id), LATERAL (SELECT (f).* FROM (SELECT CASE p.method
	WHEN 'decompose_additive' THEN forecast_components(s.history, s.frequency, 'classical')
	WHEN 'mstl_7_91' THEN forecast_components(s.history, ARRAY[91, 7])
	WHEN 'stl_swindow_13' THEN forecast_components(s.history, s.frequency, seasonal_window => 13)
	ELSE forecast_components(s.history, s.frequency, seasonal_window => 0) END AS f) AS g) AS c;

SELECT cmp_ok(max(pg_temp.apart(our_seasonal, seasonal, history)), '<=', 6e-8::float8, method || ': season')
FROM ours WHERE method LIKE 'stl%' GROUP BY method ORDER BY method;
SELECT cmp_ok(max(pg_temp.apart(our_trend, trend, history)), '<=', 6e-8::float8, method || ': trend')
FROM ours WHERE method LIKE 'stl%' GROUP BY method ORDER BY method;
SELECT cmp_ok(max(greatest(abs(our_trend_strength - trend_strength), abs(our_strength[1] - seasonal_strength))), '<=', 1e-8::float8, 'strengths')
FROM ours WHERE method LIKE 'stl%';
SELECT cmp_ok(max(pg_temp.apart(our_seasonal[1:frequency], seasonal, history)), '<=', 1e-9::float8, 'classical: season')
FROM ours WHERE method = 'decompose_additive';
SELECT cmp_ok(max(pg_temp.apart(our_trend, trend, history)), '<=', 1e-9::float8, 'classical: trend')
FROM ours WHERE method = 'decompose_additive';
SELECT cmp_ok(max(pg_temp.apart((SELECT array_agg(x ORDER BY i) FROM unnest(seasonals[1:1]) WITH ORDINALITY AS u(x, i)), seasonal, history)), '<=', 6e-8::float8, 'mstl: season of the first period')
FROM ours WHERE method LIKE 'mstl%';
SELECT cmp_ok(max(pg_temp.apart(our_trend, trend, history)), '<=', 6e-8::float8, 'mstl: trend')
FROM ours WHERE method LIKE 'mstl%';
SELECT cmp_ok(max(abs(t + s + r - h)), '<=', 1e-10::float8, 'components add up')
FROM ours, LATERAL unnest(our_trend, our_seasonal, remainder, history) AS u(t, s, r, h);

\set f 'tail -n +2 ' :shared '/data/demand/intermittent.csv'
CREATE TEMP TABLE sparse (series_id text, alpha float8, beta float8, demand float8, "interval" float8, croston float8, sba float8, tsb float8);
COPY sparse FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is(count(*), 24::bigint, 'intermittent.csv is read') FROM sparse JOIN series USING (series_id);
SELECT cmp_ok(max(greatest(abs((c).rate / croston - 1), abs((c).size / demand - 1), abs((c)."interval" / "interval" - 1))), '<=', 1e-10::float8, 'Croston')
FROM (SELECT p.*, forecast_intermittent(history, 'croston', alpha) AS c FROM sparse AS p JOIN series USING (series_id)) AS q;
SELECT cmp_ok(max(abs((c).rate / sba - 1)), '<=', 1e-10::float8, 'SBA')
FROM (SELECT p.*, forecast_intermittent(history, 'sba', alpha) AS c FROM sparse AS p JOIN series USING (series_id)) AS q;
SELECT cmp_ok(max(abs((c).rate / tsb - 1)), '<=', 1e-10::float8, 'TSB')
FROM (SELECT p.*, forecast_intermittent(history, 'tsb', alpha, beta) AS c FROM sparse AS p JOIN series USING (series_id)) AS q;
SELECT * FROM finish();
\endif
ROLLBACK;
