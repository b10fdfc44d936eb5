-- From the seeds of generation :generation to referrals with a site, an outcome
-- of triage and the days of the first appointment: first tried, and finally held
-- after a missed or cancelled one. Courses and stays get their days later
-- (courses.sql).

ANALYZE demo.seed;
INSERT INTO demo.referral
SELECT t.ref_key, t.root_key, t.person_no, t.medical_no, t.service_no, t.site_no, t.clinic_no, t.source, t.from_site_no, t.consulted, t.received,
       t.urgent, t.fate, t.decided,
       CASE WHEN t.fate = 'accepted' THEN t.try_day END, CASE WHEN t.fate = 'accepted' THEN t.fail END,
       CASE WHEN t.fate = 'accepted' THEN
         CASE WHEN t.fail IS NULL THEN t.try_day
              WHEN t.fail = 'missed' AND demo.u('discharged after missed first', t.ref_key) < :discharge_after_missed_first THEN NULL
              ELSE again.next_day END END,
       t.follow_ups
FROM (
  SELECT s.*, n.next_day AS try_day,
         CASE WHEN s.fail_draw < s.miss_share THEN 'missed'
              WHEN s.fail_draw < s.miss_share + s.cancel_person THEN 'cancelled by person'
              WHEN s.fail_draw < s.miss_share + s.cancel_person + s.cancel_provider THEN 'cancelled by provider' END AS fail
  FROM (
    SELECT d.*, r.miss_share, r.cancel_person, r.cancel_provider, g.site_no, c.clinic_no,
           d.received::date + greatest(1, round(demo.lognormal('wait', d.ref_key, r.wait_median, r.wait_sigma) * c.wait_factor
             * CASE WHEN d.urgent THEN 0.3 ELSE 1 END
             * coalesce(1 + (w.factor - 1) * least(1, greatest(0, (d.received::date - w.since + 1)::double precision / w.ramp_days)), 1)))::integer AS target_day,
           CASE WHEN d.fate_draw < 0.020 THEN 'returned' WHEN d.fate_draw < 0.030 THEN 'redirected' WHEN d.fate_draw < 0.045 THEN 'withdrawn'
                ELSE 'accepted' END AS fate,
           date_trunc('minute', d.received + (0.05 + 1.5 * demo.u('decided', d.ref_key)) * interval '1 day') AS decided,
           demo.u('first fails', d.ref_key) AS fail_draw,
           least(demo.geometric('follow-ups', d.ref_key, r.follow_up_mean), r.follow_up_most) AS follow_ups
    FROM (SELECT s0.*, demo.u('urgent', s0.ref_key) < r0.urgent_share AS urgent, demo.u('fate', s0.ref_key) AS fate_draw
          FROM demo.seed s0 JOIN demo.service_rule r0 USING (service_no)
          WHERE s0.generation = :generation AND s0.received < :'history_to'::timestamptz) d
    JOIN demo.service_rule r USING (service_no)
    JOIN demo.goes_to g ON g.medical_no = d.medical_no AND g.kind = r.site_kind
    LEFT JOIN demo.clinic c ON c.service_no = d.service_no AND c.site_no = g.site_no
    LEFT JOIN demo.wait_change w ON w.service_no = d.service_no AND w.site_no = g.site_no
  ) s
  LEFT JOIN demo.next_clinic n ON n.clinic_no = s.clinic_no
    AND n.day = demo.off_weekend(least(s.target_day, :'history_to'::date + 365), demo.u('spread', s.ref_key))
) t
LEFT JOIN demo.next_clinic again ON again.clinic_no = t.clinic_no AND again.day = t.try_day + 7 * (1 + floor(2 * demo.u('again', t.ref_key))::integer);
ANALYZE demo.referral;
