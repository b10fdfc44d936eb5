-- Measures of variation: every figure of the files that other tools made (each
-- file's first line names its peer).

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
SELECT plan(9);

CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

\set f 'tail -n +2 ' :shared '/data/variance/dispersion_measures.csv'
CREATE TEMP TABLE dispersion (id int, value float8, weight float8, gini float8, gini_corrected float8, theil_t float8, theil_l float8,
    cv_sample float8, cv_pop float8, wcv float8, extremal_quotient float8, iqr_ratio float8, p90_p10 float8);
COPY dispersion FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((v).gini, gini), pg_temp.err((v).gini_corrected, gini_corrected), pg_temp.err((v).theil_t, theil_t),
        pg_temp.err((v).theil_l, theil_l), pg_temp.err((v).cv_sample, cv_sample), pg_temp.err((v).cv_population, cv_pop), pg_temp.err((v).cv_weighted, wcv),
        pg_temp.err((v).extremal_quotient, extremal_quotient), pg_temp.err((v).interquartile_ratio, iqr_ratio), pg_temp.err((v).interdecile_ratio, p90_p10))),
    '<=', 1e-9::float8, 'dispersion_measures')
FROM (SELECT min(gini) AS gini, min(gini_corrected) AS gini_corrected, min(theil_t) AS theil_t, min(theil_l) AS theil_l, min(cv_sample) AS cv_sample,
        min(cv_pop) AS cv_pop, min(wcv) AS wcv, min(extremal_quotient) AS extremal_quotient, min(iqr_ratio) AS iqr_ratio, min(p90_p10) AS p90_p10,
        variation(value, weight) AS v FROM dispersion GROUP BY id) AS d;

\set f 'tail -n +2 ' :shared '/data/variance/scv_eb.csv'
CREATE TEMP TABLE scv (id text, unit int, observed float8, expected float8, diehr float8, mcpherson float8, converged boolean, alpha float8, eb_ratio float8,
    eq20 float8, eq10 float8, qsr20 float8);
COPY scv FROM PROGRAM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE found AS
SELECT id, min(diehr) AS diehr, min(mcpherson) AS mcpherson, min(alpha) AS alpha, min(eq20) AS eq20, min(eq10) AS eq10, min(qsr20) AS qsr20,
    small_area_variation(observed, expected) AS m FROM scv GROUP BY id;
SELECT cmp_ok(max(greatest(pg_temp.err((m).scv, diehr), pg_temp.err((m).scv_mcpherson, mcpherson))), '<=', 1e-9::float8, 'scv_eb: both forms of the SCV') FROM found;
-- The peer stops its search for alpha with an error of up to 1.2e-4 (R's
-- uniroot).  With its alpha its other figures are ours to 1e-9; with ours, the
-- slope of the likelihood is nearer to 0.
SELECT cmp_ok(max(abs((m).shrinkage_alpha - alpha)), '<=', (1.3e-4)::float8, 'scv_eb: alpha, as near as the peer''s search comes') FROM found;
CREATE FUNCTION pg_temp.log_likelihood_slope(observed float8, expected float8, alpha float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(sum(1 / (alpha + i)), 0) FROM generate_series(0, observed::int - 1) AS i) + 1 + ln(alpha)
    - (observed + alpha) / (expected + alpha) - ln(expected + alpha);
SELECT cmp_ok(max(abs(ours) / greatest(abs(theirs), 1e-10)), '<=', 1::float8, 'scv_eb: our alpha is nearer to the maximum')
FROM (SELECT id, sum(pg_temp.log_likelihood_slope(observed, expected, (m).shrinkage_alpha)) AS ours,
        sum(pg_temp.log_likelihood_slope(observed, expected, s.alpha)) AS theirs FROM scv AS s JOIN found USING (id) GROUP BY id) AS l;
SELECT cmp_ok(max(pg_temp.err((observed + alpha) / (expected + alpha), eb_ratio)), '<=', 1e-9::float8, 'scv_eb: shrunken ratios with the peer''s alpha') FROM scv;
SELECT cmp_ok(max(pg_temp.err((r).shrunken_ratio, eb_ratio)), '<=', 1e-6::float8, 'scv_eb: shrunken ratios with ours')
FROM (SELECT eb_ratio, shrunken_ratio(observed, expected) OVER (PARTITION BY id) AS r FROM scv) AS s;
SELECT cmp_ok(max(greatest(pg_temp.err((m).quotient_80_20, eq20), pg_temp.err((m).quotient_90_10, eq10), pg_temp.err((m).share_ratio, qsr20))), '<=', (5e-6)::float8,
    'scv_eb: quotients and share ratio with our alpha') FROM found;
SELECT cmp_ok(max(greatest(pg_temp.err(hi / lo, eq20), pg_temp.err(above / below, qsr20))), '<=', 1e-9::float8, 'scv_eb: the same by plain SQL with the peer''s')
FROM (SELECT id, min(lo) AS lo, min(hi) AS hi, min(eq20) AS eq20, min(qsr20) AS qsr20, sum(eb_ratio) FILTER (WHERE eb_ratio >= hi) AS above,
        sum(eb_ratio) FILTER (WHERE eb_ratio <= lo) AS below
      FROM scv JOIN (SELECT id, percentile_cont(0.2) WITHIN GROUP (ORDER BY eb_ratio) AS lo, percentile_cont(0.8) WITHIN GROUP (ORDER BY eb_ratio) AS hi
                     FROM scv GROUP BY id) AS q USING (id) GROUP BY id) AS s;
SELECT ok(bool_and((m).scv BETWEEN (m).scv_lower AND (m).scv_upper), 'scv_eb: the interval holds the estimate') FROM found;
\endif
SELECT * FROM finish();
ROLLBACK;
