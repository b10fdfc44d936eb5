-- Checks of the Monday page about waits under the rules and about referrals.

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('rtt_18_weeks', 8, false, 'Where have too few of those who wait for treatment waited less than 18 weeks?', $$
WITH place AS (
    SELECT m.treatment_function_code, m.site_id, sum(m.total) AS total, sum((rtt_summary(m.counts)).within_18_weeks) AS within
    FROM rtt_month AS m
    WHERE m.part = 'Part_2' AND m.month = date_trunc('month', $2) - interval '1 month' AND m.site_id = ANY ($1)
    GROUP BY m.treatment_function_code, m.site_id
), whole AS (
    SELECT p.treatment_function_code, sum(p.total) AS total, sum(p.within) AS within FROM place AS p GROUP BY p.treatment_function_code
), worst AS (
    SELECT DISTINCT ON (p.treatment_function_code) p.*, n.site_name
    FROM place AS p JOIN site_name AS n ON n.site_id = p.site_id
    WHERE p.total >= 20
    ORDER BY p.treatment_function_code, p.within / p.total, p.site_id
)
SELECT NULL, NULL, w.total - w.within, w.within / w.total, 0.92,
    format('%s: %s %% of the %s who waited for treatment at the end of %s had waited less than 18 weeks (92 %% to reach)%s.',
        CASE w.treatment_function_code WHEN '(unknown)' THEN 'Treatment function not stated' ELSE coalesce(f.name, 'Treatment function ' || w.treatment_function_code) END,
        round(100 * w.within / w.total), w.total, to_char(date_trunc('month', $2) - interval '1 month', 'FMMonth YYYY'),
        '; worst is ' || x.site_name || format(' with %s of %s', x.within, x.total)),
    format('SELECT organisation_name, total, within_18_weeks_share, median_weeks, p92_weeks, over_52_weeks FROM report_rtt WHERE organisation_kind = ''site'' AND part = ''Part_2'' AND treatment_function_code = %L AND period_start = %L ORDER BY within_18_weeks_share', w.treatment_function_code, (date_trunc('month', $2) - interval '1 month')::date)
FROM whole AS w
    LEFT JOIN worst AS x ON x.treatment_function_code = w.treatment_function_code
    LEFT JOIN rtt_treatment_functions() AS f ON f.code = w.treatment_function_code
WHERE w.total >= 20 AND caregroup.wilson_upper(w.within, w.total) < 0.92
$$),
('rtt_over_52_weeks', 9, false, 'Who has waited more than a year for treatment?', $$
WITH place AS (
    SELECT m.service_id, m.site_id, sum(m.over_52) FILTER (WHERE m.month = l.month) AS now, sum(m.over_52) FILTER (WHERE m.month < l.month) AS before,
        sum(m.waiting) FILTER (WHERE m.month = l.month) AS waiting
    FROM list_month AS m CROSS JOIN (SELECT (date_trunc('month', $2) - interval '1 month')::date AS month) AS l
    WHERE m.list = 'rtt' AND m.site_id = ANY ($1) AND m.month IN (l.month, l.month - interval '3 months')
    GROUP BY m.service_id, m.site_id
)
SELECT NULL, p.service_id, sum(p.now), sum(p.now), coalesce(sum(p.before), 0),
    format('%s of %s who wait for treatment under %s have waited more than 52 weeks (%s three months before); most are at %s.', sum(p.now), sum(p.waiting),
        coalesce(min(v.service_name), 'an unnamed service'), coalesce(sum(p.before), 0),
        coalesce((array_agg(n.site_name ORDER BY p.now DESC NULLS LAST, p.site_id))[1], 'no known site')),
    format('SELECT organisation_name, waits_for, over_52_weeks, over_65_weeks, over_78_weeks, longest_weeks FROM report_long_waiters WHERE organisation_kind = ''site'' AND list = ''rtt'' AND service_id = %L ORDER BY over_52_weeks DESC', p.service_id)
FROM place AS p
    LEFT JOIN service_name AS v ON v.service_id = p.service_id
    LEFT JOIN site_name AS n ON n.site_id = p.site_id
GROUP BY p.service_id
HAVING sum(p.now) > 0
$$),
('list_growing', 7, false, 'Which lists grow?', $$
WITH list AS (
    SELECT m.list, m.site_id, m.service_id, sum(m.waiting) FILTER (WHERE m.month = l.month) AS now,
        sum(m.added) AS added, sum(m.removed) AS removed
    FROM list_month AS m CROSS JOIN (SELECT (date_trunc('month', $2) - interval '1 month')::date AS month) AS l
    WHERE m.list <> 'recall' AND m.site_id = ANY ($1) AND m.month BETWEEN l.month - interval '2 months' AND l.month
    GROUP BY m.list, m.site_id, m.service_id
), special AS (
    -- By a tenth, and beyond chance: comings and goings vary by their square
    -- root each; 4 standard errors, for there are hundreds of lists.
    SELECT l.*, l.added - l.removed AS growth, l.now - l.added + l.removed AS before
    FROM list AS l
    WHERE l.now - l.added + l.removed >= 20 AND l.added - l.removed > 0.1 * (l.now - l.added + l.removed)
        AND l.added - l.removed > 4 * sqrt(l.added + l.removed)
)
SELECT s.site_id, s.service_id, s.growth, s.now, s.before,
    format('The list of %s at %s%s has grown from %s to %s in three months: %s came on, %s went off.', coalesce(v.service_name, s.service_id), n.site_name,
        CASE s.list WHEN 'rtt' THEN ' for treatment' ELSE ' for first contact' END, s.before, s.now, s.added, s.removed),
    format('SELECT period_start, waiting, added, removed FROM report_waiting_month WHERE organisation_kind = ''site'' AND organisation_id = %L AND list = %L AND service_id = %L ORDER BY period_start', s.site_id, s.list, s.service_id)
FROM special AS s
    JOIN site_name AS n ON n.site_id = s.site_id
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
-- Said once: who waits for first contact waits for treatment too.
WHERE s.list = 'first_contact'
    OR NOT EXISTS (SELECT FROM special AS a WHERE a.list = 'first_contact' AND a.site_id = s.site_id AND a.service_id = s.service_id)
$$),
('discharged_at_first', 2, true, 'Whose referrals often end at the first visit?', $$
WITH peer AS (
    SELECT r.site_id, r.service_id, r.seen, r.discharged_at_first AS ended,
        sum(r.seen) OVER service - r.seen AS other_seen, sum(r.discharged_at_first) OVER service - r.discharged_at_first AS other_ended
    FROM referrer_year AS r WHERE r.site_id <> '(unassigned)'
    WINDOW service AS (PARTITION BY r.service_id)
)
SELECT p.site_id, p.service_id, p.ended - p.seen * p.other_ended / p.other_seen, p.ended / p.seen, p.other_ended / p.other_seen,
    format('%s of %s people whom %s referred to %s were discharged at the first visit (%s %%; %s %% of others''), which need not mean poor referrals: advice may serve some.',
        p.ended, p.seen, n.site_name, coalesce(v.service_name, p.service_id), round(100 * p.ended / p.seen), round(100 * p.other_ended / p.other_seen)),
    format('SELECT organisation_name, seen, discharged_at_first, discharged_at_first_share FROM report_referrer_variation WHERE organisation_kind = ''site'' AND service_id = %L ORDER BY discharged_at_first_share DESC', p.service_id)
FROM peer AS p
    JOIN site_name AS n ON n.site_id = p.site_id
    LEFT JOIN service_name AS v ON v.service_id = p.service_id
WHERE p.site_id = ANY ($1) AND p.seen >= 20 AND p.other_seen > 0
    AND caregroup.wilson_lower(p.ended, p.seen, 0.9998) > 1.25 * caregroup.wilson_upper(p.other_ended, p.other_seen, 0.9)
$$),
('rtt_data', 3, true, 'Whose pathways do not make sense?', $$
WITH base AS (
    SELECT f.site_id, f.service_id, f.out_of, sum(f.out_of) OVER (PARTITION BY f.service_id) - f.out_of AS other_out_of
    FROM rtt_finding_count AS f WHERE f.rule = '(any)'
), place AS (
    SELECT f.site_id, f.service_id, f.rule, f.explanation, f.pathways, b.out_of, b.other_out_of,
        sum(f.pathways) OVER (PARTITION BY f.service_id, f.rule) - f.pathways AS other_pathways
    FROM rtt_finding_count AS f JOIN base AS b ON b.site_id = f.site_id AND b.service_id = f.service_id
    WHERE f.rule <> '(any)'
), special AS (
    -- Of the rules that a place breaks clearly more often than the same
    -- service elsewhere, the one that is broken most.
    SELECT DISTINCT ON (p.site_id, p.service_id) p.*
    FROM place AS p
    WHERE p.pathways >= 10 AND p.other_out_of >= 30
        AND caregroup.wilson_lower(least(p.pathways, p.out_of), p.out_of, 0.9998)
            > 1.5 * caregroup.wilson_upper(least(p.other_pathways, p.other_out_of), p.other_out_of, 0.9)
    ORDER BY p.site_id, p.service_id, p.pathways DESC, p.rule
)
SELECT s.site_id, s.service_id, s.pathways, s.pathways::numeric / s.out_of, s.other_pathways / s.other_out_of,
    format('%s of %s pathways of %s at %s (%s %%; %s %% elsewhere): %s', s.pathways, s.out_of, coalesce(v.service_name, s.service_id), n.site_name,
        round(100.0 * s.pathways / s.out_of, 1), round(100 * s.other_pathways / s.other_out_of, 1), lower(left(s.explanation, 1)) || substr(s.explanation, 2)),
    format('SELECT rule, explanation, findings, pathways, out_of_pathways FROM report_data_quality_rtt WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L ORDER BY findings DESC', s.site_id, s.service_id)
FROM special AS s
    JOIN site_name AS n ON n.site_id = s.site_id
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
WHERE s.site_id = ANY ($1)
$$),
('contact_demand', 5, false, 'Where are requests for contact sent elsewhere, or left unmet?', $$
WITH place AS (
    SELECT c.site_id, c.service_id, x.outcome, sum(x.n) AS n, sum(c.requests - c.not_stated) AS requests
    FROM contact_demand AS c
        CROSS JOIN LATERAL (VALUES ('redirected', c.redirected), ('unmet', c.unmet)) AS x (outcome, n)
    WHERE c.month >= date_trunc('month', $2) - interval '12 months' AND c.month < date_trunc('month', $2)
    GROUP BY c.site_id, c.service_id, x.outcome
), peer AS (
    SELECT p.*, sum(p.n) OVER service - p.n AS other_n, sum(p.requests) OVER service - p.requests AS other_requests
    FROM place AS p
    WINDOW service AS (PARTITION BY p.service_id, p.outcome)
)
SELECT p.site_id, p.service_id, p.n - p.requests * p.other_n / p.other_requests, p.n / p.requests, p.other_n / p.other_requests,
    format('%s of %s requests for %s to %s in the last twelve months were %s (%s %%; %s %% elsewhere).', round(p.n), round(p.requests), coalesce(v.service_name, p.service_id), n.site_name,
        CASE p.outcome WHEN 'redirected' THEN 'sent elsewhere' ELSE 'left unmet' END, round(100 * p.n / p.requests, 1), round(100 * p.other_n / p.other_requests, 1)),
    format('SELECT period_start, requests, met, redirected, unmet, abandoned FROM report_contact_demand WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L AND channel = ''(all)'' ORDER BY period_start', p.site_id, p.service_id)
FROM peer AS p
    JOIN site_name AS n ON n.site_id = p.site_id
    LEFT JOIN service_name AS v ON v.service_id = p.service_id
WHERE p.site_id = ANY ($1) AND p.n >= 10 AND p.requests >= 50 AND p.other_requests >= 50
    -- Clearly more often than elsewhere, and by a quarter more at least.
    AND caregroup.wilson_lower(p.n, p.requests, 0.9998) > 1.25 * caregroup.wilson_upper(p.other_n, p.other_requests, 0.9)
$$);
