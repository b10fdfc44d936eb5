-- Dental inspections of regulars every six, twelve or eighteen months, the
-- treatment that follows, emergencies at any hour; and recalls, which are the
-- inspections that are due, and follow-ups of primary care.

-- the last inspection and the one that is due next, from today backwards
CREATE UNLOGGED TABLE demo.inspection AS
SELECT i.*, i.due - i.months * 30 AS last_day,
       -- a place in the book for those who are due soon or lately
       CASE WHEN i.due BETWEEN :'history_to'::date - 90 AND :'history_to'::date + 45 AND demo.u('is booked', i.person_no) < CASE WHEN i.backlog THEN 0.12 ELSE 0.45 END
            THEN o.open_day END AS booked_day
FROM (SELECT p.person_no, p.medical_no, p.joined, p.from_medical_no, p.posted_from, d.site_no, d.site_no = b.site_no AS backlog, s.calendar, k.months,
             CASE WHEN demo.u('inspection overdue', p.person_no) < CASE WHEN d.site_no = b.site_no THEN :backlog_share ELSE :inspection_overdue_share END
                  THEN :'history_to'::date - 1 - least(600, floor(demo.lognormal('overdue inspection', p.person_no, CASE WHEN d.site_no = b.site_no THEN 130 ELSE 45 END, 0.8)))::integer
                  ELSE :'history_to'::date + floor(demo.u('inspection due', p.person_no) * k.months * 30)::integer END AS due
      FROM demo.person p
      JOIN demo.goes_to d ON d.medical_no = p.medical_no AND d.kind = 'DEN'
      JOIN demo.site s ON s.site_no = d.site_no
      JOIN demo.goes_to b ON b.medical_no = :backlog_dental_at AND b.kind = 'DEN'
      CROSS JOIN LATERAL (SELECT CASE WHEN demo.u('risk', p.person_no) < 0.15 THEN 6 WHEN demo.u('risk', p.person_no) < 0.75 THEN 12 ELSE 18 END AS months) k
      WHERE p.current AND p.group_no = 1) i
JOIN demo.next_open o ON o.calendar = i.calendar AND o.day = :'history_to'::date + 1 + floor(42 * demo.u('booked for', i.person_no))::integer;

-- every inspection held within the two years: the last one and those before it,
-- at the centre where the person was then
CREATE UNLOGGED TABLE demo.inspected AS
SELECT i.person_no, i.person_no::bigint * 8 + n AS key, d.site_no, o.open_day AS day,
       -- when it had been due: a few days to some weeks before
       i.last_day - n * i.months * 30 - (floor(40 * demo.u('inspected late', i.person_no::bigint * 8 + n)) - 15)::integer AS due
FROM demo.inspection i
CROSS JOIN LATERAL generate_series(0, 3) n
CROSS JOIN LATERAL (SELECT CASE WHEN i.last_day - n * i.months * 30 >= i.joined THEN i.medical_no
                                WHEN i.last_day - n * i.months * 30 >= i.posted_from THEN i.from_medical_no END AS medical_no) m
JOIN demo.goes_to d ON d.medical_no = m.medical_no AND d.kind = 'DEN'
JOIN demo.site s ON s.site_no = d.site_no
JOIN demo.next_open o ON o.calendar = s.calendar AND o.day = i.last_day - n * i.months * 30
WHERE i.last_day - n * i.months * 30 >= :'history_from'::date AND o.open_day < :'history_to'::date;

-- all dental appointments by day: seq 0 an inspection, above it treatment, 7 the booked one
CREATE UNLOGGED TABLE demo.dental AS
SELECT x.person_no, x.key, x.seq, x.site_no, x.day, x.status, (x.day - x.lead + interval '10 hours')::timestamptz AS booked_at,
       CASE WHEN x.status LIKE 'cancelled%' THEN (x.day - x.lead / 2 + interval '7 hours')::timestamptz END AS cancelled_at
FROM (
  SELECT person_no, key, 0 AS seq, site_no, day, 'attended' AS status, 5 + floor(30 * demo.u('dental lead', key))::integer AS lead FROM demo.inspected
  UNION ALL   -- the try that failed before it
  SELECT e.person_no, e.key, 6, e.site_no, o.open_day, CASE WHEN e.draw < 0.07 THEN 'missed' WHEN e.draw < 0.115 THEN 'cancelled by person' ELSE 'cancelled by provider' END,
         10 + floor(20 * demo.u('failed lead', e.key))::integer
  FROM (SELECT *, demo.u('dental fails', key) AS draw FROM demo.inspected) e JOIN demo.site s USING (site_no)
  JOIN demo.next_open o ON o.calendar = s.calendar AND o.day = e.day - 14
  WHERE e.draw < 0.135 AND e.day - 14 >= :'history_from'::date
  UNION ALL
  SELECT t.person_no, t.key, t.seq, t.site_no, o.open_day, CASE WHEN o.open_day >= :'history_to'::date THEN 'booked' ELSE 'attended' END, 12
  FROM (SELECT i.person_no, i.key, i.site_no, g.seq, i.day + 14 * g.seq + floor(8 * demo.u('treatment', i.key * 8 + g.seq))::integer AS wished
        FROM demo.inspected i CROSS JOIN LATERAL generate_series(1, least(4, demo.geometric('treatments', i.key, 0.5))) g (seq)) t
  JOIN demo.site s USING (site_no)
  JOIN demo.next_open o ON o.calendar = s.calendar AND o.day = t.wished
  WHERE o.open_day < :'history_to'::date + 12
  UNION ALL
  SELECT person_no, person_no::bigint * 8 + 7, 7, site_no, booked_day, 'booked', booked_day - :'history_to'::date + 1 + floor(20 * demo.u('booked lead', person_no))::integer
  FROM demo.inspection WHERE booked_day IS NOT NULL
) x;

-- emergencies come at any hour of any day
CREATE UNLOGGED TABLE demo.dental_emergency AS
SELECT p.person_no, p.person_no::bigint AS key, d.site_no, demo.u('emergency outcome', p.person_no) AS draw,
       date_trunc('minute', :'history_from'::timestamptz + demo.u('emergency at', p.person_no) * interval '729 days') AS at
FROM demo.person p JOIN demo.goes_to d ON d.medical_no = p.medical_no AND d.kind = 'DEN'
WHERE p.current AND p.group_no = 1 AND demo.u('emergency', p.person_no) < 0.06;

-- follow-ups of primary care that are due: long conditions, medicines, hearing
CREATE UNLOGGED TABLE demo.follow_up_due AS
SELECT p.person_no, p.person_no::bigint AS key, k.kind, f.due,
       CASE WHEN f.due < :'history_to'::date AND f.due + f.slip < :'history_to'::date AND demo.u('recalled', p.person_no) < 0.82 THEN f.due + f.slip END AS done
FROM demo.person p
CROSS JOIN LATERAL (SELECT (ARRAY['medication review', 'long-term condition review', 'audiometry', 'vaccination'])[1 + floor(4 * demo.u('recall kind', p.person_no))::integer] AS kind) k
CROSS JOIN LATERAL (SELECT :'history_to'::date - 365 + floor(640 * demo.u('recall due', p.person_no))::integer AS due,
                           floor(-7 + 50 * demo.u('slip', p.person_no) ^ 2)::integer AS slip) f
WHERE p.current AND demo.u('on recall', p.person_no) < CASE p.group_no WHEN 1 THEN 0.28 WHEN 3 THEN 0.2 ELSE 0.04 END;
ANALYZE demo.inspected;
ANALYZE demo.dental;
