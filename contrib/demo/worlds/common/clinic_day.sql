-- Days on which each clinic (a service at a site) runs, and the next such day
-- for every day. Input: demo.clinic(clinic_no, service_no, site_no,
-- days_per_week, preferred_weekday, idle_weekday, every_day).
-- A clinic of 2.4 days a week runs on its two preferred weekdays every week and
-- on a third in four weeks of ten: real clinics keep fixed weekdays, and the
-- pattern does not depend on the scale, so that waits do not either.

CREATE UNLOGGED TABLE demo.clinic_day AS
SELECT c.clinic_no, d.day, d.weekday
FROM demo.clinic c
JOIN demo.day d ON d.working OR c.every_day
CROSS JOIN LATERAL (
  SELECT CASE WHEN c.every_day THEN 1
              ELSE least(1, greatest(0, c.days_per_week - (d.weekday - c.preferred_weekday + 5) % 5)) END AS share) s
WHERE floor((d.week_no + c.clinic_no) * s.share) > floor((d.week_no + c.clinic_no - 1) * s.share);
CREATE INDEX ON demo.clinic_day (clinic_no, day);

-- next_other skips the weekday that patients of this clinic avoid
CREATE UNLOGGED TABLE demo.next_clinic AS
SELECT c.clinic_no, c.service_no, c.site_no, d.day,
       min(cd.day) OVER ahead AS next_day,
       min(cd.day) FILTER (WHERE cd.weekday IS DISTINCT FROM c.idle_weekday) OVER ahead AS next_other
FROM demo.clinic c
CROSS JOIN demo.day d
LEFT JOIN demo.clinic_day cd ON cd.clinic_no = c.clinic_no AND cd.day = d.day
WINDOW ahead AS (PARTITION BY c.clinic_no ORDER BY d.day DESC);
CREATE INDEX ON demo.next_clinic (clinic_no, day);
ANALYZE demo.clinic_day;
ANALYZE demo.next_clinic;
