-- Control charts against the figures that NHSRplotthedots and qicharts2 gave:
-- every xmr_*.csv, qic_*.csv and anhoej_limits.csv, to 1e-9 relative.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
SET LOCAL search_path = public, caregroup;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SELECT plan(53);

-- Relative error; two missing figures agree, one missing is as wrong as can be.
CREATE FUNCTION pg_temp.off(got double precision, wanted double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN got IS NULL AND wanted IS NULL THEN 0
			WHEN got IS NULL OR wanted IS NULL THEN 'infinity'
			WHEN got = wanted THEN 0
			ELSE abs(got - wanted) / greatest(abs(wanted), 1e-300) END;

-- ---------------------------------------------------------------------
-- XmR: NHSRplotthedots
-- ---------------------------------------------------------------------
CREATE TEMP TABLE xmr (
	series text, x date, y double precision, improvement_direction text, target double precision,
	screen_outliers boolean, fix_after_n_points integer, rebase_here integer, exp_rebase_group integer,
	exp_mean double precision, exp_lpl double precision, exp_upl double precision, exp_outside_limits boolean,
	exp_relative_to_mean integer, exp_close_to_limits boolean, exp_special_cause_type text, exp_point_type text,
	exp_short_group_warning boolean, exp_beyond_two_sigma boolean, exp_two_in_three_member integer, file text);
CREATE FUNCTION pg_temp.load_xmr(file text, columns text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('COPY xmr (%s) FROM PROGRAM %L (FORMAT csv, HEADER)', columns,
		format('tail -n +2 %s/data/variance/xmr_%s.csv', current_setting('spc.shared'), file));
	UPDATE xmr SET file = load_xmr.file WHERE xmr.file IS NULL;
END $$;
SELECT set_config('spc.shared', :'shared', true) IS NOT NULL AS ignored \gset
\set columns 'series, x, y, improvement_direction, target, screen_outliers, fix_after_n_points, rebase_here, exp_rebase_group, exp_mean, exp_lpl, exp_upl, exp_outside_limits, exp_relative_to_mean, exp_close_to_limits, exp_special_cause_type, exp_point_type, exp_short_group_warning'
SELECT count(pg_temp.load_xmr(file, :'columns'))::text AS ignored
FROM unnest('{ae_breaches,ae_pct_4h_target95,random,rebase_fix,rules_each,screen_outliers}'::text[]) AS file \gset
SELECT pg_temp.load_xmr('mdc_two_sigma_2023', :'columns' || ', exp_beyond_two_sigma, exp_two_in_three_member')::text AS ignored \gset

-- The direction is a column here, and so are screening and fix_after: options
-- are those of the first row of a partition.
CREATE TEMP TABLE drawn AS
SELECT x.*, row_number() OVER w AS place,
	CASE spc_rule(rules) WHEN 'common_cause' THEN 'Common Cause' WHEN 'above_upper_limit' THEN 'Above UCL'
		WHEN 'below_lower_limit' THEN 'Below LCL' WHEN 'trend_up' THEN '7 Point Trend (Increasing)'
		WHEN 'trend_down' THEN '7 Point Trend (Decreasing)' WHEN 'two_of_three_above' THEN '2 in 3 Above CL'
		WHEN 'two_of_three_below' THEN '2 in 3 Below CL' WHEN 'run_above' THEN '7 Points Above CL'
		WHEN 'run_below' THEN '7 Points Below CL' END AS label
FROM (
	SELECT *, (spc_xmr(y, direction => improvement_direction, target => target,
			rebase => rebase_here = 1, fix_after => fix_after_n_points, screen => screen_outliers,
			two_of_three => CASE file WHEN 'mdc_two_sigma_2023' THEN 'beyond_two_sigma' ELSE 'near_limit' END)
		OVER (PARTITION BY file, series ORDER BY x)).*
	FROM (SELECT file, series, x, y, target, rebase_here, fix_after_n_points, screen_outliers, exp_rebase_group, exp_mean,
			exp_lpl, exp_upl, exp_outside_limits, exp_relative_to_mean, exp_close_to_limits, exp_special_cause_type,
			exp_point_type, exp_short_group_warning, exp_beyond_two_sigma, exp_two_in_three_member,
			CASE improvement_direction WHEN 'increase' THEN 'higher_better' WHEN 'decrease' THEN 'lower_better'
				ELSE improvement_direction END AS improvement_direction
		FROM xmr) AS renamed
) AS x
WINDOW w AS (PARTITION BY file, series ORDER BY x);

CREATE TEMP TABLE xmr_file AS
SELECT file, count(*) AS points,
	max(greatest(pg_temp.off(centre, exp_mean), pg_temp.off(lower, exp_lpl), pg_temp.off(upper, exp_upl))) AS worst,
	count(*) FILTER (WHERE label IS DISTINCT FROM exp_special_cause_type) AS labels,
	count(*) FILTER (WHERE exp_point_type IS DISTINCT FROM CASE
		WHEN NOT is_special THEN 'common_cause'
		WHEN is_improvement THEN 'special_cause_improvement' WHEN is_concern THEN 'special_cause_concern'
		WHEN rules & 341 <> 0 THEN 'special_cause_neutral_high' ELSE 'special_cause_neutral_low' END) AS types,
	count(*) FILTER (WHERE exp_outside_limits <> (rules & 3 <> 0)
		OR exp_relative_to_mean <> sign(y - centre)
		OR exp_close_to_limits <> ((y > upper_two_sigma OR y < lower_two_sigma) AND rules & 3 = 0)
		OR exp_rebase_group <> phase - 1 OR exp_short_group_warning <> is_short_phase) AS flags,
	count(*) FILTER (WHERE exp_two_in_three_member IS NOT NULL
		AND (exp_two_in_three_member <> 0) <> (rules & 48 <> 0)
		OR exp_beyond_two_sigma <> (y > upper_two_sigma OR y < lower_two_sigma)) AS members
FROM drawn GROUP BY file;

SELECT diag(format('xmr_%s.csv: %s points, largest relative error %s', file, points, worst)) FROM xmr_file ORDER BY file;
SELECT is(sum(points), 1416::numeric, 'all XmR files are read') FROM xmr_file;
SELECT cmp_ok(worst, '<', 1e-9::double precision, 'centre and limits of xmr_' || file) FROM xmr_file ORDER BY file;
SELECT is(labels, 0::bigint, 'labels of xmr_' || file) FROM xmr_file ORDER BY file;
SELECT is(types, 0::bigint, 'improvement and concern of xmr_' || file) FROM xmr_file ORDER BY file;
SELECT is(flags, 0::bigint, 'flags and phases of xmr_' || file) FROM xmr_file ORDER BY file;
SELECT is(members, 0::bigint, 'members of two of three of 2023') FROM xmr_file WHERE file = 'mdc_two_sigma_2023';

-- The set form and the array form give the same points.
SELECT is_empty($$
	SELECT d.file, d.series, d.x FROM drawn AS d
	JOIN spc_xmr_rows('SELECT file || series AS series, x AS period, y AS value, rebase_here = 1 AS rebase, target FROM drawn
			WHERE screen_outliers AND fix_after_n_points IS NULL', two_of_three => 'near_limit') AS r
		ON r.series = d.file || d.series AND r.period = d.x
	WHERE d.screen_outliers AND d.fix_after_n_points IS NULL AND d.file <> 'mdc_two_sigma_2023'
	AND ((r.centre, r.lower, r.upper, r.lower_two_sigma, r.upper_two_sigma, r.moving_range, r.phase, r.rules, r.is_high_range, r.is_short_phase)
	  IS DISTINCT FROM (d.centre, d.lower, d.upper, d.lower_two_sigma, d.upper_two_sigma, d.moving_range, d.phase, d.rules, d.is_high_range, d.is_short_phase))$$,
	'spc_xmr_rows of a query agrees with the window function');
SELECT is_empty($$
	SELECT d.file, d.series, d.x
	FROM (SELECT file, series, array_agg(y ORDER BY x) AS y, array_agg(rebase_here = 1 ORDER BY x) AS rebase,
			max(improvement_direction) AS direction, max(target) AS target, max(fix_after_n_points) AS fix_after,
			bool_and(screen_outliers) AS screen
		FROM drawn GROUP BY 1, 2) AS s,
		LATERAL spc_xmr_rows(s.y, direction => s.direction, target => s.target, rebase => s.rebase, fix_after => s.fix_after, screen => s.screen,
			two_of_three => CASE s.file WHEN 'mdc_two_sigma_2023' THEN 'beyond_two_sigma' ELSE 'near_limit' END) AS r
	JOIN drawn AS d ON true
	WHERE d.file = s.file AND d.series = s.series AND d.place = r.ordinal
	AND ((r.value, r.centre, r.lower, r.upper, r.rules, r.assurance, r.is_improvement, r.is_concern)
	  IS DISTINCT FROM (d.y, d.centre, d.lower, d.upper, d.rules, d.assurance, d.is_improvement, d.is_concern))$$,
	'spc_xmr_rows of an array agrees with the window function');

-- ---------------------------------------------------------------------
-- Icons: NHSRplotthedots
-- ---------------------------------------------------------------------
CREATE TEMP TABLE icon (
	series text, "values" text, improvement_direction text, target double precision, exp_mean double precision,
	exp_lpl double precision, exp_upl double precision, exp_last_special_cause text, exp_variation_type text,
	exp_assurance_type text);
\set file 'tail -n +2 ' :shared '/data/variance/xmr_icons.csv'
COPY icon FROM PROGRAM :'file' (FORMAT csv, HEADER);
CREATE TEMP TABLE icon_drawn AS
SELECT i.series, exp_mean, exp_lpl, exp_upl, exp_last_special_cause, exp_variation_type, exp_assurance_type, s.* FROM icon AS i, LATERAL (
	SELECT (spc_summary(v::double precision, NULL, place, CASE improvement_direction WHEN 'increase' THEN 'higher_better'
		WHEN 'decrease' THEN 'lower_better' ELSE improvement_direction END, i.target, false, false,
		spc_options(two_of_three => 'near_limit'))).*
	FROM string_to_table("values", ';') WITH ORDINALITY AS t(v, place)) AS s;
SELECT diag(format('xmr_icons.csv: %s icons, largest relative error %s', count(*),
	max(greatest(pg_temp.off(centre, exp_mean), pg_temp.off(lower, exp_lpl), pg_temp.off(upper, exp_upl))))) FROM icon_drawn;
SELECT is(count(*), 72::bigint, 'all icons are read') FROM icon_drawn;
SELECT cmp_ok(max(greatest(pg_temp.off(centre, exp_mean), pg_temp.off(lower, exp_lpl), pg_temp.off(upper, exp_upl))), '<',
	1e-9::double precision, 'centre and limits of the icons') FROM icon_drawn;
SELECT is_empty('SELECT * FROM icon_drawn WHERE variation IS DISTINCT FROM exp_variation_type', 'variation icons');
SELECT is_empty('SELECT * FROM icon_drawn WHERE assurance IS DISTINCT FROM exp_assurance_type', 'assurance icons');
SELECT is_empty($$SELECT * FROM icon_drawn WHERE rule IS DISTINCT FROM CASE exp_last_special_cause
	WHEN 'Common Cause' THEN 'common_cause' WHEN 'Above UCL' THEN 'above_upper_limit' WHEN 'Below LCL' THEN 'below_lower_limit'
	WHEN '7 Points Above CL' THEN 'run_above' WHEN '7 Points Below CL' THEN 'run_below' ELSE exp_last_special_cause END$$,
	'rules of the last points');

-- ---------------------------------------------------------------------
-- qicharts2
-- ---------------------------------------------------------------------
CREATE TEMP TABLE qic (
	series text, chart text, screened_mr boolean, "freeze" integer, part_at text, exclude text, multiply double precision,
	x text, y_sum double precision, n double precision, sub_mean double precision, sub_sd double precision,
	exp_y double precision, exp_part integer, exp_cl double precision, exp_lcl double precision, exp_ucl double precision,
	exp_lcl95 double precision, exp_ucl95 double precision, exp_sigma_signal boolean, exp_runs_signal boolean,
	exp_n_useful integer, exp_longest_run integer, exp_longest_run_max integer, exp_n_crossings integer,
	exp_n_crossings_min integer, place serial, file text);
CREATE FUNCTION pg_temp.load_qic(file text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('COPY qic (series, chart, screened_mr, "freeze", part_at, exclude, multiply, x, y_sum, n, sub_mean, sub_sd, exp_y, exp_part, exp_cl, exp_lcl, exp_ucl, exp_lcl95, exp_ucl95, exp_sigma_signal, exp_runs_signal, exp_n_useful, exp_longest_run, exp_longest_run_max, exp_n_crossings, exp_n_crossings_min) FROM PROGRAM %L (FORMAT csv, HEADER)',
		format('tail -n +2 %s/data/variance/qic_%s.csv', current_setting('spc.shared'), file));
	UPDATE qic SET file = load_qic.file WHERE qic.file IS NULL;
END $$;
SELECT count(pg_temp.load_qic(file))::text AS ignored
FROM unnest('{freeze_part_exclude,own_example_data,p_u_c_g_t_run_mr,prime_i_t,xbar_s,xbar_s_2}'::text[]) AS file \gset

-- part_at numbers the last row of a part, exclude the rows to leave out.
CREATE TEMP TABLE qic_row AS
SELECT *, nth - 1 = ANY (string_to_array(part_at, ';')::integer[]) AS rebase, coalesce(nth = ANY (string_to_array(exclude, ';')::integer[]), false) AS ghost
FROM (SELECT *, row_number() OVER (PARTITION BY file, series ORDER BY place)::integer AS nth FROM qic) AS numbered;
CREATE TEMP TABLE qic_drawn AS
SELECT file, series, nth, (point).* FROM (
	SELECT *, spc_chart(CASE chart WHEN 'pp' THEN 'p_prime' WHEN 'up' THEN 'u_prime' WHEN 'ip' THEN 'i_prime' ELSE chart END,
			CASE WHEN chart IN ('c', 'p', 'pp', 'u', 'up', 'ip') THEN y_sum ELSE sub_mean END, n, rebase => rebase, ghost => ghost,
			fix_after => "freeze", screen => screened_mr, per => multiply, rule_set => 'anhoej')
		OVER (PARTITION BY file, series ORDER BY nth) AS point FROM qic_row WHERE chart NOT IN ('xbar', 's')
	UNION ALL
	SELECT *, spc_xbar(sub_mean, sub_sd, n, rule_set => 'anhoej') OVER (PARTITION BY file, series ORDER BY nth) FROM qic_row WHERE chart = 'xbar'
	UNION ALL
	SELECT *, spc_s(sub_sd, n, rule_set => 'anhoej') OVER (PARTITION BY file, series ORDER BY nth) FROM qic_row WHERE chart = 's'
) AS charts;
CREATE TEMP TABLE qic_point AS
SELECT r.*, value, centre, lower, upper, lower_two_sigma, upper_two_sigma, phase, rules
FROM qic_row AS r JOIN qic_drawn USING (file, series, nth);
CREATE TEMP TABLE qic_part AS
SELECT file, series, chart, exp_part,
	spc_runs(array_agg(value ORDER BY nth) FILTER (WHERE NOT ghost), min(centre)) AS runs,
	(array_agg(ROW(exp_n_useful, exp_longest_run, exp_longest_run_max, exp_n_crossings, exp_n_crossings_min)::text))[1] AS wanted
FROM qic_point GROUP BY file, series, chart, exp_part;
CREATE TEMP TABLE qic_file AS
SELECT file, count(*) AS points,
	max(greatest(pg_temp.off(value, exp_y), pg_temp.off(centre, exp_cl), pg_temp.off(lower, exp_lcl), pg_temp.off(upper, exp_ucl),
		pg_temp.off(lower_two_sigma, exp_lcl95), pg_temp.off(upper_two_sigma, exp_ucl95))) AS worst,
	count(*) FILTER (WHERE phase <> exp_part OR exp_sigma_signal <> (rules & 3 <> 0)
		OR exp_runs_signal AND NOT ghost AND rules & 3072 = 0 OR NOT exp_runs_signal AND rules & 3072 <> 0) AS signals
FROM qic_point GROUP BY file;
SELECT diag(format('qic_%s.csv: %s points, largest relative error %s', file, points, worst)) FROM qic_file ORDER BY file;
SELECT is(sum(points), (SELECT count(*)::numeric FROM qic), 'all qic files are read') FROM qic_file;
SELECT cmp_ok(worst, '<', 1e-9::double precision, 'values, centre and lines of qic_' || file) FROM qic_file ORDER BY file;
SELECT is(signals, 0::bigint, 'signals and parts of qic_' || file) FROM qic_file ORDER BY file;
SELECT is_empty($$SELECT file, series, exp_part, runs, wanted FROM qic_part
	WHERE ROW((runs).useful_points, (runs).longest_run, (runs).longest_run_max, (runs).crossings, (runs).crossings_min)::text <> wanted$$,
	'runs analysis of every part');

CREATE TEMP TABLE anhoej (n_useful integer, exp_longest_run_max text, exp_crossings_min text);
\set file 'tail -n +2 ' :shared '/data/variance/anhoej_limits.csv'
COPY anhoej FROM PROGRAM :'file' (FORMAT csv, HEADER);
SELECT is(count(*), 297::bigint, 'anhoej_limits.csv is read') FROM anhoej;
SELECT is_empty($$SELECT * FROM anhoej, spc_anhoej_limits(n_useful)
	WHERE longest_run_max <> exp_longest_run_max::double precision OR crossings_min <> exp_crossings_min::double precision$$,
	'limits of runs and crossings for 2 to 298 points');
\endif
SELECT * FROM finish();
ROLLBACK;
