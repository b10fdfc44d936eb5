-- Shows on the warehouse alone, without a hub, that the world has its headline
-- facts and that every planted finding (planted.md) is in the data.
--   psql -f planted_check.sql

SET timezone = 'Europe/London';
SELECT value::numeric AS scale FROM warehouse.demo_parameter WHERE name = 'scale' \gset
SELECT value AS as_at FROM warehouse.demo_parameter WHERE name = 'as_at' \gset

\echo
\echo Headline facts
SELECT f.facility_type, count(*) FILTER (WHERE o.org_code <> 'R7' AND r.superior_code IS DISTINCT FROM 'R7') AS united_kingdom,
       count(*) FILTER (WHERE o.org_code = 'R7' OR r.superior_code = 'R7') AS overseas
FROM warehouse.dim_facility f JOIN warehouse.dim_organisation o USING (org_code)
LEFT JOIN (SELECT org_code, min(superior_code) AS superior_code FROM warehouse.org_relationship WHERE relationship = 'COMD' GROUP BY 1) r ON r.org_code = o.org_code
GROUP BY 1 ORDER BY 2 DESC;
SELECT p.entitlement, count(*) AS people, round(count(*) / :scale) AS at_scale_1
FROM warehouse.dim_person p JOIN warehouse.facility_registration r USING (person_id) JOIN warehouse.dim_facility f USING (facility_code)
WHERE r.to_date IS NULL AND f.facility_type = 'MED' GROUP BY ROLLUP (1) ORDER BY 2;
SELECT engagement, workforce, count(*) AS staff FROM warehouse.dim_staff GROUP BY ROLLUP (1, 2) ORDER BY 1, 2;

\echo slower_rehabilitation: share of assessments within 10 working days of the first consultation, by month of assessment
WITH workday AS (
  SELECT c.holiday_calendar, d::date AS day,
         count(*) FILTER (WHERE extract(isodow FROM d) < 6 AND x.closed_date IS NULL) OVER (PARTITION BY c.holiday_calendar ORDER BY d) AS n
  FROM (SELECT DISTINCT holiday_calendar FROM warehouse.closed_day) c CROSS JOIN generate_series(date '2024-06-01', date '2026-12-31', interval '1 day') d
  LEFT JOIN warehouse.closed_day x ON x.holiday_calendar = c.holiday_calendar AND x.closed_date = d::date),
seen AS (
  SELECT CASE WHEN c.facility_code = p.site_id THEN c.facility_code ELSE 'others' END AS facility, date_trunc('month', c.contact_ts)::date AS month, b.n - a.n <= 10 AS in_time
  FROM warehouse.fact_specialist_contact c JOIN warehouse.fact_referral r USING (referral_id) JOIN warehouse.dim_facility f ON f.facility_code = c.facility_code
  JOIN warehouse.planted_finding p ON p.finding_id = 'slower_rehabilitation'
  JOIN workday a ON a.holiday_calendar = f.holiday_calendar AND a.day = r.consulted_ts::date
  JOIN workday b ON b.holiday_calendar = f.holiday_calendar AND b.day = c.contact_ts::date
  WHERE c.service_code = 'PCRF' AND c.contact_type = 'ASM' AND c.attendance = 'ATT')
SELECT facility, period, count(*) AS assessed, round(avg(in_time::integer), 3) AS within_10_working_days
FROM (SELECT *, CASE WHEN month < '2026-05-01' THEN 'to April 2026' ELSE to_char(month, 'YYYY-MM') END AS period, month AS m FROM seen) x
GROUP BY facility, period ORDER BY facility, min(m);

\echo overdue_reviews: share of latest gradings whose review is past due, the worst units of 10 people or more and all
WITH latest AS (
  SELECT DISTINCT ON (person_id) person_id, review_date FROM warehouse.medical_grading WHERE graded_date <= date :'as_at' ORDER BY person_id, graded_date DESC)
SELECT coalesce(p.unit_code, 'all') AS unit, count(*) AS graded, round(avg((l.review_date < date :'as_at')::integer), 3) AS overdue
FROM latest l JOIN warehouse.dim_person p USING (person_id) GROUP BY ROLLUP (p.unit_code) HAVING count(*) >= 10 ORDER BY 3 DESC LIMIT 4;

\echo inspection_backlog: share of open inspections past due, the worst dental centres with 20 or more
SELECT r.facility_code, count(*) AS open, round(avg((c.due_date < date :'as_at')::integer), 3) AS past_due
FROM warehouse.recall_register c JOIN warehouse.facility_registration r ON r.person_id = c.person_id AND r.to_date IS NULL AND r.facility_code LIKE 'DEN%'
WHERE c.service_code = 'DENT' AND c.done_date IS NULL GROUP BY 1 HAVING count(*) >= 20 ORDER BY 3 DESC LIMIT 4;

\echo temporary_staff: share of sessions run by temporary staff, by region
SELECT o.superior_code AS region, count(*) AS sessions, round(avg((w.engagement = 'LOCUM')::integer), 3) AS temporary
FROM warehouse.clinic_session s JOIN warehouse.session_staffing x USING (session_id) JOIN warehouse.dim_staff w USING (staff_number)
JOIN warehouse.dim_facility f USING (facility_code)
JOIN (SELECT org_code, superior_code FROM warehouse.org_relationship WHERE relationship = 'COMD' AND superior_code <> 'HQ'
      UNION ALL SELECT org_code, org_code FROM warehouse.dim_organisation WHERE org_level = 'REGION') o USING (org_code)
WHERE s.session_state = 'HELD' GROUP BY 1 ORDER BY 3 DESC;

\echo idle_fridays: share of slots of general practice and nursing booked, by weekday (1 = Monday)
WITH booked AS (SELECT session_id, count(*) AS n FROM warehouse.fact_consultation WHERE attendance IN ('ATT', 'DNA', 'BKD') GROUP BY 1)
SELECT CASE WHEN f.org_code = p.organisation_id THEN f.org_code ELSE 'others' END AS care_group, extract(isodow FROM s.session_start) AS weekday,
       sum(s.slot_count) AS slots, round(sum(coalesce(b.n, 0)) / sum(s.slot_count), 3) AS booked
FROM warehouse.clinic_session s JOIN warehouse.dim_facility f USING (facility_code) JOIN warehouse.planted_finding p ON p.finding_id = 'idle_fridays'
LEFT JOIN booked b USING (session_id)
WHERE s.session_state = 'HELD' AND s.service_code IN ('GPMO', 'NURS') AND extract(isodow FROM s.session_start) < 6 GROUP BY 1, 2 ORDER BY 1, 2;

\echo hardly_remote: share of attended consultations by telephone or video, the lowest facilities with 100 or more
SELECT facility_code, count(*) AS consultations, round(avg((delivery IN ('TEL', 'VID'))::integer), 3) AS remote
FROM warehouse.fact_consultation WHERE attendance = 'ATT' GROUP BY 1 HAVING count(*) >= 100 ORDER BY 3 LIMIT 4;

\echo long_mental_health_waits: days from referral to assessment, and open referrals without one, by department
SELECT r.facility_code, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.contact_ts - r.received_ts) / 86400)::numeric, 1) AS days_median,
       count(*) FILTER (WHERE c.contact_ts IS NULL AND r.state_code = 'OPEN') AS waiting
FROM warehouse.fact_referral r
LEFT JOIN warehouse.fact_specialist_contact c ON c.referral_id = r.referral_id AND c.contact_type = 'ASM' AND c.attendance = 'ATT'
WHERE r.service_code = 'DCMH' GROUP BY 1 ORDER BY 2 DESC LIMIT 4;

\echo redirected_requests: requests to medical officers and the share redirected, the highest facilities with 100 or more
SELECT facility_code, sum(requests) AS requests, round(sum(requests) FILTER (WHERE outcome_code = 'REDIRECT') / sum(requests)::numeric, 3) AS redirected
FROM warehouse.contact_count WHERE service_code = 'GPMO' GROUP BY 1 HAVING sum(requests) >= 100 ORDER BY 3 DESC NULLS LAST LIMIT 4;
