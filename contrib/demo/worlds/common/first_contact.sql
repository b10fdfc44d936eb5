-- From seeds (who is referred to which service, and when) of one generation to
-- referrals with a site, a triage outcome and the days of the first appointment:
-- first tried, and finally held after a missed or cancelled one.
-- Input: demo.seed of generation :generation, demo.service_rule,
-- demo.site_choice, demo.wait_change, demo.practice, demo.next_clinic.

ANALYZE demo.seed;
INSERT INTO demo.referral
SELECT t.ref_key, t.root_key, t.parent_key, t.person_no, t.practice_no, t.band, t.service_no, t.site_no,
       t.clinic_no, t.source, t.from_site_no, t.received, t.urgent, t.fate, t.decided,
       CASE WHEN t.fate = 'accepted' THEN t.try_day END,
       CASE WHEN t.fate = 'accepted' THEN t.fail END,
       CASE WHEN t.fate = 'accepted' THEN
         CASE WHEN t.fail IS NULL THEN t.try_day
              WHEN t.fail = 'missed' AND demo.u('discharged after missed first', t.ref_key) < :discharge_after_missed_first
                THEN NULL
              ELSE CASE WHEN demo.u('avoids idle day again', t.ref_key) < :idle_avoid THEN again.next_other ELSE again.next_day END
         END END,
       t.follow_ups
FROM (
  SELECT s.*,
         CASE WHEN demo.u('avoids idle day', s.ref_key) < :idle_avoid THEN n.next_other ELSE n.next_day END AS try_day,
         CASE WHEN s.fail_draw < s.miss_share THEN 'missed'
              WHEN s.fail_draw < s.miss_share + s.cancel_person THEN 'cancelled by person'
              WHEN s.fail_draw < s.miss_share + s.cancel_person + s.cancel_provider THEN 'cancelled by provider' END AS fail
  FROM (
    SELECT d.ref_key, d.root_key, d.parent_key, d.person_no, d.practice_no, d.band, d.service_no, d.source, d.from_site_no,
           d.received, d.urgent, sc.site_no, sc.clinic_no, r.wait_median > 0 AS books_ahead,
           d.received::date + CASE WHEN r.wait_median = 0 THEN 0 ELSE greatest(1, round(
             demo.lognormal('wait', d.ref_key, r.wait_median, r.wait_sigma)
             * CASE WHEN d.urgent THEN 0.35 ELSE 1 END
             * (1 + 0.10 * cos(6.2832 * (extract(doy FROM d.received) - 20) / 365.25))
             * coalesce(1 + (w.factor - 1) * least(1, greatest(0, (d.received::date - w.since + 1)::double precision / w.ramp_days)), 1)
             ))::integer END AS target_day,
           CASE WHEN NOT d.triaged THEN 'accepted'
                WHEN d.fate_draw < p.return_share THEN 'returned'
                WHEN d.fate_draw < p.return_share + 0.015 THEN 'redirected'
                WHEN d.fate_draw < p.return_share + 0.035 THEN 'withdrawn'
                ELSE 'accepted' END AS fate,
           date_trunc('minute', d.received + (0.05 + 3.5 * demo.u('decided', d.ref_key)) * interval '1 day') AS decided,
           demo.u('first fails', d.ref_key) AS fail_draw,
           r.miss_share * p.miss_factor AS miss_share, r.cancel_person, r.cancel_provider,
           CASE WHEN r.course_length > 0
                THEN CASE WHEN demo.u('completes', d.ref_key) < 0.65 THEN r.course_length - 1
                          ELSE floor((r.course_length - 1) * demo.u('leaves course', d.ref_key))::integer END
                ELSE least(demo.geometric('follow-ups', d.ref_key, r.follow_up_mean), r.follow_up_most) END AS follow_ups
    FROM (SELECT e.*, demo.u('urgent', e.ref_key) < e.urgent_share AS urgent, demo.u('fate', e.ref_key) AS fate_draw,
                 CASE WHEN demo.u('site', e.ref_key) < 0.74 THEN 1 WHEN demo.u('site', e.ref_key) < 0.93 THEN 2 ELSE 3 END AS site_rank
          FROM (SELECT s0.*, r0.urgent_share FROM demo.seed s0 JOIN demo.service_rule r0 USING (service_no)
                WHERE s0.generation = :generation) e) d
    JOIN demo.service_rule r ON r.service_no = d.service_no
    JOIN demo.practice p ON p.practice_no = d.practice_no
    JOIN demo.site_choice sc ON sc.service_no = d.service_no AND sc.practice_no = d.practice_no AND sc.rank = d.site_rank
    LEFT JOIN demo.wait_change w ON w.service_no = d.service_no AND w.site_no = sc.site_no
  ) s
  JOIN demo.next_clinic n ON n.clinic_no = s.clinic_no
                         AND n.day = least(CASE WHEN s.books_ahead THEN demo.off_weekend(s.target_day, demo.u('spread', s.ref_key)) ELSE s.target_day END,
                                      :'history_to'::date + 365)
) t
JOIN demo.next_clinic again ON again.clinic_no = t.clinic_no
                           AND again.day = t.try_day + 7 * (1 + floor(2 * demo.u('again', t.ref_key))::integer);
ANALYZE demo.referral;
