-- Who is referred to which service, and when the first contact is tried and
-- held. A person has one referral or more; repeated ones are drawn anew.

CREATE UNLOGGED TABLE demo.seed AS
SELECT c.*, c.day::timestamp + demo.time_of_day(demo.u('time', c.ref_key), CASE WHEN c.day_list = 21 THEN 7 ELSE 8 END,
                                                 CASE WHEN c.day_list = 21 THEN 23 ELSE 18.5 END) AS received_local
FROM (
  SELECT k.key AS ref_key, p.person_no, p.person_uid, p.place_no, p.lot_no, p.decile, p.born, p.died, r.service_no, r.day_list,
         date '2000-01-01' + d.item AS day
  FROM (SELECT person_no, person_uid, place_no, lot_no, decile, born, died, band,
               :referrals_a_year::double precision * (:'history_to'::date - :'run_up_from'::date) / 365.25 / :known_people - 1 AS more
        FROM demo.person) p
  CROSS JOIN LATERAL generate_series(0, demo.poisson(demo.u('referred again', p.person_no), p.more)) n
  CROSS JOIN LATERAL (SELECT p.person_no * 8::bigint + n AS key) k
  JOIN demo.slot v ON v.slot = demo.pick('service', k.key, 30 + p.band, 16384)
  JOIN demo.service_rule r ON r.service_no = v.item
  JOIN demo.slot d ON d.slot = demo.pick('day', k.key, r.day_list, 65536)
) c
WHERE c.day > c.born AND (c.died IS NULL OR c.day < c.died);
ANALYZE demo.seed;

-- what came of the referral: a site, a decision, the day on which the first
-- contact was tried and the one on which it was held
CREATE UNLOGGED TABLE demo.referral AS
SELECT t.*,
       CASE WHEN t.fate = 'accepted' THEN
         CASE WHEN t.fail IS NULL THEN t.try_day
              WHEN t.fail = 'missed' AND demo.u('discharged after missed first', t.ref_key) < :discharge_after_missed_first THEN NULL
              ELSE again.next_day END END AS first_day
FROM (
  SELECT s.ref_key, s.person_no, s.person_uid, s.decile, s.place_no, s.died, s.service_no, s.received, s.offer_no, s.site_no, s.lot_no, s.pattern_no,
         s.miss_share, s.at_once, s.urgent, s.provider_cancels, s.follow_ups, s.answered, s.fate, n.next_day AS try_day,
         CASE WHEN s.at_once THEN NULL
              WHEN s.fail_draw < s.miss_share THEN 'missed'
              WHEN s.fail_draw < s.miss_share + :cancel_person THEN 'cancelled by person'
              WHEN s.fail_draw < s.miss_share + :cancel_person + s.provider_cancels THEN 'cancelled by provider' END AS fail
  FROM (
    SELECT e.*, CASE WHEN e.at_once THEN e.received + e.hours * interval '1 hour' END AS answered,
           CASE WHEN e.at_once THEN (e.received + e.hours * interval '1 hour')::date
                ELSE e.received::date + greatest(1, round(demo.lognormal('wait', e.ref_key, e.wait_days, e.wait_sigma)
                       * CASE WHEN e.urgent THEN 0.3 ELSE 1 END
                       * CASE WHEN e.decile <= 3 THEN
                           -- the planted gap grows over eleven months
                           CASE WHEN e.lot_no = :gap_lot AND e.adult AND e.received >= :'gap_since'::timestamp
                                THEN :usual_gap + (:gap_factor - :usual_gap) * least(1, (e.received::date - :'gap_since'::date) / 335.0)
                                ELSE :usual_gap END
                         ELSE 1 END))::integer END AS target_day,
           CASE WHEN e.at_once OR e.service_no = 14 THEN 'accepted'
                WHEN e.fate_draw < :returned_share THEN 'returned'
                WHEN e.fate_draw < :returned_share + :redirected_share THEN 'redirected'
                WHEN e.fate_draw < :returned_share + :redirected_share + :withdrawn_share THEN 'withdrawn'
                ELSE 'accepted' END AS fate
    FROM (
      SELECT d.ref_key, d.person_no, d.person_uid, d.place_no, d.lot_no, d.decile, d.died, d.service_no, d.received_local AS received,
             o.offer_no, o.site_no, o.lot_no AS offer_lot, o.pattern_no, r.adult, r.wait_days, r.wait_sigma, r.miss_share,
             r.wait_hours IS NOT NULL AS at_once, demo.u('urgent', d.ref_key) < r.urgent_share AS urgent,
             demo.u('fate', d.ref_key) AS fate_draw, demo.u('first fails', d.ref_key) AS fail_draw,
             :cancel_provider * CASE WHEN t.provider = :'cancelling_provider' THEN :cancelling_factor ELSE 1 END AS provider_cancels,
             CASE WHEN r.wait_hours IS NULL THEN NULL
                  ELSE greatest(0.1, demo.lognormal('hours', d.ref_key,
                    CASE WHEN r.service_code <> 'RAPID' THEN r.wait_hours
                         WHEN d.received_local < :'two_hour_since'::timestamp THEN :two_hour_median_before / 60.0
                         WHEN o.lot_no = :slow_response_lot AND d.received_local >= :'slow_response_since'::timestamp THEN :slow_response_median / 60.0
                         ELSE :two_hour_median / 60.0 END, r.wait_sigma)) END AS hours,
             least(demo.geometric('follow-ups', d.ref_key, r.follow_up_mean), r.follow_up_most) AS follow_ups
      FROM demo.seed d
      JOIN demo.service_rule r USING (service_no)
      JOIN demo.site_choice c ON c.place_no = d.place_no AND c.service_no = d.service_no
      JOIN demo.offer o ON o.offer_no = c.offers[1 + floor(demo.u('site', d.ref_key) * cardinality(c.offers))::integer]
      JOIN demo.site t ON t.site_no = o.site_no
    ) e
  ) s
  CROSS JOIN LATERAL (SELECT CASE WHEN s.pattern_no = 9 THEN s.target_day ELSE demo.off_weekend(s.target_day, demo.u('spread', s.ref_key)) END AS day) d
  LEFT JOIN demo.single_shift x ON s.pattern_no = 10 AND x.day = d.day
  JOIN demo.open_day n ON n.pattern_no = s.pattern_no
    AND n.day = least(coalesce(x.back + floor(demo.u('after absence', s.ref_key) * x.spread)::integer, d.day), :'history_to'::date + 365)
) t
JOIN demo.open_day again ON again.pattern_no = t.pattern_no AND again.day = t.try_day + 5 + floor(9 * demo.u('again', t.ref_key))::integer;
ALTER TABLE demo.referral ADD PRIMARY KEY (ref_key);
ANALYZE demo.referral;
DROP TABLE demo.seed;
