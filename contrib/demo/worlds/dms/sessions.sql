-- Sessions follow the appointments of a day: enough slots for them at the usual
-- utilisation, cut into sessions of at most half a day. So utilisation does not
-- depend on the scale. Booked weeks ahead carry what the clinic usually offers.

-- everything that takes a slot; source 1 consultations, 2 referred, 3 dental.
-- A place's day of one service, in which sessions are held, is one number, so
-- that joins are on one column whose statistics are right.
CREATE FUNCTION demo.clinic_day(site_no integer, service_no integer, day date) RETURNS bigint
  IMMUTABLE PARALLEL SAFE
  RETURN (site_no * 16 + service_no) * 10000::bigint + (day - date '2020-01-01');

CREATE UNLOGGED TABLE demo.booking AS
SELECT demo.clinic_day(b.site_no, b.service_no, b.day) AS clinic_day, b.*
FROM (
  SELECT 1 AS source, key, nth AS seq, 1 AS try, person_no, service_no, medical_no AS site_no, day, status, booked_at, cancelled_at
  FROM demo.consultation WHERE day >= :'history_from'::date
  UNION ALL
  SELECT 2, ref_key, seq, try, person_no, service_no, site_no, day, status, booked_at, cancelled_at FROM demo.appointment
  UNION ALL
  SELECT 3, key, seq, 1, person_no, 3, site_no, day, status, booked_at, cancelled_at FROM demo.dental
) b;
ANALYZE demo.booking;

CREATE UNLOGGED TABLE demo.load AS
SELECT clinic_day, min(site_no) AS site_no, min(service_no) AS service_no, min(day) AS day, count(*) FILTER (WHERE status NOT LIKE 'cancelled%')::integer AS booked
FROM demo.booking GROUP BY 1;
ANALYZE demo.load;

-- what a clinic carries on its days of a month; Fridays of the idle care group
-- offer as much as its other days
CREATE UNLOGGED TABLE demo.open_days AS
SELECT o.calendar, date_trunc('month', o.day)::date AS month, count(*) AS days
FROM demo.next_open o WHERE o.open_day = o.day GROUP BY 1, 2;
CREATE UNLOGGED TABLE demo.usual_load AS
SELECT l.site_no, l.service_no, l.month, l.booked / (d.days * coalesce(c.clinic_days, 5) / 5.0) AS booked, c.clinic_no, s.calendar, s.group_no
FROM (SELECT site_no, service_no, date_trunc('month', day)::date AS month, sum(booked)::double precision AS booked
      FROM demo.load WHERE day >= :'history_from'::date AND day < :'history_to'::date GROUP BY 1, 2, 3) l
JOIN demo.site s USING (site_no)
JOIN demo.open_days d USING (calendar, month)
LEFT JOIN demo.clinic c USING (site_no, service_no);
ANALYZE demo.usual_load;
-- days whose offer follows the usual load: idle Fridays of their own month, and
-- the weeks ahead, which look at the last whole month
CREATE UNLOGGED TABLE demo.usual_day AS
SELECT o.calendar, d.day, d.weekday, d.day >= :'history_to'::date AS ahead,
       least(date_trunc('month', d.day)::date, (:'history_to'::date - interval '1 month')::date) AS month
FROM demo.day d JOIN demo.next_open o ON o.day = d.day AND o.open_day = d.day
WHERE d.day >= :'history_from'::date AND d.day < :'history_to'::date + :booked_ahead AND (d.day >= :'history_to'::date OR d.weekday = 5);
ANALYZE demo.usual_day;

CREATE UNLOGGED TABLE demo.offer AS
SELECT o.*, r.slot_minutes, ceil(o.slots / r.most_slots::numeric)::integer AS sessions
FROM (
  SELECT l.clinic_day, l.site_no, l.service_no, l.day,
         greatest(l.booked, demo.round_up_or_down(l.booked / least(1, greatest(0.75, :utilisation + 0.05 * demo.normal('utilisation', l.clinic_day))), demo.u('slots', l.clinic_day))) AS slots
  FROM demo.load l JOIN demo.site s USING (site_no)
  WHERE l.day < :'history_to'::date
    -- idle Fridays come from the second part
    AND NOT (l.service_no <= 2 AND extract(isodow FROM l.day) = 5 AND coalesce(s.group_no, 0) = :idle_group)
  UNION ALL
  SELECT k.clinic_day, u.site_no, u.service_no, d.day, greatest(coalesce(l.booked, 0), demo.round_up_or_down(u.booked / :utilisation, demo.u('slots', k.clinic_day)))
  FROM demo.usual_load u
  JOIN demo.usual_day d ON d.calendar = u.calendar AND d.month = u.month AND (d.ahead OR u.service_no <= 2 AND u.group_no = :idle_group)
  CROSS JOIN LATERAL (SELECT demo.clinic_day(u.site_no, u.service_no, d.day) AS clinic_day) k
  LEFT JOIN demo.load l ON l.clinic_day = k.clinic_day
  LEFT JOIN demo.next_clinic n ON n.clinic_no = u.clinic_no AND n.day = d.day
  WHERE coalesce(n.next_day = d.day, true)
) o
JOIN demo.service_rule r USING (service_no)
WHERE o.slots > 0;
ANALYZE demo.offer;

-- fewer than 32 in a day, so that day and number are one key
CREATE UNLOGGED TABLE demo.session AS
SELECT row_number() OVER (ORDER BY o.day, s.starts, o.clinic_day, s.n)::bigint AS session_no, o.clinic_day * 32 + s.n AS session_key,
       o.service_no, o.site_no, o.day, s.n, o.sessions, o.slots / o.sessions + (s.n <= o.slots % o.sessions)::integer AS slots, o.slot_minutes, s.starts
FROM demo.offer o
CROSS JOIN LATERAL (
  -- clinics that hold one session in a day hold it in the morning or the afternoon
  SELECT n, CASE WHEN (n + o.site_no + extract(isodow FROM o.day)::integer) % 2 = 0 THEN interval '8 hours 30 minutes' ELSE interval '13 hours' END AS starts
  FROM generate_series(1, o.sessions) n) s;
ANALYZE demo.session;

-- every appointment gets a session and a slot of its day; cancelled ones keep
-- the session they had, their slot went to somebody else
CREATE UNLOGGED TABLE demo.placed AS
SELECT a.source, a.key, a.seq, a.try, a.person_no, a.service_no, a.site_no, a.status, a.cancelled_at, s.session_no, s.slot_minutes,
       least(a.booked_at, t.starts - interval '5 minutes') AS booked_at, t.starts
FROM (SELECT b.*, o.sessions, b.clinic_day * 32 + 1 + b.place % o.sessions AS session_key
      FROM (SELECT *, status LIKE 'cancelled%' AS cancelled,
                   row_number() OVER (PARTITION BY clinic_day, status LIKE 'cancelled%' ORDER BY key, seq, try)::integer - 1 AS place
            FROM demo.booking) b
      JOIN demo.offer o USING (clinic_day)
      OFFSET 0) a
JOIN demo.session s ON s.session_key = a.session_key
JOIN demo.site x ON x.site_no = a.site_no
CROSS JOIN LATERAL (SELECT ((a.day + s.starts + CASE WHEN a.cancelled THEN a.place % s.slots ELSE a.place / a.sessions END * s.slot_minutes * interval '1 minute')
                            AT TIME ZONE x.time_zone) AS starts) t;
ANALYZE demo.placed;
