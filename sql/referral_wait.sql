-- Waiting lists and flow: what a user types and what comes back.
SET search_path = public, caregroup;
SET extra_float_digits = -6;
SET datestyle = ISO;

-- Bands
SELECT d AS days, rtt_band(d), community_band(d) FROM unnest('{0,7,8,126,127,364,365,728,729,100000,NULL}'::integer[]) AS d;
SELECT * FROM rtt_bands() WHERE band IN (1, 2, 18, 19, 100, 104, 105);
SELECT * FROM community_bands();
SELECT part, name FROM rtt_return_parts();
SELECT community_band_counts(d), wait_band_counts(d, '{30,90}'), (rtt_band_counts(d))[1:5] FROM generate_series(0, 400) AS d;
SELECT wait_problem('2025-02-01', '2025-01-01'), wait_problem(NULL, NULL), wait_problem('2025-01-01', NULL);
SELECT rtt_band(-1);
SELECT wait_band_counts(1, '{7,3}');

-- Percentiles
SELECT wait_median(d), wait_percentile(d, 0.92), (wait_summary(d)).* FROM generate_series(0, 999) AS d;
SELECT (wait_median_estimate(d)).* FROM generate_series(10, 110) AS d;
SELECT * FROM median_ratio(60, 0.01, 40, 0.02);
SELECT * FROM median_difference(60, 9, 40, 16);
SELECT * FROM share_ratio(30, 40, 20, 50);
SELECT (rtt_percentile(c, 0.5)).*, (rtt_summary(c)).* FROM (SELECT array_fill(10::bigint, ARRAY[105]) AS c) AS t;
SELECT (rtt_percentile(array_fill(10::bigint, ARRAY[104]) || NULL::bigint, 0.5, 7)).*;
SELECT published_count('*'), published_count('12,345');
SELECT wait_percentile(1, 92);

-- Lists on given days
CREATE TABLE list_pathway (id int, started date, stopped date, reason text);
INSERT INTO list_pathway VALUES (1, '2025-01-01', '2025-01-10', 'treated'), (2, '2025-01-01', NULL, NULL), (3, '2025-01-08', '2025-01-08', 'declined'), (4, '2025-01-09', '2025-01-22', NULL),
	(5, '2024-01-01', '2025-01-15', 'died'), (6, NULL, NULL, NULL), (7, '2025-03-01', NULL, NULL);
SELECT s.* FROM (SELECT list_snapshots(started, stopped, reason, snapshot_dates('2025-01-01', '2025-01-29')) AS list FROM list_pathway) AS l, unnest(l.list) AS s;
SELECT s.as_at, s.waiting, s.over_days FROM (SELECT list_snapshots(started, stopped, reason, '{2025-01-09,2025-01-16}', '{7,14}') AS list FROM list_pathway) AS l, unnest(l.list) AS s;
SELECT snapshot_dates('2025-01-01', '2025-04-30', 'month'), snapshot_dates('2025-01-01', '2025-01-03', 'day');
SELECT list_snapshots('2025-02-01', '2025-01-01', 'treated', '{2025-01-01}');
SELECT list_snapshots('2025-01-01', '2025-02-01', 'cured', '{2025-01-01}');
SELECT clearance_weeks(1200, 400, 28), list_growth(1000, 1040, 28), list_load(30, 25), list_target_size(30, 18), list_relief_capacity(30, 900, 135), list_target_capacity(30, 18), list_pressure(12, 18);

-- Time to treatment
CREATE TABLE remission (weeks int, relapsed boolean);
INSERT INTO remission SELECT abs(w), w > 0 FROM unnest('{6,6,6,-6,7,-9,10,-10,-11,13,16,-17,-19,-20,22,23,-25,-32,-32,-34,-35}'::int[]) AS w;
SELECT c.* FROM (SELECT survival_curve(weeks, relapsed) AS curve FROM remission) AS t, unnest(t.curve) AS c;
SELECT (survival_median(weeks, relapsed)).*, (survival_quantile(weeks, relapsed, 0.25, 0.9, 'plain')).* FROM remission;
SELECT (survival_at(survival_curve(weeks, relapsed, 0.95, 'plain'), 12)).* FROM remission;
SELECT c.* FROM (SELECT cumulative_incidence(weeks, CASE WHEN NOT relapsed THEN 0 WHEN weeks % 2 = 0 THEN 1 ELSE 2 END) AS curve FROM remission) AS t, unnest(t.curve) AS c WHERE c."time" > 12;
SELECT survival_curve(1, true, 0.95, 'wald');

-- Flow
SELECT happened_within('2025-01-01', '2025-01-20', 30, '2025-03-01'), happened_within('2025-01-01', '2025-01-20', 30, '2025-01-25');
SELECT * FROM referral_conversion('SELECT date ''2025-01-01'' + i AS referred_on, date ''2025-01-11'' + i AS first_contact_on, CASE WHEN i % 2 = 0 THEN date ''2025-02-01'' + i END AS treated_on FROM generate_series(1, 50) AS i', '2025-06-01', 60);
SELECT * FROM attendance_summary('SELECT (ARRAY[''5'', ''6'', ''3'', ''2'', ''4''])[1 + i % 5] AS code, i % 3 = 0 AS is_first FROM generate_series(1, 100) AS i') \gx
SELECT * FROM wait_comparison('SELECT (ARRAY[''a'', ''b''])[1 + i % 2] AS category, i % 97 + 10 * (i % 2) AS days FROM generate_series(1, 400) AS i', 'a') \gx
SELECT * FROM wait_comparison('SELECT ''a'' AS category, 5 AS days', 'b');
SELECT * FROM referral_conversion('SELECT 1 AS x', '2025-01-01');

-- Referrers
SELECT referrer, referrals, expected, ratio, ratio_lower, ratio_upper, level, returned_share FROM referrer_variation('SELECT p AS referrer, b AS band, 1000 * b AS list, 20 + p * b AS referrals, p AS returned FROM generate_series(1, 3) AS p, generate_series(1, 2) AS b', NULL::int);
SELECT * FROM referrer_feedback('SELECT ''A'' AS referrer, i AS referral_id, date ''2025-01-01'' + i AS referred_on, (ARRAY[''accepted'', ''returned'', ''discharged_at_first''])[1 + i % 3] AS outcome FROM generate_series(1, 6) AS i') \gx
SELECT referral_outcome_number('lost');
DROP TABLE list_pathway, remission;
