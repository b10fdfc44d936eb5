-- What the dms hub answers on its first page.
-- Run with psql -v hub=NAME.

SET search_path = :"hub", public;
\pset footer off
\pset null '-'

\echo 'Armed forces primary healthcare in 20 care groups, six regions and overseas: first answers from its hub.'
\echo
\echo 'The Monday page: what is special this week, most important first  (caregroup.monday)'
\pset format unaligned
\pset tuples_only on
SELECT format('%2s. %s', rank, sentence) FROM caregroup.monday(:'hub') WHERE rank <= 10;
\pset tuples_only off
\pset format aligned
\echo

-- Regulars are on the list of a medical and of a dental facility: the population
-- at risk is that of the medical ones.
\echo 'Who is at risk, and where?  (report_population, medical facilities by region)'
SELECT r.organisation_name AS region, count(DISTINCT s.site_id) AS medical_facilities,
    sum(p.people) FILTER (WHERE p.population_group = 'regular') AS regulars,
    sum(p.people) FILTER (WHERE p.population_group = 'dependant') AS dependants,
    sum(p.people) FILTER (WHERE p.population_group = 'reservist') AS reservists
FROM chain AS r
    JOIN site AS s ON s.site_id = r.site_id AND s.kind = 'medical'
    JOIN report_population AS p ON p.organisation_kind = 'site' AND p.organisation_id = s.site_id AND p.basis = 'registered'
WHERE r.hierarchy = 'command' AND r.organisation_kind IN ('region', 'headquarters')
GROUP BY r.organisation_level, r.organisation_id, r.organisation_name ORDER BY r.organisation_level, r.organisation_id;
\echo 'Two care groups cross regions and count in both, so that the regions add up to more than headquarters.'
\echo

\echo 'How is rehabilitation doing against 10 working days, and who is getting worse?  (report_standard, the last three months)'
SELECT organisation_name AS region_or_facility, sum(denominator) AS assessed,
    round(100.0 * sum(numerator) / sum(denominator)) AS within_10_days_percent,
    bool_or(direction = 'worsening') FILTER (WHERE period_start = date '2026-09-01') AS worsening
FROM report_standard AS t
WHERE standard_id = 'PCRF10WD' AND period_start >= date '2026-07-01'
    AND (organisation_kind IN ('headquarters', 'region')
         OR organisation_kind = 'site' AND EXISTS (SELECT FROM report_standard AS w WHERE w.standard_id = t.standard_id
             AND w.organisation_id = t.organisation_id AND w.direction = 'worsening' AND w.period_start = date '2026-09-01' AND w.denominator >= 10))
GROUP BY organisation_level, organisation_kind, organisation_id, organisation_name
ORDER BY organisation_level, sum(numerator)::numeric / sum(denominator);

\echo 'Which other standards are missed?  (report_standard, headquarters, September 2026)'
SELECT standard_name AS standard, denominator AS ended, round(100 * value::numeric) AS percent, round(100 * target::numeric) AS target, meets_target
FROM report_standard
WHERE organisation_kind = 'headquarters' AND period_start = date '2026-09-01' ORDER BY value;

\echo 'Are people fit for their task, and whose review is overdue?  (report_fitness)'
SELECT organisation_name AS region, sum(graded) AS graded,
    round(100 * sum(graded) FILTER (WHERE deployability = 'fully deployable') / sum(graded)) AS fully_deployable_percent,
    round(100 * sum(review_overdue) / sum(graded), 1) AS review_overdue_percent
FROM report_fitness
WHERE organisation_kind = 'region'
GROUP BY organisation_id, organisation_name ORDER BY organisation_id;

SELECT u.unit_name AS unit, u.facility_code AS facility, sum(f.graded) AS graded, sum(f.review_overdue) AS review_overdue,
    round(100 * sum(f.review_overdue) / sum(f.graded)) AS percent
FROM report_fitness AS f JOIN warehouse.dim_unit AS u ON u.unit_code = f.organisation_id
WHERE f.organisation_kind = 'unit'
GROUP BY u.unit_code, u.unit_name, u.facility_code HAVING sum(f.graded) >= 10
ORDER BY caregroup.wilson_limit(sum(f.review_overdue), sum(f.graded), -3.090232306167814) DESC
LIMIT 3;

\echo 'Where are dental inspections past due?  (report_recall)'
SELECT organisation_name AS dental_centre, due, past_due, round(100.0 * past_due / due) AS past_due_percent, past_due_12_weeks, longest_weeks
FROM report_recall
WHERE organisation_kind = 'site' AND service_id = 'DENT' AND kind = 'inspection' AND due >= 20
ORDER BY past_due::numeric / due DESC
LIMIT 5;

\echo 'Which care groups have sessions to spare?  (report_session_use, general practice and nursing, twelve months)'
SELECT organisation_name AS care_group, weekday_name AS weekday, sum(sessions) AS sessions, sum(slots_offered) AS slots,
    round(100 * sum(slots_booked) / sum(slots_offered)) AS booked_percent
FROM report_session_use
WHERE organisation_kind = 'care_group' AND service_id IN ('GPMO', 'NURS') AND period_start >= date '2025-10-01' AND period_start < date '2026-10-01'
GROUP BY organisation_id, organisation_name, weekday, weekday_name
ORDER BY sum(slots_booked) / sum(slots_offered)
LIMIT 4;

\echo 'Who sees few people by telephone or video?  (report_activity, general practice and nursing, twelve months)'
SELECT organisation_name AS facility, sum(attended) AS consultations,
    round(100 * coalesce(sum(attended) FILTER (WHERE modality IN ('telephone', 'video')), 0) / sum(attended)) AS remote_percent
FROM report_activity
WHERE organisation_kind = 'site' AND service_id IN ('GPMO', 'NURS') AND period_start >= date '2025-10-01' AND period_start < date '2026-10-01'
GROUP BY organisation_id, organisation_name HAVING sum(attended) >= 100
ORDER BY coalesce(sum(attended) FILTER (WHERE modality IN ('telephone', 'video')), 0) / sum(attended)
LIMIT 4;

\echo 'Who waits for mental health care, and how long?  (report_waiting_list)'
SELECT organisation_name AS department, sum(referrals) AS waiting,
    coalesce(sum(referrals) FILTER (WHERE weeks_waited >= 6), 0) AS six_weeks_and_over, max(weeks_waited) AS longest_weeks
FROM report_waiting_list
WHERE organisation_kind = 'site' AND service_id = 'DCMH'
GROUP BY organisation_id, organisation_name ORDER BY six_weeks_and_over DESC, waiting DESC
LIMIT 4;

\echo 'Where do temporary staff run the sessions?  (report_staff_use)'
SELECT organisation_name AS region, sum(sessions) AS sessions,
    round(100 * sum(sessions) FILTER (WHERE employment = 'temporary') / sum(sessions)) AS temporary_percent
FROM report_staff_use
WHERE organisation_kind = 'region'
GROUP BY organisation_id, organisation_name ORDER BY organisation_id;

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
