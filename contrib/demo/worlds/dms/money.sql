-- Budgets of regions, what was spent, contracts with hospitals and agencies, and
-- dated changes.

CREATE TABLE warehouse.contract_register (contract_ref text NOT NULL, lot_name text, org_code text NOT NULL, service_code text,
  annual_value numeric(12,2), from_date date NOT NULL, to_date date);
INSERT INTO warehouse.contract_register
SELECT 'K-FAST', 'Surgery through the fast track', 'CDM', 'ORTF', 3100000 * :scale, date '2024-04-01', date '2028-03-31'
UNION ALL
SELECT 'K-TEMP-R' || region_no, 'Temporary staff', 'R' || region_no, NULL, 2400000 * :scale * medical / 20, '2024-04-01', '2027-03-31' FROM demo.region;

CREATE TABLE warehouse.ledger (entry_no bigint NOT NULL, org_code text NOT NULL, period date NOT NULL, amount numeric(12,2) NOT NULL,
  contract_ref text, service_code text, cost_type text NOT NULL);
CREATE UNLOGGED TABLE demo.charged AS
SELECT org_code, period::date AS period, sum(amount) AS amount, count(*) AS activity, contract_ref, service_code, cost_type
FROM (
  -- what appointments of a region cost: by the session's staff, permanent or temporary
  SELECT 'R' || t.region_no AS org_code, date_trunc('month', s.day::timestamp) AS period,
         s.slots * s.slot_minutes / 60.0 * w.hourly * CASE w.pool WHEN 'temporary' THEN 1.6 ELSE 1 END AS amount,
         CASE w.pool WHEN 'temporary' THEN 'K-TEMP-R' || t.region_no END AS contract_ref, r.service_code,
         CASE w.pool WHEN 'temporary' THEN 'TEMPORARY' ELSE 'PERMANENT' END AS cost_type
  FROM demo.session s JOIN demo.session_staff x USING (session_no) JOIN demo.staff w USING (staff_no)
  JOIN demo.site t ON t.site_no = s.site_no JOIN demo.service_rule r ON r.service_no = s.service_no
  WHERE s.day < :'history_to'::date AND t.region_no IS NOT NULL
  UNION ALL
  SELECT 'CDM', date_trunc('month', contact_ts AT TIME ZONE 'Europe/London'), unit_cost, 'K-FAST', 'ORTF', 'HOSPITAL'
  FROM warehouse.fact_specialist_contact WHERE service_code = 'ORTF' AND attendance = 'ATT'
  UNION ALL
  -- the national centre's beds and places are staffed whether they are filled or not
  SELECT 'NRC', date_trunc('month', bed_date::timestamp), beds_open * 310.0 * :scale, NULL, 'NINP', 'RESIDENTIAL'
  FROM warehouse.ward_bed_day WHERE bed_date < :'history_to'::date
  UNION ALL
  SELECT 'NRC', date_trunc('month', d.day::timestamp), 120 * 95.0 * :scale, NULL, 'NCRS', 'RESIDENTIAL'
  FROM demo.day d WHERE d.day >= :'history_from'::date AND d.day < :'history_to'::date
) a
WHERE period >= :'history_from'::date
GROUP BY 1, 2, 5, 6, 7;
INSERT INTO warehouse.ledger
SELECT row_number() OVER (ORDER BY period, org_code, service_code, cost_type), org_code, period, amount, contract_ref, service_code, cost_type FROM demo.charged;

-- the plan of a financial year: an even share of what the two years cost
CREATE TABLE warehouse.budget (budget_no bigint NOT NULL, org_code text NOT NULL, period date NOT NULL, cost_type text NOT NULL, budget_version text,
  service_code text, planned_amount numeric(12,2));
INSERT INTO warehouse.budget
SELECT row_number() OVER (ORDER BY m.month, b.org_code, b.service_code), b.org_code, m.month, 'TOTAL', 'agreed', b.service_code, b.amount * 0.99 * m.share
FROM (SELECT org_code, service_code, sum(amount) / 24.0 AS amount FROM demo.charged GROUP BY 1, 2) b
CROSS JOIN (SELECT date_trunc('month', day)::date AS month, count(*) FILTER (WHERE working) / 21.0 AS share FROM demo.day
            WHERE day >= :'history_from'::date AND day < date '2027-04-01' GROUP BY 1) m;

CREATE TABLE warehouse.service_change (change_no bigint NOT NULL, change_date date NOT NULL, org_code text, service_code text, change_text text NOT NULL);
INSERT INTO warehouse.service_change
SELECT 1, date '2025-04-01', 'HQ', 'GPMO', 'Care groups begin to share sessions across their facilities'
UNION ALL
SELECT 2, :'slow_pcrf_since'::date, s.org_code, 'PCRF', 'Two physiotherapists'' posts at ' || s.name || ' gapped' FROM demo.site s WHERE s.site_no = 400 + :slow_pcrf_site
UNION ALL
SELECT 3, '2025-09-01', 'R' || :temporary_region, NULL, 'Framework for temporary staff renewed';
