-- MinT of one chain of command of 11,111 nodes with 60 residuals each, one
-- step ahead, against WLS by variance of the same nodes.
-- rows 11111

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_mint AS
	SELECT i AS node, CASE WHEN i > 1 THEN (i - 2) / 10 + 1 END AS parent, 1000 * random() AS point, 1 + random() AS variance,
		(SELECT array_agg(sin(i * 1.7 + t * t) + sin(t * 3.1)) FROM generate_series(1, 60) AS t) AS residuals
	FROM generate_series(1, 11111) AS i;
VACUUM ANALYZE bench_mint;

-- ours
SET search_path = public, caregroup;
SELECT node, point FROM forecast_reconcile('SELECT * FROM bench_mint', NULL::integer, 'mint_shrink');

-- baseline wls_variance
SELECT node, point FROM caregroup.forecast_reconcile('SELECT * FROM bench_mint', NULL::integer, 'wls_variance');

-- teardown
DROP TABLE bench_mint;
