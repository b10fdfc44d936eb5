-- Rates, proportions, means and standardised rates: every figure of the files
-- that other tools made (each file's first line names its peer).

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
SELECT plan(27);

-- The relative error; both NULL is none, one NULL is infinite.
CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

\set f 'tail -n +2 ' :shared '/data/variance/ci_wilson.csv'
CREATE TEMP TABLE wilson (n float8, confidence float8, x float8, lower float8, upper float8);
COPY wilson FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/variance/ci_wilson_2.csv'
COPY wilson FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is(count(*), 156::bigint, 'ci_wilson and ci_wilson_2 are read') FROM wilson;
SELECT cmp_ok(max(greatest(pg_temp.err(wilson_lower(x, n, confidence), lower),
                           pg_temp.err(wilson_upper(x, n, confidence), upper))), '<=', 1e-9::float8,
              'ci_wilson, ci_wilson_2: both limits') FROM wilson;

\set f 'tail -n +2 ' :shared '/data/variance/ci_poisson_byar_exact.csv'
CREATE TEMP TABLE poisson (x float8, confidence float8, byar_lower float8, byar_upper float8, exact_lower float8, exact_upper float8);
COPY poisson FROM PROGRAM :'f' (FORMAT csv, HEADER);
-- the peer has NA where there are no events
SELECT cmp_ok(max(greatest(pg_temp.err(byar_lower(x, confidence), coalesce(p.byar_lower, 0)),
                           pg_temp.err(byar_upper(x, confidence), p.byar_upper))), '<=', 1e-9::float8,
              'ci_poisson_byar_exact: Byar''s limits') FROM poisson AS p;
SELECT cmp_ok(max(greatest(pg_temp.err(poisson_lower(x, confidence), exact_lower),
                           pg_temp.err(poisson_upper(x, confidence), exact_upper))), '<=', 1e-9::float8,
              'ci_poisson_byar_exact: exact limits') FROM poisson;

\set f 'tail -n +2 ' :shared '/data/variance/proportion.csv'
CREATE TEMP TABLE prop (area text, x float8, n float8, multiplier float8, value float8, lower95 float8, upper95 float8,
    lower998 float8, upper998 float8, lower99 float8, upper99 float8);
COPY prop FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, value), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998),
        pg_temp.err((e).lower_limits[3], lower99), pg_temp.err((e).upper_limits[3], upper99))), '<=', 1e-9::float8,
    'proportion: the function') FROM (SELECT *, proportion_estimate(x, n, multiplier, '{0.95,0.998,0.99}') AS e FROM prop) AS p;
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, value), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[3], upper99))), '<=', 1e-9::float8,
    'proportion: the aggregate') FROM (SELECT area, multiplier, min(value) AS value, min(lower95) AS lower95, min(upper95) AS upper95,
        min(lower998) AS lower998, min(upper99) AS upper99, proportion(x, n, multiplier, '{0.95,0.998,0.99}') AS e FROM prop GROUP BY 1, 2) AS p;

\set f 'tail -n +2 ' :shared '/data/variance/rate.csv'
CREATE TEMP TABLE crude (area text, x float8, n float8, multiplier float8, value float8, lower95 float8, upper95 float8,
    lower998 float8, upper998 float8, lower90 float8, upper90 float8, method text);
COPY crude FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, value), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998),
        pg_temp.err((e).lower_limits[3], lower90), pg_temp.err((e).upper_limits[3], upper90))), '<=', 1e-9::float8,
    'rate: the function') FROM (SELECT *, rate_estimate(x, n, multiplier, '{0.95,0.998,0.9}') AS e FROM crude) AS p;
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, value), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[3], lower90), pg_temp.err((e).upper_limits[2], upper998))), '<=', 1e-9::float8,
    'rate: the aggregate') FROM (SELECT area, multiplier, min(value) AS value, min(lower95) AS lower95, min(upper95) AS upper95,
        min(upper998) AS upper998, min(lower90) AS lower90, rate(x, n, multiplier, '{0.95,0.998,0.9}', 'byar_exact') AS e FROM crude GROUP BY 1, 2) AS p;

\set f 'tail -n +2 ' :shared '/data/variance/mean_t_ci.csv'
CREATE TEMP TABLE means (grp text, v float8, count bigint, stdev float8, mean float8, lower95 float8, upper95 float8, lower998 float8, upper998 float8);
COPY means FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).count, count), pg_temp.err((e).deviation, stdev), pg_temp.err((e).value, mean),
        pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998))), '<=', 1e-9::float8, 'mean_t_ci')
FROM (SELECT grp, min(m.count) AS count, min(stdev) AS stdev, min(m.mean) AS mean, min(lower95) AS lower95, min(upper95) AS upper95,
        min(lower998) AS lower998, min(upper998) AS upper998, mean(v, '{0.95,0.998}') AS e FROM means AS m GROUP BY grp) AS m;

-- Directly standardised rates
\set f 'tail -n +2 ' :shared '/data/variance/dsr_dobson.csv'
CREATE TEMP TABLE dobson (area text, ageband int, x float8, n float8, stdpop float8, total_count float8, total_pop float8, value float8,
    lower95 float8, upper95 float8, lower998 float8, upper998 float8, lower90 float8, upper90 float8);
COPY dobson FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).numerator, total_count), pg_temp.err((e).denominator, total_pop), pg_temp.err((e).value, value),
        pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998),
        pg_temp.err((e).lower_limits[3], lower90), pg_temp.err((e).upper_limits[3], upper90))), '<=', 1e-9::float8, 'dsr_dobson')
FROM (SELECT area, min(total_count) AS total_count, min(total_pop) AS total_pop, min(value) AS value, min(lower95) AS lower95,
        min(upper95) AS upper95, min(lower998) AS lower998, min(upper998) AS upper998, min(lower90) AS lower90, min(upper90) AS upper90,
        dsr(x, n, stdpop, 100000, '{0.95,0.998,0.9}', 'dobson') AS e FROM dobson GROUP BY area) AS d;
SELECT cmp_ok(max(pg_temp.err((e).lower_limits[2], lower998)), '<=', 1e-9::float8, 'dsr_dobson: the short form')
FROM (SELECT min(lower998) AS lower998, dsr(x, n, stdpop) AS e FROM dobson GROUP BY area) AS d;

\set f 'tail -n +2 ' :shared '/data/variance/dsr_fay_feuer.csv'
CREATE TEMP TABLE fay (id int, ageband int, x float8, n float8, stdpop float8, value float8, lower95 float8, upper95 float8, lower998 float8, upper998 float8);
COPY fay FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, value), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998))), '<=', 1e-9::float8, 'dsr_fay_feuer')
FROM (SELECT id, min(value) AS value, min(lower95) AS lower95, min(upper95) AS upper95, min(lower998) AS lower998, min(upper998) AS upper998,
        dsr(x, n, stdpop, 100000, '{0.95,0.998}', 'fay_feuer') AS e FROM fay GROUP BY id) AS d;

\set f 'tail -n +2 ' :shared '/data/variance/dsr_nonindependent.csv'
CREATE TEMP TABLE repeated (area text, ageband int, x float8, n float8, stdpop float8, frequency float8, total_count float8, value float8,
    lower95 float8, upper95 float8, lower998 float8, upper998 float8);
COPY repeated FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).numerator, total_count), pg_temp.err((e).value, value), pg_temp.err((e).lower, lower95),
        pg_temp.err((e).upper, upper95), pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998))),
    '<=', 1e-9::float8, 'dsr_nonindependent')
FROM (SELECT area, min(total_count) AS total_count, min(value) AS value, min(lower95) AS lower95, min(upper95) AS upper95,
        min(lower998) AS lower998, min(upper998) AS upper998, dsr_nonindependent(events, squares, n, stdpop) AS e
      FROM (SELECT area, ageband, sum(x * frequency) AS events, sum(x * frequency * frequency) AS squares, min(n) AS n, min(stdpop) AS stdpop,
                min(total_count) AS total_count, min(value) AS value, min(lower95) AS lower95, min(upper95) AS upper95,
                min(lower998) AS lower998, min(upper998) AS upper998 FROM repeated GROUP BY area, ageband) AS b GROUP BY area) AS d;

-- Indirectly standardised ratios and rates
\set f 'tail -n +2 ' :shared '/data/variance/isr_ratio_rate.csv'
CREATE TEMP TABLE indirect (area text, ageband int, x float8, n float8, x_ref float8, n_ref float8, observed float8, expected float8,
    smr float8, smr_lower95 float8, smr_upper95 float8, smr_lower998 float8, smr_upper998 float8, method text,
    rate_ref float8, rate float8, lower95 float8, upper95 float8, lower998 float8, upper998 float8);
COPY indirect FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).numerator, observed), pg_temp.err((e).denominator, expected), pg_temp.err((e).value, smr),
        pg_temp.err((e).lower, smr_lower95), pg_temp.err((e).upper, smr_upper95),
        pg_temp.err((e).lower_limits[2], smr_lower998), pg_temp.err((e).upper_limits[2], smr_upper998))), '<=', 1e-9::float8, 'isr_ratio_rate: ratio')
FROM (SELECT min(observed) AS observed, min(expected) AS expected, min(i.smr) AS smr, min(smr_lower95) AS smr_lower95, min(smr_upper95) AS smr_upper95,
        min(smr_lower998) AS smr_lower998, min(smr_upper998) AS smr_upper998,
        isr_ratio(x, n, x_ref, n_ref, 100, '{0.95,0.998}', 'byar_exact') AS e FROM indirect AS i GROUP BY area) AS d;
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, smr / 100), pg_temp.err((e).upper_limits[2], smr_upper998 / 100))), '<=', 1e-9::float8,
    'isr_ratio_rate: ratio of expected counts by smr()')
FROM (SELECT min(i.smr) AS smr, min(smr_upper998) AS smr_upper998, smr(x, n * x_ref / n_ref) AS e FROM indirect AS i GROUP BY area) AS d;
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, rate), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998), pg_temp.err((r).value, rate_ref))),
    '<=', 1e-9::float8, 'isr_ratio_rate: rate and the reference''s crude rate')
FROM (SELECT min(i.rate) AS rate, min(rate_ref) AS rate_ref, min(lower95) AS lower95, min(upper95) AS upper95, min(lower998) AS lower998,
        min(upper998) AS upper998, isr_rate(x, n, x_ref, n_ref) AS e, rate(x_ref, n_ref) AS r FROM indirect AS i GROUP BY area) AS d;

-- Life expectancy
\set f 'tail -n +2 ' :shared '/data/variance/life_expectancy.csv'
CREATE TEMP TABLE life (area text, startage float8, deaths float8, population float8, le float8, lower95 float8, upper95 float8, lower998 float8, upper998 float8);
COPY life FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, le), pg_temp.err((e).lower, lower95), pg_temp.err((e).upper, upper95),
        pg_temp.err((e).lower_limits[2], lower998), pg_temp.err((e).upper_limits[2], upper998))), '<=', 1e-9::float8, 'life_expectancy: every age')
FROM (SELECT a.area, a.startage, a.le, a.lower95, a.upper95, a.lower998, a.upper998,
        life_expectancy(l.startage, l.deaths, l.population, a.startage) AS e
      FROM life AS a JOIN life AS l USING (area) GROUP BY 1, 2, 3, 4, 5, 6, 7) AS d;
SELECT cmp_ok(max(pg_temp.err((e).value, le)), '<=', 1e-9::float8, 'life_expectancy: at birth, the short form')
FROM (SELECT min(le) FILTER (WHERE startage = 0) AS le, life_expectancy(startage, deaths, population) AS e FROM life GROUP BY area) AS d;

-- Slope and relative indices of inequality
\set f 'tail -n +2 ' :shared '/data/variance/sii_rii.csv'
CREATE TEMP TABLE indices (id text, value_type int, transform boolean, multiplier float8, populations text, vals text, lowers text, uppers text,
    sii float8, rii float8, intercept float8, sii_lower95 float8, sii_upper95 float8, rii_lower95 float8, rii_upper95 float8, sii_lower998 float8, sii_upper998 float8);
COPY indices FROM PROGRAM :'f' (FORMAT csv, HEADER);
CREATE FUNCTION pg_temp.forward(value_type int, x float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE value_type WHEN 1 THEN ln(x) ELSE ln(x / (1 - x)) END;
CREATE FUNCTION pg_temp.back(value_type int, x float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE value_type WHEN 1 THEN exp(x) ELSE 1 / (1 + exp(-x)) END;
CREATE FUNCTION pg_temp.rise(value_type int, mean float8, slope float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN pg_temp.back(value_type, mean + slope / 2) - pg_temp.back(value_type, mean - slope / 2);
CREATE TEMP TABLE found AS
SELECT i.*, r.* FROM indices AS i CROSS JOIN LATERAL (
    SELECT sii(g.rank, g.population, g.value, g.lower, g.upper, (ARRAY['value', 'rate', 'proportion'])[value_type + 1], transform, multiplier, '{0.95,0.998}') AS e
    FROM unnest(string_to_array(populations, ';')::float8[], string_to_array(vals, ';')::float8[], string_to_array(lowers, ';')::float8[],
        string_to_array(uppers, ';')::float8[]) WITH ORDINALITY AS g(population, value, lower, upper, rank)) AS r;
SELECT is(count(*), 30::bigint, 'sii_rii is read') FROM found;
SELECT cmp_ok(max(greatest(pg_temp.err((e).sii, sii), pg_temp.err((e).rii, rii), pg_temp.err((e).intercept, intercept))), '<=', 1e-9::float8,
    'sii_rii: indices and intercept') FROM found;
-- the peer's limits are simulated: within 1 % of the interval's width
SELECT cmp_ok(max(greatest(abs((e).sii_lower - sii_lower95), abs((e).sii_upper - sii_upper95)) / abs(sii_upper95 - sii_lower95)), '<=', 0.01::float8,
    'sii_rii: 95 % limits of the slope index') FROM found WHERE NOT transform;
-- With a transformed line the peer simulates the slope alone and holds the
-- line's mean fixed, which this plain SQL repeats; ours has the mean's
-- uncertainty too and so a wider interval, by less than 2 % of its width.
CREATE TEMP TABLE fixed_mean AS
SELECT id, multiplier, multiplier * pg_temp.rise(value_type, mean, slope - 1.959963984540054 * sign(multiplier) * error) AS lower,
    multiplier * pg_temp.rise(value_type, mean, slope + 1.959963984540054 * sign(multiplier) * error) AS upper
FROM (SELECT id, value_type, multiplier, sum(share * y) AS mean, sum(share * (midpoint - 0.5) * y) / sum(share * (midpoint - 0.5) ^ 2) AS slope,
        sqrt(sum((share * (midpoint - 0.5) * se) ^ 2)) / sum(share * (midpoint - 0.5) ^ 2) AS error
      FROM (SELECT id, value_type, multiplier, population / sum(population) OVER w AS share,
              (sum(population) OVER (w ORDER BY rank) - population / 2) / sum(population) OVER w AS midpoint,
              pg_temp.forward(value_type, value) AS y,
              (pg_temp.forward(value_type, upper) - pg_temp.forward(value_type, lower)) / (2 * 1.959963984540054) AS se
            FROM found, unnest(string_to_array(populations, ';')::float8[], string_to_array(vals, ';')::float8[], string_to_array(lowers, ';')::float8[],
                string_to_array(uppers, ';')::float8[]) WITH ORDINALITY AS g(population, value, lower, upper, rank)
            WHERE transform WINDOW w AS (PARTITION BY id, multiplier)) AS g
      GROUP BY id, value_type, multiplier) AS l;
SELECT cmp_ok(max(greatest(abs(least(lower, upper) - sii_lower95), abs(greatest(lower, upper) - sii_upper95)) / abs(sii_upper95 - sii_lower95)), '<=', 0.01::float8,
    'sii_rii: the peer''s limits of a transformed slope hold the mean fixed') FROM found JOIN fixed_mean USING (id, multiplier) WHERE transform;
SELECT cmp_ok(max(greatest(abs((e).sii_lower - sii_lower95), abs((e).sii_upper - sii_upper95)) / abs(sii_upper95 - sii_lower95)), '<=', 0.02::float8,
    'sii_rii: 95 % limits of the slope index of a transformed line') FROM found WHERE transform;
SELECT cmp_ok(max(greatest(abs((e).rii_lower - rii_lower95), abs((e).rii_upper - rii_upper95)) / abs(rii_upper95 - rii_lower95)), '<=', 0.01::float8,
    'sii_rii: 95 % limits of the relative index') FROM found;
SELECT cmp_ok(max(greatest(abs((e).sii_lower_limits[2] - sii_lower998), abs((e).sii_upper_limits[2] - sii_upper998)) / abs(sii_upper998 - sii_lower998)),
    '<=', 0.01::float8, 'sii_rii: 99.8 % limits of the slope index') FROM found WHERE NOT transform;
SELECT cmp_ok(max(greatest(abs((e).sii_lower_limits[2] - sii_lower998), abs((e).sii_upper_limits[2] - sii_upper998)) / abs(sii_upper998 - sii_lower998)),
    '<=', 0.03::float8, 'sii_rii: 99.8 % limits of the slope index of a transformed line, whose mean the peer holds fixed') FROM found WHERE transform;

-- Quantiles
\set f 'tail -n +2 ' :shared '/data/variance/quantile.csv'
CREATE TEMP TABLE quantiles (grp text, v float8, q5_invert int, q5 int, q10_invert int, q10 int);
COPY quantiles FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is_empty($$
    SELECT * FROM (SELECT *, quantile_group(v, 5) OVER w AS a, quantile_group(v, 5, false) OVER w AS b,
        quantile_group(v) OVER w AS c, quantile_group(v, 10, false) OVER w AS d FROM quantiles WINDOW w AS (PARTITION BY grp)) AS q
    WHERE (a, b, c, d) IS DISTINCT FROM (q5_invert, q5, q10_invert, q10)$$, 'quantile');
\endif
SELECT * FROM finish();
ROLLBACK;
