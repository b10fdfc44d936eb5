-- Contracts, the ledger, prices, plans and dated changes.

CREATE TABLE warehouse.contract_register (contract_ref text NOT NULL, lot_name text, provider_code text NOT NULL, service_code text,
  annual_value numeric(12,2), from_dt date NOT NULL, to_dt date);
INSERT INTO warehouse.contract_register VALUES
  ('K-ELECTIVE', 'Elective MSK', 'ACU', NULL, 11800000 * :scale, '2023-04-01', '2027-03-31'),
  ('K-TRAUMA', 'Trauma', 'ACU', NULL, 6600000 * :scale, '2023-04-01', '2027-03-31'),
  ('K-COMMUNITY', 'Community MSK', 'COM', NULL, 3100000 * :scale, '2022-10-01', '2027-09-30');

-- what was charged: the costed activity of a month by contract and service
CREATE TABLE warehouse.ledger (entry_no bigint NOT NULL, org_code text NOT NULL, period date NOT NULL, amount numeric(12,2) NOT NULL,
  contract_ref text, service_code text, spend_type text);
CREATE UNLOGGED TABLE demo.charged AS
SELECT org_code, period::date, sum(cost) AS amount, count(*) AS activity, contract_ref, service_code, spend_type
FROM (
  SELECT 'COM' AS org_code, date_trunc('month', contact_ts) AS period, unit_cost AS cost, 'K-COMMUNITY' AS contract_ref, service_code, 'COMMUNITY' AS spend_type
  FROM warehouse.community_contact WHERE contact_status = 'ATT' AND service_code <> 'FCP'
  UNION ALL
  SELECT 'ACU', date_trunc('month', appt_dt), net_cost, CASE service_code WHEN 'FRAC' THEN 'K-TRAUMA' ELSE 'K-ELECTIVE' END, service_code,
         CASE service_code WHEN 'FRAC' THEN 'TRAUMA' ELSE 'ELECTIVE' END
  FROM warehouse.opa_appointment WHERE attended_code IN ('5', '6')
  UNION ALL
  SELECT 'ACU', date_trunc('month', exam_ts), exam_cost, 'K-ELECTIVE', 'IMG', 'ELECTIVE' FROM warehouse.imaging_exam WHERE exam_status = 'DONE'
  UNION ALL
  SELECT 'ACU', date_trunc('month', arrival_ts), net_cost, 'K-TRAUMA', 'ED', 'TRAUMA' FROM warehouse.ecds_attendance
  UNION ALL
  SELECT 'ACU', date_trunc('month', admit_ts), net_cost, CASE admission_method WHEN '21' THEN 'K-TRAUMA' ELSE 'K-ELECTIVE' END, service_code,
         CASE admission_method WHEN '21' THEN 'TRAUMA' ELSE 'ELECTIVE' END
  FROM warehouse.apc_spell WHERE spell_state = 'ADMITTED'
) a
WHERE period >= :'history_from'::date
GROUP BY 1, 2, 5, 6, 7;
INSERT INTO warehouse.ledger
SELECT row_number() OVER (ORDER BY period, contract_ref, service_code), org_code, period, amount, contract_ref, service_code, spend_type
FROM demo.charged;

CREATE TABLE warehouse.tariff (tariff_no bigint NOT NULL, service_code text, item_code text, per_unit text NOT NULL, amount numeric(9,2) NOT NULL,
  from_dt date, to_dt date);
INSERT INTO warehouse.tariff
SELECT row_number() OVER (ORDER BY service_code, unit), service_code, NULL, unit, amount, date '2023-04-01', NULL::date
FROM (SELECT service_code, 'first attendance' AS unit, first_cost AS amount FROM demo.service_rule
      UNION ALL SELECT service_code, 'follow-up attendance', later_cost FROM demo.service_rule WHERE follow_up_mean > 0) t;
INSERT INTO warehouse.tariff VALUES (101, NULL, 'HN22D', 'spell', 6640, '2023-04-01', NULL), (102, NULL, 'HN12D', 'spell', 6640, '2023-04-01', NULL),
  (103, NULL, 'HC64C', 'spell', 6640, '2023-04-01', NULL), (104, NULL, 'HN24C', 'spell', 1660, '2023-04-01', NULL),
  (105, NULL, 'HN45A', 'spell', 1660, '2023-04-01', NULL), (106, NULL, 'HN53B', 'spell', 1660, '2023-04-01', NULL);

-- the plan of a financial year: an even share of the contract by service and
-- working days, agreed before the year began
CREATE TABLE warehouse.activity_plan (plan_no bigint NOT NULL, org_code text NOT NULL, period date NOT NULL, plan_type text NOT NULL, plan_version text,
  service_code text, planned_activity numeric(10,1), planned_cost numeric(12,2));
INSERT INTO warehouse.activity_plan
SELECT row_number() OVER (ORDER BY m.month, b.contract_ref, b.service_code), b.org_code, m.month, b.spend_type, 'agreed', b.service_code,
       b.activity * m.share, b.amount * m.share
FROM (SELECT org_code, contract_ref, service_code, spend_type, sum(activity) / 36.0 AS activity, sum(amount) / 36.0 AS amount
      FROM demo.charged GROUP BY 1, 2, 3, 4) b
CROSS JOIN (SELECT date_trunc('month', day)::date AS month, count(*) FILTER (WHERE working) / 21.0 AS share FROM demo.day
            WHERE day >= :'history_from'::date AND day < date '2027-04-01' GROUP BY 1) m;

CREATE TABLE warehouse.service_change (change_no bigint NOT NULL, change_dt date NOT NULL, org_code text, service_code text, change_text text NOT NULL);
INSERT INTO warehouse.service_change VALUES
  (1, :'one_referral_since', 'HQ', 'MSKORT', 'One referral: orthopaedic and rheumatological questions go to the community service first; third clinic day at Weald View'),
  (2, '2025-04-01', 'COM', 'GRPEX', 'Group exercise for knees, hips and backs offered at four clinics'),
  (3, '2025-01-06', 'N3', 'FCP', 'Online booking for first-contact practitioners'),
  (4, :'slow_imaging_since', 'ACU', 'IMG', 'Imaging bookings at North Hospital moved to a new booking office'),
  (5, :'slow_physio_since', 'COM', 'MSKPHY', 'New referrals to Northbrook Clinic wait for a paper triage before they are booked');
