-- From referrals to days: follow-ups, surgery, and every appointment that was
-- tried. An appointment that is missed or cancelled is tried once more.

CREATE UNLOGGED TABLE demo.visit AS
SELECT f.ref_key, 0 AS seq, f.person_no, f.service_no, f.site_no, f.clinic_no, f.try_day, f.fail, f.first_day AS final_day,
       greatest(f.received + interval '2 hours',
                (f.try_day - floor(r.lead_days * (0.5 + 0.5 * demo.u('lead', f.ref_key)))::integer + interval '10 hours')::timestamptz) AS booked_at
FROM demo.referral f JOIN demo.service_rule r USING (service_no)
WHERE f.try_day IS NOT NULL
UNION ALL
-- surgery some three weeks after the first appointment, follow-ups after that
SELECT v.ref_key, v.seq, v.person_no, v.service_no, v.site_no, v.clinic_no, n.next_day, v.fail,
       CASE WHEN v.fail IS NULL THEN n.next_day
            WHEN v.fail = 'missed' AND demo.u('discharged after missed later', v.key) < :discharge_after_missed_later THEN NULL
            ELSE again.next_day END,
       (n.next_day - ceil(least(v.gap * 0.75, v.lead_days) * (0.4 + 0.6 * demo.u('lead', v.key)))::integer + interval '11 hours')::timestamptz
FROM (SELECT c.*, k.seq, k.key,
             demo.off_weekend(c.first_day + CASE WHEN c.service_no = 10 AND k.seq = 1 THEN greatest(8, round(demo.lognormal('listed', k.key, 17, 0.35))::integer)
                                ELSE CASE c.service_no WHEN 10 THEN 10 ELSE 0 END
                                     + greatest(3, round((k.seq + 0.4 * (demo.u('gap', k.key) - 0.5)) * c.gap)::integer) END,
                              demo.u('spread', k.key)) AS target_day,
             CASE WHEN demo.u('fails', k.key) < c.miss_share THEN 'missed'
                  WHEN demo.u('fails', k.key) < c.miss_share + c.cancel_person THEN 'cancelled by person'
                  WHEN demo.u('fails', k.key) < c.miss_share + c.cancel_person + c.cancel_provider THEN 'cancelled by provider' END AS fail
      FROM (SELECT f.ref_key, f.person_no, f.service_no, f.site_no, f.clinic_no, f.first_day, r.follow_up_gap AS gap, r.lead_days,
                   r.miss_share, r.cancel_person, r.cancel_provider,
                   CASE f.service_no WHEN 10 THEN CASE WHEN demo.u('operated', f.ref_key) < 0.85 THEN f.follow_ups + 1 ELSE 0 END ELSE f.follow_ups END AS follow_ups
            FROM demo.referral f JOIN demo.service_rule r USING (service_no) WHERE f.first_day IS NOT NULL) c
      CROSS JOIN LATERAL (SELECT n AS seq, c.ref_key * 16 + n AS key FROM generate_series(1, c.follow_ups) n) k) v
JOIN demo.next_clinic n ON n.clinic_no = v.clinic_no AND n.day = v.target_day
JOIN demo.next_clinic again ON again.clinic_no = v.clinic_no
                           AND again.day = n.next_day + 7 * (1 + floor(2 * demo.u('again', v.key))::integer)
WHERE v.target_day < :'history_to'::date + :booked_ahead;

-- one row per appointment that was made: the first try and the second
CREATE UNLOGGED TABLE demo.appointment AS
SELECT v.ref_key, v.seq, a.try, v.person_no, v.service_no, v.site_no, a.day, a.status, a.booked_at,
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
