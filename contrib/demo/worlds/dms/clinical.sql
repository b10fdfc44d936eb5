-- Diagnoses, what patients report, and requests for care as weekly counts: the
-- telephone system tells how many called, not who.

CREATE TABLE warehouse.fact_problem (problem_id text NOT NULL, person_id text NOT NULL, coded_ts timestamptz NOT NULL, snomed_code bigint NOT NULL, position_no integer);
INSERT INTO warehouse.fact_problem
SELECT 'X' || lpad((row_number() OVER (ORDER BY referral_id))::text, 8, '0'), person_id, coalesce(consulted_ts, letter_ts), reason_snomed, 1
FROM warehouse.fact_referral WHERE pathway_id = referral_id AND reason_snomed IS NOT NULL;

CREATE TABLE warehouse.fact_prom (person_id text NOT NULL, tool text NOT NULL, done_date date NOT NULL, referral_id text, stage_code text NOT NULL, score numeric(6,2) NOT NULL);
INSERT INTO warehouse.fact_prom
SELECT DISTINCT ON (x.person_no, x.tool, x.done) 'P' || lpad(x.person_no::text, 7, '0'), x.tool, x.done, 'R' || lpad(x.referral_no::text, 7, '0'), x.stage, round(x.score::numeric)
FROM (
  SELECT p.person_no, t.tool, s.stage, p.referral_no, CASE s.stage WHEN 'B' THEN p.first_day ELSE p.closed::date END AS done,
         least(t.best, greatest(0, t.middle + t.spread * demo.normal('score', p.ref_key)
           + CASE s.stage WHEN 'B' THEN 0 ELSE t.gain + 0.5 * t.spread * demo.normal('gain', p.ref_key) END)) AS score
  FROM demo.pathway p
  JOIN (VALUES (5, 'MSK-HQ', 28.0, 8.0, 10.0, 56.0, 0.35), (8, 'PHQ-9', 15.0, 5.0, -6.0, 27.0, 0.7)) t (service_no, tool, middle, spread, gain, best, share) USING (service_no)
  CROSS JOIN (VALUES ('B'), ('D')) s (stage)
  WHERE p.first_day >= :'history_from'::date AND p.first_day < :'history_to'::date
    AND demo.u('asked ' || t.tool, p.ref_key) < t.share
    AND (s.stage = 'B' OR p.closed < :'history_to'::timestamptz AND demo.u('answers ' || t.tool, p.ref_key) < 0.65)
) x ORDER BY x.person_no, x.tool, x.done, x.referral_no, x.stage;

CREATE TABLE warehouse.contact_count (count_id text NOT NULL, week_start date NOT NULL, facility_code text NOT NULL, service_code text NOT NULL,
  channel_code text NOT NULL, outcome_code text NOT NULL, requests integer NOT NULL);
INSERT INTO warehouse.contact_count
SELECT 'Q' || lpad((row_number() OVER (ORDER BY x.week, x.site_no, x.channel, x.outcome))::text, 8, '0'), x.week, s.site_code, 'GPMO', x.channel, x.outcome, x.requests
FROM (
  SELECT site_no, date_trunc('week', day)::date AS week,
         CASE WHEN demo.u('channel', key) < 0.6 THEN 'PHONE' WHEN demo.u('channel', key) < 0.85 THEN 'ONLINE' ELSE 'DESK' END AS channel,
         CASE WHEN o.n = 1 THEN 'BOOKED' WHEN demo.u('not booked', key) < 0.05 THEN 'REDIRECT' WHEN demo.u('not booked', key) < 0.09 THEN 'NOSLOT' ELSE 'HUNGUP' END AS outcome,
         count(*)::integer AS requests
  FROM demo.booking
  -- as many as one in eight again who were not booked
  CROSS JOIN LATERAL generate_series(1, CASE WHEN demo.u('not booked', key) < 0.125 THEN 2 ELSE 1 END) o (n)
  WHERE source = 1 AND day < :'history_to'::date
  GROUP BY 1, 2, 3, 4
) x JOIN demo.site s USING (site_no);

-- redirected_requests: what would have been booked is sent elsewhere
UPDATE warehouse.contact_count AS c SET outcome_code = 'REDIRECT'
FROM demo.site s WHERE s.site_code = c.facility_code AND s.site_no = :redirecting_site AND c.outcome_code = 'BOOKED'
  AND demo.u('sent elsewhere', substr(c.count_id, 2)::bigint) < :redirecting_share;

CREATE TABLE warehouse.dental_emergency_call (call_id text NOT NULL, called_ts timestamptz NOT NULL, facility_code text NOT NULL, person_id text, outcome_code text NOT NULL);
INSERT INTO warehouse.dental_emergency_call
SELECT 'L' || lpad((row_number() OVER (ORDER BY e.at, e.person_no))::text, 7, '0'), e.at - interval '3 hours' * demo.u('called', e.person_no), s.site_code,
       'P' || lpad(e.person_no::text, 7, '0'), CASE WHEN e.draw < 0.85 THEN 'BOOKED' WHEN e.draw < 0.95 THEN 'REDIRECT' ELSE 'NOSLOT' END
FROM demo.dental_emergency e JOIN demo.site s USING (site_no);
