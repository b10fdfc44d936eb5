-- Funnel plots: every figure of the files that other tools made (each file's
-- first line names its peer).  FunnelPlotR's CQC limits are on the square-root
-- scale: ours are compared with max(0, printed limit)^2.

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
SELECT plan(26);

-- The relative error; both NULL is none, one NULL is infinite.
CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

-- Limits
\set f 'tail -n +2 ' :shared '/data/variance/funnel_limits_proportion.csv'
CREATE TEMP TABLE prop (n float8, lower2 float8, upper2 float8, lower3 float8, upper3 float8, baseline float8, sum_x float8, sum_n float8);
COPY prop FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/variance/funnel_limits_proportion_2.csv'
COPY prop FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is(count(*), 200::bigint, 'funnel_limits_proportion and _2 are read') FROM prop;
SELECT cmp_ok(max(greatest(pg_temp.err((l).target, baseline), pg_temp.err((l).lower, lower2), pg_temp.err((l).upper, upper2),
        pg_temp.err((l).lower_limits[2], lower3), pg_temp.err((l).upper_limits[2], upper3))), '<=', 1e-9::float8, 'funnel_limits_proportion, _2')
FROM (SELECT *, funnel_limits(n, sum_x / sum_n, 'proportion', multiplier => 100) AS l FROM prop) AS p;

\set f 'tail -n +2 ' :shared '/data/variance/funnel_limits_ratio.csv'
CREATE TEMP TABLE ratio (events float8, lower2_at float8, lower2 float8, upper2_at float8, upper2 float8, lower3_at float8, lower3 float8, upper3_at float8, upper3 float8);
COPY ratio FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/variance/funnel_limits_ratio_2.csv'
COPY ratio FROM PROGRAM :'f' (FORMAT csv, HEADER);
-- the peer finds them by bisection
SELECT cmp_ok(max(greatest(pg_temp.err((two).lower_expected, lower2_at), pg_temp.err((two).lower_limit * 100, lower2),
        pg_temp.err((two).upper_expected, upper2_at), pg_temp.err((two).upper_limit * 100, upper2))), '<=', 1e-4::float8,
    'funnel_limits_ratio, _2: 95 %') FROM (SELECT *, funnel_expected_at(events, 0.05) AS two FROM ratio) AS r;
SELECT cmp_ok(max(greatest(pg_temp.err((three).lower_expected, lower3_at), pg_temp.err((three).lower_limit * 100, lower3),
        pg_temp.err((three).upper_expected, upper3_at), pg_temp.err((three).upper_limit * 100, upper3))), '<=', 1e-4::float8,
    'funnel_limits_ratio, _2: 99.8 %') FROM (SELECT *, funnel_expected_at(events, 0.002) AS three FROM ratio) AS r;

\set f 'tail -n +2 ' :shared '/data/variance/funnel_limits_rate.csv'
CREATE TEMP TABLE rates (events float8, lower2_at float8, lower2 float8, upper2_at float8, upper2 float8, lower3_at float8, lower3 float8, upper3_at float8, upper3 float8,
    baseline float8, sum_x float8, sum_n float8);
COPY rates FROM PROGRAM :'f' (FORMAT csv, HEADER);
-- three years of data: limits are per 100,000, populations per year
SELECT cmp_ok(max(greatest(pg_temp.err((two).lower_expected / target / 3, lower2_at), pg_temp.err((two).lower_limit * target * 100000, lower2),
        pg_temp.err((two).upper_expected / target / 3, upper2_at), pg_temp.err((two).upper_limit * target * 100000, upper2),
        pg_temp.err((three).lower_expected / target / 3, lower3_at), pg_temp.err((three).lower_limit * target * 100000, lower3),
        pg_temp.err((three).upper_expected / target / 3, upper3_at), pg_temp.err((three).upper_limit * target * 100000, upper3))), '<=', 1e-4::float8,
    'funnel_limits_rate')
FROM (SELECT *, sum_x / sum_n AS target, funnel_expected_at(events, 0.05) AS two, funnel_expected_at(events, 0.002) AS three FROM rates) AS r;

-- Significance
CREATE FUNCTION pg_temp.peer_words(level integer) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (ARRAY['Low (0.001)', 'Low (0.025)', 'Not significant', 'High (0.025)', 'High (0.001)'])[level + 3];
\set f 'tail -n +2 ' :shared '/data/variance/funnel_sig_proportion.csv'
CREATE TEMP TABLE sig (area text, x float8, n float8, significance text);
COPY sig FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is_empty($$
    SELECT * FROM (SELECT *, funnel_significance(x, n, sum(x) OVER () / sum(n) OVER (), 'proportion') AS level FROM sig) AS s
    WHERE significance IS DISTINCT FROM pg_temp.peer_words(level)$$, 'funnel_sig_proportion');
TRUNCATE sig;
\set f 'tail -n +2 ' :shared '/data/variance/funnel_sig_ratio.csv'
COPY sig FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is_empty($$SELECT * FROM sig WHERE significance IS DISTINCT FROM pg_temp.peer_words(funnel_significance(x, n, 1, 'ratio'))$$, 'funnel_sig_ratio');
\set f 'tail -n +2 ' :shared '/data/variance/funnel_sig_rate.csv'
CREATE TEMP TABLE sig_rate (area text, x float8, n float8, rate float8, crude text, dsr text);
COPY sig_rate FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is_empty($$
    SELECT * FROM (SELECT *, funnel_significance(x, n, sum(x) OVER () / sum(n) OVER (), 'rate') AS level FROM sig_rate) AS s
    WHERE crude IS DISTINCT FROM pg_temp.peer_words(level)$$, 'funnel_sig_rate: crude');
SELECT is_empty($$
    SELECT * FROM (SELECT *, funnel_significance(x, x / rate * 100000, sum(x) OVER () / sum(x / rate * 100000) OVER (), 'rate') AS level
                   FROM sig_rate WHERE x > 0) AS s
    WHERE dsr IS DISTINCT FROM CASE WHEN x < 10 THEN 'Not applicable for events less than 10 for dsrs' ELSE pg_temp.peer_words(level) END$$,
    'funnel_sig_rate: directly standardised');

-- Overdispersion
CREATE TEMP TABLE od (id text, plot_limit int, multiplier float8, trim_by float8, grp text, numerator float8, denominator float8, ratio float8,
    y float8, uz float8, wz float8, phi float8, tau2 float8, ll95 float8, ul95 float8, ll998 float8, ul998 float8,
    odll95 float8, odul95 float8, odll998 float8, odul998 float8, outlier_adjusted int, outlier_unadjusted int);
\set f 'tail -n +2 ' :shared '/data/variance/funnel_od_pr.csv'
COPY od FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/variance/funnel_od_rc.csv'
COPY od FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/variance/funnel_od_sr_cqc.csv'
COPY od FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/variance/funnel_od_sr_shmi.csv'
COPY od FROM PROGRAM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE scale_of (id text, scale text);
INSERT INTO scale_of VALUES ('PR', 'arcsine'), ('RC', 'log_ratio'), ('SRCQC', 'square_root'), ('SRSHMI', 'log');
CREATE FUNCTION pg_temp.right_limit(id text, multiplier float8, l float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN id = 'SRCQC' THEN greatest(0, l / multiplier) ^ 2 * multiplier ELSE l END;
CREATE TEMP TABLE found AS
SELECT o.*, (funnel(numerator, denominator, scale, trim_by, multiplier => multiplier) OVER w).*
FROM (SELECT id, plot_limit, multiplier, trim_by, scale, grp, numerator, denominator FROM od JOIN scale_of USING (id)) AS o
WINDOW w AS (PARTITION BY id, plot_limit, multiplier, trim_by);
CREATE TEMP VIEW compared AS
SELECT f.*, o.ratio, o.y, o.uz, o.wz, o.phi AS exp_phi, o.tau2 AS exp_tau2, o.outlier_adjusted, o.ll95, o.ul95, o.ll998, o.ul998,
    pg_temp.right_limit(id, multiplier, odll95) AS odll95, pg_temp.right_limit(id, multiplier, odul95) AS odul95,
    pg_temp.right_limit(id, multiplier, odll998) AS odll998, pg_temp.right_limit(id, multiplier, odul998) AS odul998
FROM found AS f JOIN od AS o USING (id, plot_limit, multiplier, trim_by, grp);
SELECT cmp_ok(max(greatest(pg_temp.err(z, uz), pg_temp.err(z_kept, wz), pg_temp.err(phi, exp_phi), pg_temp.err(tau2, exp_tau2))), '<=', 1e-9::float8,
    'funnel_od, ' || id || ': z scores, phi, tau2') FROM compared GROUP BY id ORDER BY id;
SELECT cmp_ok(max(greatest(pg_temp.err(lower, odll95), pg_temp.err(upper, odul95), pg_temp.err(lower_outer, odll998), pg_temp.err(upper_outer, odul998))),
    '<=', 1e-6::float8, 'funnel_od, ' || id || ': limits') FROM compared GROUP BY id ORDER BY id;
-- the peer flags CQC units against limits on the wrong scale
SELECT is_empty(format($$
    SELECT * FROM compared WHERE id = %L AND outlier_adjusted <> (abs(level) >= CASE plot_limit WHEN 95 THEN 1 ELSE 2 END)::int$$, id),
    'funnel_od, ' || id || ': outliers') FROM scale_of WHERE id <> 'SRCQC' ORDER BY id;
SELECT cmp_ok(max(greatest(pg_temp.err((d).phi, exp_phi), pg_temp.err((d).tau2, exp_tau2))), '<=', 1e-9::float8, 'funnel_od: the aggregate')
FROM (SELECT min(exp_phi) AS exp_phi, min(exp_tau2) AS exp_tau2, funnel_overdispersion(numerator, denominator, scale, trim_by, 'published', NULL) AS d
      FROM compared GROUP BY id, plot_limit, multiplier, trim_by) AS g;
-- unadjusted limits: chi-square for ratios, the transformed scale with tau2 = 0 else
SELECT cmp_ok(max(greatest(pg_temp.err((l).lower, ll95), pg_temp.err((l).upper, ul95), pg_temp.err((l).lower_limits[2], ll998), pg_temp.err((l).upper_limits[2], ul998))),
    '<=', 1e-9::float8, 'funnel_od, ' || id || ': unadjusted limits')
FROM (SELECT *, funnel_limits(denominator, 1, 'ratio', method => 'chi_square', multiplier => multiplier) AS l FROM compared WHERE id LIKE 'SR%') AS u GROUP BY id ORDER BY id;
SELECT cmp_ok(max(greatest(pg_temp.err((l).lower, ll95), pg_temp.err((l).upper, ul95), pg_temp.err((l).lower_limits[2], ll998), pg_temp.err((l).upper_limits[2], ul998))),
    '<=', 1e-6::float8, 'funnel_od, ' || id || ': unadjusted limits')
FROM (SELECT *, funnel_adjusted_limits(denominator, target / multiplier, scale, multiplier => multiplier) AS l FROM compared WHERE id IN ('PR', 'RC')) AS u GROUP BY id ORDER BY id;
SELECT cmp_ok(max(greatest(pg_temp.err((l).lower, lower), pg_temp.err((l).upper_limits[2], upper_outer))), '<=', 1e-12::float8,
    'funnel_adjusted_limits gives the window function''s limits')
FROM (SELECT *, funnel_adjusted_limits(denominator, target / multiplier, scale, phi, tau2, multiplier => multiplier) AS l FROM compared) AS u;
\endif
SELECT * FROM finish();
ROLLBACK;
