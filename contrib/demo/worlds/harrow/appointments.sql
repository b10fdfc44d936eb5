-- From referrals to days: procedures, follow-ups, and every appointment that was
-- tried. An appointment that is missed or cancelled is tried once more.

-- where the follow-ups count from, and who has a procedure
CREATE UNLOGGED TABLE demo.course AS
SELECT c.*, coalesce(c.procedure_day, c.first_day) AS follow_from,
       CASE WHEN c.procedure_day IS NULL THEN r.follow_up_gap ELSE 42 END AS gap,
       CASE WHEN c.procedure_day IS NULL THEN c.follow_ups ELSE greatest(1, c.follow_ups) END AS follow_up_count,
       r.lead_days, r.miss_share * p.miss_factor AS miss_share, r.cancel_person, r.cancel_provider
FROM (
  SELECT q.*, n.next_day AS procedure_day
  FROM (SELECT f.*,
               CASE WHEN f.service_no = 8 AND demo.u('procedure', f.ref_key) < 0.25 * (ARRAY[0.4, 0.7, 1.0, 1.25, 1.05])[f.band]
                    THEN CASE WHEN demo.u('day case', f.ref_key) < (ARRAY[0.95, 0.9, 0.72, 0.52, 0.42])[f.band] THEN 'DC' ELSE 'IP' END
               END AS procedure_kind
        FROM demo.referral f WHERE f.first_day IS NOT NULL) q
  LEFT JOIN demo.next_clinic n
    ON q.procedure_kind IS NOT NULL AND n.clinic_no = q.clinic_no
   AND n.day = demo.off_weekend(q.first_day + 7 + least(490, floor(demo.lognormal('listed', q.ref_key,
                                  CASE q.procedure_kind WHEN 'IP' THEN 88 ELSE 64 END, 0.5))::integer), demo.u('spread list', q.ref_key))
) c
JOIN demo.service_rule r USING (service_no)
JOIN demo.practice p USING (practice_no);
-- procedures too far ahead to have a day in the calendar stay on the waiting list
UPDATE demo.course SET follow_up_count = 0 WHERE procedure_kind IS NOT NULL AND procedure_day IS NULL;
ANALYZE demo.course;

CREATE UNLOGGED TABLE demo.visit AS
SELECT f.ref_key, 0 AS seq, f.person_no, f.practice_no, f.service_no, f.site_no, f.clinic_no, f.try_day, f.fail, f.first_day AS final_day,
       CASE WHEN f.service_no = 11 THEN f.received
            ELSE greatest(f.received + interval '2 hours',
                   (f.try_day - floor(r.lead_days * (0.5 + 0.5 * demo.u('lead', f.ref_key)))::integer + interval '10 hours')::timestamptz)
       END AS booked_at
FROM demo.referral f JOIN demo.service_rule r USING (service_no)
WHERE f.try_day IS NOT NULL
UNION ALL
SELECT v.ref_key, v.seq, v.person_no, v.practice_no, v.service_no, v.site_no, v.clinic_no, n.next_day, v.fail,
       CASE WHEN v.fail IS NULL THEN n.next_day
            WHEN v.fail = 'missed' AND demo.u('discharged after missed later', v.key) < :discharge_after_missed_later THEN NULL
            ELSE again.next_day END,
       (n.next_day - ceil(least(v.gap * 0.75, v.lead_days) * (0.4 + 0.6 * demo.u('lead', v.key)))::integer + interval '11 hours')::timestamptz
FROM (SELECT c.*, k.seq, k.key,
             demo.off_weekend(c.follow_from + greatest(3, round((k.seq + 0.4 * (demo.u('gap', k.key) - 0.5)) * c.gap))::integer,
                              demo.u('spread', k.key)) AS target_day,
             CASE WHEN demo.u('fails', k.key) < c.miss_share THEN 'missed'
                  WHEN demo.u('fails', k.key) < c.miss_share + c.cancel_person THEN 'cancelled by person'
                  WHEN demo.u('fails', k.key) < c.miss_share + c.cancel_person + c.cancel_provider THEN 'cancelled by provider' END AS fail
      FROM (SELECT ref_key, person_no, practice_no, service_no, site_no, clinic_no, follow_from, gap, follow_up_count,
                   lead_days, miss_share, cancel_person, cancel_provider FROM demo.course WHERE follow_up_count > 0) c
      CROSS JOIN LATERAL generate_series(1, c.follow_up_count) g (n)
      -- up to 16 visits of a referral, more than any rule allows
      CROSS JOIN LATERAL (SELECT g.n AS seq, c.ref_key * 16 + g.n AS key) k) v
JOIN demo.next_clinic n0 ON n0.clinic_no = v.clinic_no AND n0.day = v.target_day
CROSS JOIN LATERAL (SELECT CASE WHEN demo.u('avoids idle day', v.key) < :idle_avoid THEN n0.next_other ELSE n0.next_day END AS next_day) n
JOIN demo.next_clinic again ON again.clinic_no = v.clinic_no
                           AND again.day = n.next_day + 7 * (1 + floor(2 * demo.u('again', v.key))::integer)
WHERE v.target_day < :'history_to'::date + :booked_ahead;

-- one row per appointment that was made: the first try and the second
CREATE UNLOGGED TABLE demo.appointment AS
SELECT v.ref_key, v.seq, a.try, v.person_no, v.practice_no, v.service_no, v.site_no, v.clinic_no, a.day, a.status, a.booked_at,
       CASE WHEN a.status LIKE 'cancelled%' THEN v.cancelled_at END AS cancelled_at
FROM (SELECT w.*, CASE WHEN fail LIKE 'cancelled%' THEN
               greatest(booked_at + interval '1 hour', (try_day - floor(6 * demo.u('notice', ref_key * 16 + seq))::integer - 1 + interval '14 hours')::timestamptz) END
               AS cancelled_at
      FROM demo.visit w) v
CROSS JOIN LATERAL (
  SELECT 1 AS try, v.try_day AS day, v.booked_at,
         CASE WHEN v.fail LIKE 'cancelled%' AND v.cancelled_at < :'history_to'::timestamptz THEN v.fail
              WHEN v.try_day >= :'history_to'::date THEN 'booked'
              WHEN v.fail IS NULL THEN 'attended'
              ELSE v.fail END AS status
  UNION ALL
  SELECT 2, v.final_day, coalesce(v.cancelled_at, v.try_day + 1 + interval '9 hours'),
         CASE WHEN v.final_day >= :'history_to'::date THEN 'booked' ELSE 'attended' END
  WHERE v.fail IS NOT NULL AND v.final_day IS NOT NULL
    AND coalesce(v.cancelled_at, v.try_day::timestamptz) < :'history_to'::timestamptz
) a
WHERE a.day >= :'history_from'::date AND a.day < :'history_to'::date + :booked_ahead
  AND a.booked_at < :'history_to'::timestamptz;
ANALYZE demo.appointment;

-- ---- admissions: listed procedures, and those who come in through the door -------
CREATE UNLOGGED TABLE demo.admission AS
SELECT a.*, a.admitted + a.days * interval '1 day' + CASE WHEN a.days > 0 THEN interval '3 hours' ELSE interval '7 hours' END AS left_at
FROM (
  SELECT ref_key, person_no, practice_no, band, site_no, procedure_kind AS kind,
         (procedure_day + demo.time_of_day(demo.u('admitted', ref_key), 7, 11))::timestamptz AS admitted,
         CASE WHEN procedure_kind = 'DC' THEN 0
              ELSE least(60, 1 + floor(demo.lognormal('stay', ref_key, 2.3, 0.6)))::integer END AS days,
         (procedure_day - 10 - floor(18 * demo.u('listed lead', ref_key))::integer + interval '12 hours')::timestamptz AS booked_at
  FROM demo.course WHERE procedure_day IS NOT NULL
  UNION ALL
  SELECT ref_key, person_no, practice_no, band, site_no, 'EM',
         date_trunc('minute', received + interval '3 hours' + demo.u('decides', ref_key) * interval '4 hours'),
         least(120, 1 + floor(demo.lognormal('stay', ref_key, (ARRAY[1.2, 1.8, 2.6, 4.5, 9])[band], 0.75)))::integer, NULL
  FROM demo.referral WHERE service_no = 11 AND demo.u('admitted?', ref_key) < (ARRAY[0.030, 0.045, 0.07, 0.14, 0.33])[band]
) a
WHERE a.admitted >= :'history_from'::timestamptz AND a.admitted < :'history_to'::timestamptz + :booked_ahead * interval '1 day'
  AND coalesce(a.booked_at, a.admitted) < :'history_to'::timestamptz;
ANALYZE demo.admission;
