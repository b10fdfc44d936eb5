-- Checks of the Monday page about the variation of indicators.

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('exception', 6, true, 'Which indicators are in special cause to the worse?', $$
SELECT e.organisation_id, nullif(e.service_id, '(all)'),
    -- Money counts by the thousand.
    v.numerator_mean / CASE WHEN n.funnel IS NULL THEN 1000 ELSE 1 END, e.value, e.centre, e.sentence,
    format('SELECT period_start, numerator, denominator, value, centre, lower, upper, rule, change_text FROM report_variance_spc WHERE organisation_kind = %L AND organisation_id = %L AND indicator_id = %L AND service_id = %L ORDER BY period_start', e.organisation_kind, e.organisation_id, e.indicator_id, e.service_id)
FROM report_exception AS e
    JOIN indicator_name AS n ON n.indicator_id = e.indicator_id
    JOIN reporting_organisation AS o ON o.organisation_kind = e.organisation_kind AND o.organisation_id = e.organisation_id
    JOIN variance_summary AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = e.organisation_kind AND v.organisation_id = e.organisation_id
        AND v.indicator_id = e.indicator_id AND v.service_id = e.service_id
-- Waits against standards have checks of their own.
WHERE e.variation = 'special_cause_concern' AND e.q_value <= 0.05 AND e.indicator_id <> 'wait_within_standard'
    AND CASE WHEN e.organisation_kind = 'site' THEN e.organisation_id = ANY ($1) ELSE e.organisation_id = ANY ($3) END
    -- Said once, of the lowest that shows it.
    AND NOT EXISTS (SELECT FROM report_exception AS b JOIN chain AS h ON h.site_id = b.organisation_id AND h.organisation_kind = e.organisation_kind AND h.organisation_id = e.organisation_id
                    WHERE e.organisation_kind <> 'site' AND b.organisation_kind = 'site' AND b.indicator_id = e.indicator_id AND b.service_id = e.service_id
                        AND b.variation = e.variation AND b.q_value <= 0.05 AND h.hierarchy = (SELECT p.hierarchy FROM parameter AS p))
$$),
('funnel_outlier', 5, true, 'Who is far worse than the peers over a year?', $$
SELECT f.organisation_id, nullif(f.service_id, '(all)'), abs(f.numerator - f.centre * f.numerator / f.value), f.value, f.centre,
    format('%s%s at %s: %s in twelve months against %s of all peers, outside the 99.8 %% limits that allow for what always varies between them.', f.indicator_name,
        CASE WHEN f.service_id = '(all)' THEN '' ELSE ', ' || f.service_name || ',' END, f.organisation_name,
        figure_text(f.value), figure_text(f.centre)),
    format('SELECT organisation_name, numerator, denominator, value, lower_outer, upper_outer, category FROM report_variance_funnel WHERE organisation_kind = %L AND indicator_id = %L AND service_id = %L ORDER BY z DESC', f.organisation_kind, f.indicator_id, f.service_id)
FROM report_variance_funnel AS f JOIN indicator_name AS n ON n.indicator_id = f.indicator_id
WHERE f.organisation_kind = 'site' AND f.organisation_id = ANY ($1) AND f.numerator > 0 AND f.indicator_id <> 'wait_within_standard'
    AND f.level = CASE n.direction WHEN 'lower_better' THEN 2 WHEN 'higher_better' THEN -2 END
    -- Sites with other services cannot be compared over all of them.
    AND (f.service_id <> '(all)' OR NOT EXISTS (SELECT FROM variance_funnel AS s WHERE s.organisation_kind = 'site' AND s.indicator_id = f.indicator_id AND s.service_id <> '(all)'))
$$);
