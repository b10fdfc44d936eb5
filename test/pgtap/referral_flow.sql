-- Flow, conversion, attendance, groups compared, referrers: bad input, empty
-- input, the same figures from plain SQL.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(73);

SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT * FROM referral_conversion(NULL, ''2025-01-01'')', '22004'), ('SELECT * FROM referral_conversion(''SELECT 1 AS a'', ''2025-01-01'')', '42703'),
	('SELECT * FROM referral_conversion(''SELECT 1; SELECT 2'', ''2025-01-01'')', '22023'), ('SELECT * FROM referral_conversion(''DELETE FROM x'', ''2025-01-01'')', '22023'),
	('SELECT * FROM referral_conversion(''SELEC'', ''2025-01-01'')', '42601'),
	('SELECT * FROM referral_conversion(''SELECT now() AS referred_on, 5 AS first_contact_on, now() AS treated_on'', ''2025-01-01'')', '42804'),
	('SELECT * FROM referral_conversion(''SELECT current_date AS referred_on, current_date AS referred_on, current_date AS first_contact_on, current_date AS treated_on'', ''2025-01-01'')', '42701'),
	('SELECT * FROM referral_conversion(''SELECT date ''''2025-01-05'''' AS referred_on, date ''''2025-01-01'''' AS first_contact_on, NULL::date AS treated_on'', ''2025-02-01'')', '22003'),
	('SELECT * FROM referral_conversion(''SELECT NULL AS category, date ''''2025-01-05'''' AS referred_on, NULL::date AS first_contact_on, NULL::date AS treated_on'', ''2025-02-01'')', '22004'),
	('SELECT * FROM referral_conversion(''SELECT current_date AS referred_on, current_date AS first_contact_on, current_date AS treated_on'', ''infinity'')', '22008'),
	('SELECT * FROM referral_conversion(''SELECT current_date AS referred_on, current_date AS first_contact_on, current_date AS treated_on'', NULL)', '22004'),
	('SELECT * FROM referral_conversion(''SELECT current_date AS referred_on, current_date AS first_contact_on, current_date AS treated_on'', ''2025-01-01'', -1)', '22003'),
	('SELECT * FROM referral_conversion(''SELECT current_date AS referred_on, current_date AS first_contact_on, current_date AS treated_on'', ''2025-01-01'', 10, 1)', '22023'),
	('SELECT attendance_outcome(''9'')', '22023'), ('SELECT attendance_outcome('''')', '22023'), ('SELECT * FROM attendance_summary(''SELECT ''''1'''' AS code'')', '22023'),
	('SELECT * FROM attendance_summary(''SELECT ''''5'''' AS code'', NULL)', '22004'), ('SELECT * FROM attendance_summary(''SELECT 1 AS x'')', '42703'),
	('SELECT * FROM wait_comparison(''SELECT ''''a'''' AS category, 5 AS days'', ''b'')', '22023'), ('SELECT * FROM wait_comparison(''SELECT ''''a'''' AS category, 5 AS days'', NULL)', '22004'),
	('SELECT * FROM wait_comparison(''SELECT NULL AS category, 5 AS days'', ''b'')', '22004'), ('SELECT * FROM wait_comparison(''SELECT ''''a'''' AS category, -5 AS days'', ''a'')', '22003'),
	('SELECT * FROM wait_comparison(''SELECT ''''a'''' AS category, 5 AS days'', ''a'', -1)', '22003'),
	('SELECT * FROM referrer_variation(''SELECT 1 AS referrer, 100 AS list'')', '42703'), ('SELECT * FROM referrer_variation(''SELECT NULL::text AS referrer, 100 AS list, 5 AS referrals'')', '22004'),
	('SELECT * FROM referrer_variation(''SELECT ''''a'''' AS referrer, 0 AS list, 5 AS referrals'')', '22003'), ('SELECT * FROM referrer_variation(''SELECT ''''a'''' AS referrer, 10 AS list, -5 AS referrals'')', '22003'),
	('SELECT * FROM referrer_variation(''SELECT ''''a'''' AS referrer, 10 AS list, 5 AS referrals'', NULL::integer)', '42804'),
	('SELECT * FROM referrer_variation(''SELECT ''''a'''' AS referrer, 10 AS list, 5 AS referrals, 6 AS returned'')', '22003'),
	('SELECT referral_outcome_number(''lost'')', '22023'), ('SELECT * FROM referrer_feedback(''SELECT 1 AS referrer, 1 AS referral_id, current_date AS referred_on, ''''lost'''' AS outcome'')', '22023'),
	('SELECT * FROM referrer_feedback(''SELECT NULL::text AS referrer, 1 AS referral_id, current_date AS referred_on, ''''accepted'''' AS outcome'')', '22004')
) AS bad (statement, sqlstate);

-- ---------------------------------------------------------------------
-- Small formulas
-- ---------------------------------------------------------------------
SELECT is(clearance_weeks(1200, 100, 7), 12::float8, 'a list of 1,200 clears at 100 a week in 12 weeks');
SELECT is(clearance_weeks(1200, 0, 7), NULL, 'nobody removed: no clearance time');
SELECT is(list_growth(1000, 1030, 21), 10::float8, 'growth a week');
SELECT is(list_load(30, 0), NULL, 'no capacity: no load');
SELECT is(round(list_relief_capacity(10, 100, 40, 10, 400, 1)::numeric, 6), round((10 / 0.9 + 6)::numeric, 6), 'demand two standard errors higher');
SELECT is(list_relief_capacity(10, 100, 40, 10, 4, 1), NULL, 'too few referrals set no limit');
SELECT is(happened_within('2025-01-01', h, 30, a), r, format('happened %s, seen until %s', h, a))
FROM (VALUES ('2025-01-20'::date, '2025-02-15'::date, true), ('2025-01-31', '2025-02-15', true), ('2025-02-01', '2025-02-15', false), (NULL, '2025-02-15', false), ('2025-01-05', '2025-01-15', NULL), (NULL, NULL, NULL)) AS t (h, a, r);
SELECT is(cancellation_notice(c, '2025-03-30 12:00+00'), n, format('cancelled at %s', c))
FROM (VALUES ('2025-03-30 12:00+00'::timestamptz, 'after'), ('2025-03-29 12:00:01+00', 'under_24_hours'), ('2025-03-29 12:00+00', '1_to_2_days'), ('2025-03-27 12:00:01+00', '1_to_2_days'),
	('2025-03-27 12:00+00', '3_to_7_days'), ('2025-03-23 12:00+00', '3_to_7_days'), ('2025-03-23 11:59+00', 'over_7_days')) AS t (c, n);
SELECT is(array_agg(attendance_outcome(c) ORDER BY c), '{future,cancelled_by_patient,did_not_attend,cancelled_by_provider,attended,attended,did_not_attend}', 'attendance codes') FROM unnest('{0,2,3,4,5,6,7}'::text[]) AS c;
SELECT is(array_agg(attendance_outcome(c) ORDER BY c), '{attended,future,cancelled_by_patient,did_not_attend}', 'and words') FROM unnest('{attended,booked,cancelled_by_person,did_not_attend}'::text[]) AS c;

-- ---------------------------------------------------------------------
-- Conversion
-- ---------------------------------------------------------------------
SELECT setseed(0.5);
CREATE TABLE referral AS SELECT i AS id, 'P' || i % 8 AS practice, (ARRAY['q1', 'q2', 'q3', 'q4', 'q5'])[1 + i % 5] AS fifth, r AS referred_on, CASE WHEN random() < 0.8 THEN r + (random() * 90)::integer END AS first_contact_on
	FROM (SELECT i, date '2024-01-01' + (random() * 600)::integer AS r FROM generate_series(1, 4000) AS i) AS t;
ALTER TABLE referral ADD treated_on date, ADD ended_on date;
UPDATE referral SET treated_on = first_contact_on + (random() * 200)::integer WHERE random() < 0.6;
UPDATE referral SET ended_on = greatest(referred_on, first_contact_on) + 100 WHERE treated_on IS NULL AND random() < 0.3;
CREATE TABLE conversion AS SELECT * FROM referral_conversion('SELECT fifth AS category, referred_on, first_contact_on, treated_on, ended_on FROM referral;', '2025-08-31', 90);
SELECT is((SELECT count(*) FROM conversion), 15::bigint, 'five categories of three steps');
SELECT results_eq($$SELECT category, begun, observed, reached FROM conversion WHERE step = 'referral to first contact' ORDER BY category$$,
	$$SELECT fifth, count(*), count(*) FILTER (WHERE referred_on + 90 <= '2025-08-31'), count(*) FILTER (WHERE referred_on + 90 <= '2025-08-31' AND first_contact_on <= referred_on + 90)
	FROM referral WHERE referred_on <= '2025-08-31' GROUP BY fifth ORDER BY fifth$$, 'referrals that had their first contact in time');
SELECT results_eq($$SELECT category, begun, observed, reached FROM conversion WHERE step = 'first contact to treatment' ORDER BY category$$,
	$$SELECT fifth, count(*), count(*) FILTER (WHERE first_contact_on + 90 <= '2025-08-31'), count(*) FILTER (WHERE first_contact_on + 90 <= '2025-08-31' AND treated_on <= first_contact_on + 90)
	FROM referral WHERE first_contact_on <= '2025-08-31' GROUP BY fifth ORDER BY fifth$$, 'and of those, treated in time');
SELECT is_empty('SELECT * FROM conversion WHERE abs(share - reached::float8 / observed) > 1e-12 OR abs(lower - wilson_lower(reached, observed)) > 1e-12 OR abs(upper - wilson_upper(reached, observed)) > 1e-12', 'shares with Wilson''s limits');
SELECT results_eq($$SELECT category, median_days FROM conversion WHERE step = 'referral to treatment' ORDER BY category$$,
	$$SELECT fifth, (survival_median(CASE WHEN treated_on <= '2025-08-31' THEN treated_on ELSE least(ended_on, '2025-08-31') END - referred_on, coalesce(treated_on <= '2025-08-31', false))).value
	FROM referral WHERE referred_on <= '2025-08-31' GROUP BY fifth ORDER BY fifth$$, 'medians count those still waiting');
SELECT is_empty($$SELECT * FROM referral_conversion('SELECT referred_on, first_contact_on, treated_on FROM referral WHERE false', '2025-08-31')$$, 'no referrals, no rows');

-- ---------------------------------------------------------------------
-- Attendance
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT due, attended, did_not_attend, did_not_attend_share, cancelled_by_patient, cancelled_by_provider, notice_under_24_hours, notice_over_7_days, notice_unknown, first_visits, follow_ups, follow_ups_per_first
	FROM attendance_summary('SELECT c AS code, f AS is_first, timestamptz ''2025-01-10 10:00+00'' AS due_at, x AS cancelled_at FROM (VALUES (''5'', true, NULL::timestamptz), (''6'', false, NULL), (''5'', false, NULL), (''3'', true, NULL),
		(''2'', true, ''2025-01-10 09:00+00''), (''4'', true, ''2025-01-01 09:00+00''), (''2'', true, NULL), (''0'', true, NULL), (NULL, true, NULL)) AS t (c, f, x)')$$,
	$$VALUES (7::bigint, 3::bigint, 1::bigint, 0.25::float8, 2::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint, 2::bigint, 2::float8)$$, 'attendance, cancellation by notice, first to follow-up');

-- ---------------------------------------------------------------------
-- Groups compared
-- ---------------------------------------------------------------------
CREATE TABLE comparison_of AS SELECT * FROM wait_comparison('SELECT fifth AS category, first_contact_on - referred_on AS days FROM referral', 'q5', 42);
SELECT is((SELECT count(*) FROM comparison_of WHERE is_reference), 1::bigint, 'one reference');
SELECT is_empty('SELECT * FROM comparison_of AS c JOIN (SELECT fifth, count(first_contact_on) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY first_contact_on - referred_on) AS m,
	avg((first_contact_on - referred_on <= 42)::integer::float8) AS s FROM referral GROUP BY fifth) AS p ON p.fifth = c.category WHERE c.patients <> p.n OR c.median_days <> p.m OR abs(c.share_within - p.s) > 1e-12', 'medians and shares');
SELECT is_empty('SELECT * FROM comparison_of AS c, comparison_of AS r WHERE r.is_reference AND NOT c.is_reference AND (abs(c.median_ratio - c.median_days / r.median_days) > 1e-12 OR abs(c.share_ratio - c.share_within / r.share_within) > 1e-12
	OR abs(c.median_difference - (c.median_days - r.median_days)) > 1e-12 OR c.median_ratio NOT BETWEEN c.median_ratio_lower AND c.median_ratio_upper OR c.share_ratio NOT BETWEEN c.share_ratio_lower AND c.share_ratio_upper)', 'ratios and differences within their limits');
SELECT is_empty('SELECT * FROM comparison_of WHERE is_reference AND (median_ratio IS NOT NULL OR share_ratio IS NOT NULL)', 'the reference is not compared with itself');
-- Coverage: 1,000 pairs of groups of 50 and 80 with a true ratio of 1.5
SELECT setseed(0.9);
CREATE TEMP TABLE pair AS SELECT i / 130 AS pair, i % 130 < 50 AS is_first, round(10000 * -ln(random()) / (CASE WHEN i % 130 < 50 THEN 10 ELSE 15 END))::integer AS days FROM generate_series(0, 129999) AS i;
SELECT ok(avg(((c).lower <= 1.5 AND (c).upper >= 1.5)::integer) BETWEEN 0.93 AND 0.985, format('Price and Bonett''s ratio covers in %s', avg(((c).lower <= 1.5 AND (c).upper >= 1.5)::integer)))
FROM (SELECT median_ratio((a.e).median, (a.e).log_variance, (b.e).median, (b.e).log_variance) AS c
	FROM (SELECT pair, wait_median_estimate(days) AS e FROM pair WHERE is_first GROUP BY pair) AS a JOIN (SELECT pair, wait_median_estimate(days) AS e FROM pair WHERE NOT is_first GROUP BY pair) AS b USING (pair)) AS x;

-- ---------------------------------------------------------------------
-- Referrers
-- ---------------------------------------------------------------------
CREATE TABLE practice AS SELECT 'P' || p AS referrer, b AS band, 800 + p * 40 + b * 10 AS list, 10 + (p * 7 + b * 3) % 11 AS referrals, p % 3 AS returned, 1 AS redirected, 8 AS first_visits, b % 2 AS discharged_at_first, 900.0 AS weighted_list
	FROM generate_series(1, 12) AS p, generate_series(1, 4) AS b;
CREATE TABLE variation_of AS SELECT * FROM referrer_variation('SELECT * FROM practice');
SELECT is_empty('SELECT * FROM variation_of AS v JOIN (SELECT p.referrer, sum(p.referrals) AS n, sum(p.list * r.rate) AS e FROM practice AS p JOIN (SELECT band, sum(referrals)::float8 / sum(list) AS rate FROM practice GROUP BY band) AS r USING (band) GROUP BY p.referrer) AS s
	USING (referrer) WHERE v.referrals <> s.n OR abs(v.expected - s.e) > 1e-9 OR abs(v.ratio - s.n / s.e) > 1e-9', 'referrals over those expected of the list');
SELECT ok(abs(sum(expected) - sum(referrals)) < 1e-6, 'expected referrals add up to the referrals') FROM variation_of;
SELECT is_empty('SELECT * FROM variation_of WHERE abs(rate_per_1000 - 1000 * referrals / 3600) > 1e-9 OR abs(rate_lower - 1000 * byar_lower(referrals) / 3600) > 1e-9 OR abs(returned_share - returned / referrals) > 1e-12
	OR abs(returned_upper - wilson_upper(returned, referrals)) > 1e-12 OR abs(discharged_share - 2 / 32.0) > 1e-12 OR ratio NOT BETWEEN ratio_lower AND ratio_upper OR ratio_lower < ratio_lower_outer', 'rates, shares and limits');
SELECT is(pg_typeof(referrer), 'bigint'::regtype, 'ids come back in the type they came in') FROM referrer_variation('SELECT 5 AS referrer, 100 AS list, 3 AS referrals', NULL::bigint);
SELECT is((SELECT count(*) FROM referrer_variation('SELECT * FROM practice WHERE false')), 0::bigint, 'no practices, no rows');
SELECT is((SELECT ratio FROM referrer_variation('SELECT ''a'' AS referrer, 10 AS list, 5 AS referrals')), 1::float8, 'a referrer alone is as expected');

CREATE TABLE feedback AS SELECT * FROM referrer_feedback('SELECT practice AS referrer, ''R'' || id AS referral_id, referred_on, (ARRAY[''accepted'', ''returned'', ''redirected'', ''discharged_at_first'', NULL])[1 + id / 8 % 5] AS outcome, ''ENT'' AS service, ''no x-ray'' AS reason FROM referral');
SELECT results_eq('SELECT referrer, referrals, returned, redirected, discharged_at_first FROM feedback ORDER BY referrer',
	'SELECT practice, count(*) FILTER (WHERE id / 8 % 5 < 4), count(*) FILTER (WHERE id / 8 % 5 = 1), count(*) FILTER (WHERE id / 8 % 5 = 2), count(*) FILTER (WHERE id / 8 % 5 = 3) FROM referral GROUP BY practice ORDER BY practice', 'feedback counts');
SELECT is_empty('SELECT referrer FROM feedback WHERE (length(message) - length(replace(message, ''ENT'', ''''))) / 3 <> returned + redirected + discharged_at_first', 'each referral that came back is listed once');
SELECT * FROM finish();
ROLLBACK;
