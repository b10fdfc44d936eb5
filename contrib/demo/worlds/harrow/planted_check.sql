-- Shows on the warehouse alone, without a hub, that the world has its headline
-- facts and that every planted finding (planted.md) is in the data.
--   psql -f planted_check.sql

SET timezone = 'Europe/London';
SELECT value::numeric AS scale FROM warehouse.demo_parameter WHERE name = 'scale' \gset
SELECT value AS as_at FROM warehouse.demo_parameter WHERE name = 'as_at' \gset

\echo
\echo Headline facts; yearly figures are means of three years and scaled up to scale 1
WITH outpatient AS (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM warehouse.opa_appointment WHERE attended_code IN ('5', '6')
    UNION ALL SELECT 1 FROM warehouse.imaging_exam WHERE exam_status = 'DONE') x),
msk AS (
  SELECT count(DISTINCT p.patient_id) AS n FROM warehouse.gp_problem p JOIN warehouse.gp_registration r ON r.patient_id = p.patient_id AND r.reg_to IS NULL
  WHERE p.snomed_code NOT IN (44054006, 38341003) AND p.source_activity IS NULL),
now_registered AS (SELECT p.* FROM warehouse.patient p JOIN warehouse.gp_registration r USING (patient_id) WHERE r.reg_to IS NULL)
SELECT * FROM (
SELECT 1 AS line, 'practices' AS fact, count(*)::numeric AS value, 33::numeric AS target FROM warehouse.org WHERE org_type = 'GP'
UNION ALL SELECT 2, 'registered patients (as made, not scaled up)', count(*), round(265422 * :scale) FROM warehouse.gp_registration WHERE reg_to IS NULL
UNION ALL SELECT 3, 'female, %', round(100.0 * avg((gender_code = 'F')::integer), 1), 51 FROM now_registered
UNION ALL SELECT 4, 'UK, British, %', round(100.0 * avg((ethnic_code = 'A')::integer), 1), 71 FROM now_registered
UNION ALL SELECT 5, 'with an MSK disorder, % (30 to 40)', round(100.0 * n / count(*), 1), 35 FROM msk, now_registered GROUP BY n
UNION ALL SELECT 6, 'acute outpatient appointments with imaging, a year', round(n / 3.0 / :scale), 70000 FROM outpatient
UNION ALL SELECT 7, 'elective spend, GBP m a year', round(sum(amount) / 3 / :scale / 1e6, 2), 11.8 FROM warehouse.ledger WHERE spend_type = 'ELECTIVE'
UNION ALL SELECT 8, 'trauma spend, GBP m a year', round(sum(amount) / 3 / :scale / 1e6, 2), 6.6 FROM warehouse.ledger WHERE spend_type = 'TRAUMA'
UNION ALL SELECT 9, 'community spend, GBP m a year', round(sum(amount) / 3 / :scale / 1e6, 2), 3.1 FROM warehouse.ledger WHERE spend_type = 'COMMUNITY'
) f ORDER BY line;

\echo over_referring: referrals from general practice per 1,000 registered, and the ratio to what age and sex let expect
WITH list AS (
  SELECT r.practice_site AS site, p.gender_code AS sex, least(9, (date :'as_at' - p.dob) / 3652) AS age, count(*) AS people
  FROM warehouse.gp_registration r JOIN warehouse.patient p USING (patient_id) WHERE r.reg_to IS NULL GROUP BY 1, 2, 3),
sent AS (
  SELECT f.referring_site AS site, p.gender_code AS sex, least(9, (date :'as_at' - p.dob) / 3652) AS age, count(*) AS referrals
  FROM warehouse.msk_referral f JOIN warehouse.patient p USING (patient_id)
  WHERE f.source_code = 'GP' AND f.received_ts >= timestamptz '2023-10-01' GROUP BY 1, 2, 3),
cell AS (SELECT *, sum(coalesce(referrals, 0)) OVER w / sum(people) OVER w AS rate FROM list LEFT JOIN sent USING (site, sex, age) WINDOW w AS (PARTITION BY sex, age)),
ratio AS (SELECT site, sum(referrals) AS referrals, sum(people) AS people, sum(referrals) / sum(people * rate) AS ratio FROM cell GROUP BY site)
SELECT s.org_code AS practice, o.org_name, referrals, round(1000.0 * referrals / people / 3, 1) AS per_1000_a_year, round(ratio, 2) AS observed_to_expected
FROM ratio JOIN warehouse.site s ON s.site_code = ratio.site JOIN warehouse.org o USING (org_code) ORDER BY ratio DESC LIMIT 4;

\echo idle_tuesday: share of physiotherapy slots booked by weekday (1 = Monday), Eastfield (C3) and the other clinics
WITH booked AS (
  SELECT session_no, count(*) AS n FROM warehouse.community_contact
  WHERE contact_status NOT LIKE 'CAN%' AND service_code = 'MSKPHY' GROUP BY 1)
SELECT CASE s.site_code WHEN 'C3' THEN 'C3' ELSE 'other clinics' END AS site,
       round(sum(coalesce(n, 0)) FILTER (WHERE extract(isodow FROM session_start) = 1) / sum(slot_count) FILTER (WHERE extract(isodow FROM session_start) = 1), 2) AS monday,
       round(sum(coalesce(n, 0)) FILTER (WHERE extract(isodow FROM session_start) = 2) / sum(slot_count) FILTER (WHERE extract(isodow FROM session_start) = 2), 2) AS tuesday,
       round(sum(coalesce(n, 0)) FILTER (WHERE extract(isodow FROM session_start) = 3) / sum(slot_count) FILTER (WHERE extract(isodow FROM session_start) = 3), 2) AS wednesday,
       round(sum(coalesce(n, 0)) FILTER (WHERE extract(isodow FROM session_start) = 4) / sum(slot_count) FILTER (WHERE extract(isodow FROM session_start) = 4), 2) AS thursday,
       round(sum(coalesce(n, 0)) FILTER (WHERE extract(isodow FROM session_start) = 5) / sum(slot_count) FILTER (WHERE extract(isodow FROM session_start) = 5), 2) AS friday,
       sum(slot_count) AS slots
FROM warehouse.clinic_session s LEFT JOIN booked USING (session_no)
WHERE s.service_code = 'MSKPHY' AND s.session_state = 'HELD' GROUP BY 1 ORDER BY 1;

\echo slower_physio: share of first assessments within 10 working days, by month of appointment
WITH workday AS (
  SELECT d::date AS day, count(*) FILTER (WHERE extract(isodow FROM d) < 6 AND b.holiday_dt IS NULL) OVER (ORDER BY d) AS n
  FROM generate_series(date '2022-10-01', date '2027-01-31', interval '1 day') d LEFT JOIN warehouse.bank_holiday b ON b.holiday_dt = d::date),
seen AS (
  SELECT CASE c.site_code WHEN 'C5' THEN 'C5' ELSE 'others' END AS site, date_trunc('month', c.contact_ts)::date AS month, b.n - a.n <= 10 AS in_time
  FROM warehouse.community_contact c JOIN warehouse.msk_referral r USING (referral_id)
  JOIN workday a ON a.day = r.received_ts::date JOIN workday b ON b.day = c.contact_ts::date
  WHERE c.service_code = 'MSKPHY' AND c.contact_type = 'NEW' AND c.contact_status = 'ATT')
SELECT site, period, count(*) AS seen, round(avg(in_time::integer), 3) AS within_10_working_days
FROM (SELECT *, CASE WHEN month < '2025-03-01' THEN 'to February 2025' WHEN month < '2026-03-01' THEN 'March 2025 to February 2026'
                     ELSE to_char(month, 'YYYY-MM') END AS period, month AS m FROM seen) x
GROUP BY site, period ORDER BY site, min(m);

\echo missed_appointments: share missed by practice (highest four), all services
WITH appointment AS (
  SELECT patient_id, contact_status = 'DNA' AS missed FROM warehouse.community_contact WHERE contact_status IN ('ATT', 'DNA')
  UNION ALL SELECT patient_id, attended_code = '3' FROM warehouse.opa_appointment WHERE attended_code IN ('3', '5', '6', '7')
  UNION ALL SELECT patient_id, exam_status = 'DNA' FROM warehouse.imaging_exam WHERE exam_status IN ('DNA', 'DONE'))
SELECT s.org_code AS practice, o.org_name, count(*) AS appointments, round(avg(missed::integer), 4) AS missed,
       round(avg(missed::integer) * (sum(count(*)) OVER () - count(*)) / (sum(sum(missed::integer)) OVER () - sum(missed::integer)), 2) AS ratio_to_others
FROM appointment a JOIN warehouse.gp_registration r ON r.patient_id = a.patient_id AND r.reg_to IS NULL
JOIN warehouse.site s ON s.site_code = r.practice_site JOIN warehouse.org o USING (org_code)
GROUP BY 1, 2 ORDER BY 4 DESC LIMIT 4;

\echo returned_referrals: share of triaged practice referrals returned, by network
SELECT l.parent_code AS network, count(*) AS referrals, round(avg((f.state_code = 'RETURNED')::integer), 3) AS returned
FROM warehouse.msk_referral f JOIN warehouse.site s ON s.site_code = f.referring_site
JOIN warehouse.org_structure l ON l.child_code = s.org_code AND l.structure = 'CMD'
WHERE f.source_code = 'GP' AND f.service_code <> 'IMG' GROUP BY 1 ORDER BY 1;

\echo bad_numbers: share of registered patients without a number of ten digits and right check digit, by practice (highest three)
WITH written AS MATERIALIZED (
  SELECT patient_id, regexp_replace(coalesce(nhs_no, ''), '^(\d{3})[ -](\d{3})[ -](\d{4})$', '\1\2\3') AS n FROM warehouse.patient),
number AS MATERIALIZED (
  SELECT patient_id, CASE WHEN n ~ '^\d{10}$' AND n !~ '^(\d)\1{9}$' THEN n::bigint END AS n FROM written),
judged AS (
  SELECT patient_id, n IS NULL
         OR (11 - (10 * (n / 1000000000 % 10) + 9 * (n / 100000000 % 10) + 8 * (n / 10000000 % 10) + 7 * (n / 1000000 % 10)
                 + 6 * (n / 100000 % 10) + 5 * (n / 10000 % 10) + 4 * (n / 1000 % 10) + 3 * (n / 100 % 10) + 2 * (n / 10 % 10)) % 11) % 11
            <> n % 10 AS bad
  FROM number)
SELECT s.org_code AS practice, count(*) AS patients, sum(bad::integer) AS bad, round(avg(bad::integer), 4) AS share,
       round((sum(sum(bad::integer)) OVER () - sum(bad::integer)) / (sum(count(*)) OVER () - count(*)), 4) AS share_elsewhere
FROM judged JOIN warehouse.gp_registration r USING (patient_id) JOIN warehouse.site s ON s.site_code = r.practice_site
WHERE r.reg_to IS NULL GROUP BY 1 ORDER BY 4 DESC LIMIT 3;

\echo slower_imaging: share of examinations within six weeks of the request, by hospital
SELECT e.hospital_site, period, count(*) AS examined, round(avg((e.exam_ts::date - r.received_ts::date <= 42)::integer), 3) AS within_6_weeks
FROM warehouse.imaging_exam e JOIN warehouse.msk_referral r USING (referral_id)
CROSS JOIN LATERAL (SELECT CASE WHEN e.exam_ts < timestamptz '2025-11-01' THEN 'to October 2025' WHEN e.exam_ts < timestamptz '2025-12-01' THEN 'November 2025'
                                ELSE 'since December 2025' END AS period) p
WHERE e.exam_status = 'DONE' GROUP BY 1, 2 ORDER BY 1, min(e.exam_ts);

\echo thin_fortnight: slots of physiotherapy sessions of the next fourteen days, by site: planned and left
SELECT site_code, sum(slot_count) AS planned, sum(slot_count) FILTER (WHERE session_state = 'OPEN') AS left_open
FROM warehouse.clinic_session
WHERE service_code = 'MSKPHY' AND session_start >= timestamptz '2026-10-01' AND session_start < timestamptz '2026-10-15' GROUP BY 1 ORDER BY 1;

\echo one_referral: share of orthopaedic and rheumatological referrals from practices sent straight to the hospital, by half-year
SELECT to_char(min(received_ts), 'YYYY-MM') AS half_year_from, count(*) AS referrals,
       round(avg((service_code IN ('ORTHO', 'RHEUM'))::integer), 3) AS straight_to_hospital
FROM warehouse.msk_referral
WHERE source_code IN ('GP', 'FCP') AND service_code IN ('ORTHO', 'RHEUM', 'MSKORT', 'MSKRHE') AND received_ts >= timestamptz '2023-10-01'
GROUP BY (extract(year FROM received_ts) * 12 + extract(month FROM received_ts) + 2)::integer / 6 ORDER BY 1;

\echo unstopped_clocks: share of closed hospital referrals without any code that stops the 18-week clock, by hospital and service
SELECT r.site_code, r.service_code, count(*) AS closed_referrals,
       round(avg((NOT EXISTS (SELECT FROM warehouse.rtt_event e WHERE e.referral_id = r.referral_id AND e.rtt_status BETWEEN '30' AND '36' AND e.rtt_status <> '33'))::integer), 3) AS without_stop
FROM warehouse.msk_referral r
WHERE r.service_code IN ('ORTHO', 'RHEUM') AND r.closed_ts IS NOT NULL AND r.closed_reason <> 'entered in error' GROUP BY 1, 2 ORDER BY 2, 1;
\echo over_capacity: registered patients for each place, by practice (highest and lowest three)
WITH listed AS (
  SELECT s.org_code AS practice, count(*) AS patients, min(s.max_people) AS places
  FROM warehouse.gp_registration r JOIN warehouse.site s ON s.site_code = r.practice_site WHERE r.reg_to IS NULL GROUP BY 1),
ranked AS (
  SELECT *, round(patients::numeric / places, 2) AS patients_per_place, rank() OVER (ORDER BY patients::numeric / places DESC) AS place FROM listed)
SELECT practice, patients, places, patients_per_place FROM ranked WHERE place <= 3 OR place > (SELECT count(*) - 3 FROM listed) ORDER BY place;

\echo newcomers: patients who have never been on a list, by area, and its nearest practice
SELECT p.lsoa_code, count(*) AS never_on_a_list,
       (SELECT t.site_code FROM warehouse.travel_time t JOIN warehouse.site s USING (site_code) WHERE t.lsoa_code = p.lsoa_code AND t.travel_mode = 'CAR' AND s.max_people IS NOT NULL ORDER BY t.minutes LIMIT 1) AS nearest_practice
FROM warehouse.patient p
WHERE NOT EXISTS (SELECT FROM warehouse.gp_registration r WHERE r.patient_id = p.patient_id) GROUP BY 1 ORDER BY 1;

\echo The 18-week wait, the list and the sessions, for orientation
SELECT r.service_code, count(*) AS open_referrals,
       round(avg((timestamptz :'as_at' - r.received_ts < interval '126 days')::integer), 3) AS open_within_18_weeks,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM timestamptz :'as_at' - r.received_ts) / 604800)::numeric, 1) AS weeks_waited_median
FROM warehouse.msk_referral r
WHERE r.state_code = 'OPEN' AND NOT EXISTS (
  SELECT FROM warehouse.rtt_event e WHERE e.referral_id = r.referral_id AND (e.rtt_status IN ('30', '34', '32', '35', '21') OR e.rtt_status IS NULL AND e.event_code = 'FST'))
GROUP BY 1 ORDER BY 1;
