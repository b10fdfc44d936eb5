-- Checks of the Monday page about groups of people and of staff.

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('wait_gap', 7, false, 'Where do people of the most deprived areas wait longer?', $$
WITH half AS (
    -- Quarters are put together by the inverse of their variance.
    SELECT g.organisation_id, g.organisation_name, c.is_latest,
        sum(ln(g.ratio) / v.variance) / sum(1 / v.variance) AS difference, 1 / sqrt(sum(1 / v.variance)) AS error, sum(g.waits) AS waits
    FROM report_wait_gap AS g
        CROSS JOIN LATERAL (SELECT g.period_start >= date_trunc('quarter', $2) - interval '6 months' AS is_latest) AS c
        CROSS JOIN LATERAL (SELECT nullif((ln(g.upper / g.lower) / (2 * 1.96)) ^ 2, 0) AS variance) AS v
    WHERE g.dimension = 'deprivation' AND g.group_name = 'fifth 1' AND g.organisation_id = ANY ($3) AND g.organisation_kind <> 'site'
        AND g.period_start < date_trunc('quarter', $2) AND g.period_start >= date_trunc('quarter', $2) - interval '18 months'
        AND g.waits >= 10 AND g.other_waits >= 10 AND v.variance > 0
    GROUP BY g.organisation_id, g.organisation_name, c.is_latest
), special AS (
    -- Beyond chance (one in a thousand), a tenth or more, and more than the
    -- year before: a gap that has always been there belongs in the plan.
    SELECT l.organisation_id, l.organisation_name, l.waits, l.difference, e.difference AS earlier
    FROM half AS l LEFT JOIN half AS e ON e.organisation_id = l.organisation_id AND NOT e.is_latest
    WHERE l.is_latest AND l.difference >= ln(1.1) AND l.difference >= 3.29 * l.error
        AND coalesce(l.difference - e.difference >= 1.645 * sqrt(l.error ^ 2 + e.error ^ 2), true)
)
SELECT l.organisation_id, NULL, l.waits, exp(l.difference), exp(l.earlier),
    format('People of the most deprived areas of %s waited %s %% longer than others for the same service in the last two quarters%s.', l.organisation_name,
        round(100 * (exp(l.difference) - 1)), format(' (%s %% in the year before)', round(100 * (exp(l.earlier) - 1)))),
    format('SELECT period_start, group_name, waits, wait_days_mean, other_wait_days_mean, ratio, lower, upper FROM report_wait_gap WHERE organisation_id = %L AND dimension = ''deprivation'' ORDER BY period_start, group_name', l.organisation_id)
FROM special AS l
-- Said once, of the highest on the chain.
WHERE NOT EXISTS (SELECT FROM special AS a JOIN organisation_chain AS h ON h.organisation_id = a.organisation_id AND h.member_id = l.organisation_id
                  WHERE a.organisation_id <> l.organisation_id AND h.hierarchy = (SELECT p.hierarchy FROM parameter AS p))
$$),
('temporary_staff', 4, false, 'Where do temporary staff run more of the sessions than elsewhere?', $$
WITH used AS (
    SELECT s.site_id, sum(s.sessions) AS sessions, coalesce(sum(s.sessions) FILTER (WHERE s.employment = 'temporary'), 0) AS temporary
    FROM session_staff_month AS s
    WHERE s.employment IN ('permanent', 'temporary') AND s.month < date_trunc('month', $2) AND s.month >= date_trunc('month', $2) - interval '6 months'
    GROUP BY s.site_id
), whole AS (
    SELECT sum(u.sessions) AS sessions, sum(u.temporary) AS temporary FROM used AS u
), place AS (
    SELECT h.organisation_id, h.organisation_name, min(h.organisation_level) AS organisation_level, array_agg(h.site_id) AS sites,
        sum(u.sessions) AS sessions, sum(u.temporary) AS temporary
    FROM chain AS h JOIN used AS u ON u.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.organisation_kind, h.organisation_id, h.organisation_name
), special AS (
    SELECT p.*, (w.temporary - p.temporary) / (w.sessions - p.sessions) AS elsewhere
    FROM place AS p CROSS JOIN whole AS w
    WHERE w.sessions > p.sessions AND p.sessions >= 50
        AND caregroup.wilson_lower(p.temporary, p.sessions, 0.9998)
            > 1.5 * caregroup.wilson_upper(w.temporary - p.temporary, w.sessions - p.sessions, 0.9)
)
SELECT s.organisation_id, NULL, s.temporary - s.sessions * s.elsewhere, s.temporary / s.sessions, s.elsewhere,
    format('Temporary staff ran %s %% of the sessions of %s in six months (%s %% elsewhere).', round(100 * s.temporary / s.sessions),
        s.organisation_name, round(100 * s.elsewhere)),
    format('SELECT period_start, service_name, role, employment, sessions, sessions_share FROM report_staff_use WHERE organisation_id = %L ORDER BY period_start, service_name, role', s.organisation_id)
FROM special AS s
-- Said once, of the highest on the chain.
WHERE (s.organisation_id = ANY ($3) OR s.organisation_id = ANY ($1))
    AND NOT EXISTS (SELECT FROM special AS a WHERE a.organisation_level < s.organisation_level AND a.sites @> s.sites
                        AND (a.organisation_id = ANY ($3) OR a.organisation_id = ANY ($1)))
$$),
('referred_less', 5, true, 'Whose people are referred less than their age and sex lead one to expect?', $$
WITH place AS (
    SELECT r.organisation_id, sum(r.compared) AS compared, sum(r.expected) AS expected FROM residence_year AS r GROUP BY r.organisation_id
)
SELECT l.organisation_id, NULL, l.expected - l.compared, l.compared / l.expected, 1,
    format('The people of %s were referred %s times as often as their age and sex lead one to expect (%s of %s in twelve months).',
        coalesce(o.name, l.organisation_id), round(l.compared / l.expected, 2), l.compared, round(l.expected)),
    format('SELECT service_name, people, referred, expected, ratio, lower, upper FROM report_referral_residence WHERE organisation_id = %L ORDER BY expected DESC', l.organisation_id)
FROM place AS l LEFT JOIN known_organisation AS o ON o.organisation_id = l.organisation_id
WHERE l.organisation_id = ANY ($3) AND l.expected >= 20
    AND caregroup.byar_upper(l.compared, 0.9998) < 0.9 * l.expected::double precision
$$);
