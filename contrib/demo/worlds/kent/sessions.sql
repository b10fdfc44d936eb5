-- Clinic sessions follow the appointments of a day: enough slots for them at the
-- usual utilisation, cut into sessions of at most half a day. So utilisation
-- does not depend on the scale. Weeks ahead carry what the clinic usually offers.

CREATE UNLOGGED TABLE demo.clinic_load AS
SELECT offer_no, medium, day, count(*) FILTER (WHERE status NOT LIKE 'cancelled%')::integer AS booked
FROM demo.visit WHERE medium IN ('CLINIC', 'GRP')
GROUP BY 1, 2, 3;

CREATE UNLOGGED TABLE demo.session AS
WITH usual AS (   -- mean load of the last month on the clinic's days
  SELECT l.offer_no, l.medium, avg(l.booked) AS booked FROM demo.clinic_load l
  WHERE l.day >= :'history_to'::date - 30 AND l.day < :'history_to'::date GROUP BY 1, 2),
planned AS (
  SELECT offer_no, medium, day, booked,
         greatest(booked, demo.round_up_or_down(booked / least(1, greatest(0.76, :utilisation
           + 0.05 * demo.normal('utilisation', offer_no * 10000::bigint + (day - date '2020-01-01')))),
           demo.u('slots', offer_no * 10000::bigint + (day - date '2020-01-01')))) AS slots
  FROM demo.clinic_load WHERE day < :'history_to'::date
  UNION ALL
  SELECT u.offer_no, u.medium, d.next_day, coalesce(l.booked, 0),
         greatest(coalesce(l.booked, 0), ceil(u.booked / :utilisation)::integer)
  FROM usual u JOIN demo.offer o USING (offer_no)
  JOIN demo.open_day d ON d.pattern_no = o.pattern_no AND d.next_day = d.day
    AND d.day >= :'history_to'::date AND d.day < :'history_to'::date + :booked_ahead
  LEFT JOIN demo.clinic_load l ON l.offer_no = u.offer_no AND l.medium = u.medium AND l.day = d.next_day
  UNION ALL   -- booked ahead where nothing was held in the last month
  SELECT l.offer_no, l.medium, l.day, l.booked, l.booked FROM demo.clinic_load l
  WHERE l.day >= :'history_to'::date AND NOT EXISTS (SELECT FROM usual u WHERE u.offer_no = l.offer_no AND u.medium = l.medium))
SELECT row_number() OVER (ORDER BY p.day, s.starts, p.offer_no, p.medium, s.n)::bigint AS session_no,
       p.offer_no, p.medium, p.day, s.n, p.sessions, p.slots / p.sessions + (s.n <= p.slots % p.sessions)::integer AS slots,
       CASE WHEN p.medium = 'GRP' THEN 60 ELSE p.minutes END AS slot_minutes, s.starts, s.staff_n, p.service_no, p.site_no
FROM (SELECT q.*, o.service_no, o.site_no, o.staff_count, r.minutes,
             ceil(q.slots / CASE WHEN q.medium = 'GRP' THEN 12 ELSE greatest(3, 240 / r.minutes) END::numeric)::integer AS sessions
      FROM planned q JOIN demo.offer o USING (offer_no) JOIN demo.service_rule r USING (service_no) WHERE q.slots > 0) p
CROSS JOIN LATERAL (
  -- the members of a service take turns
  SELECT n, CASE WHEN n <= 2 * p.staff_count THEN 1 + (n - 1 + (p.day - date '2001-01-01')) % p.staff_count END AS staff_n,
         CASE WHEN n <= p.staff_count THEN interval '8 hours 30 minutes' ELSE interval '13 hours' END AS starts
  FROM generate_series(1, p.sessions) n) s;
ALTER TABLE demo.session ADD session_uid uuid;
UPDATE demo.session SET session_uid = demo.uid('session', session_no);
CREATE INDEX ON demo.session (offer_no, day, medium, n);
ANALYZE demo.session;

-- who runs it: the service's own member, or the place's bank staff when
-- away; a service of one person has no cover
CREATE UNLOGGED TABLE demo.session_staff AS
SELECT s.session_no, CASE WHEN a.staff_no IS NULL THEN coalesce(w.staff_no, b.staff_no) ELSE b.staff_no END AS staff_no,
       w.staff_no IS NULL OR a.staff_no IS NOT NULL AS covered
FROM demo.session s
JOIN demo.offer o USING (offer_no)
LEFT JOIN demo.staff w ON w.offer_no = s.offer_no AND w.staff_n = CASE WHEN o.staff_count = 1 THEN 1 ELSE s.staff_n END
LEFT JOIN demo.away a ON a.staff_no = w.staff_no AND a.day = s.day
LEFT JOIN (SELECT t.place_no, min(e.staff_no) AS staff_no FROM demo.staff e JOIN demo.site t USING (site_no)
           WHERE e.bank GROUP BY t.place_no) b ON b.place_no = o.place_no AND o.staff_count > 1;
ALTER TABLE demo.session_staff ADD PRIMARY KEY (session_no);
ANALYZE demo.session_staff;

-- every clinic appointment gets a session and a slot of its day; a cancelled one
-- keeps the session it had, its slot went to somebody else
CREATE UNLOGGED TABLE demo.placed AS
SELECT a.key, s.session_no, s.session_uid, w.staff_no,
       a.day + s.starts + CASE WHEN a.medium = 'GRP' THEN 0
         ELSE (CASE WHEN a.cancelled THEN a.place % s.slots ELSE a.place / s.sessions END) * s.slot_minutes END * interval '1 minute' AS starts
FROM (SELECT v.key, v.offer_no, v.day, v.medium, v.status LIKE 'cancelled%' AS cancelled,
             row_number() OVER (PARTITION BY v.offer_no, v.medium, v.day, v.status LIKE 'cancelled%' ORDER BY demo.u('place', v.key))::integer - 1 AS place
      FROM demo.visit v WHERE v.medium IN ('CLINIC', 'GRP')) a
JOIN demo.session s1 ON s1.offer_no = a.offer_no AND s1.day = a.day AND s1.medium = a.medium AND s1.n = 1
JOIN demo.session s ON s.offer_no = a.offer_no AND s.day = a.day AND s.medium = a.medium AND s.n = 1 + a.place % s1.sessions
JOIN demo.session_staff w ON w.session_no = s.session_no;
CREATE UNIQUE INDEX ON demo.placed (key);
ANALYZE demo.placed;

CREATE TABLE warehouse.clinic_session (session_uid uuid NOT NULL, site_code text NOT NULL, service_code text NOT NULL, session_start timestamptz NOT NULL,
  session_end timestamptz NOT NULL, slot_count integer NOT NULL, slot_length integer NOT NULL, template_code text, medium text, session_state text, room text);
INSERT INTO warehouse.clinic_session
SELECT s.session_uid, t.site_code, r.service_code, (s.day + s.starts)::timestamptz,
       (s.day + s.starts + CASE WHEN s.medium = 'GRP' THEN 1 ELSE s.slots END * s.slot_minutes * interval '1 minute')::timestamptz,
       s.slots, s.slot_minutes, r.service_code || '-' || t.site_code || '-' || to_char(s.day, 'DY') || '-' || s.n, s.medium,
       CASE WHEN s.day < :'history_to'::date THEN 'HELD' ELSE 'OPEN' END, t.site_code || '-R' || coalesce(s.staff_n, s.n)
FROM demo.session s JOIN demo.site t USING (site_no) JOIN demo.service_rule r USING (service_no)
UNION ALL   -- planned and called off, with nobody booked any more
SELECT demo.uid('called off', s.session_no), t.site_code, r.service_code, (s.day + s.starts)::timestamptz,
       (s.day + s.starts + s.slots * s.slot_minutes * interval '1 minute')::timestamptz, s.slots, s.slot_minutes,
       r.service_code || '-' || t.site_code || '-X', s.medium, 'CANX', t.site_code || '-RX'
FROM demo.session s JOIN demo.site t USING (site_no) JOIN demo.service_rule r USING (service_no)
WHERE s.day < :'history_to'::date AND demo.u('called off', s.session_no) < 0.02 AND s.service_no <> :single_service;

CREATE TABLE warehouse.clinic_session_staff (session_uid uuid NOT NULL, staff_code text NOT NULL, duty text);
INSERT INTO warehouse.clinic_session_staff
SELECT s.session_uid, 'E' || lpad(w.staff_no::text, 5, '0'), CASE WHEN w.covered THEN 'cover' ELSE 'lead' END
FROM demo.session_staff w JOIN demo.session s USING (session_no) WHERE w.staff_no IS NOT NULL;
