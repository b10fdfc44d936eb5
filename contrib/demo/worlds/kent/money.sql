-- Contracts of each lot and service, the ledger, prices, plans, dated changes.

CREATE UNLOGGED TABLE demo.contract AS
SELECT 'K' || row_number() OVER (ORDER BY c.lot_no, c.service_no) AS contract_ref, c.*
FROM (
  SELECT o.lot_no, o.division, r.service_no, r.service_code,
         round((:contract_total * :scale * r.money / (SELECT sum(money) FROM demo.service_rule)
           * CASE WHEN r.adult THEN p.people::double precision / sum(p.people) OVER (PARTITION BY r.service_no) ELSE 1 END)::numeric, 2) AS annual_value
  FROM (SELECT DISTINCT lot_no, division, service_no FROM demo.offer) o
  JOIN demo.service_rule r USING (service_no)
  JOIN (SELECT lot_no, sum(people) AS people FROM demo.place GROUP BY 1) p USING (lot_no)) c;

CREATE TABLE warehouse.contract_register (contract_ref text NOT NULL, lot_name text, provider_code text NOT NULL, service_code text,
  annual_value numeric(14,2), from_dt date NOT NULL, to_dt date);
INSERT INTO warehouse.contract_register
SELECT c.contract_ref, l.name, c.division, c.service_code, c.annual_value, '2024-04-01', '2029-03-31'
FROM demo.contract c JOIN demo.lot l USING (lot_no);

-- shares of a year's money by month: working days
CREATE UNLOGGED TABLE demo.month AS
SELECT date_trunc('month', day)::date AS month, count(*) FILTER (WHERE working)::double precision / 253 AS share,
       1.02 ^ (extract(year FROM date_trunc('month', min(day)) - interval '3 months') - 2024)::integer AS uplift
FROM demo.day WHERE day >= :'history_from'::date AND day < date '2027-04-01' GROUP BY 1;

CREATE TABLE warehouse.gl_line (line_no bigint NOT NULL, org_code text NOT NULL, period date NOT NULL, amount numeric(12,2) NOT NULL, contract_ref text,
  service_code text, account text);
INSERT INTO warehouse.gl_line
SELECT row_number() OVER (ORDER BY m.month, c.contract_ref, a.account), c.division, m.month,
       c.annual_value * m.share * m.uplift * a.share
         * (1 + 0.02 * demo.normal('ledger ' || a.account, hashtext(c.contract_ref) + (m.month - date '2020-01-01')))
         * CASE WHEN c.service_no = :overspent_service AND c.lot_no = :overspent_lot AND m.month >= :'overspent_since'::date THEN :overspent_factor ELSE 1 END,
       c.contract_ref, c.service_code, a.account
FROM demo.contract c CROSS JOIN demo.month m
CROSS JOIN (VALUES ('PAY', 0.71), ('NONPAY', 0.29)) a (account, share)
WHERE m.month < :'history_to'::date;

-- the plan of a contract: its value by month, and the activity that its lot
-- usually has
CREATE TABLE warehouse.contract_plan (plan_no bigint NOT NULL, org_code text NOT NULL, period date NOT NULL, plan_type text NOT NULL, plan_version text,
  service_code text, planned_activity numeric(10,1), planned_cost numeric(14,2));
INSERT INTO warehouse.contract_plan
SELECT row_number() OVER (ORDER BY m.month, c.contract_ref), c.division, m.month, 'CONTRACT', 'agreed', c.service_code,
       coalesce(a.contacts, 0) / 2.0 * m.share, c.annual_value * m.share * m.uplift
FROM demo.contract c CROSS JOIN demo.month m
LEFT JOIN (SELECT o.lot_no, c.service_no, sum(c.n_contacts) AS contacts
           FROM demo.contact c JOIN demo.offer o USING (offer_no) WHERE c.status = 'attended' GROUP BY 1, 2) a
  ON a.lot_no = c.lot_no AND a.service_no = c.service_no;

CREATE TABLE warehouse.price_list (price_no bigint NOT NULL, service_code text NOT NULL, per_unit text NOT NULL, amount numeric(9,2) NOT NULL, from_dt date, to_dt date);
INSERT INTO warehouse.price_list
SELECT u.service_no, r.service_code, 'contact', u.each, date '2024-04-01', NULL::date FROM demo.unit_cost u JOIN demo.service_rule r USING (service_no)
UNION ALL
SELECT 100 + r.service_no, r.service_code, 'bed day', avg(y.stay_cost / greatest(1, extract(epoch FROM y.discharge_ts - y.admit_ts) / 86400)), '2024-04-01', NULL
FROM warehouse.inpatient_stay y JOIN demo.service_rule r USING (service_code) WHERE y.discharge_ts IS NOT NULL GROUP BY r.service_no, r.service_code;

CREATE TABLE warehouse.service_change (change_no bigint NOT NULL, change_dt date NOT NULL, org_code text, service_code text, change_text text NOT NULL);
INSERT INTO warehouse.service_change VALUES
  (1, '2024-04-01', 'KM', NULL, 'Contracts begin in four lots, services as they are; the children''s services everywhere are in the West Kent lot'),
  (2, :'two_hour_since', 'KM', 'RAPID', 'Two-hour urgent community response goes live in all four lots'),
  (3, :'gap_since', 'LOT-MS', NULL, 'Three outreach clinics in deprived neighbourhoods of Medway and Swale stop taking new people'),
  (4, :'overspent_since', 'EQS-WK', 'EQUIP', 'New framework prices for beds and mattresses'),
  (5, '2026-04-01', 'KM', NULL, 'Year of transformation: integrated neighbourhood teams begin'),
  (6, :'slow_response_since', 'KCT-EK', 'RAPID', 'Night and weekend shifts of East Kent''s rapid response merge with the community nursing rota');
