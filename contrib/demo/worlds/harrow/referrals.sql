-- Who is referred where and when. First generation: what comes from outside
-- (general practice, the person, the emergency door). Later generations follow
-- from the first appointments of earlier ones.

CREATE UNLOGGED TABLE demo.stream (stream_no integer, service_no integer, per_year double precision, day_list integer,
  band_factor double precision[], female_factor double precision, without_msk double precision, refers boolean);
INSERT INTO demo.stream VALUES
  (1, 1, 13500, 20, '{0.15,0.9,1.3,1.4,1.1}', 1.15, 0.05, true),    -- physiotherapy
  (2, 8, 12000, 20, '{0.25,0.6,1.2,1.7,1.6}', 1.10, 0.04, true),    -- an orthopaedic question
  (3, 9,  3000, 20, '{0.15,0.8,1.3,1.4,1.2}', 1.50, 0.04, true),    -- a rheumatological question
  (4, 4,   650, 20, '{0.05,0.9,1.4,1.2,0.9}', 1.40, 0.02, true),    -- pain
  (5, 5,  9500, 20, '{0.40,1.0,1.2,1.2,1.0}', 1.10, 0.25, false),   -- first-contact practitioner
  (6, 7, 11500, 20, '{0.40,0.7,1.2,1.5,1.6}', 1.15, 0.15, true),    -- imaging asked for by the practice
  (7, 11, 9200, 21, '{1.30,0.9,0.8,1.0,2.3}', 1.00, 1.00, false);   -- injuries at the emergency door

-- one rate per kind of person, such that the yearly numbers come out at scale 1
CREATE UNLOGGED TABLE demo.rate AS
WITH kind AS (
  SELECT p.band, p.female, p.msk, s.stream_no, p.practice_no, count(*) FILTER (WHERE p.registered) AS people,
         s.band_factor[p.band] * CASE WHEN p.female THEN s.female_factor ELSE 1 END
         * CASE WHEN p.msk THEN 1 ELSE s.without_msk END AS factor,
         CASE WHEN s.refers THEN pr.referring_factor ELSE 1 END AS practice_factor
  FROM demo.person p JOIN demo.practice pr USING (practice_no) CROSS JOIN demo.stream s
  GROUP BY 1, 2, 3, 4, 5, 7, 8),
level AS (SELECT stream_no, sum(people * factor * practice_factor) / sum(people) AS mean_factor FROM kind GROUP BY 1),
run_up AS (SELECT list_no, avg((item >= :'history_from'::date - date '2000-01-01')::integer) AS history_share
           FROM demo.slot WHERE list_no IN (20, 21) GROUP BY 1)
SELECT k.band, k.female, k.msk, k.practice_no, k.stream_no,
       k.factor * k.practice_factor / l.mean_factor * s.per_year * 3 / r.history_share / :registered AS mean
FROM kind k JOIN level l USING (stream_no) JOIN demo.stream s USING (stream_no) JOIN run_up r ON r.list_no = s.day_list;
ANALYZE demo.rate;

CREATE UNLOGGED TABLE demo.seed (generation integer, ref_key bigint, root_key bigint, parent_key bigint, person_no integer,
  practice_no integer, band integer, service_no integer, source text, from_site_no integer, received timestamptz, triaged boolean);
CREATE UNLOGGED TABLE demo.referral (ref_key bigint, root_key bigint, parent_key bigint, person_no integer, practice_no integer,
  band integer, service_no integer, site_no integer, clinic_no integer, source text, from_site_no integer, received timestamptz,
  urgent boolean, fate text, decided timestamptz, try_day date, fail text, first_day date, follow_ups integer);

INSERT INTO demo.seed
SELECT 1, c.key, c.key, NULL, c.person_no, c.practice_no, c.band,
       CASE WHEN c.stream_no IN (2, 3) AND demo.u('route', c.key) >= c.direct_share THEN c.service_no - 6 ELSE c.service_no END,
       CASE WHEN c.stream_no IN (5, 7) THEN 'SELF'
            WHEN c.stream_no = 1 AND demo.u('source', c.key) < 0.15 THEN 'SELF'
            WHEN c.stream_no IN (1, 2) AND demo.u('source', c.key) < 0.25 THEN 'FCP'
            ELSE 'GP' END,
       c.practice_no,
       (c.day + CASE WHEN c.stream_no = 7 THEN demo.time_of_day(demo.u('time', c.key), 0, 24)
                     ELSE demo.time_of_day(demo.u('time', c.key), 8, 18.5) END)::timestamptz,
       c.stream_no NOT IN (5, 6, 7)
FROM (
  SELECT r.*, k.key, date '2000-01-01' + d.item AS day,
         -- the single referral: since then most questions go to the community service first
         :direct_share_before + (:direct_share_after - :direct_share_before)
           * least(1, greatest(0, (date '2000-01-01' + d.item - :'one_referral_since'::date) / 91.0)) AS direct_share
  FROM (SELECT p.person_no, p.practice_no, p.band, p.joined, p.left_on, s.stream_no, s.service_no, s.day_list,
               demo.u('referrals', p.person_no * 8 + s.stream_no) AS draw, r.mean
        FROM demo.person p
        JOIN demo.rate r ON r.practice_no = p.practice_no AND r.band = p.band AND r.female = p.female AND r.msk = p.msk
        JOIN demo.stream s USING (stream_no)
        WHERE demo.u('referrals', p.person_no * 8 + s.stream_no) >= exp(-r.mean)
        OFFSET 0) r
  CROSS JOIN LATERAL generate_series(1, demo.poisson(r.draw, r.mean)) n
  CROSS JOIN LATERAL (SELECT (r.person_no * 8 + r.stream_no) * 8::bigint + n AS key) k
  JOIN demo.slot d ON d.slot = demo.pick('day', k.key, r.day_list, 65536)
) c
WHERE c.day >= c.joined AND (c.left_on IS NULL OR c.day < c.left_on);
\set generation 1
\ir ../common/first_contact.sql

-- second generation: on to the hospital from the community service, to the
-- fracture clinic from the emergency door, to group exercise from physiotherapy
INSERT INTO demo.seed
SELECT 2, ref_key + 1073741824, root_key, ref_key, person_no, practice_no, band, next_service, next_source, site_no,
       (first_day + demo.time_of_day(demo.u('time on', ref_key), 9, 17))::timestamptz + on_days * interval '1 day', next_service = 8
FROM (SELECT r.*, v.next_service, v.next_source, v.on_days
      FROM demo.referral r
      JOIN (VALUES (2, 8, 'COMM', :goes_on_orthopaedics, 2), (3, 9, 'COMM', :goes_on_rheumatology, 2), (11, 10, 'ED', 0.80, 0), (1, 6, 'PHYS', 0.11, 20))
        v (service_no, next_service, next_source, share, on_days) USING (service_no)
      WHERE r.first_day IS NOT NULL AND demo.u('goes on', r.ref_key) < v.share) x
WHERE first_day + on_days < :'history_to'::date;
\set generation 2
\ir ../common/first_contact.sql

-- third generation: imaging asked for at first appointments
INSERT INTO demo.seed
SELECT 3, ref_key + 2147483648, root_key, ref_key, person_no, practice_no, band, 7,
       CASE WHEN service_no < 8 THEN 'COMM' ELSE 'CONS' END, site_no,
       (first_day + demo.time_of_day(demo.u('time image', ref_key), 9, 17))::timestamptz, false
FROM (SELECT r.*, v.share FROM demo.referral r
      JOIN (VALUES (2, 0.45), (8, 0.55), (9, 0.45), (10, 0.35)) v (service_no, share) USING (service_no)) x
WHERE first_day < :'history_to'::date AND demo.u('imaging', ref_key) < share;
\set generation 3
\ir ../common/first_contact.sql
