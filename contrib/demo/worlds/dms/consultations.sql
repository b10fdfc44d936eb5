-- Consultations in primary care: a day for every one of a person's, at the
-- facility where the person was then, with an outcome. People differ widely in
-- how often they come. Booked is what is known on the last day of the history.

CREATE UNLOGGED TABLE demo.consultation AS
SELECT t.key, t.nth, t.person_no, t.group_no, t.medical_no, t.service_no, t.day, t.booked_at,
       CASE WHEN t.fail LIKE 'cancelled%' AND t.cancelled_at < :'history_to'::timestamptz THEN t.fail
            WHEN t.day >= :'history_to'::date THEN 'booked'
            WHEN t.fail = 'missed' THEN t.fail
            ELSE 'attended' END AS status,
       CASE WHEN t.fail LIKE 'cancelled%' AND t.cancelled_at < :'history_to'::timestamptz THEN t.cancelled_at END AS cancelled_at
FROM (
  SELECT c.key, c.nth, c.person_no, c.group_no, c.medical_no, r.service_no, c.day,
         -- on the morning of the day, or in the working hours of a day before it
         ((c.day - c.lead + CASE WHEN c.lead = 0 THEN interval '7 hours' ELSE interval '8 hours' END
           + floor(demo.u('booked time', c.key) * CASE WHEN c.lead = 0 THEN 60 ELSE 540 END) * interval '1 minute') AT TIME ZONE c.time_zone) AS booked_at,
         ((c.day - c.lead / 2 - 1 + interval '20 hours') AT TIME ZONE c.time_zone) AS cancelled_at,
         CASE WHEN c.lead = 0 OR c.fail_draw >= r.miss_share + r.cancel_person + r.cancel_provider THEN NULL
              WHEN c.fail_draw < r.miss_share THEN 'missed'
              WHEN c.fail_draw < r.miss_share + r.cancel_person THEN 'cancelled by person'
              ELSE 'cancelled by provider' END AS fail
  FROM (
    SELECT v.key, v.nth, v.person_no, v.group_no, v.medical_no, v.time_zone, o.open_day AS day,
           least(14, demo.geometric('lead', v.key, 4.5)) AS lead, demo.u('fails', v.key) AS fail_draw, demo.u('nurse', v.key) < 0.30 AS by_nurse
    FROM (
      SELECT w.*, m.calendar, m.time_zone,
             -- the care group whose Fridays are idle: most who would come then come earlier in the week
             CASE WHEN m.group_no = :idle_group AND extract(isodow FROM w.wished) = 5 AND demo.u('avoids Friday', w.key) < :idle_avoid
                  THEN w.wished - 1 - floor(4 * demo.u('instead', w.key))::integer ELSE w.wished END AS day
      FROM (
        SELECT p.person_no, p.group_no, k.key, k.nth, date '2000-01-01' + d.item AS wished,
               CASE WHEN date '2000-01-01' + d.item >= p.joined THEN p.medical_no
                    WHEN date '2000-01-01' + d.item >= p.posted_from THEN p.from_medical_no END AS medical_no
        FROM (SELECT person_no, group_no, medical_no, from_medical_no, joined, posted_from, left_on,
                     demo.geometric('consultations', person_no, 2.55
                       * CASE group_no WHEN 1 THEN CASE WHEN female THEN 2.5 ELSE 1.4 END WHEN 2 THEN 0.4 ELSE 2.0 END) AS times
              FROM demo.person) p
        CROSS JOIN LATERAL (SELECT n AS nth, p.person_no::bigint * 64 + n AS key FROM generate_series(1, least(p.times, 60)) n) k
        JOIN demo.slot d ON d.slot = demo.pick('consultation day', k.key, 30, 65536)
        WHERE coalesce(date '2000-01-01' + d.item < p.left_on, true)
      ) w JOIN demo.medical m USING (medical_no)
    ) v JOIN demo.next_open o ON o.calendar = v.calendar AND o.day = v.day
    -- keeps the draws from being worked out again for each of their uses
    OFFSET 0
  ) c JOIN demo.service_rule r ON r.service_no = CASE WHEN c.by_nurse THEN 2 ELSE 1 END
  OFFSET 0
) t
WHERE t.booked_at < :'history_to'::timestamptz;
ANALYZE demo.consultation;
