-- What the kent hub answers on its first page.
-- Run with psql -v hub=NAME.

SET search_path = :"hub", public;
\pset footer off
\pset null '-'

\echo 'Community services for Kent and Medway in four lots: first answers from its hub.'
\echo
\echo 'What is wrong this week?  (monday, the first eight)'
SELECT rank, sentence FROM caregroup.monday(:'hub') WHERE rank <= 8;

\echo 'For whom, and where?  (report_population: residents; sites by lot)'
SELECT to_char(sum(people), 'FM9,999,999') AS residents,
    round(100 * sum(people) FILTER (WHERE age_band >= '65-69') / sum(people)) AS aged_65_and_over_percent,
    (SELECT count(*) FROM area WHERE deprivation_decile <= 3) AS deprived_areas, (SELECT count(*) FROM site) AS sites
FROM report_population
WHERE organisation_level = 0 AND basis = 'resident';

\echo 'What does each lot see in a year, and at what cost?  (report_activity, report_spend)'
SELECT a.organisation_name AS lot, to_char(a.attended, 'FM999,999,999') AS contacts, a.at_home AS at_home_percent, a.remote AS remote_percent,
    to_char(s.cost / 1e6, 'FM990.0') AS spent_million_gbp, round(100 * (s.cost / s.planned - 1), 1) AS over_plan_percent
FROM (SELECT organisation_id, organisation_name, sum(attended) AS attended,
          round(100 * sum(attended) FILTER (WHERE modality = 'home_visit') / sum(attended)) AS at_home,
          round(100 * sum(attended) FILTER (WHERE modality IN ('telephone', 'video')) / sum(attended)) AS remote
      FROM report_activity
      WHERE organisation_kind = 'partnership' AND period_start >= '2025-10-01' AND period_start < '2026-10-01' GROUP BY 1, 2) AS a
    JOIN (SELECT organisation_id, sum(cost_gbp) AS cost, sum(planned_gbp) AS planned
          FROM report_spend
          WHERE organisation_kind = 'partnership' AND period_start >= '2025-10-01' AND period_start < '2026-10-01' GROUP BY 1) AS s USING (organisation_id)
ORDER BY a.attended DESC;

\echo 'Which contracts overspend?  (report_spend, January to September 2026)'
SELECT lot, service_name AS service, to_char(sum(cost_gbp), 'FM999,999,999') AS spent_gbp, to_char(sum(planned_gbp), 'FM999,999,999') AS planned_gbp,
    round(100 * (sum(cost_gbp) / sum(planned_gbp) - 1), 1) AS over_percent
FROM report_spend
WHERE organisation_level = 0 AND period_start >= '2026-01-01' AND period_start < '2026-10-01' AND cost_gbp IS NOT NULL
GROUP BY lot, contract_id, service_name
ORDER BY sum(cost_gbp) / sum(planned_gbp) DESC
LIMIT 3;

\echo 'Is an urgent call answered within two hours?  (report_standard, quarters, percent)'
SELECT organisation_name AS lot, q.before_go_live, q.first_year, q.quarter_to_june, q.quarter_to_september, q.goal AS agreed_percent
FROM (SELECT organisation_name,
          round(100 * sum(numerator) FILTER (WHERE period_start < '2025-04-01') / sum(denominator) FILTER (WHERE period_start < '2025-04-01')) AS before_go_live,
          round(100 * sum(numerator) FILTER (WHERE period_start >= '2025-04-01' AND period_start < '2026-04-01') / sum(denominator) FILTER (WHERE period_start >= '2025-04-01' AND period_start < '2026-04-01')) AS first_year,
          round(100 * sum(numerator) FILTER (WHERE period_start >= '2026-04-01' AND period_start < '2026-07-01') / sum(denominator) FILTER (WHERE period_start >= '2026-04-01' AND period_start < '2026-07-01')) AS quarter_to_june,
          round(100 * sum(numerator) FILTER (WHERE period_start >= '2026-07-01') / sum(denominator) FILTER (WHERE period_start >= '2026-07-01')) AS quarter_to_september,
          round(100 * max(target)) AS goal
      FROM report_standard WHERE standard_id = 'UCR2H' AND organisation_kind = 'partnership' GROUP BY 1) AS q
ORDER BY 1;

\echo 'Who waits longest for a first contact?  (report_waiting_list)'
SELECT service_name AS service, sum(referrals) AS waiting, sum(referrals) FILTER (WHERE weeks_waited >= 12) AS twelve_weeks_and_over,
    sum(referrals) FILTER (WHERE weeks_waited >= 18) AS eighteen_weeks_and_over, max(weeks_waited) AS longest_weeks
FROM report_waiting_list
WHERE organisation_level = 0
GROUP BY service_name
ORDER BY sum(referrals) FILTER (WHERE weeks_waited >= 12) DESC NULLS LAST
LIMIT 6;

\echo 'Do people of the most deprived areas wait longer for the same service?  (report_wait_gap: ratio to everybody else)'
SELECT organisation_name AS lot, round(max(ratio) FILTER (WHERE period_start = '2025-07-01')::numeric, 2) AS summer_2025,
    round(max(ratio) FILTER (WHERE period_start = '2026-04-01')::numeric, 2) AS spring_2026,
    round(max(ratio) FILTER (WHERE period_start = '2026-07-01')::numeric, 2) AS summer_2026,
    round(max(lower) FILTER (WHERE period_start = '2026-07-01')::numeric, 2) AS at_least
FROM report_wait_gap
WHERE organisation_kind = 'partnership' AND dimension = 'deprivation' AND group_name = 'fifth 1'
GROUP BY organisation_id, organisation_name ORDER BY summer_2026 DESC;

\echo 'Whose people are referred less than their age and sex lead one to expect?  (report_referral_residence)'
SELECT organisation_name AS place, sum(referred) AS referred, round(sum(expected)) AS expected, round(sum(referred) / sum(expected), 2) AS ratio
FROM report_referral_residence
WHERE organisation_kind = 'care_group' GROUP BY organisation_id, organisation_name ORDER BY ratio LIMIT 3;
\echo 'Who cancels?  (report_activity along the hierarchy of providers, twelve months)'
SET caregroup.hierarchy = 'provider';
SELECT organisation_name AS provider, to_char(sum(attended), 'FM999,999,999') AS attended,
    round(100 * sum(cancelled_by_provider) / sum(attended + did_not_attend + cancelled_by_person + cancelled_by_provider), 1) AS cancelled_by_provider_percent,
    round(100 * sum(did_not_attend) / nullif(sum(attended + did_not_attend), 0), 1) AS did_not_attend_percent
FROM report_activity
WHERE organisation_level = 0 AND organisation_kind = 'provider' AND period_start >= '2025-10-01' AND period_start < '2026-10-01'
GROUP BY 1 ORDER BY 3 DESC;
RESET caregroup.hierarchy;

\echo 'How good are the data?  (check_hub)'
SELECT entity, check_name, column_name, detail, rows
FROM check_result
WHERE check_run = (SELECT max(check_run) FROM check_result) AND provider_id IS NULL AND rows > 0
    AND check_name NOT IN ('rows', 'complete', 'plan advice')
ORDER BY rows DESC
LIMIT 8;

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
