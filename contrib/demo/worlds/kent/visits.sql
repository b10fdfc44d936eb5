-- Every contact that was tried: the first, its second try, and the later ones,
-- which are booked when the first has been held.

CREATE UNLOGGED TABLE demo.visit AS
SELECT v.key, v.ref_key, v.seq, v.person_no, v.service_no, v.offer_no, v.site_no, v.day, v.answered, v.booked_at, v.status, v.cancelled_at, v.medium
FROM (
  SELECT q.*,
         CASE WHEN q.fail LIKE 'cancelled%' AND q.cancel_at < :'history_to'::timestamp THEN q.fail
              WHEN q.day >= :'history_to'::date THEN 'booked'
              WHEN q.fail IS NULL THEN 'attended' ELSE q.fail END AS status,
         CASE WHEN q.fail LIKE 'cancelled%' AND q.cancel_at < :'history_to'::timestamp THEN q.cancel_at END AS cancelled_at,
         CASE WHEN q.stay THEN 'STAY' WHEN q.mode_draw < q.home_share THEN 'HOME' WHEN q.mode_draw < q.home_share + q.phone_share THEN 'TEL'
              WHEN q.mode_draw < q.home_share + q.phone_share + q.video_share THEN 'VID'
              WHEN q.group_class AND q.seq > 0 THEN 'GRP' ELSE 'CLINIC' END AS medium
  FROM (
    SELECT b.*, r.home_share, r.phone_share, r.video_share, r.stay, r.service_code = 'PULM' AS group_class, demo.u('medium', b.key) AS mode_draw,
           greatest(b.booked_at + interval '1 hour',
                    b.day - 1 - floor(6 * demo.u('notice', b.key))::integer + interval '14 hours') AS cancel_at
    FROM (
      -- first contact: tried
      SELECT f.ref_key * 64 AS key, f.ref_key, 0 AS seq, f.person_no, f.service_no, f.offer_no, f.site_no, f.try_day AS day, f.fail, f.answered,
             least(greatest(f.received + interval '90 minutes', f.try_day - 7 - floor(21 * demo.u('lead', f.ref_key))::integer + interval '10 hours'),
                   coalesce(f.answered - interval '2 minutes', f.try_day + interval '7 hours')) AS booked_at
      FROM demo.referral f WHERE f.fate = 'accepted'
      UNION ALL   -- held after the first failed
      SELECT f.ref_key * 64 + 1, f.ref_key, 0, f.person_no, f.service_no, f.offer_no, f.site_no, f.first_day, NULL, NULL,
             f.try_day + interval '7 hours 30 minutes'
      FROM demo.referral f WHERE f.fate = 'accepted' AND f.fail IS NOT NULL AND f.first_day IS NOT NULL
      UNION ALL   -- later contacts; one that fails is followed by the next in turn
      SELECT v.key, v.ref_key, v.seq, v.person_no, v.service_no, v.offer_no, v.site_no, n.next_day, v.fail, NULL,
             greatest(v.first_day + interval '18 hours', n.next_day - least(42, greatest(1, v.gap * 2 / 3)) + interval '11 hours')
      FROM (SELECT f.ref_key, k.seq, k.key, f.person_no, f.service_no, f.offer_no, f.site_no, f.pattern_no, f.died, f.first_day, r.follow_up_gap AS gap,
                   f.first_day + greatest(k.seq, round((k.seq + 0.4 * (demo.u('gap', k.key) - 0.5)) * r.follow_up_gap)::integer) AS target_day,
                   CASE WHEN demo.u('fails', k.key) < f.miss_share THEN 'missed'
                        WHEN f.at_once OR r.stay THEN NULL
                        WHEN demo.u('fails', k.key) < f.miss_share + :cancel_person THEN 'cancelled by person'
                        WHEN demo.u('fails', k.key) < f.miss_share + :cancel_person + f.provider_cancels THEN 'cancelled by provider' END AS fail
            FROM demo.referral f JOIN demo.service_rule r USING (service_no)
            CROSS JOIN LATERAL generate_series(1, f.follow_ups) g (n)
            CROSS JOIN LATERAL (SELECT g.n AS seq, f.ref_key * 64 + 1 + g.n AS key) k
            WHERE f.first_day < :'history_to'::date) v
      -- most later contacts that fall into the single-handed specialist's absence never come about
      CROSS JOIN LATERAL (SELECT CASE WHEN v.pattern_no = 9 THEN v.target_day ELSE demo.off_weekend(v.target_day, demo.u('spread', v.key)) END AS day) d
      LEFT JOIN demo.single_shift x ON v.pattern_no = 10 AND x.day = d.day
      CROSS JOIN LATERAL (SELECT coalesce(x.back + floor(demo.u('after absence', v.key) * x.spread)::integer, d.day) AS wanted) t
      JOIN demo.open_day n ON n.pattern_no = v.pattern_no AND n.day = t.wanted
      WHERE t.wanted < :'history_to'::date + :booked_ahead AND (v.died IS NULL OR t.wanted <= v.died)
        AND (x.day IS NULL OR demo.u('lapsed', v.key) < 0.2)
    ) b
    JOIN demo.service_rule r USING (service_no)
    WHERE b.day >= :'history_from'::date AND b.day < :'history_to'::date + :booked_ahead AND b.booked_at < :'history_to'::timestamp
  ) q
) v;
ALTER TABLE demo.visit ADD PRIMARY KEY (key);
ANALYZE demo.visit;
