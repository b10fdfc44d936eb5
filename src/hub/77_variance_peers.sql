-- Organisations against their peers, indicators before and after changes, how
-- it was worked out, and what may be published.

INSERT INTO hub_step (step, result, description, query) VALUES
('variance_funnel', 'variance_funnel', 'Organisations of a kind against each other over twelve months.', $$
WITH year AS (
    SELECT v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id, n.funnel, n.per,
        sum(v.numerator) AS numerator, sum(v.denominator) AS denominator,
        CASE WHEN n.funnel = 'rate' AND count(v.expected) > 0 THEN sum(v.expected) END AS by_case_mix
    FROM variance_point AS v CROSS JOIN parameter AS p
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    WHERE n.funnel IS NOT NULL AND v.numerator >= 0 AND v.denominator > 0 AND v.organisation_kind <> 'unassigned' AND v.organisation_id <> '(unassigned)'
        AND v.period_start >= date_trunc('month', p.as_at_date - interval '1 year')
    GROUP BY v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id, n.funnel, n.per
), peer AS (
    SELECT y.*, count(*) OVER peers AS peers, sum(y.numerator) OVER peers / sum(y.denominator) OVER peers AS rate,
        -- Case-mix counts where it is known of all.
        bool_and(coalesce(y.by_case_mix > 0, false)) OVER peers AS is_case_mix
    FROM year AS y
    WHERE y.funnel = 'rate' OR y.numerator <= y.denominator
    WINDOW peers AS (PARTITION BY y.hierarchy, y.organisation_kind, y.indicator_id, y.service_id)
), unit AS (
    SELECT r.*, CASE WHEN r.funnel = 'rate' THEN CASE WHEN r.is_case_mix THEN r.by_case_mix ELSE r.denominator * r.rate END END AS expected
    FROM peer AS r WHERE r.peers >= 5 AND r.rate > 0 AND (r.funnel = 'rate' OR r.rate < 1)
), placed AS (
    SELECT u.*, caregroup.funnel(u.numerator, u.denominator, 'arcsine', multiplier => u.per) OVER peers AS point
    FROM unit AS u WHERE u.funnel = 'proportion'
    WINDOW peers AS (PARTITION BY u.hierarchy, u.organisation_kind, u.indicator_id, u.service_id)
    UNION ALL
    -- A rate is judged as a ratio to what is expected, on the square root scale,
    -- which takes units without any event.
    SELECT u.*, caregroup.funnel(u.numerator, u.expected, 'square_root', multiplier => u.per * u.rate) OVER peers AS point
    FROM unit AS u WHERE u.funnel = 'rate'
    WINDOW peers AS (PARTITION BY u.hierarchy, u.organisation_kind, u.indicator_id, u.service_id)
)
SELECT d.hierarchy, d.organisation_kind, d.organisation_id, d.indicator_id, d.service_id, d.numerator, d.denominator, d.expected,
    d.funnel = 'rate' AND d.is_case_mix, d.peers, (d.point).value, (d.point).target, (d.point).lower, (d.point).upper, (d.point).lower_outer, (d.point).upper_outer,
    (d.point).phi, (d.point).tau2, (d.point).z_adjusted,
    CASE WHEN sign((d.point).level) = sign(e.level) THEN sign(e.level)::integer * least(abs((d.point).level), abs(e.level)) ELSE 0 END
FROM placed AS d
    -- The scales of overdispersion are normal only with enough events: with few
    -- a unit must also lie outside the limits of chance alone, which hold for
    -- any number.
    CROSS JOIN LATERAL (SELECT CASE WHEN d.funnel = 'rate' THEN caregroup.funnel_significance(d.numerator, d.expected, 1, 'ratio')
                                    ELSE caregroup.funnel_significance(d.numerator, d.denominator, d.rate, 'proportion') END AS level) AS e
$$),
('variance_opportunity', 'variance_opportunity', 'What the best fifth of its peers would mean for each organisation.', $$
WITH cost AS (
    SELECT a.service_id, sum(a.cost_gbp) / sum(a.attended) AS amount
    FROM activity_month AS a CROSS JOIN parameter AS p
    WHERE a.cost_gbp > 0 AND a.attended > 0 AND a.month >= date_trunc('month', p.as_at_date - interval '1 year')
    GROUP BY ROLLUP (a.service_id)
), unit AS (
    SELECT f.*, n.per, n.direction, n.funnel,
        -- Appointments have the cost of an activity; what is no appointment has none.
        CASE WHEN f.indicator_id IN ('did_not_attend', 'first_to_follow_up') THEN c.amount::double precision END AS amount
    FROM variance_funnel AS f
        JOIN indicator_name AS n ON n.indicator_id = f.indicator_id
        LEFT JOIN cost AS c ON c.service_id IS NOT DISTINCT FROM nullif(f.service_id, '(all)')
    WHERE n.direction <> 'neutral'
), placed AS (
    SELECT u.*, caregroup.opportunity(u.numerator, u.denominator, u.amount, direction => u.direction, multiplier => u.per, replications => 1000) OVER (
        PARTITION BY u.hierarchy, u.organisation_kind, u.indicator_id, u.service_id ORDER BY u.organisation_id) AS gain
    FROM unit AS u
)
SELECT d.hierarchy, d.organisation_kind, d.organisation_id, d.indicator_id, d.service_id, d.numerator, d.denominator, d.peers,
    (d.gain).rate, (d.gain).benchmark, (d.gain).benchmark_lower, (d.gain).benchmark_upper,
    (d.gain).events, (d.gain).events_lower, (d.gain).events_upper, (d.gain).cost, (d.gain).cost_lower, (d.gain).cost_upper
FROM placed AS d
$$),
('variance_change', 'variance_change', 'Indicators before and after every dated change.', $$
WITH point AS (
    SELECT v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id, v.period_start, v.value,
        row_number() OVER series AS place, abs(v.value - lag(v.value) OVER series) AS moving_range
    FROM variance_point AS v WHERE v.value IS NOT NULL
    WINDOW series AS (PARTITION BY v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id ORDER BY v.period_start)
), changed AS (
    SELECT c.change_id, c.changed_on, c.change_text, c.starts_phase, q.*,
        count(*) FILTER (WHERE q.period_start < c.changed_on) OVER series AS before_change
    FROM change_reach AS c
        JOIN point AS q ON q.hierarchy = c.hierarchy AND q.organisation_kind = c.organisation_kind AND q.organisation_id = c.organisation_id
            AND coalesce(c.indicator_id = q.indicator_id, true) AND coalesce(c.service_id = q.service_id, true)
    WINDOW series AS (PARTITION BY c.change_id, q.hierarchy, q.organisation_kind, q.organisation_id, q.indicator_id, q.service_id)
), side AS (
    SELECT c.hierarchy, c.organisation_kind, c.organisation_id, c.indicator_id, c.service_id, c.changed_on, c.change_id, min(c.change_text) AS change_text,
        bool_or(c.starts_phase) AS starts_phase,
        count(*) FILTER (WHERE c.place <= c.before_change) AS points_before, count(*) FILTER (WHERE c.place > c.before_change) AS points_after,
        avg(c.value ORDER BY c.place) FILTER (WHERE c.place <= c.before_change) AS before_mean, avg(c.value ORDER BY c.place) FILTER (WHERE c.place > c.before_change) AS after_mean,
        -- Moving ranges within either side; 1.128 makes them a sigma.
        avg(c.moving_range ORDER BY c.place) FILTER (WHERE c.place <> c.before_change + 1 AND c.place > c.before_change - 11) / 1.128 AS sigma
    FROM changed AS c
    WHERE c.place > c.before_change - 12 AND c.place <= c.before_change + 12
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT s.hierarchy, s.organisation_kind, s.organisation_id, s.indicator_id, s.service_id, s.changed_on, s.change_id, s.change_text, s.starts_phase,
    s.points_before, s.points_after, s.before_mean, s.after_mean,
    CASE WHEN s.points_before >= 6 AND s.points_after >= 3
         THEN (s.after_mean - s.before_mean) / nullif(s.sigma * sqrt(1.0 / s.points_before + 1.0 / s.points_after), 0) END
FROM side AS s WHERE s.points_before > 0 AND s.points_after > 0
$$),
('variance_method', 'variance_method', 'How each indicator was worked out.', $$
SELECT n.indicator_id, caregroup.caregroup_version(),
    format('chart %s; direction %s; rules nhs, two_of_three beyond_two_sigma, run and trend of 7; moving ranges screened; funnel %s, 10 %% winsorised, additive overdispersion; opportunity best_quintile, 1000 draws; suppression below %s',
        n.chart, n.direction, coalesce(n.funnel, 'none'), (SELECT s.value FROM setting AS s WHERE s.name = 'suppress_below')),
    1, (SELECT count(*) FROM variance_summary AS v WHERE v.indicator_id = n.indicator_id), count(i.indicator_id),
    coalesce(caregroup.input_fingerprint(i) FILTER (WHERE i.indicator_id IS NOT NULL), 'no figures')
FROM indicator_name AS n LEFT JOIN indicator_month AS i ON i.indicator_id = n.indicator_id
GROUP BY n.indicator_id, n.chart, n.direction, n.funnel
$$),
('published_indicator_count', 'published_indicator_count', 'Counts of twelve months, the small ones left out.', $$
WITH threshold AS (
    SELECT greatest(least(ceil(s.value::numeric), 1000), 2)::integer AS below FROM setting AS s WHERE s.name = 'suppress_below'
), common AS (
    -- Counted out of the same people whatever the service.
    SELECT i.indicator_id FROM indicator_month AS i WHERE i.service_id = '(all)' AND i.denominator IS NOT NULL GROUP BY 1
), figure AS (
    SELECT v.indicator_id, v.organisation_id AS site_id, v.service_id, n.funnel, c.indicator_id IS NOT NULL AS is_common,
        round(sum(v.numerator))::double precision AS numerator, round(sum(v.denominator))::double precision AS denominator
    FROM variance_point AS v CROSS JOIN parameter AS p
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
        LEFT JOIN common AS c ON c.indicator_id = v.indicator_id
    WHERE v.hierarchy = '(any)' AND n.funnel IS NOT NULL AND v.numerator >= 0 AND v.denominator > 0
        AND (n.funnel = 'rate' OR v.numerator <= v.denominator)
        AND v.period_start >= date_trunc('month', p.as_at_date - interval '1 year')
    GROUP BY 1, 2, 3, 4, 5
), people AS (
    SELECT f.indicator_id, f.site_id, sum(f.denominator) AS denominator FROM figure AS f
    WHERE f.is_common AND f.service_id = '(all)' GROUP BY f.indicator_id, ROLLUP (f.site_id)
), margin AS (
    SELECT c.indicator_id, c.funnel, c.is_common, c.site_id, k.service_id, sum(c.numerator) AS numerator,
        CASE WHEN NOT c.is_common THEN sum(c.denominator) END AS denominator
    FROM figure AS c CROSS JOIN LATERAL (SELECT CASE WHEN c.service_id = '(all)' THEN '(none)' ELSE c.service_id END AS service_id) AS k
    WHERE c.service_id <> '(all)'
        -- Figures without a service are cells of their own.
        OR NOT EXISTS (SELECT FROM figure AS s WHERE s.indicator_id = c.indicator_id AND s.site_id = c.site_id AND s.service_id <> '(all)')
    GROUP BY c.indicator_id, c.funnel, c.is_common, CUBE (c.site_id, k.service_id)
), hidden AS (
    SELECT m.*, caregroup.suppress(m.numerator, m.site_id, m.service_id, t.below) OVER (PARTITION BY m.indicator_id) AS counted,
        -- Of a share, also what was not counted is people, and all together are.
        caregroup.suppress(CASE WHEN m.funnel = 'proportion' THEN m.denominator - m.numerator END, m.site_id, m.service_id, t.below) OVER (PARTITION BY m.indicator_id) AS others,
        caregroup.suppress(m.denominator, m.site_id, m.service_id, t.below) OVER (PARTITION BY m.indicator_id) AS all_of, t.below
    FROM margin AS m CROSS JOIN threshold AS t
)
-- What is left out is left out with its denominator: each would tell of the
-- other.
SELECT h.indicator_id, coalesce(h.site_id, '(all)'), coalesce(h.service_id, '(all)'),
    CASE WHEN w.worst = 'shown' THEN h.numerator END,
    CASE WHEN w.worst = 'shown' AND coalesce(h.denominator, p.denominator) >= 12 * h.below OR w.worst = 'shown' AND NOT h.is_common THEN coalesce(h.denominator, p.denominator) END,
    w.worst, (h.counted).lower, (h.counted).upper
FROM hidden AS h
    LEFT JOIN people AS p ON p.indicator_id = h.indicator_id AND p.site_id IS NOT DISTINCT FROM h.site_id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN 'exposed' IN ((h.counted).state, coalesce((h.others).state, ''), coalesce((h.all_of).state, '')) THEN 'exposed'
        WHEN 'primary' IN ((h.counted).state, coalesce((h.others).state, ''), coalesce((h.all_of).state, '')) THEN 'primary'
        WHEN 'secondary' IN ((h.counted).state, coalesce((h.others).state, ''), coalesce((h.all_of).state, '')) THEN 'secondary'
        ELSE 'shown' END AS worst) AS w
WHERE h.service_id IS DISTINCT FROM '(none)'
$$);
