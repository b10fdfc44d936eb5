-- Demand that is no referral, reviews that are due, and beds.

-- calls to the lots' single points of access: those that became a referral, and
-- as many again in four that did not
CREATE TABLE warehouse.spa_call (call_uid uuid NOT NULL, call_ts timestamptz NOT NULL, site_code text NOT NULL, service_code text, person_uid uuid,
  channel_code text, outcome_code text);
INSERT INTO warehouse.spa_call
SELECT demo.uid('call', x.key), x.at::timestamptz, s.site_code, x.service_code, CASE WHEN demo.u('known caller', x.key) < 0.93 THEN x.person_uid END,
       CASE WHEN demo.u('channel', x.key) < 0.74 THEN 'PHONE' WHEN demo.u('channel', x.key) < 0.92 THEN 'PORTAL' ELSE 'CAD' END, x.outcome
FROM (
  SELECT f.ref_key * 2 AS key, f.received - interval '5 minutes' AS at, f.lot_no, r.service_code, f.person_uid, 'BOOKED' AS outcome
  FROM demo.referral f JOIN demo.service_rule r USING (service_no)
  WHERE r.line IN ('Single point of access', 'Intermediate care') OR r.service_code IN ('LTCN', 'MATRON', 'WOUND', 'EOL') AND demo.u('by phone', f.ref_key) < 0.6
  UNION ALL
  SELECT f.ref_key * 2 + 1, f.received + interval '25 minutes', f.lot_no, r.service_code, f.person_uid,
         CASE WHEN demo.u('not booked', f.ref_key) < 0.12 THEN 'SIGNPOSTED' WHEN demo.u('not booked', f.ref_key) < 0.17 THEN 'NOCAPACITY' ELSE 'HUNGUP' END
  FROM demo.referral f JOIN demo.service_rule r USING (service_no)
  WHERE r.line IN ('Single point of access', 'Intermediate care') AND demo.u('not booked', f.ref_key) < 0.25
  UNION ALL
  -- the planted rise: ever more calls about one service in one lot, by people it
  -- knows, which do not become referrals
  SELECT -g.key, g.at, :rising_lot, :'rising_service', c.callers[1 + floor(demo.u('rising caller', g.key) * cardinality(c.callers))::integer],
         CASE WHEN demo.u('not booked', g.key) < 0.48 THEN 'SIGNPOSTED' WHEN demo.u('not booked', g.key) < 0.68 THEN 'NOCAPACITY' ELSE 'HUNGUP' END
  FROM (SELECT array_agg(person_uid ORDER BY person_no) AS callers FROM demo.person WHERE lot_no = :rising_lot AND died IS NULL AND born < :'history_from'::date - 18 * 366) c
  CROSS JOIN LATERAL (
    SELECT m.place * 1000000 + i AS key,
           m.month + floor(demo.u('rising day', m.place * 1000000 + i) * extract(day FROM m.month + interval '1 month' - interval '1 day')::double precision) * interval '1 day'
             + demo.time_of_day(demo.u('rising time', m.place * 1000000 + i), 8, 18) AS at
    FROM generate_series(:'history_from'::timestamp, :'history_to'::timestamp - interval '1 month', interval '1 month') WITH ORDINALITY m (month, place)
    CROSS JOIN LATERAL generate_series(1, demo.round_up_or_down(:rising_first * :scale * :rising_factor ^ (m.place - 1), demo.u('rising', m.place))) i
  ) g
) x
JOIN demo.site s ON s.tag = 'spa' AND s.lot_no = x.lot_no
WHERE x.at >= :'history_from'::timestamp AND x.at < :'history_to'::timestamp
ORDER BY x.at, x.key;

-- reviews due after the last contact of long conditions
CREATE TABLE warehouse.recall_register (recall_uid uuid NOT NULL, person_uid uuid NOT NULL, service_code text NOT NULL, recall_type text NOT NULL,
  due_dt date NOT NULL, done_dt date);
INSERT INTO warehouse.recall_register
SELECT demo.uid('recall', x.ref_key), x.person_uid, x.service_code, x.kind, x.due,
       CASE WHEN x.due + x.slip < :'history_to'::date AND demo.u('recalled', x.ref_key) < 0.84 THEN x.due + x.slip END
FROM (
  SELECT p.ref_key, p.person_uid, r.service_code, v.kind, p.closed::date + v.days AS due, floor(-7 + 60 * demo.u('slip', p.ref_key) ^ 2)::integer AS slip
  FROM demo.pathway p JOIN demo.service_rule r USING (service_no)
  JOIN (VALUES ('STRN', 'six-month stroke review', 182), ('RESP', 'annual respiratory review', 365), ('CARD', 'annual cardiac review', 365),
               ('EPIL', 'annual epilepsy review', 365), ('CONT', 'product reassessment', 365), ('PODI', 'foot risk review', 182),
               ('CAUD', 'hearing review', 182), ('CPAED', 'paediatric review', 182), ('CLAC', 'review health assessment', 182)) v (service_code, kind, days)
    USING (service_code)
  WHERE p.first_day IS NOT NULL AND p.fate = 'accepted' AND demo.u('reviewed', p.ref_key) < 0.5
) x
WHERE x.due >= :'history_from'::date AND x.due < :'history_to'::date + 365;

-- beds open on each day: enough for the stays at nine in ten filled
CREATE TABLE warehouse.bed_availability (site_code text NOT NULL, ward text NOT NULL, day date NOT NULL, beds_open integer NOT NULL);
INSERT INTO warehouse.bed_availability
SELECT y.site_code, y.ward, d.day, greatest(1, y.beds - (demo.u('bed closed', hashtext(y.site_code) + (d.day - date '2020-01-01')) < 0.06)::integer)
FROM (SELECT site_code, ward, ceil(sum(extract(epoch FROM discharge_ts - admit_ts)) / 86400 / 700 / 0.9)::integer AS beds
      FROM warehouse.inpatient_stay WHERE stay_state = 'ADMITTED' AND discharge_ts IS NOT NULL GROUP BY 1, 2) y
CROSS JOIN demo.day d
WHERE d.day >= :'history_from'::date AND d.day < :'history_to'::date + :booked_ahead;
