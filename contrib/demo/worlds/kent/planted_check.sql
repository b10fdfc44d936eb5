-- Shows on the warehouse alone, without a hub, that the world has its headline
-- facts and that every planted finding (planted.md) is in the data.
--   psql -f planted_check.sql

SET timezone = 'Europe/London';
SELECT value::numeric AS scale FROM warehouse.demo_parameter WHERE name = 'scale' \gset

\echo
\echo Headline facts; what scales is scaled up to scale 1
SELECT * FROM (
SELECT 1 AS line, 'residents' AS fact, round(sum(people) / :scale) AS value, 1883000::numeric AS target FROM warehouse.lsoa_population
UNION ALL SELECT 2, 'areas', count(*), 1065 FROM warehouse.lsoa
UNION ALL SELECT 3, 'people known to a service', round(count(*) / :scale), 250000 FROM warehouse.mpi
UNION ALL SELECT 4, 'sites', count(*), 71 FROM warehouse.delivery_site
UNION ALL SELECT 5, 'services', count(*), 53 FROM warehouse.service_line
UNION ALL SELECT 6, 'contract value, GBP m a year', round(sum(annual_value) / :scale / 1e6, 1), 230 FROM warehouse.contract_register
UNION ALL SELECT 7, 'contacts and stays, rows', round((SELECT count(*) FROM warehouse.care_contact) / :scale + count(*) / :scale), NULL FROM warehouse.inpatient_stay
) f ORDER BY line;

CREATE TEMP VIEW lot_site AS
SELECT s.site_code, l.parent_code AS lot, p.parent_code AS provider
FROM warehouse.delivery_site s
JOIN warehouse.org_hierarchy d ON d.child_code = s.org_code AND d.structure = 'CMD'
JOIN warehouse.org_hierarchy l ON l.child_code = d.parent_code AND l.structure = 'CMD'
JOIN warehouse.org_hierarchy p ON p.child_code = d.parent_code AND p.structure = 'PROV';

\echo wait_gap: routine referrals of adults, days to first contact of people in deciles 1 to 3 over the others (same service), by lot and quarter of referral
WITH seen AS (
  SELECT r.referral_uid, r.service_code, s.lot, r.received_ts, a.imd_decile <= 3 AS deprived,
         min(c.contact_ts) FILTER (WHERE c.attendance_code IN ('5', '6')) - r.received_ts AS waited
  FROM warehouse.service_referral r
  JOIN warehouse.care_contact c USING (referral_uid)
  JOIN lot_site s ON s.site_code = r.site_code
  JOIN warehouse.service_line v ON v.service_code = r.service_code AND v.client_group = 'ADULT'
  JOIN warehouse.mpi p ON p.person_uid = r.person_uid JOIN warehouse.lsoa a USING (lsoa_code)
  WHERE r.priority_code = '1' AND r.service_code NOT IN ('RAPID', 'CAR', 'DISCH', 'INTC', 'EOL') AND r.received_ts >= '2024-10-01' AND r.received_ts < '2026-07-01'
  GROUP BY 1, 2, 3, 4, 5),
rest AS (
  SELECT lot, date_trunc('quarter', received_ts)::date AS quarter, deprived,
         ln(extract(epoch FROM waited) / 86400) - avg(ln(extract(epoch FROM waited) / 86400)) OVER (PARTITION BY service_code) AS excess
  FROM seen WHERE waited > interval '2 hours'),
ratio AS (
  SELECT quarter, lot, round(exp(avg(excess) FILTER (WHERE deprived) - avg(excess) FILTER (WHERE NOT deprived)), 2) AS ratio FROM rest GROUP BY 1, 2)
SELECT quarter, max(ratio) FILTER (WHERE lot = 'LOT-EK') AS ek, max(ratio) FILTER (WHERE lot = 'LOT-WK') AS wk,
       max(ratio) FILTER (WHERE lot = 'LOT-DGS') AS dgs, max(ratio) FILTER (WHERE lot = 'LOT-MS') AS ms
FROM ratio GROUP BY 1 ORDER BY 1;

\echo single_handed: lymphoedema, staff and contacts seen by month around the absence
SELECT s.lot, count(DISTINCT c.staff_code) AS staff,
       count(*) FILTER (WHERE contact_ts < '2026-01-01') / 15 AS a_month_before,
       count(*) FILTER (WHERE contact_ts >= '2026-02-01' AND contact_ts < '2026-04-01') AS february_march,
       count(*) FILTER (WHERE contact_ts >= '2026-04-01' AND contact_ts < '2026-07-01') / 3 AS a_month_after
FROM warehouse.care_contact c JOIN lot_site s USING (site_code)
WHERE c.service_code = 'LYMPH' AND c.attendance_code IN ('5', '6') GROUP BY 1 ORDER BY 1;

\echo not_viable: the four smallest contracts, value and contacts of a year at scale 1
SELECT k.lot_name, k.service_code, round(k.annual_value / :scale) AS value_gbp,
       round((SELECT sum(n_contacts) FROM warehouse.care_contact c JOIN lot_site s USING (site_code)
              JOIN warehouse.org_unit o ON o.org_code = s.lot AND o.org_name LIKE k.lot_name || ' Health%'
              WHERE c.service_code = k.service_code AND c.attendance_code IN ('5', '6')) / 2.0 / :scale) AS contacts
FROM warehouse.contract_register k ORDER BY k.annual_value LIMIT 4;

\echo overspend: spend over plan since January 2026, the highest three, and before
WITH kept AS (
  SELECT g.contract_ref, g.org_code, g.service_code, g.period >= '2026-01-01' AS later, sum(g.amount) AS spent, sum(p.planned_cost) AS planned
  FROM (SELECT contract_ref, org_code, service_code, period, sum(amount) AS amount FROM warehouse.gl_line GROUP BY 1, 2, 3, 4) g
  JOIN warehouse.contract_plan p USING (org_code, service_code, period) GROUP BY 1, 2, 3, 4)
SELECT a.org_code, a.service_code, round(a.spent / a.planned, 3) AS since_january, round(b.spent / b.planned, 3) AS before
FROM kept a JOIN kept b USING (contract_ref) WHERE a.later AND NOT b.later ORDER BY 3 DESC LIMIT 3;

\echo slower_response: share of urgent referrals reached within two hours, by lot
WITH answered AS (
  SELECT s.lot, r.received_ts, min(c.contact_ts) FILTER (WHERE c.attendance_code IN ('5', '6')) - r.received_ts <= interval '2 hours' AS in_time
  FROM warehouse.service_referral r JOIN warehouse.care_contact c USING (referral_uid) JOIN lot_site s ON s.site_code = r.site_code
  WHERE r.service_code = 'RAPID' GROUP BY r.referral_uid, 1, 2)
SELECT lot, round(avg(in_time::integer) FILTER (WHERE received_ts < '2025-04-01'), 2) AS before_go_live,
       round(avg(in_time::integer) FILTER (WHERE received_ts >= '2025-04-01' AND received_ts < '2026-05-01'), 2) AS to_april_2026,
       round(avg(in_time::integer) FILTER (WHERE received_ts >= '2026-05-01'), 2) AS since_may_2026
FROM answered GROUP BY 1 ORDER BY 1;

\echo cancelling_provider: share of lines cancelled by the provider, services with appointments
SELECT s.provider, count(*) AS lines, round(avg((c.attendance_code = '4')::integer), 3) AS cancelled_by_provider
FROM warehouse.care_contact c JOIN lot_site s USING (site_code)
WHERE c.attendance_code <> '0' AND c.service_code NOT IN ('RAPID', 'CAR', 'DISCH', 'INTC', 'EOL') GROUP BY 1 ORDER BY 3 DESC;

\echo low_referral: people referred per 1,000 residents by place, and over expected by age and sex (lowest three)
WITH place AS (SELECT lsoa_code, regexp_replace(lsoa_name, ' \w+$', '') AS place FROM warehouse.lsoa),
resident AS (
  SELECT place, sex_code, split_part(replace(age_band, '+', '-'), '-', 1)::integer / 5 AS five_years, sum(people) AS people
  FROM warehouse.lsoa_population JOIN place USING (lsoa_code) GROUP BY 1, 2, 3),
sent AS (
  SELECT place, sex_code, least(18, (date '2026-10-01' - dob) / 1826) AS five_years, count(DISTINCT p.person_uid) AS referred
  FROM warehouse.mpi p JOIN place USING (lsoa_code) WHERE EXISTS (SELECT FROM warehouse.service_referral r WHERE r.person_uid = p.person_uid) GROUP BY 1, 2, 3),
cell AS (SELECT *, sum(coalesce(referred, 0)) OVER w / sum(people) OVER w AS rate FROM resident LEFT JOIN sent USING (place, sex_code, five_years) WINDOW w AS (PARTITION BY sex_code, five_years))
SELECT place, sum(referred) AS referred, round(1000 * sum(referred) / sum(people), 1) AS per_1000, round(sum(referred) / sum(people * rate), 2) AS observed_to_expected
FROM cell GROUP BY 1 ORDER BY 4 LIMIT 3;

\echo rising_calls: calls that became no referral, per quarter, by contact centre (the lots' single points of access), clinical assessment
SELECT date_trunc('quarter', call_ts)::date AS quarter, count(*) FILTER (WHERE site_code = f.site_id) AS planted, count(*) FILTER (WHERE site_code <> f.site_id) AS elsewhere
FROM warehouse.spa_call c JOIN warehouse.planted_finding f ON f.finding_id = 'rising_calls' AND c.service_code = f.service_id
WHERE outcome_code <> 'BOOKED' GROUP BY 1 ORDER BY 1;
