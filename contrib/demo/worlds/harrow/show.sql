-- What the harrow hub answers on its first page.
-- Run with psql -v hub=NAME.

SET search_path = :"hub", public;
\pset footer off
\pset null '-'

\echo 'A community musculoskeletal service of 33 practices: first answers from its hub.'
\echo
\echo 'The Monday page: what is special this week, most important first  (caregroup.monday)'
\pset format unaligned
\pset tuples_only on
SELECT format('%2s. %s', rank, sentence) FROM caregroup.monday(:'hub') WHERE rank <= 12;
\pset tuples_only off
\pset format aligned
\echo

\echo 'Who is it for?  (report_population)'
SELECT to_char(sum(people), 'FM999,999') AS people,
    round(100 * sum(people) FILTER (WHERE sex = 'female') / sum(people)) AS female_percent,
    round(100 * sum(people) FILTER (WHERE age_band >= '65-69' AND age_band <> 'unknown') / sum(people)) AS aged_65_and_over_percent
FROM report_population
WHERE organisation_level = 0 AND basis = 'registered';

\echo 'What was asked of it and what was done in the last whole year?  (report_referral_flow, report_activity)'
SELECT service_name AS service, sum(received) AS received, sum(seen) AS seen, sum(closed) AS closed
FROM report_referral_flow
WHERE organisation_level = 0 AND period_start >= date '2025-10-01' AND period_start < date '2026-10-01'
GROUP BY service_name ORDER BY received DESC;

SELECT setting, kind, sum(attended) AS attended,
    round(100 * sum(did_not_attend) / nullif(sum(attended) + sum(did_not_attend), 0), 1) AS did_not_attend_percent,
    to_char(sum(cost_gbp) / 1e6, 'FM990.0') AS cost_million_gbp
FROM report_activity
WHERE organisation_level = 0 AND period_start >= date '2025-10-01' AND period_start < date '2026-10-01'
GROUP BY setting, kind ORDER BY setting, sum(attended) DESC;

\echo 'Who waits, and how long?  (report_waiting_list)'
SELECT service_name AS service, sum(referrals) AS waiting,
    sum(referrals) FILTER (WHERE weeks_waited >= 6) AS six_weeks_and_over,
    sum(referrals) FILTER (WHERE weeks_waited >= 18) AS eighteen_weeks_and_over,
    max(weeks_waited) AS longest_weeks
FROM report_waiting_list
WHERE organisation_level = 0
GROUP BY service_name ORDER BY waiting DESC;

\echo 'Which standards were missed in September 2026, and which are getting worse?  (report_standard)'
SELECT organisation_name AS site, standard_name AS standard, service_name AS service,
    round(100 * value::numeric, 1) AS percent, round(100 * target::numeric) AS target, direction
FROM report_standard
WHERE organisation_kind = 'site' AND period_start = date '2026-09-01'
    AND (NOT meets_target OR direction = 'worsening') AND denominator >= 10
ORDER BY direction = 'worsening' DESC, value
LIMIT 12;

\echo 'Which clinics stand idle?  (report_session_use, the last six months)'
SELECT organisation_name AS site, service_name AS service, weekday_name AS weekday,
    sum(sessions) AS sessions, round(100 * sum(slots_booked) / sum(slots_offered)) AS booked_percent
FROM report_session_use
WHERE organisation_kind = 'site' AND period_start >= date '2026-04-01'
GROUP BY organisation_name, service_name, weekday, weekday_name
HAVING sum(slots_offered) >= 50
ORDER BY sum(slots_booked) / sum(slots_offered)
LIMIT 5;

\echo 'Who refers more than age and sex explain?  (report_referrer_variation, twelve months)'
SELECT organisation_name AS practice, sum(referrals) AS referrals, round(sum(expected)) AS expected,
    round(sum(referrals) / sum(expected), 2) AS ratio,
    round((100 * sum(returned) / sum(referrals))::numeric, 1) AS returned_percent
FROM report_referrer_variation
WHERE organisation_kind = 'site' AND expected IS NOT NULL
GROUP BY organisation_id, organisation_name
ORDER BY sum(referrals) / sum(expected) DESC
LIMIT 5;

\echo 'How good are the data?  (check_hub)'
SELECT entity, check_name, column_name, detail, rows
FROM check_result
WHERE check_run = (SELECT max(check_run) FROM check_result) AND provider_id IS NULL AND rows > 0
    AND check_name NOT IN ('rows', 'complete', 'plan advice')
ORDER BY rows DESC
LIMIT 12;

\echo 'What must be read this month, ranked by what chance explains least?  (report_exception)'
\pset format unaligned
\pset tuples_only on
SELECT format('%s (q %s)', sentence, round(q_value::numeric, 3)) FROM report_exception
WHERE organisation_level <= 1 AND organisation_kind <> 'site' AND variation LIKE 'special_cause%' AND q_value <= 0.2 ORDER BY q_value, sentence LIMIT 5;
\pset tuples_only off
\pset format aligned

\echo 'Did the changes of the year help?  (report_variance_change)'
SELECT period_start AS changed, left(change_text, 60) AS change, organisation_name AS organisation, service_name AS service, left(indicator_name, 40) AS indicator,
    round(before_mean::numeric, 1) AS before, round(after_mean::numeric, 1) AS after, judgement
FROM report_variance_change
WHERE abs(z) > 4 AND organisation_level <= 1 AND judgement <> 'no clear change' ORDER BY abs(z) DESC LIMIT 4;
